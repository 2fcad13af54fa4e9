"""Questions, claims of the article and branching cases: data in, one front end out."""

import hashlib

from kneecourse import content, grading
from kneecourse.figures import anatomy
from kneecourse.widgets.remembering import Remembering, credits, module, plain, regions_of, wrapped

KICKERS = {
    "warm_up": "Warm up · answer now, understand later",
    "contrast": "One finding flipped",
    "article": "What the article says",
    "check": "Check yourself",
}


class Quiz(Remembering):
    """Questions one at a time. With ``exam`` the tables stay here and answers are recorded, not explained."""

    _esm = module("diagram", "item", "quiz")

    def __init__(self, lesson, items, *, kicker, exam=False):
        super().__init__(
            lesson=lesson,
            items=items,
            sheet={"kicker": kicker, "items": [payload(item, exam=exam) for item in items]},
            twin="\n\n".join([kicker, *(listed(item, n) for n, item in enumerate(items, 1))]),
            source="exam" if exam else "lesson",
        )


class BranchingCase(Remembering):
    """A patient in steps; each decision is a question whose answer chooses the next step."""

    _esm = module("diagram", "item", "case")

    def __init__(self, lesson, case):
        steps = [
            {
                "id": step.id,
                "story": step.story,
                "item": payload(case.items[step.id], with_credits=False),
                "next": {option.id: option.next for option in step.options},
            }
            for step in case.steps
        ]
        first = case.steps[0]
        super().__init__(
            lesson=lesson,
            items=case.items.values(),
            sheet={
                "title": case.title,
                "steps": steps,
                "answer": case.answer,
                "turning_point": case.turning_point,
                "credits": credits(case.sources),
            },
            twin="\n\n".join([case.title, wrapped(plain(first.story)), listed(case.items[first.id])]),
        )


def payload(item, *, exam=False, with_credits=True):
    """A question as plain data for the front end; in an exam without its table and hints."""
    regions = regions_of(item)
    data = {
        "id": item.id,
        "version": item.version,
        "kind": item.kind,
        "ask": item.ask,
        "options": [{"id": key, "text": text} for key, text in shown_choices(item)],
        "table": None if exam else grading.table(item, regions),
    }
    if not exam:
        data |= {"hints": item.hints, "takeaway": item.takeaway}
        data["credits"] = credits(item.sources) if with_credits else ""
    match item.kind:
        case "match":
            data["prompts"] = [{"id": pair.id, "text": pair.text} for pair in item.pairs]
        case "hotspot":
            data["prompts"] = [{"id": target.id, "text": target.text} for target in item.targets]
            data["picture"] = picture(content.course().anatomy[item.diagram])
        case "numeric":
            units = {item.unit: 1.0, **item.units}
            data |= {
                "unit": item.unit,
                "units": units,
                "example": f"12{'' if item.unit == '°' else ' '}{item.unit}",
            }
            data["table"] = None if exam else _finite(data["table"])
        case "script_concordance":
            data["lead"] = (
                f"You were thinking of **{item.thinking_of}** Then you find: **{item.then_you_find}**"
            )
            data["scale"] = data.pop("options")
            data["panelists"] = sum(p.votes for p in item.panel.values())
            data["panel"] = {} if exam else {point: p.votes for point, p in item.panel.items()}
            if item.illustrative:
                data["credits"] = "; ".join(
                    filter(None, (data.get("credits"), "the panel is invented for teaching"))
                )
    return data


def _finite(table):
    """JSON has no infinity: the last bound becomes null."""
    return {
        slot: [[None if bound == float("inf") else bound, v] for bound, v in rows]
        for slot, rows in table.items()
    }


def shown_choices(item):
    """(id, text) pairs in the order a learner sees them: as written, but sequences and matches are mixed."""
    pairs = list(grading.choices(item).items())
    if item.kind not in ("order", "match"):
        return pairs
    mixed = sorted(pairs, key=lambda pair: hashlib.sha1(f"{item.id} {pair[0]}".encode()).digest())
    return mixed if mixed != pairs else mixed[::-1]


def listed(item, number=None):
    """A question as text, without its answer, for readers without a kernel."""
    lead = f"{number}. " if number else ""
    lines = [wrapped(lead + plain(item.ask))]
    if item.kind == "script_concordance":
        lines.append(
            wrapped(f"You were thinking of {item.thinking_of} Then you find: {item.then_you_find}", "   ")
        )
    prompts = {"match": "pairs", "hotspot": "targets"}.get(item.kind)
    if prompts:
        lines += [wrapped(f"- {plain(p.text)}", "   ") for p in getattr(item, prompts)]
    marks = {"multiple": "[ ]", "match": "→"}.get(item.kind, "( )")
    lines += [wrapped(f"{marks} {plain(text)}", "   ") for _, text in shown_choices(item)]
    if item.kind == "numeric":
        lines.append(f"   ____ {item.unit}")
    return "\n".join(lines)


def picture(diagram):
    """A diagram as plain data: SVG paths in mm, y downwards, letters in reading order."""
    height = diagram.height_mm
    return {
        "title": diagram.title,
        "shows": diagram.shows,
        "side": diagram.side,
        "skin": _path(anatomy.smooth(diagram.skin), height),
        "view": f"0 0 {diagram.width_mm:g} {height:g}",
        "regions": [
            {
                "id": region.id,
                "letter": letter,
                "name": region.name,
                "role": region.role,
                "where": region.where,
                "label_at": [round(x, 1), round(height - y, 1)],
                "paths": [_path(outline, height) for outline in anatomy.outlines(region)],
            }
            for letter, region in anatomy.lettered(diagram)
            for x, y in [anatomy.label_at(region)]
        ],
    }


def _path(outline, height):
    return "M" + "L".join(f"{x:.1f},{height - y:.1f}" for x, y in outline) + "Z"
