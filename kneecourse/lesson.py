"""The parts of a lesson that a notebook calls by name; what they show is in assets/."""

from kneecourse.content import course, pick
from kneecourse.figures import diagnosis
from kneecourse.figures.stage import DPI, Stage
from kneecourse.widgets.panel import Panel
from kneecourse.widgets.quiz import KICKERS, BranchingCase, Quiz
from kneecourse.widgets.remembering import credits

URGENCY = {
    "now": "Emergency department now.",
    "today": "To be seen today.",
    "soon": "To be seen soon.",
    "routine": "No hurry.",
}


def red_flags(slug):
    """What must not be missed, by how soon to act."""
    flags = _cause(slug).red_flags
    rows = [(URGENCY[act], " ".join(f.sign for f in flags if f.act == act)) for act in URGENCY]
    foot = (
        "This course teaches; it does not examine. For your own leg, ask a clinician or an emergency service."
    )
    blocks = [{"kind": "flag", "rows": [row for row in rows if row[1]]}, {"kind": "foot", "text": foot}]
    return Panel("", "", blocks)


def send_on(slug):
    """The same red flags with what each may be and what to do."""
    rows = [
        (f.sign, f.think_of, f"**{URGENCY[f.act]}** {f.do} {_marks(f.sources)}".strip())
        for f in _cause(slug).red_flags
    ]
    return _table("When to send on", "Safety comes before treatment", ("You find", "It may be", "Do"), rows)


def objectives(slug):
    """What the learner will be able to do, how long it takes and what to know first."""
    lesson = _lesson(slug)
    needs = ", ".join(course().lessons[need].title for need in lesson.needs)
    foot = f"{lesson.minutes} minutes." + (f" Know first: {needs}." if needs else "")
    blocks = [
        {"kind": "list", "rows": [objective.text for objective in lesson.objectives]},
        {"kind": "foot", "text": foot},
    ]
    return Panel("By the end you can", lesson.question, blocks)


def quiz(slug, part="check", *, exam=False):
    """The questions of one part of a lesson. With ``exam`` nothing is explained and no key leaves Python."""
    items = [item for item in course().items(slug) if item.part == part and not item.retired]
    if not items:
        parts = sorted({item.part for item in course().items(slug)})
        raise LookupError(f"{slug} has no questions in a part {part!r}; its parts are {', '.join(parts)}")
    return Quiz(slug, items, kicker="Exam" if exam else KICKERS.get(part, "Say it, then see"), exam=exam)


def article(slug):
    """Each claim of the source article, to be judged before the verdict is shown."""
    return quiz(slug, "article")


def missing_from_article(slug):
    """What the article leaves out."""
    rows = _cause(slug).missing_from_article
    return Panel("And what it leaves out", "Not in the article", [{"kind": "list", "rows": rows}])


def accuracy(slug):
    """Tests with what is known of their accuracy, as a picture and as a table with sources."""
    tests = _cause(slug).tests
    known = [(test.name, test.sensitivity, test.specificity) for test in tests if test.sensitivity]
    height = 1.1 + 0.52 * len(known)  # inches: the axis and its legend, then a row for each test
    stage = Stage(
        lambda ax: diagnosis.accuracy_ranges(ax, known),
        size=(4.8, height),
        panels=((0.03, 1 / height, 0.94, 1 - 1.05 / height),),
    )
    frame, reading = stage.show()
    head = ("Test", "Finds, of 100 with it", "Clears, of 100 without", "Who was studied")
    rows = [
        (
            f"**{test.name}.** {test.how} Positive: {test.positive[0].lower()}{test.positive[1:]}",
            _per_hundred(test.sensitivity),
            _per_hundred(test.specificity),
            _studied(test),
        )
        for test in tests
    ]
    size = [round(inches * DPI) for inches in stage.figure.get_size_inches()]
    table = {"kind": "table", "caption": "Tests and their accuracy", "head": head, "rows": rows}
    blocks = [
        {"kind": "picture", "alt": reading.sentence, "size": size},
        {"kind": "folded", "summary": "How each is done, and who was studied", "block": table},
    ]
    return Panel("How good are the tests?", "Ranges, not single numbers", blocks, frame=frame)


def look_alikes(slug):
    """Other conditions, and the one feature that tells each apart."""
    rows = [(row.name, f"{row.feature} {_marks(row.sources)}".strip()) for row in _cause(slug).look_alikes]
    return _table("Side by side", "One feature each", ("It could be", "What tells it apart"), rows)


def management(slug):
    """Situation, step, and how good the evidence is."""
    rows = [
        (row.situation, row.step, f"{row.strength} {_marks(row.sources)}".strip())
        for row in _cause(slug).management
    ]
    return _table("What helps", "Situation by situation", ("When", "What", "How sure"), rows)


def case(case_id):
    """A branching case."""
    slug, story = pick(course().all_cases, case_id, "case")
    return BranchingCase(slug, story)


def remember(slug):
    """The lines to keep, and the words used."""
    cause = _cause(slug)
    terms = [(term, course().glossary[term]) for term in cause.glossary]
    blocks = [
        {"kind": "list", "rows": cause.remember},
        {"kind": "p", "text": "Words used here:"},
        {"kind": "terms", "rows": terms},
    ]
    return Panel("Remember", cause.in_short, blocks)


def sources(slug):
    """Everything the lesson cites."""
    cited = [course().references[key] for key in course().sources(slug)]
    rows = [(ref.id, str(ref), ref.link) for ref in sorted(cited, key=str)]
    return Panel("Sources", "Where the numbers come from", [{"kind": "links", "rows": rows}])


def _lesson(slug):
    return pick(course().lessons, slug, "lesson")


def _cause(slug):
    return pick(course().causes, slug, "cause")


def _per_hundred(estimate):
    if estimate is None:
        return "not known"
    spread = f" ({100 * estimate.low:.0f} to {100 * estimate.high:.0f})" if estimate.low is not None else ""
    return f"**{100 * estimate.value:.0f}**{spread}"


def _studied(test):
    return " ".join(filter(None, (test.studied, test.note, _marks(test.sources))))


def _marks(keys):
    return f"[{credits(keys)}]" if keys else ""


def _table(kicker, title, head, rows):
    return Panel(kicker, title, [{"kind": "table", "caption": title, "head": head, "rows": rows}])
