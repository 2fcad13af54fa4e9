"""Widgets without a browser: what they show without a kernel, what they keep, what they refuse."""

import json
import re
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from test_explorers import NAMES
from test_grading import keyed, regions, some_response, table

import kneecourse as kc
from kneecourse import grading, index, learner
from kneecourse.content import course
from kneecourse.learner import Log
from kneecourse.widgets.home import Doctor, ProgressPanel
from kneecourse.widgets.panel import Panel
from kneecourse.widgets.quiz import BranchingCase, Quiz, listed, payload, shown_choices

SLUG = "bakers_cyst"
VIEW = "application/vnd.jupyter.widget-view+json"
law = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

PARTS = sorted({item.part for item in course().items(SLUG)})
CASES = [case for case, (slug, _) in course().all_cases.items() if slug == SLUG]
QUIZZES = {f"quiz {part}": lambda part=part: kc.quiz(SLUG, part) for part in PARTS}
EXAMS = {f"exam {part}": lambda part=part: kc.quiz(SLUG, part, exam=True) for part in PARTS}
EXPLORERS = {f"explore {name}": getattr(kc.explore, name) for name in NAMES}
CARDS = ["red_flags", "send_on", "objectives", "missing_from_article", "accuracy", "look_alikes"]
CARDS += ["management", "remember", "sources"]
PANELS = {name: lambda name=name: getattr(kc, name)(SLUG) for name in CARDS}
PANELS |= {"course_map": kc.course_map, "progress": kc.progress, "doctor": kc.doctor}
ASKING = QUIZZES | {f"case {id}": lambda id=id: kc.case(id) for id in CASES}
WIDGETS = ASKING | EXAMS | EXPLORERS | PANELS
every_widget = pytest.mark.parametrize("make", WIDGETS.values(), ids=list(WIDGETS))

ITEMS = list(course().items(SLUG))
every_item = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)


def bundle(widget):
    data, _ = widget._repr_mimebundle_()
    return data


def told(text):
    """Text on one line, for looking something up in it."""
    return re.sub(r"\s+", " ", text.replace("**", ""))


def explanations(item):
    """Everything that would give an answer away or explain it."""
    verdicts = [choices if isinstance(choices, dict) else dict(choices) for choices in table(item).values()]
    whys = {verdict.why for choices in verdicts for verdict in choices.values()}
    return whys | set(item.hints) | ({item.takeaway} if item.takeaway else set())


# --- without a kernel ------------------------------------------------------------------------------------


@every_widget
def test_a_widget_has_a_view_and_a_text(make):
    data = bundle(make())
    assert data[VIEW]["model_id"]
    text = data["text/plain"]
    assert len(text) > 40
    assert max(map(len, text.splitlines())) <= 120  # a preview does not wrap
    assert "**" not in text
    assert text == text.strip()


@pytest.mark.parametrize("make", [*EXPLORERS.values(), PANELS["accuracy"]], ids=[*EXPLORERS, "accuracy"])
def test_what_has_a_picture_shows_it(make):
    widget = make()
    picture = bundle(widget)["image/png"]
    assert picture == widget.frame
    with Image.open(BytesIO(picture)) as image:
        image.load()
        assert image.format == "PNG"


@pytest.mark.parametrize("make", EXPLORERS.values(), ids=list(EXPLORERS))
def test_the_text_of_an_explorer_ends_no_secret_and_says_what_the_picture_shows(make):
    widget = make()
    text = told(bundle(widget)["text/plain"])
    assert told(widget.text.title) in text
    assert told(widget.reading) in text
    assert all(told(task.text) in text for task in widget.text.tasks)
    assert not any(told(task.done) in text for task in widget.text.tasks)
    if widget.text.predict:
        assert not any(told(why) in text for why in explanations(widget.text.predict))


@every_widget
def test_twice_the_same(make):
    one, other = ({kind: value for kind, value in bundle(make()).items() if kind != VIEW} for _ in range(2))
    assert one == other


@every_widget
def test_what_a_front_end_gets_is_plain_json(make):
    state = {k: v for k, v in make().get_state().items() if not isinstance(v, bytes | memoryview)}
    json.dumps(state, allow_nan=False)


@every_widget
def test_the_front_end_is_one_module_that_exports_render(make):
    widget = make()
    assert widget._esm.count("export default { render }") == 1
    assert not re.search(r"^import\b", widget._esm, re.M)


# --- nothing is given away -------------------------------------------------------------------------------


@every_item
def test_the_text_of_a_question_explains_nothing(item):
    text = told(listed(item))
    assert told(item.ask) in text
    assert not any(told(secret) in text for secret in explanations(item))


@every_item
def test_the_text_of_a_question_does_not_depend_on_its_answer(item):
    changed = json.loads(item.model_dump_json())
    match item.kind:
        case "single" | "multiple":
            for option in changed["options"]:
                option["correct"] = not option["correct"]
            if item.kind == "single":
                first = next(o for o in changed["options"] if o["correct"])
                for option in changed["options"]:
                    option["correct"] = option is first
        case "numeric":
            changed |= {"answer": 77777.0, "common_wrong": []}
        case "match":
            for pair in changed["pairs"]:
                pair["answer"], pair["wrong"] = next(c for c in item.choices if c != pair["answer"]), {}
        case "script_concordance":
            changed["panel"]["more"]["votes"] = 99
        case "hotspot":
            for target in changed["targets"]:
                target["region"] = "elsewhere"
        case "order":
            changed["steps"] = changed["steps"][::-1]
    assert listed(type(item).model_validate(changed)) == listed(item)


@pytest.mark.parametrize("item", [i for i in ITEMS if i.kind == "order"], ids=lambda i: i.id)
def test_a_sequence_is_not_shown_in_its_order(item):
    assert [key for key, _ in shown_choices(item)] != [step.id for step in item.steps]


@pytest.mark.parametrize("item", [i for i in ITEMS if i.kind in ("order", "match")], ids=lambda i: i.id)
def test_mixing_loses_nothing(item):
    assert dict(shown_choices(item)) == grading.choices(item)


@pytest.mark.parametrize("make", EXAMS.values(), ids=list(EXAMS))
def test_an_exam_leaks_nothing(make):
    widget = make()
    state = json.dumps({k: v for k, v in widget.get_state().items() if k not in ("_esm", "_css")})
    for sheet in widget.sheet["items"]:
        assert sheet["table"] is None
        assert not sheet.get("panel")
        assert not sheet.keys() & {"hints", "takeaway", "correct", "answer", "why"}
        for secret in explanations(course().all_items[sheet["id"]]):
            assert json.dumps(secret)[1:-1] not in state
    assert "correct" not in state


def test_an_exam_shows_no_answer_given_before():
    answered = send(kc.quiz(SLUG), keyed(first_of(kc.quiz(SLUG))))
    assert kc.quiz(SLUG).answers.keys() == {answered["item"]}
    assert kc.quiz(SLUG, exam=True).answers == {}


@every_item
def test_the_table_of_the_front_end_is_the_grader(item):
    """Looked up as item.js does it: the first bound that is null or not below the number."""
    sheet = json.loads(json.dumps(payload(item), allow_nan=False))
    if item.kind == "numeric":
        for number in (
            item.answer,
            item.answer - item.within,
            -1e9,
            1e9,
            *(w.low for w in item.common_wrong),
        ):
            rows = sheet["table"][grading.ANSWER]
            found = next(v for bound, v in rows if bound is None or number <= bound)
            assert tuple(found) == grading.grade(item, {grading.ANSWER: number})[grading.ANSWER]
    else:
        plain = {slot: {c: list(v) for c, v in choices.items()} for slot, choices in table(item).items()}
        assert sheet["table"] == plain


@pytest.mark.parametrize("item", [i for i in ITEMS if i.kind == "numeric"], ids=lambda i: i.id)
def test_the_example_beside_a_number_is_not_its_answer(item):
    sheet = payload(item)
    number = float(re.match(r"[\d.]+", sheet["example"])[0])
    assert not grading.grade(item, {grading.ANSWER: number})[grading.ANSWER].correct
    assert sheet["units"][item.unit] == 1


# --- what is kept ----------------------------------------------------------------------------------------


def first_of(widget):
    return next(iter(widget._items.values()))


def attempt(item, response, /, **changes):
    """What the front end sends."""
    usual = {
        "uuid": str(uuid4()),
        "at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "item": item.id,
        "version": item.version,
        "response": response,
        "certainty": "sure",
        "hints": 1,
        "seconds": 3.5,
    }
    return usual | changes


def send(widget, response, **changes):
    sent = attempt(first_of(widget), response, **changes)
    widget.outbox = [sent]
    return sent


@every_item
@pytest.mark.parametrize("right", [True, False])
def test_an_attempt_is_graded_here_and_stored(item, right):
    widget = Quiz(SLUG, [item], kicker="A question")
    response = keyed(item) if right else wrong_response(item)
    sent = attempt(item, response)
    widget.outbox = [sent]
    (stored,) = Log().attempts()
    assert stored.correct is right
    assert (stored.uuid, stored.item, stored.version) == (sent["uuid"], item.id, item.version)
    assert (stored.lesson, stored.source) == (SLUG, "lesson")
    assert (stored.certainty, stored.hints, stored.seconds) == ("sure", 1, 3.5)
    assert stored.response == response
    assert widget.received == [sent["uuid"]]
    assert widget.trouble == ""


def wrong_response(item):
    """A response with one slot wrong; positions of a sequence swap, so that it remains one."""
    right, slots = keyed(item), list(table(item))
    if item.kind == "numeric":
        return {grading.ANSWER: item.answer + 100 * item.within}
    if item.kind == "order":
        return right | {slots[0]: right[slots[1]], slots[1]: right[slots[0]]}
    other = next(choice for choice in table(item)[slots[0]] if choice != right[slots[0]])
    return right | {slots[0]: other}


@pytest.mark.parametrize("make", ASKING.values(), ids=list(ASKING))
def test_sent_twice_is_stored_once_and_receipted_twice(make):
    widget = make()
    sent = send(widget, some_response(first_of(widget)))
    widget.received = []
    widget.outbox = [sent, sent]
    assert set(widget.received) == {sent["uuid"]}
    assert len(Log().attempts()) == 1


def test_what_was_stored_first_stays():
    widget = kc.quiz(SLUG)
    item = first_of(widget)
    sent = send(widget, keyed(item))
    widget.outbox = [sent | {"response": wrong_response(item), "correct": True}]
    (stored,) = Log().attempts()
    assert stored.response == keyed(item)


@pytest.mark.parametrize("make", ASKING.values(), ids=list(ASKING))
def test_a_front_end_cannot_say_that_it_was_right(make):
    widget = make()
    item = first_of(widget)
    send(widget, wrong_response(item), correct=True, lesson="back_of_the_knee", source="exam")
    (stored,) = Log().attempts()
    assert not stored.correct
    assert (stored.lesson, stored.source) == (SLUG, "lesson")


def test_an_exam_is_marked_as_one_and_graded_all_the_same():
    widget = kc.quiz(SLUG, exam=True)
    send(widget, keyed(first_of(widget)), source="lesson")
    (stored,) = Log().attempts()
    assert stored.source == "exam"
    assert stored.correct


def test_a_good_attempt_among_garbage_is_kept():
    widget = kc.quiz(SLUG)
    good = attempt(first_of(widget), keyed(first_of(widget)))
    widget.outbox = [None, {"item": good["item"]}, good, "text", good | {"uuid": "1"}]
    assert widget.received == [good["uuid"]]
    assert [a.uuid for a in Log().attempts()] == [good["uuid"]]


def test_an_item_of_another_widget_is_not_taken():
    widget = kc.quiz(SLUG, "warm_up")
    other = first_of(kc.quiz(SLUG))
    widget.outbox = [attempt(other, keyed(other))]
    assert Log().attempts() == ()
    assert widget.received == []


@pytest.mark.parametrize("make", ASKING.values(), ids=list(ASKING))
def test_answers_come_back(make):
    widget = make()
    item = first_of(widget)
    response = wrong_response(item)
    send(widget, response, certainty="fairly")
    assert make().answers == {item.id: {"response": response, "certainty": "fairly"}}
    send(widget, keyed(item), at="2199-01-01T00:00:00Z", certainty=None)
    assert make().answers == {item.id: {"response": keyed(item), "certainty": None}}


def test_a_prediction_and_a_task_come_back():
    widget = kc.explore.joint_pressure()
    task = widget.text.tasks[0]
    widget.outbox = [
        attempt(widget.text.predict, {"answer": 35}),
        attempt(task, {"answer": "met"}, certainty=None),
    ]
    again = kc.explore.joint_pressure().answers
    assert again.keys() == {widget.text.predict.id, task.id}
    assert kc.explore.cyst_grip().answers == {}


def reworded(item):
    return type(item).model_validate(json.loads(item.model_dump_json()) | {"ask": f"{item.ask} Or not?"})


@every_item
def test_answers_to_another_wording_do_not_come_back(item):
    sent = attempt(item, some_response(item))
    Quiz(SLUG, [item], kicker="Before").outbox = [sent]
    assert reworded(item).version != item.version
    assert Quiz(SLUG, [item], kicker="Before").answers.keys() == {item.id}
    assert Quiz(SLUG, [reworded(item)], kicker="After").answers == {}


@pytest.mark.parametrize("make", [ASKING["quiz check"], EXPLORERS["explore joint_pressure"], kc.progress])
def test_without_a_log_the_lesson_goes_on(make, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("KNEECOURSE_HOME", str(blocked))
    widget = make()
    assert bundle(widget)["text/plain"]
    if widget._items:
        assert str(blocked) in widget.trouble
        send(widget, some_response(first_of(widget)))
        assert widget.received == []
        assert str(blocked) in widget.trouble


def test_when_the_log_works_again_the_trouble_is_over(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("KNEECOURSE_HOME", str(blocked))
    widget = kc.quiz(SLUG)
    assert widget.trouble
    blocked.unlink()
    sent = send(widget, some_response(first_of(widget)))
    assert widget.trouble == ""
    assert widget.received == [sent["uuid"]]


# --- garbage from a front end ----------------------------------------------------------------------------

strings = st.text() | st.sampled_from(
    ["answer", "item", "uuid", "yes", "no", "met", "<script>alert(1)</script>", "\ud800", "a" * 500]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | strings,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strings, inner, max_size=4),
    max_leaves=8,
)


@cache
def shared(name):
    """One widget for many examples, with the log of whatever test is running."""
    return WIDGETS[name]()


def logged(widget):
    widget._log = Log()
    return widget


ANSWERING = sorted([*ASKING, *EXAMS, *EXPLORERS])
KNOWN = course().all_items.keys() | {t.id for _, e in course().all_explorers.values() for t in e.tasks}


@law
@given(st.sampled_from(ANSWERING), json_values)
def test_garbage_in_the_outbox_stores_nothing(name, garbage):
    widget = logged(shared(name))
    for sent in (garbage, [garbage], [garbage, garbage]):
        widget.outbox = sent
    assert Log().attempts() == ()


@pytest.mark.parametrize("name", ["quiz check", "explore joint_pressure"])
def test_garbage_too_deep_to_be_written_out_stores_nothing(name):
    deep = json.loads("[" * 900 + "]" * 900)
    widget = WIDGETS[name]()
    for item in widget._items.values():
        good = attempt(item, some_response(item))
        slot = next(iter(table(item)))
        widget.outbox = [deep, *(good | {field: deep} for field in good), good | {"response": {slot: deep}}]
    assert Log().attempts() == ()


@law
@given(st.data())
def test_a_spoilt_attempt_stores_nothing_but_what_is_valid(data):
    widget = logged(shared(data.draw(st.sampled_from(ANSWERING))))
    item = data.draw(st.sampled_from(list(widget._items.values())))
    good = attempt(item, some_response(item), uuid=str(UUID(int=data.draw(st.integers(0, 2**64)))))
    field = data.draw(st.sampled_from(sorted(good)))
    spoilt = good | {field: data.draw(json_values)}
    if data.draw(st.booleans()):
        spoilt = {k: v for k, v in good.items() if k != field}
    widget.outbox = [spoilt]
    for stored in Log().attempts():
        assert stored.lesson == stored.item.split(".")[0]
        assert stored.item in KNOWN
        assert learner.Attempt.model_validate_json(stored.model_dump_json()) == stored


@law
@given(st.data())
@example(None)
def test_a_spoilt_response_stores_nothing(data):
    widget = logged(shared("quiz check" if data is None else data.draw(st.sampled_from(ANSWERING))))
    item = first_of(widget) if data is None else data.draw(st.sampled_from(list(widget._items.values())))
    slot = next(iter(table(item)))
    bad = 10**400 if data is None else data.draw(json_values)
    response = some_response(item) | {slot: bad}
    try:
        grading.grade(item, response, regions(item))
    except ValueError:
        widget.outbox = [attempt(item, response)]
        assert not [a for a in Log().attempts() if a.response == response]


@settings(law, max_examples=40)
@given(st.sampled_from(sorted(EXPLORERS)), json_values, json_values)
def test_an_explorer_answers_whatever_it_is_asked(name, values, asked):
    widget = logged(shared(name))
    before = widget.answered
    widget.values = values
    widget.asked = -1.5
    widget.asked = asked
    assert widget.answered > before
    start = {key: control.default for key, control in widget.controls.items()}
    sent = values if isinstance(values, dict) else start
    assert (widget.frame, widget.reading, widget.done) == widget.state(sent)
    assert Log().attempts() == ()


def test_an_explorer_answers_once_for_each_time_it_is_asked():
    widget = kc.explore.joint_pressure()
    for n in range(1, 4):
        widget.values = {"flexion_deg": 10 * n, "effusion_ml": 40}
        widget.asked = n
        assert widget.answered == n
        assert f"{10 * n}°" in widget.reading


@law
@given(json_values)
@example({"text": "\ud800"})
@example({"text": '{"format": "kneecourse-progress", "version": 99}'})
def test_garbage_as_a_progress_file_changes_nothing(garbage):
    widget = logged(shared("progress"))
    widget.incoming = garbage
    widget.incoming = {"text": json.dumps(garbage)}
    widget.wanted = garbage
    assert Log().attempts() == ()


# --- the index -------------------------------------------------------------------------------------------


def test_a_progress_file_goes_out_and_comes_in_once():
    widget = kc.progress()
    quiz = kc.quiz(SLUG)
    send(quiz, keyed(first_of(quiz)))
    widget.wanted = 1
    text = widget.file
    assert len(text.splitlines()) == 2
    widget.incoming = {"text": text, "n": 1}
    assert "0 answers added, 1 were there already" in widget.report
    other = json.loads(text.splitlines()[1]) | {"uuid": str(uuid4())}
    widget.incoming = {"text": text + json.dumps(other) + "\nnot a line\n", "n": 2}
    assert "1 answers added" in widget.report
    assert "line 4" in widget.report
    assert len(Log().attempts()) == 2
    assert any("1" in line for line in widget.lines)


def test_progress_counts_and_repeats_what_was_sure_and_wrong():
    quiz = kc.quiz(SLUG)
    item = first_of(quiz)
    send(quiz, wrong_response(item), certainty="sure")
    lines = told("\n".join(kc.progress().lines))
    assert "1 questions answered on 1 day, 0 right" in lines
    assert f"Sure and wrong: {told(item.ask)}" in lines


def test_an_attempt_at_a_question_that_is_gone_disturbs_nothing():
    quiz = kc.quiz(SLUG)
    sent = attempt(first_of(quiz), keyed(first_of(quiz)), lesson=SLUG, correct=False, item="bakers_cyst.gone")
    Log().record(learner.Attempt(**sent, source="lesson"))
    assert kc.progress().lines
    assert kc.quiz(SLUG).answers == {}
    assert kc.course_map().sheet["blocks"]


def test_the_map_has_every_lesson_in_order_and_links_only_to_what_is_there():
    (block,) = kc.course_map().sheet["blocks"]
    assert [row["title"] for row in block["rows"]] == [lesson.title for lesson in course().lessons.values()]
    for row in block["rows"]:
        assert row["href"] is None or (index.ROOT / "notebooks" / row["href"]).exists()
        assert 0 <= row["share"] <= 1


def test_the_doctor_finds_this_environment_ready():
    checks = kc.doctor().sheet["checks"]
    assert len(checks) == 2
    assert all(check["ok"] for check in checks), checks


def test_the_doctor_says_where_answers_cannot_be_kept(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("KNEECOURSE_HOME", str(blocked))
    checks = kc.doctor().sheet["checks"]
    assert [check["ok"] for check in checks] == [True, False]
    assert str(blocked) in checks[1]["told"]


@law
@given(json_values)
def test_the_doctor_answers_whatever_it_is_asked(asked):
    widget = Doctor([(True, "**Packages**: ready.")])
    widget.asked = -1.5
    widget.asked = asked
    assert widget.answered >= 1


# --- names in notebooks ----------------------------------------------------------------------------------


def test_a_name_that_is_not_there_gets_suggestions():
    for ask, near in (
        (lambda: kc.quiz("bakers_cyst", "chekc"), "its parts are"),
        (lambda: kc.objectives("bakers_cist"), "bakers_cyst"),
        (lambda: kc.red_flags("bakers_cist"), "bakers_cyst"),
        (lambda: kc.case("bakers_cyst.gardner"), "bakers_cyst.gardener"),
    ):
        with pytest.raises(LookupError, match=near):
            ask()


def test_kinds_of_widgets():
    assert all(isinstance(make(), Quiz) for make in QUIZZES.values())
    assert isinstance(kc.case(CASES[0]), BranchingCase)
    assert isinstance(kc.progress(), ProgressPanel)
    assert isinstance(kc.red_flags(SLUG), Panel)


def test_a_case_leads_from_every_decision_somewhere_or_to_its_end():
    for case_id in CASES:
        sheet = kc.case(case_id).sheet
        steps = {step["id"] for step in sheet["steps"]}
        for step in sheet["steps"]:
            assert step["next"].keys() == {option["id"] for option in step["item"]["options"]}
            assert {following for following in step["next"].values() if following} <= steps


def test_retired_questions_are_not_asked():
    asked = {item["id"] for part in PARTS for item in kc.quiz(SLUG, part).sheet["items"]}
    assert asked == {item.id for item in ITEMS if not item.retired}
