"""The one grader: a question becomes a finite table, and a response is looked up in it.

A response maps slots to choices. A ``single`` question has one slot, a ``match`` one for each prompt, an
``order`` one for each position. The table holds a verdict for every choice of every slot, so the front end,
the site without a kernel and the tests all look up the same verdicts; a response is right when every slot is.
"""

import math
from bisect import bisect_left
from typing import NamedTuple

from kneecourse.records import CONCORDANCE

ANSWER = "answer"  # the slot of questions that have only one


class Verdict(NamedTuple):
    """Right or not, and why."""

    correct: bool
    why: str


def table(item, regions=None):
    """Slot -> choice -> Verdict for every possible response.

    A numeric slot holds a tuple of (upper bound, Verdict) in the item's own unit, ascending, the last bound
    infinite; a number belongs to the first bound that is not below it. ``regions`` maps region ids of a
    hotspot's diagram to their records; it is needed for hotspots only.
    """
    match item.kind:
        case "single":
            return {ANSWER: {o.id: Verdict(o.correct, o.why) for o in item.options}}
        case "multiple":
            return {
                o.id: {"yes": Verdict(o.correct, o.why), "no": Verdict(not o.correct, o.why)}
                for o in item.options
            }
        case "order":
            ids = [step.id for step in item.steps]
            return {
                str(place + 1): {s.id: Verdict(s.id == ids[place], s.why) for s in item.steps}
                for place in range(len(ids))
            }
        case "match":
            return {
                pair.id: {
                    choice: Verdict(choice == pair.answer, pair.wrong.get(choice, pair.why))
                    for choice in item.choices
                }
                for pair in item.pairs
            }
        case "hotspot":
            return {
                target.id: {
                    name: Verdict(True, target.why)
                    if name == target.region
                    else Verdict(False, f"That is the {region.name}. {region.about}")
                    for name, region in regions.items()
                }
                for target in item.targets
            }
        case "script_concordance":
            most = max(p.votes for p in item.panel.values())
            return {ANSWER: {point: Verdict(p.votes == most, p.why) for point, p in item.panel.items()}}
        case "task":  # the model has marked it already
            return {ANSWER: {"met": Verdict(True, item.done)}}
        case "numeric":
            return {ANSWER: tuple(_intervals(item))}


def _intervals(item):
    """(upper bound, verdict), ascending; where a wrong interval touches the right one, the edge is right."""
    low, high = item.answer - item.within, item.answer + item.within
    spans = [
        (w.low, math.nextafter(low, -math.inf) if w.high == low else w.high, w.why) for w in item.common_wrong
    ]
    reached = -math.inf
    for start, end, why in sorted([*spans, (low, high, None)]):
        if start > reached:
            yield (
                math.nextafter(start, -math.inf),
                Verdict(False, item.too_low if start <= low else item.too_high),
            )
        yield end, Verdict(True, item.right) if why is None else Verdict(False, why)
        reached = end
    yield math.inf, Verdict(False, item.too_high)


def grade(item, response, regions=None):
    """Slot -> Verdict for a response. Raises ValueError for anything that is not a response to this item."""
    verdicts = table(item, regions)
    if not isinstance(response, dict) or response.keys() != verdicts.keys():
        raise ValueError(f"{item.id}: a response needs exactly the slots {', '.join(verdicts)}")
    return {slot: _look_up(item, verdicts[slot], choice) for slot, choice in response.items()}


def _look_up(item, choices, choice):
    if item.kind == "numeric":
        if (
            isinstance(choice, bool)
            or not isinstance(choice, int | float)
            or not -math.inf < choice < math.inf
        ):
            raise ValueError(f"{item.id}: a number is needed, not {choice!r}")
        return choices[bisect_left([bound for bound, _ in choices], choice)][1]
    if not isinstance(choice, str) or choice not in choices:
        raise ValueError(f"{item.id}: {choice!r} is not one of {', '.join(choices)}")
    return choices[choice]


def is_correct(verdicts):
    """Whether every slot of a graded response is right."""
    return all(verdict.correct for verdict in verdicts.values())


def choices(item):
    """Choice id -> text, as a learner reads them; empty for numbers and pictures."""
    match item.kind:
        case "single" | "multiple":
            return {o.id: o.text for o in item.options}
        case "order":
            return {s.id: s.text for s in item.steps}
        case "match":
            return dict(item.choices)
        case "script_concordance":
            return dict(CONCORDANCE)
        case _:
            return {}
