"""Every explorer over its whole control space: what it draws, what it says and what its tasks ask."""

import inspect
import itertools
import math
import re
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kneecourse import explore
from kneecourse.content import course
from kneecourse.models import diagnosis
from kneecourse.models import joint_fluid as fluid
from kneecourse.parameter import Choice

FRAME_BYTES = 40_000

NAMES = [
    name
    for name, function in vars(explore).items()
    if inspect.isfunction(function) and function.__module__ == explore.__name__ and not name.startswith("_")
]
every_explorer = pytest.mark.parametrize("name", NAMES)
law = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])


@cache
def explorer(name):
    """An explorer, made when a test first asks for it and shared: no state of it may matter."""
    return getattr(explore, name)()


def allowed(control):
    """Every value a control can take."""
    if isinstance(control, Choice):
        return list(control.options)
    steps = round((control.high - control.low) / control.step)
    return [control.clean(control.low + n * control.step) for n in range(steps + 1)]


def corners(control):
    return allowed(control) if isinstance(control, Choice) else [control.low, control.high, control.default]


def states(name):
    """States of an explorer, its corners often among them."""
    controls = explorer(name).controls
    return st.one_of(
        st.fixed_dictionaries({key: st.sampled_from(corners(c)) for key, c in controls.items()}),
        st.fixed_dictionaries({key: st.sampled_from(allowed(c)) for key, c in controls.items()}),
    )


def reading(name, state):
    shown = explorer(name)
    return shown._stage.drawing.update(**{key: state[key] for key in shown.controls})


def plain(sentence):
    return sentence.replace("**", "")


garbage = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


# --- all of them -----------------------------------------------------------------------------------------


def test_every_explorer_has_its_words_and_every_words_an_explorer():
    ids = [explorer(name).text.id for name in NAMES]
    assert sorted(ids) == sorted(course().all_explorers)


@every_explorer
def test_it_starts_at_its_defaults_with_no_task_met(name):
    start = explorer(name)
    assert start.done == []
    assert start.values == {key: control.default for key, control in start.controls.items()}
    assert start.state(start.values)[:2] == (start.frame, start.reading)


@every_explorer
@law
@given(data=st.data())
def test_any_state_gives_a_picture_a_sentence_and_finite_numbers(name, data):
    state = data.draw(states(name))
    frame, sentence, done = explorer(name).state(state)
    with Image.open(BytesIO(frame)) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert list(picture.size) == explorer(name).sheet["size"]
        assert len(picture.getcolors()) > 3  # something is drawn
    assert len(frame) <= FRAME_BYTES
    assert all(math.isfinite(value) for value in reading(name, state).values.values())
    assert sentence == reading(name, state).sentence
    assert sentence.endswith((".", "?"))
    assert sentence.count("**") % 2 == 0
    assert not re.search(r"\b(nan|inf)\b|-0(?![.\d])|\{|\}", sentence)
    assert set(done) <= {task.id for task in explorer(name).text.tasks}


@every_explorer
@law
@given(data=st.data())
def test_garbage_is_cleaned_before_it_is_drawn(name, data):
    controls = explorer(name).controls
    usual = data.draw(states(name))
    sent = {key: data.draw(garbage | st.just(usual[key])) for key in controls} | {"unknown": 1}
    clean = {key: control.clean(sent[key]) for key, control in controls.items()}
    assert explorer(name).state(sent) == explorer(name).state(clean)


@every_explorer
@law
@given(data=st.data())
def test_what_is_not_a_set_of_values_shows_the_start(name, data):
    sent = data.draw(garbage.filter(lambda value: not isinstance(value, dict)))
    start = {key: control.default for key, control in explorer(name).controls.items()}
    assert explorer(name).state(sent) == explorer(name).state(start)


@every_explorer
@law
@given(data=st.data())
def test_a_frame_depends_on_its_state_and_not_on_the_way_there(name, data):
    here, elsewhere = data.draw(states(name)), data.draw(states(name))
    before = explorer(name).state(here)
    explorer(name).state(elsewhere)
    assert explorer(name).state(here) == before


@every_explorer
@law
@given(data=st.data())
def test_everything_that_changes_is_among_what_moves(name, data):
    """Drawing the background anew in this state changes nothing: no artist in it had to move."""
    here = data.draw(states(name))
    stage = explorer(name)._stage
    frame, _ = stage.show(**here)
    stage._background = None
    assert stage.show(**here)[0] == frame


@every_explorer
def test_a_new_explorer_draws_the_same(name):
    fresh = getattr(explore, name)()
    for key, control in fresh.controls.items():
        for value in corners(control):
            state = {**fresh.values, key: value}
            assert fresh.state(state) == explorer(name).state(state)


@every_explorer
def test_each_control_changes_what_is_seen(name):
    """From some state, moving this control alone changes the picture: none is idle."""
    controls = explorer(name).controls
    everywhere = list(itertools.islice(itertools.product(*map(corners, controls.values())), 40))
    for key, control in controls.items():
        starts = (dict(zip(controls, values, strict=True)) for values in everywhere)
        assert any(
            len({explorer(name).state({**start, key: value})[0] for value in corners(control)}) > 1
            for start in starts
        ), key


# --- tasks -----------------------------------------------------------------------------------------------

TASKS = [(text.id, task) for _, text in course().all_explorers.values() for task in text.tasks]
every_task = pytest.mark.parametrize(("text_id", "task"), TASKS, ids=[task.id for _, task in TASKS])


def named(text_id):
    """The name of the explorer with this text."""
    return next(name for name in NAMES if explorer(name).text.id == text_id)


def wanted(control, need):
    """The values of a control that meet a need of its own."""
    if isinstance(need, str):
        return [value for value in allowed(control) if value == need]
    low, high = (end if end is not None else side * math.inf for end, side in zip(need, (-1, 1), strict=True))
    return [value for value in allowed(control) if low <= value <= high]


def search(name, task):
    """The first state that meets a task, None if there is none; controls that it does not name move last."""
    controls = explorer(name).controls
    choices = {
        key: wanted(c, task.needs[key]) if key in task.needs else allowed(c) for key, c in controls.items()
    }
    order = sorted(controls, key=lambda key: (key in task.needs, len(choices[key])))
    for values in itertools.product(*(choices[key] for key in order)):
        state = dict(zip(order, values, strict=True))
        if task.met(state | reading(name, state).values):
            return state
    return None


@every_task
def test_a_task_names_only_what_there_is(text_id, task):
    name = named(text_id)
    controls = explorer(name).controls
    start = {key: control.default for key, control in controls.items()}
    known = controls.keys() | reading(name, start).values.keys()
    assert task.needs.keys() <= known
    for key, need in task.needs.items():
        if key in controls:
            assert isinstance(need, str) == isinstance(controls[key], Choice)
            assert wanted(controls[key], need), f"{key}: no value of the control is {need}"
        else:
            assert not isinstance(need, str)
        if not isinstance(need, str):
            low, high = need
            assert low is not None or high is not None
            assert None in need or low <= high


@every_explorer
@law
@given(data=st.data())
def test_readings_have_the_same_names_everywhere_or_their_tasks_do_not_ask(name, data):
    values = reading(name, data.draw(states(name))).values
    asked = {key for task in explorer(name).text.tasks for key in task.needs} - explorer(name).controls.keys()
    assert asked <= values.keys()


@every_task
def test_a_task_can_be_met_and_is_then_told(text_id, task):
    name = named(text_id)
    state = search(name, task)
    assert state is not None, f"no state meets {task.needs}"
    assert task.id in explorer(name).state(state)[2]


@every_task
def test_a_task_is_not_met_by_chance(text_id, task):
    """Not at the start, and in fewer than half of the corners."""
    name = named(text_id)
    controls = explorer(name).controls
    everywhere = [
        dict(zip(controls, v, strict=True)) for v in itertools.product(*map(corners, controls.values()))
    ]
    met = [state for state in everywhere[:200] if task.met(state | reading(name, state).values)]
    assert len(met) <= len(everywhere[:200]) / 2


# --- sentences agree with the models ---------------------------------------------------------------------


@law
@given(st.sampled_from(range(91)), st.sampled_from(range(0, 121, 5)))
def test_joint_pressure_says_what_the_model_says(flexion, effusion):
    said = plain(explorer("joint_pressure").state({"flexion_deg": flexion, "effusion_ml": effusion})[1])
    pressure = float(fluid.pressure_mmhg(effusion, flexion))
    assert f"At {flexion}°" in said
    assert f"{effusion} mL" in said
    assert f"{pressure:.0f} mmHg" in said
    assert ("gave way" in said) == (pressure >= 200)
    if effusion and pressure < 200:
        lowest = float(fluid.pressure_mmhg(effusion, 35))
        gap = round(pressure) - round(lowest)
        assert (f"{gap} above the lowest" if gap else "the lowest on this curve") in said


@law
@given(st.sampled_from(range(91)), st.sampled_from(range(41)), st.sampled_from(range(0, 81, 5)))
def test_cyst_grip_says_what_the_model_says(flexion, cyst, effusion):
    state = {"flexion_deg": flexion, "cyst_ml": cyst, "effusion_ml": effusion}
    said = plain(explorer("cyst_grip").state(state)[1])
    here, straight, bent = (float(fluid.cyst_pressure_mmhg(cyst, angle)) for angle in (flexion, 0, 90))
    assert f"At {flexion}°" in said
    assert f"{cyst} mL cyst is {here:.0f} mmHg" in said
    assert f"{straight:.0f} straight" in said
    assert f"{bent:.0f} fully bent" in said
    opening = float(fluid.slit_opening(flexion))
    assert ("shut" if opening == 0 else "wide open" if opening == 1 else "partly open") in said


@law
@given(st.sampled_from(list(fluid.DISEASE)), st.sampled_from(range(0, 101, 10)))
def test_quadriceps_squeeze_says_what_the_model_says(disease, effort):
    said = plain(explorer("quadriceps_squeeze").state({"disease": disease, "effort_percent": effort})[1])
    rest, full = (fluid.DISEASE[disease][i][0] for i in (0, 1))
    assert f"{rest + effort / 100 * (full - rest):.0f} mmHg" in said
    assert f"from {rest} to {full}" in said
    assert {0: "at rest", 100: "fully tight"}.get(effort, f"{effort} %") in said


HELD = {"bending": None, "straight": 0, "resting": 35, "bent": 90}


@pytest.mark.parametrize("opening", ["slit", "flap"])
@pytest.mark.parametrize("move", HELD)
@pytest.mark.parametrize("treatment", ["none", "cyst", "joint"])
def test_cyst_filling_says_what_the_model_says(opening, move, treatment):
    state = {"joint_ml": 40, "opening": opening, "move": move, "treatment": treatment}
    said = plain(explorer("cyst_filling").state(state)[1])
    how = dict(minutes=10, flap=opening == "flap", held_deg=HELD[move])
    first = fluid.fill_cyst(40, 0, **how)
    joint, cyst = float(first.joint_ml[-1]), float(first.cyst_ml[-1])
    joint, cyst = {"none": (joint, cyst), "cyst": (joint, 0), "joint": (min(joint, 5), cyst)}[treatment]
    end = float(fluid.fill_cyst(joint, cyst, **how).cyst_ml[-1])
    values = reading("cyst_filling", state).values
    assert values["cyst_ml"] == pytest.approx(end, abs=0.02)
    assert values["at_10_min_ml"] == pytest.approx(float(first.cyst_ml[-1]), abs=0.02)
    if move == "straight":
        assert "stays empty" in said
    else:
        assert f"{values['at_10_min_ml']:.1f} mL" in said
        assert f"{values['cyst_ml']:.1f} mL" in said
        assert f"{float(fluid.sphere_diameter_mm(end)):.0f} mm wide" in said


@pytest.mark.parametrize("present", list(itertools.product(("no", "yes"), repeat=3)))
def test_cyst_company_says_what_the_study_printed(present):
    state = dict(zip(("effusion", "meniscal_tear", "osteoarthritis"), present, strict=True))
    said = plain(explorer("cyst_company").state(state)[1])
    known = diagnosis.cyst_probability(present.count("yes"))
    if known is None:
        assert not re.search(r"\b\d+ (to \d+ )?have", said)
    else:
        low, high = (round(1000 * share) for share in known)
        assert (f"{low} have a cyst" if low == high else f"{low} to {high} have a cyst") in said


def test_cyst_prevalence_says_what_the_studies_printed():
    rows = {row.id: row for row in course().causes["bakers_cyst"].prevalence}
    for who in explorer("cyst_prevalence").controls["who"].options:
        said = plain(explorer("cyst_prevalence").state({"who": who})[1])
        assert f"about {rows[who].per_cent:.0f} had" in said
        assert rows[who].who[1:] in said


RESULTS = ("none", "positive", "negative")


@pytest.mark.parametrize("who", ["healthy_ultrasound", "painful_ultrasound", "frequent_pain_mri"])
@pytest.mark.parametrize("study", ["low", "pooled", "high"])
@pytest.mark.parametrize(("first", "second"), list(itertools.product(RESULTS, repeat=2)))
def test_hands_and_scan_counts_people(who, study, first, second):
    cause = course().causes["bakers_cyst"]
    share = next(row.per_cent for row in cause.prevalence if row.id == who) / 100
    tests = {test.id: test for test in cause.tests}
    hands, scan = tests["physical_examination"], tests["ultrasound_surgery"]
    end = {"low": "low", "pooled": "value", "high": "high"}[study]
    accuracy = [
        (getattr(hands.sensitivity, end), getattr(hands.specificity, end)),
        (scan.sensitivity.value, scan.specificity.low),
    ]
    ill, of, odds = round(1000 * share), 1000, share / (1 - share)
    steps = [f"{ill} have"]
    for (sensitivity, specificity), result in zip(accuracy, (first, second), strict=True):
        if result == "none":
            continue
        people = diagnosis.natural_frequencies(ill / of, sensitivity, specificity, of=of)
        ill = people.ill_positive if result == "positive" else people.ill_negative
        of = people.positive if result == "positive" else people.negative
        odds *= float(diagnosis.likelihood_ratio(sensitivity, specificity, result == "positive"))
        steps.append(f"{ill} of {of}")
    state = dict(who_id=who, study=study, first_result=first, second_result=second)
    for view in ("boxes", "tree", "odds"):
        said = plain(explorer("hands_and_scan").state(state | {"view": view})[1])
        assert all(step in said for step in steps)
    values = reading("hands_and_scan", state | {"view": "boxes"}).values
    assert values["per_cent"] == pytest.approx(100 * ill / of)
    assert values["per_cent"] == pytest.approx(
        100 * odds / (1 + odds), abs=150 / of
    )  # rounded to whole people


# --- predictions agree with the models -------------------------------------------------------------------


def prediction(text_id):
    return course().all_explorers[text_id][1].predict


def best(text_id):
    (option,) = (o for o in prediction(text_id).options if o.correct)
    return option.id


def test_the_model_has_most_room_where_the_prediction_says():
    along = fluid.pressure_mmhg(40, np.arange(91))
    assert prediction("bakers_cyst.roomiest").answer == along.argmin() == 35


def test_the_study_has_the_share_that_the_prediction_says():
    assert prediction("bakers_cyst.company").answer == round(1000 * diagnosis.cyst_probability(3)[0]) == 380


def test_counting_people_gives_what_the_prediction_says():
    people = diagnosis.natural_frequencies(0.198, 0.74, 0.88)
    assert (
        prediction("bakers_cyst.hands_and_scan").answer
        == round(100 * people.ill_positive / people.positive)
        == 60
    )


def test_the_bursa_fills_for_a_few_minutes_and_stops():
    course_ = fluid.fill_cyst(40, 0, minutes=20, points=21)
    assert best("bakers_cyst.filling") == "level"
    assert course_.cyst_ml[-1] == pytest.approx(11, abs=0.5)
    assert course_.cyst_ml[5] > 0.9 * course_.cyst_ml[-1]
    assert course_.cyst_ml[1] < 0.7 * course_.cyst_ml[-1]


def test_bending_softens_the_lump():
    assert best("bakers_cyst.grip") == "softer"
    straight, bent = fluid.cyst_pressure_mmhg(10, [0, 60])
    assert bent < straight - 20


def test_tightening_the_thigh_triples_the_pressure():
    assert best("bakers_cyst.squeeze") == "triple"
    rest, full = fluid.contraction_mmhg("osteoarthritis", np.array([0, 1]))
    assert full / rest == pytest.approx(3, abs=0.5)
