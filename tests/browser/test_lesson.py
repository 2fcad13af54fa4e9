"""A learner works through lesson 04 in JupyterLab. The tests follow the lesson; each can also run alone."""

import hashlib
import time

import pytest
from pages import WINDOW, Notebook, Question, pick, press, right, start, tab_to, turn_to
from playwright.sync_api import expect

from kneecourse import explore, grading
from kneecourse.content import course
from kneecourse.widgets.remembering import plain

SLUG = "bakers_cyst"
QUIZZED = [item for item in course().items(SLUG) if not item.retired and item.part not in ("predict", "case")]
CASE = course().all_cases["bakers_cyst.gardener"][1]
EXPLORER = "kc.explore.joint_pressure()"
PREDICTED = "kc.explore.cyst_grip()"


def first(kind):
    """The first question of a kind in the lesson."""
    return next(item for item in QUIZZED if item.kind == kind)


def one_wrong(item):
    """A response in which one slot is wrong."""
    table, response = grading.table(item), right(item)
    slot = next(iter(response))
    return response | {slot: next(c for c, verdict in table[slot].items() if not verdict.correct)}


KINDS = ("single", "multiple", "numeric", "order", "match", "script_concordance")
CLICKED, LISTED = [item for item in QUIZZED if item.kind == "hotspot"][:2]
ASKED = {kind: first(kind) for kind in KINDS} | {"hotspot clicked": CLICKED, "hotspot listed": LISTED}
RESPONSES = {name: right(item) for name, item in ASKED.items()} | {"single": one_wrong(ASKED["single"])}


@pytest.fixture(scope="module")
def lesson(lab, witness):
    """Lesson 04, opened and run from top to bottom."""
    notebook = Notebook(witness.context.new_page(), lab, "04_bakers_cyst.ipynb")
    notebook.run_all()
    return notebook


def answered(lesson, name):
    """A question of ASKED, answered by keyboard unless it is already."""
    asked = turn_to(lesson, ASKED[name])
    if asked.button("Check").is_visible():
        asked.enter(RESPONSES[name])
        asked.check()
    return asked


def attempts(lab, item):
    """What the learner's log holds of one item, oldest first."""
    return [attempt for attempt in lab.log.attempts(SLUG) if attempt.item == item.id]


def logged(lab, item):
    """The last attempt at an item, which reaches the log a moment after it is shown."""
    deadline = time.monotonic() + 60
    while not (found := attempts(lab, item)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found, f"{item.id} is not in the log"
    return found[-1]


# --- the page --------------------------------------------------------------------------------------------


def test_every_cell_runs(lesson):
    outputs = lesson.outputs()
    assert [source for source, *_ in outputs] == lesson.lines
    assert [count for _, count, _ in outputs] == list(range(1, len(outputs) + 1))
    assert {kind for *_, kinds in outputs for kind in kinds} == {"execute_result"}


def test_no_code_can_be_read(lesson):
    read = lesson.page.locator(".jp-Notebook").inner_text()
    assert "Why does a lump behind the knee come and go?" in read
    assert "kc." not in read
    assert "import kneecourse" not in read


def test_nothing_goes_wrong_and_nothing_leaves_the_server(lesson, witness):
    assert not witness.trouble


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_before_an_answer(lesson, theme):
    lesson.theme(theme)
    lesson.expect_axe_content()


# --- explorers -------------------------------------------------------------------------------------------


def shown_frame(widget):
    """Digest of the picture that an explorer shows."""
    data = widget.locator("img.kc-frame").evaluate(
        "async (image) => [...new Uint8Array(await (await fetch(image.src)).arrayBuffer())]"
    )
    return hashlib.sha256(bytes(data)).hexdigest()


@pytest.fixture
def explorer(lesson):
    """The pressure explorer, its prediction skipped or committed."""
    widget = lesson.widget(EXPLORER)
    start(widget)
    skip = widget.get_by_role("button", name="Skip and explore")
    if skip.is_visible():
        press(skip)
    expect(widget.locator(".kc-controls input").first).to_be_enabled()
    return widget


def expected(**values):
    """The sentence and the frame's digest that the model gives for these values."""
    frame, sentence, _ = explore.joint_pressure().state(values)
    return plain(sentence), hashlib.sha256(frame).hexdigest()


def state(explorer):
    sliders = explorer.locator('input[type="range"]')
    names = ("flexion_deg", "effusion_ml")
    return {name: float(sliders.nth(n).input_value()) for n, name in enumerate(names)}


def expect_settled(explorer):
    """Sentence, picture and number boxes all fit the sliders."""
    values = state(explorer)
    sentence, frame = expected(**values)
    expect(explorer.locator("figcaption .kc-reading")).to_have_text(sentence)
    expect(explorer.locator("img.kc-frame")).to_have_attribute("alt", sentence)
    assert shown_frame(explorer) == frame
    for box, value in zip(explorer.locator('input[type="number"]').all(), values.values(), strict=True):
        assert float(box.input_value()) == value


def test_a_slider_moves_by_keyboard(explorer):
    slider = explorer.locator('input[type="range"]').first
    reading = explorer.locator("figcaption .kc-reading")
    before, sentence, frame = slider.input_value(), reading.inner_text(), shown_frame(explorer)
    press(slider, "ArrowRight")
    assert float(slider.input_value()) == float(before) + 1
    expect(reading).not_to_have_text(sentence)
    assert shown_frame(explorer) != frame
    expect_settled(explorer)


def test_keys_faster_than_frames_end_on_the_last_value(explorer):
    slider = explorer.locator('input[type="range"]').first
    press(slider, "Home")
    for key in ["ArrowRight"] * 40 + ["ArrowLeft"] * 7:
        explorer.page.keyboard.press(key)
    assert float(slider.input_value()) == 33
    expect_settled(explorer)


def test_the_number_box_moves_the_slider(explorer):
    box = explorer.locator('input[type="number"]').last
    tab_to(box)
    explorer.page.keyboard.press("Control+A")
    explorer.page.keyboard.type("65")
    assert state(explorer)["effusion_ml"] == 65
    expect_settled(explorer)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_region_is_chosen_by_keyboard(lesson, key):
    widget = lesson.widget('kc.quiz("bakers_cyst", "structures")')
    start(widget)
    region = widget.locator(".kc-region").nth(3 if key == "Enter" else 5)
    press(region, key)
    expect(region).to_have_attribute("aria-pressed", "true")
    place = region.get_attribute("aria-label")
    assert widget.locator("select option:checked").inner_text() == place
    expect(widget.locator(".kc-region[aria-pressed='true']")).to_have_count(1)


def test_controls_wait_for_the_prediction(lesson, lab):
    widget = lesson.widget(PREDICTED)
    item = course().all_items["bakers_cyst.grip.predict"]
    control = widget.locator(".kc-controls input").first
    expect(control).to_be_disabled()
    start(widget)
    asked = Question(item, widget.locator(".kc-question"))
    asked.enter(one_wrong(item))
    asked.check()
    expect(control).to_be_enabled()
    asked.expect_explained(one_wrong(item))
    press(widget.locator('input[type="range"]').first, "ArrowRight")
    assert logged(lab, item).response == one_wrong(item)


def test_a_prediction_can_be_skipped(lesson, lab):
    widget = lesson.widget("kc.explore.quadriceps_squeeze()")
    control = widget.locator(".kc-controls input").first
    expect(control).to_be_disabled()
    start(widget)
    press(widget.get_by_role("button", name="Skip and explore"))
    expect(control).to_be_enabled()
    assert not attempts(lab, course().all_items["bakers_cyst.squeeze.predict"])


def test_a_task_is_ticked_when_the_model_says_so(lesson, lab):
    _, text = course().all_explorers["bakers_cyst.layers"]
    widget, task = lesson.widget("kc.explore.fossa_layers()"), text.tasks[0]
    line = widget.locator(".kc-tasks li").first
    expect(line.get_by_role("img")).to_have_accessible_name("to do")
    start(widget)
    pick(widget.locator(".kc-segments"), task.needs["layer"])
    expect(line.get_by_role("img")).to_have_accessible_name("done")
    expect(line).to_contain_text(plain(task.done))
    assert logged(lab, task).response == {"answer": "met"}


# --- questions -------------------------------------------------------------------------------------------


def test_sure_and_wrong(lesson, lab):
    asked = turn_to(lesson, ASKED["single"])
    asked.enter(RESPONSES["single"])
    asked.sure("sure")
    asked.check()
    expect(asked.verdict).to_contain_text("Sure and wrong")
    assert logged(lab, asked.item).certainty == "sure"


def test_a_number_in_another_unit(lesson):
    asked = turn_to(lesson, ASKED["numeric"])
    unit, worth = next((unit, worth) for unit, worth in asked.item.units.items() if worth != 1)
    asked.enter({"answer": "50 parsec"})
    asked.check()
    expect(asked.verdict).to_contain_text("parsec")
    start(lesson.widget('kc.quiz("bakers_cyst", "mechanism")'))
    asked.enter({"answer": f"{asked.item.answer / worth:g} {unit}"})
    asked.check()
    asked.expect_explained(RESPONSES["numeric"])


def test_a_region_is_clicked(lesson):
    asked = turn_to(lesson, CLICKED)
    places = {region.id: region.where for region in course().anatomy[CLICKED.diagram].regions}
    for region in RESPONSES["hotspot clicked"].values():
        asked.root.locator(f'.kc-region[aria-label$=": {places[region]}"] path').first.click()
    assert asked.entered() == RESPONSES["hotspot clicked"]
    asked.check()
    asked.expect_explained(RESPONSES["hotspot clicked"])


def test_a_hint_is_shown_and_logged(lesson, lab):
    asked = turn_to(lesson, ASKED["order"])
    press(asked.button("Hint"))
    expect(asked.root.locator(".kc-hints li")).to_have_text([plain(asked.item.hints[0])])
    answered(lesson, "order")
    assert logged(lab, asked.item).hints == 1


@pytest.mark.parametrize("name", ASKED)
def test_every_kind_is_answered_explained_and_logged(lesson, lab, name):
    asked = answered(lesson, name)
    asked.expect_explained(RESPONSES[name])
    assert asked.entered() == RESPONSES[name]
    expect(asked.button("Check")).to_be_hidden()
    attempt = logged(lab, asked.item)
    assert (attempt.response, attempt.correct) == (RESPONSES[name], name != "single")


# --- the case --------------------------------------------------------------------------------------------


def path_with_a_wrong_turn():
    """(step, option) pairs from the first step to the end; only the first decision is wrong."""
    steps = {step.id: step for step in CASE.steps}
    step, wrong, path = CASE.steps[0], True, []
    while step:
        option = next(o for o in step.options if o.correct != wrong)
        path.append((step, option))
        step, wrong = steps.get(option.next), False
    return path


PATH = path_with_a_wrong_turn()


def expect_path(widget):
    """Every step of the path with its explanation, and the end of the story."""
    expect(widget.locator(".kc-step")).to_have_count(len(PATH))
    for told, (step, option) in zip(widget.locator(".kc-step").all(), PATH, strict=True):
        expect(told).to_contain_text(plain(step.story))
        assert told.locator("input:checked").first.input_value() == option.id
        expect(told.locator(".kc-why", has_text=plain(option.why))).to_be_visible()
    expect(widget.locator(".kc-reading").last).to_contain_text(plain(CASE.answer))


@pytest.fixture(scope="module")
def case(lesson):
    """The branching case, played to its end with one wrong turn."""
    widget = lesson.widget(f'kc.case("{CASE.id}")')
    start(widget)
    for place, (step, option) in enumerate(PATH):
        if place:
            press(widget.get_by_role("button", name="Go on"))
        told = widget.locator(".kc-step").nth(place)
        asked = Question(CASE.items[step.id], told.locator(".kc-question"))
        asked.enter({"answer": option.id})
        asked.check()
    return widget


def test_a_case_is_played_to_its_end(case, lab):
    expect_path(case)
    for step, option in PATH:
        attempt = logged(lab, CASE.items[step.id])
        assert (attempt.response, attempt.correct) == ({"answer": option.id}, option.correct)


# --- after the answers -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worked_through(lesson, case):
    """The lesson with one question of every kind answered and the case played."""
    for name in ASKED:
        answered(lesson, name)
    return lesson


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_among_the_explanations(worked_through, theme):
    worked_through.theme(theme)
    for item in ASKED.values():
        turn_to(worked_through, item)
    worked_through.expect_axe_content()
    others = [ASKED[name] for name in ("numeric", "multiple")]  # each shares its card with one seen above
    for item in others:
        turn_to(worked_through, item)
    worked_through.expect_axe_content(", ".join(f".kc:has([data-item='{item.id}'])" for item in others))


def test_a_narrow_window_needs_no_sideways_scrolling(worked_through):
    page = worked_through.page
    page.set_viewport_size({"width": 500, "height": 1000})
    wide = page.locator(".kc").evaluate_all(
        """widgets => widgets.flatMap((widget) => {
          const edge = widget.getBoundingClientRect().right + 1;
          const out = [...widget.querySelectorAll(":not(.kc-scroll *):not(.kc-sr)")]
            .filter((element) => element.getBoundingClientRect().right > edge);
          const parent = widget.closest(".jp-OutputArea-output");
          if (parent.scrollWidth > parent.clientWidth + 1) out.push(parent);
          return out.map((element) => element.outerHTML.slice(0, 120));
        })"""
    )
    page.set_viewport_size(WINDOW)
    assert not wide


def test_answers_are_there_after_a_reload(worked_through, lab):
    for step, _ in PATH:
        logged(lab, CASE.items[step.id])  # the last to be answered when this test runs alone
    for item in ASKED.values():
        logged(lab, item)
    before = lab.log.attempts(SLUG)
    worked_through.page.reload()
    worked_through.ready()
    worked_through.run_all()
    for name, item in ASKED.items():
        asked = turn_to(worked_through, item)
        assert asked.entered() == RESPONSES[name]
        asked.expect_explained(RESPONSES[name])
    expect_path(worked_through.widget(f'kc.case("{CASE.id}")'))
    assert lab.log.attempts(SLUG) == before
