"""The one grader, over every possible response to every question of the course."""

import contextlib
import itertools
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kneecourse import grading, records
from kneecourse.content import course
from kneecourse.grading import ANSWER, Verdict

ITEMS = list(course().all_items.values())
TASKS = [task for _, explorer in course().all_explorers.values() for task in explorer.tasks]
law = settings(deadline=None)

every_item = pytest.mark.parametrize("item", ITEMS + TASKS, ids=lambda item: item.id)
every_number = pytest.mark.parametrize(
    "item", [i for i in ITEMS if i.kind == "numeric"], ids=lambda item: item.id
)


def regions(item):
    if item.kind != "hotspot":
        return None
    return {region.id: region for region in course().anatomy[item.diagram].regions}


def table(item):
    return grading.table(item, regions(item))


def right(item, response):
    return grading.is_correct(grading.grade(item, response, regions(item)))


def some_response(item):
    """A response that is one, whatever it is worth."""
    return {
        slot: 1.5 if item.kind == "numeric" else next(iter(choices)) for slot, choices in table(item).items()
    }


def keyed(item):
    """The right response, read from the record and not from the table."""
    match item.kind:
        case "single":
            (best,) = (o.id for o in item.options if o.correct)
            return {ANSWER: best}
        case "multiple":
            return {o.id: "yes" if o.correct else "no" for o in item.options}
        case "numeric":
            return {ANSWER: item.answer}
        case "order":
            return {str(n): step.id for n, step in enumerate(item.steps, 1)}
        case "match":
            return {pair.id: pair.answer for pair in item.pairs}
        case "hotspot":
            return {target.id: target.region for target in item.targets}
        case "script_concordance":
            return {ANSWER: max(item.panel, key=lambda point: item.panel[point].votes)}
        case "task":
            return {ANSWER: "met"}


def possible(item):
    """Every response that the front end can send, numbers aside."""
    verdicts = table(item)
    if item.kind == "order":
        ids = [step.id for step in item.steps]
        return [dict(zip(verdicts, order, strict=True)) for order in itertools.permutations(ids)]
    if item.kind in ("match", "hotspot"):  # slots are judged one by one: vary each from the right response
        return [keyed(item) | {slot: choice} for slot in verdicts for choice in verdicts[slot]]
    return [dict(zip(verdicts, chosen, strict=True)) for chosen in itertools.product(*verdicts.values())]


# --- every question, every response ----------------------------------------------------------------------


def test_all_seven_kinds_are_met_here():
    kinds = {"single", "multiple", "numeric", "order", "match", "hotspot", "script_concordance"}
    assert {item.kind for item in ITEMS} == kinds


@every_item
def test_every_response_has_a_verdict_that_explains(item):
    for choices in table(item).values():
        verdicts = [v for _, v in choices] if item.kind == "numeric" else choices.values()
        for verdict in verdicts:
            assert isinstance(verdict, Verdict)
            assert isinstance(verdict.correct, bool)
            assert len(verdict.why) >= 12


@every_item
def test_the_keyed_response_is_right(item):
    assert right(item, keyed(item))


@pytest.mark.parametrize("item", [i for i in ITEMS if i.kind != "numeric"], ids=lambda item: item.id)
def test_only_the_keyed_response_is_right(item):
    answers = possible(item)
    assert keyed(item) in answers
    assert [a for a in answers if right(item, a)] == [a for a in answers if a == keyed(item)]


@pytest.mark.parametrize("item", [i for i in ITEMS if i.kind in ("match", "hotspot")], ids=lambda i: i.id)
def test_each_slot_has_exactly_one_right_choice(item):
    for slot, choices in table(item).items():
        assert [c for c, verdict in choices.items() if verdict.correct] == [keyed(item)[slot]]


@pytest.mark.parametrize("item", [i for i in ITEMS if i.kind == "hotspot"], ids=lambda i: i.id)
def test_a_wrong_region_is_named(item):
    named = regions(item)
    for target in item.targets:
        for name, verdict in table(item)[target.id].items():
            assert verdict.correct or named[name].name in verdict.why


@every_item
def test_the_choices_shown_are_the_choices_graded(item):
    shown = grading.choices(item)
    assert all(shown.values())
    if item.kind in ("single", "order", "match", "script_concordance"):
        assert all(set(shown) == set(choices) for choices in table(item).values())
    if item.kind == "multiple":
        assert set(shown) == set(table(item))


@every_item
def test_a_response_with_a_slot_too_many_or_too_few_is_refused(item):
    response = some_response(item)
    slot, choice = next(iter(response.items()))
    for wrong in ({}, response | {"another": choice}, {k: v for k, v in response.items() if k != slot}):
        with pytest.raises(ValueError, match=item.id):
            grading.grade(item, wrong, regions(item))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["yes", "no", "met", ANSWER]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@law
@given(st.sampled_from(ITEMS + TASKS), json_values)
@example(ITEMS[0], {ANSWER: 10**400})
def test_garbage_raises_value_error_and_nothing_else(item, garbage):
    for response in (garbage, {slot: garbage for slot in table(item)}, some_response(item) | {"x": garbage}):
        with contextlib.suppress(ValueError):
            assert grading.grade(item, response, regions(item)).keys() == table(item).keys()


# --- numbers ---------------------------------------------------------------------------------------------


def expected(item, number):
    """Right or not and why, from the record: the right interval, then common mistakes, then the side."""
    if item.answer - item.within <= number <= item.answer + item.within:
        return True, item.right
    for wrong in item.common_wrong:
        if wrong.low <= number <= wrong.high:
            return False, wrong.why
    return False, item.too_low if number < item.answer else item.too_high


numbers = (
    st.floats(allow_nan=False, allow_infinity=False) | st.floats(-100, 1000) | st.integers(-(10**6), 10**6)
)


@law
@given(st.sampled_from([i for i in ITEMS if i.kind == "numeric"]), numbers)
@example(next(i for i in ITEMS if i.kind == "numeric"), 10**400)
def test_every_number_has_the_verdict_of_its_interval(item, number):
    verdict = grading.grade(item, {ANSWER: number})[ANSWER]
    assert verdict == expected(item, number)


@every_number
def test_at_every_boundary_and_just_beside_it(item):
    edges = [item.answer - item.within, item.answer, item.answer + item.within]
    edges += [end for wrong in item.common_wrong for end in (wrong.low, wrong.high)]
    for edge in edges:
        for number in (math.nextafter(edge, -math.inf), edge, math.nextafter(edge, math.inf)):
            assert grading.grade(item, {ANSWER: number})[ANSWER] == expected(item, number)


@every_number
def test_intervals_ascend_and_cover_the_line(item):
    bounds = [bound for bound, _ in table(item)[ANSWER]]
    assert all(a < b for a, b in itertools.pairwise(bounds))
    assert bounds[-1] == math.inf
    assert sum(verdict.correct for _, verdict in table(item)[ANSWER]) == 1


@every_number
@pytest.mark.parametrize("garbage", [math.nan, math.inf, -math.inf, True, False, None, "50", "", [50], {}])
def test_what_is_not_a_number_is_refused(item, garbage):
    with pytest.raises(ValueError, match=item.id):
        grading.grade(item, {ANSWER: garbage})


WHY = "Because it is so, in this example."


@st.composite
def numeric_items(draw):
    """A question with up to three common mistakes, which may touch the right interval but not overlap it."""
    ends = sorted(draw(st.lists(st.integers(-50, 50), min_size=8, max_size=8, unique=True)))
    touching = draw(st.booleans())
    spans = [(ends[i], ends[i + 1]) for i in range(0, 7, 2)]
    if touching:
        spans = [(low, spans[i + 1][0] if i < 3 else high) for i, (low, high) in enumerate(spans)]
    low, high = spans.pop(draw(st.integers(0, 3)))
    return records.Numeric(
        id="a.number",
        kind="numeric",
        ask="How many?",
        answer=(low + high) / 2,
        within=(high - low) / 2,
        unit="mL",
        right=WHY + "r",
        too_low=WHY + "l",
        too_high=WHY + "h",
        common_wrong=[records.WrongNumber(low=a, high=b, why=f"{WHY}{a}") for a, b in spans],
    )


@law
@given(numeric_items(), st.data())
def test_any_arrangement_of_common_mistakes_is_graded_by_its_intervals(item, data):
    edges = [end for wrong in item.common_wrong for end in (wrong.low, wrong.high)]
    edges += [item.answer - item.within, item.answer + item.within]
    number = data.draw(st.sampled_from(edges) | st.floats(-60, 60) | st.integers(-60, 60))
    correct, why = grading.grade(item, {ANSWER: number})[ANSWER]
    inside = item.answer - item.within <= number <= item.answer + item.within
    assert correct == inside
    mistakes = [wrong.why for wrong in item.common_wrong if wrong.low <= number <= wrong.high]
    if inside:
        assert why == item.right
    elif mistakes:
        assert why in mistakes  # two that touch share an edge
    else:
        assert why == (item.too_low if number < item.answer else item.too_high)


@every_number
def test_units_are_worth_what_they_are_worth(item):
    """One of the item's own unit is 1, and the answer written in any other unit is still right."""
    units = {item.unit: 1.0, **item.units}
    assert units[item.unit] == 1
    known = {"mL": 1, "L": 1000, "cm": 1, "m": 100, "mm": 0.1, "°": 1, "%": 1}
    for unit, worth in units.items():
        assert right(item, {ANSWER: item.answer / worth * worth})
        if unit in known and item.unit in known:
            assert worth == known[unit] / known[item.unit]


# --- one question at a time, by hand ---------------------------------------------------------------------


def test_a_multiple_asks_about_every_option():
    item = next(i for i in ITEMS if i.kind == "multiple")
    all_yes = {o.id: "yes" for o in item.options}
    verdicts = grading.grade(item, all_yes)
    assert {key for key, v in verdicts.items() if v.correct} == {o.id for o in item.options if o.correct}
    assert not grading.is_correct(verdicts)


def test_a_match_explains_the_choice_that_was_made():
    item = next(i for i in ITEMS if i.kind == "match")
    pair = next(p for p in item.pairs if p.wrong)
    wrong, why = next(iter(pair.wrong.items()))
    assert grading.grade(item, keyed(item) | {pair.id: wrong})[pair.id] == (False, why)


def test_a_task_can_only_be_met():
    with pytest.raises(ValueError, match="is not one of met"):
        grading.grade(TASKS[0], {ANSWER: "unmet"})
