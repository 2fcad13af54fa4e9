"""What a clinician may write under assets/, as typed, frozen records that refuse anything else."""

import hashlib
import itertools
import math
from collections import Counter
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# defer_build: the checks are made on the first reading, so that importing stays quick
STRICT = ConfigDict(
    frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, defer_build=True
)

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Why = Annotated[str, StringConstraints(min_length=12, max_length=1200)]  # an explanation, not a "yes"


# --- questions -------------------------------------------------------------------------------------------


class Option(BaseModel):
    """One answer a learner may give, and what there is to learn from giving it."""

    model_config = STRICT
    id: Id
    text: Text
    why: Why
    correct: bool = False


class Item(BaseModel):
    """What all kinds of question share. The one base record: traits cannot be shared otherwise."""

    model_config = STRICT
    id: Id
    part: Id = "check"
    ask: Text
    objectives: tuple[Id, ...] = ()
    sources: tuple[Id, ...] = ()
    hints: tuple[Text, ...] = ()
    takeaway: Text | None = None
    red_flag: bool = False
    retired: date | None = None

    @cached_property
    def version(self):
        """Eight characters that change when anything a learner saw or was graded by changes."""
        return _digest(self, exclude={"objectives", "sources", "red_flag", "retired", "part"})


def _digest(record, exclude=None):
    seen = record.model_dump_json(exclude=exclude)
    return hashlib.sha1(seen.encode(), usedforsecurity=False).hexdigest()[:8]


def _unique(ids, what):
    twice = [i for i, n in Counter(ids).items() if n > 1]
    if twice:
        raise ValueError(f"{what} {', '.join(map(repr, twice))} occurs twice; give each its own id")


class Single(Item):
    """Exactly one option is right."""

    kind: Literal["single"] = "single"
    options: tuple[Option, ...] = Field(min_length=2, max_length=7)

    @model_validator(mode="after")
    def _one_right(self):
        _unique((o.id for o in self.options), "option")
        if sum(o.correct for o in self.options) != 1:
            raise ValueError("mark exactly one option with 'correct: true'")
        return self


class Multiple(Item):
    """Every option is to be ticked or left."""

    kind: Literal["multiple"]
    options: tuple[Option, ...] = Field(min_length=3, max_length=7)

    @model_validator(mode="after")
    def _some_right(self):
        _unique((o.id for o in self.options), "option")
        if not 1 <= sum(o.correct for o in self.options) < len(self.options):
            raise ValueError("mark at least one option with 'correct: true' and leave at least one without")
        return self


class WrongNumber(BaseModel):
    """A number learners often give, as an interval in the item's own unit, and what it tells."""

    model_config = STRICT
    low: float
    high: float
    why: Why

    @model_validator(mode="after")
    def _ordered(self):
        if not self.low < self.high:
            raise ValueError("'low' must be smaller than 'high'")
        return self


class Numeric(Item):
    """A number with a unit; ``units`` says what one of each accepted unit is worth in ``unit``."""

    kind: Literal["numeric"]
    answer: float
    within: float = Field(gt=0)
    unit: str
    units: dict[str, float] = {}
    right: Why
    too_low: Why
    too_high: Why
    common_wrong: tuple[WrongNumber, ...] = ()

    @model_validator(mode="after")
    def _apart(self):
        if any(not (math.isfinite(worth) and worth > 0) for worth in self.units.values()):
            raise ValueError("every entry of 'units' must be a positive number")
        if self.units.get(self.unit, 1) != 1:
            raise ValueError(f"'units': one {self.unit} must be worth 1")
        right = WrongNumber(low=self.answer - self.within, high=self.answer + self.within, why=self.right)
        spans = sorted((*self.common_wrong, right), key=lambda span: span.low)
        if any(a.high > b.low for a, b in itertools.pairwise(spans)):
            raise ValueError(
                "the intervals of 'common_wrong' must not overlap each other or the right answer"
            )
        return self


class Step(BaseModel):
    """One step of a sequence, and why it stands where it stands."""

    model_config = STRICT
    id: Id
    text: Text
    why: Why


class Order(Item):
    """Steps, written in the right order; learners see them shuffled."""

    kind: Literal["order"]
    steps: tuple[Step, ...] = Field(min_length=3, max_length=7)

    @model_validator(mode="after")
    def _distinct(self):
        _unique((s.id for s in self.steps), "step")
        return self


class Pair(BaseModel):
    """One prompt, the choice that belongs to it, and the reason; ``wrong`` explains the other choices."""

    model_config = STRICT
    id: Id
    text: Text
    answer: Id
    why: Why
    wrong: dict[Id, Why] = {}


class Match(Item):
    """Each prompt takes one of the shared choices."""

    kind: Literal["match"]
    choices: dict[Id, Text] = Field(min_length=2, max_length=8)
    pairs: tuple[Pair, ...] = Field(min_length=2, max_length=7)

    @model_validator(mode="after")
    def _known(self):
        _unique((p.id for p in self.pairs), "pair")
        for pair in self.pairs:
            for choice in (pair.answer, *pair.wrong):
                if choice not in self.choices:
                    raise ValueError(
                        f"pair {pair.id!r} names {choice!r}; 'choices' has {', '.join(self.choices)}"
                    )
            if pair.answer in pair.wrong:
                raise ValueError(f"pair {pair.id!r} lists its answer {pair.answer!r} under 'wrong'")
        return self


class Target(BaseModel):
    """Something to find in a picture."""

    model_config = STRICT
    id: Id
    text: Text
    region: Id
    why: Why


class Hotspot(Item):
    """Label the picture: each target is one region of a diagram."""

    kind: Literal["hotspot"]
    diagram: Id
    targets: tuple[Target, ...] = Field(min_length=1, max_length=8)

    @model_validator(mode="after")
    def _distinct(self):
        _unique((t.id for t in self.targets), "target")
        return self


CONCORDANCE = {
    "much_less": "much less likely",
    "less": "less likely",
    "same": "no change",
    "more": "more likely",
    "much_more": "much more likely",
}


class Panel(BaseModel):
    """How a panel voted on one point of the scale, and the reasoning behind that vote."""

    model_config = STRICT
    votes: int = Field(ge=0)
    why: Why


class ScriptConcordance(Item):
    """You were thinking of A; then you find B: does A become more or less likely?"""

    kind: Literal["script_concordance"]
    thinking_of: Text
    then_you_find: Text
    panel: dict[Literal[tuple(CONCORDANCE)], Panel]
    illustrative: bool = True  # a panel invented for teaching, and shown as such

    @model_validator(mode="after")
    def _whole_scale(self):
        missing = [point for point in CONCORDANCE if point not in self.panel]
        if missing:
            raise ValueError(f"'panel' needs all five points of the scale; add {', '.join(missing)}")
        votes = sorted((p.votes for p in self.panel.values()), reverse=True)
        if votes[0] == votes[1]:
            raise ValueError("'panel' has no single most frequent vote; the best answer would be ambiguous")
        return self


AnyItem = Annotated[
    Single | Multiple | Numeric | Order | Match | Hotspot | ScriptConcordance, Field(discriminator="kind")
]


class Questions(BaseModel):
    """assets/questions/<slug>.yaml."""

    model_config = STRICT
    items: tuple[AnyItem, ...]


# --- explorers -------------------------------------------------------------------------------------------


class Task(BaseModel):
    """A challenge the model marks: every named control or reading within its bounds at the same time."""

    model_config = STRICT
    kind: Literal["task"] = "task"
    id: Id
    text: Text
    needs: dict[str, str | tuple[float | None, float | None]] = Field(min_length=1)
    done: Text

    @cached_property
    def version(self):
        """Eight characters that change when the task changes."""
        return _digest(self)

    def met(self, values):
        """Whether values (controls and readings by name) meet every need."""
        return all(_within(values[name], need) for name, need in self.needs.items())


def _within(value, need):
    if isinstance(need, str):
        return value == need
    low, high = need
    return (low is None or value >= low) and (high is None or value <= high)


class ExplorerText(BaseModel):
    """The words around one explorer; its figure and controls are in kneecourse.explore."""

    model_config = STRICT
    id: Id
    title: Text
    idea: Text
    predict: AnyItem | None = None
    tasks: tuple[Task, ...] = ()
    basis: Text
    sources: tuple[Id, ...] = ()


class Explorers(BaseModel):
    """assets/explorers/<slug>.yaml."""

    model_config = STRICT
    explorers: tuple[ExplorerText, ...]


# --- cases -----------------------------------------------------------------------------------------------

Urgency = Literal["now", "today", "soon", "routine"]


class Turn(Option):
    """A decision in a case; ``next`` is the step it leads to, none when the case ends there."""

    next: Id | None = None


class CaseStep(BaseModel):
    """A stretch of story and the decision it asks for."""

    model_config = STRICT
    id: Id
    story: Text
    ask: Text
    options: tuple[Turn, ...]
    red_flag: bool = False
    objectives: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _one_best(self):
        _unique((o.id for o in self.options), "option")
        if sum(o.correct for o in self.options) != 1:
            raise ValueError("mark exactly one option, the best decision, with 'correct: true'")
        return self


class Case(BaseModel):
    """A branching case: it starts at the first step."""

    model_config = STRICT
    id: Id
    title: Text
    steps: tuple[CaseStep, ...] = Field(min_length=2)
    answer: Text
    turning_point: Text
    sources: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _every_step_is_reached_and_every_path_ends(self):
        _unique((s.id for s in self.steps), "step")
        leads_to = {s.id: {o.next for o in s.options if o.next} for s in self.steps}
        for step, following in leads_to.items():
            for name in following - leads_to.keys():
                raise ValueError(f"step {step!r} leads to {name!r}, which does not exist")
        reached, todo = set(), [self.steps[0].id]
        while todo:
            step = todo.pop()
            if step not in reached:
                reached.add(step)
                todo += leads_to[step]
        if unreached := leads_to.keys() - reached:
            raise ValueError(f"no decision leads to {', '.join(sorted(unreached))}")
        ended = {s.id for s in self.steps if any(o.next is None for o in s.options)}
        while more := {s for s, following in leads_to.items() if following & ended} - ended:
            ended |= more
        if endless := reached - ended:
            raise ValueError(
                f"from {', '.join(sorted(endless))} the case never ends; let one option have no 'next'"
            )
        return self

    @cached_property
    def items(self):
        """Each step's decision as a question, by step id."""
        return {
            step.id: Single(
                id=f"{self.id}.{step.id}",
                part="case",
                ask=step.ask,
                objectives=step.objectives,
                sources=self.sources,
                red_flag=step.red_flag,
                options=[Option(**o.model_dump(exclude={"next"})) for o in step.options],
            )
            for step in self.steps
        }


class Vignette(BaseModel):
    """A short patient for the case bank."""

    model_config = STRICT
    id: Id
    story: Text
    answer: Text
    because: Why
    urgency: Urgency
    red_flag: bool = False
    sources: tuple[Id, ...] = ()


class Cases(BaseModel):
    """assets/cases/<slug>.yaml."""

    model_config = STRICT
    branching: tuple[Case, ...] = ()
    vignettes: tuple[Vignette, ...] = ()


# --- causes ----------------------------------------------------------------------------------------------


class RedFlag(BaseModel):
    """A sign, what it may be, and how soon to act."""

    model_config = STRICT
    sign: Text
    think_of: Text
    act: Urgency
    do: Text
    sources: tuple[Id, ...] = ()


class Estimate(BaseModel):
    """A proportion with its 95 % interval where one was published, or as a count."""

    model_config = STRICT
    value: float = Field(ge=0, le=1)
    low: float | None = Field(default=None, ge=0, le=1)
    high: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self):
        if (self.low is None) != (self.high is None):
            raise ValueError("give both 'low' and 'high', or neither")
        if self.low is not None and not self.low <= self.value <= self.high:
            raise ValueError("'value' must lie between 'low' and 'high'")
        return self


class Test(BaseModel):
    """An examination or an image, and what is known of its accuracy (none means not known)."""

    __test__ = False  # not a pytest class
    model_config = STRICT
    id: Id
    name: Text
    how: Text
    positive: Text
    sensitivity: Estimate | None = None
    specificity: Estimate | None = None
    studied: Text
    note: Text | None = None
    sources: tuple[Id, ...] = Field(min_length=1)


class Prevalence(BaseModel):
    """How many had the condition among those who were looked at."""

    model_config = STRICT
    id: Id
    who: Text
    method: Text
    per_cent: float = Field(ge=0, le=100)
    sources: tuple[Id, ...] = Field(min_length=1)


class LookAlike(BaseModel):
    """Another condition and the one feature that tells it apart."""

    model_config = STRICT
    name: Text
    feature: Text
    lesson: Id | None = None
    sources: tuple[Id, ...] = ()


class Management(BaseModel):
    """A situation, what to do, and how good the evidence is."""

    model_config = STRICT
    situation: Text
    step: Text
    strength: Text
    sources: tuple[Id, ...] = ()


VERDICTS = {"agree": "Agree", "refine": "Refine", "contradict": "Contradict"}


class Claim(BaseModel):
    """A claim of the source article in our words, and a reply to each of the three verdicts."""

    model_config = STRICT
    id: Id
    says: Text
    verdict: Literal[tuple(VERDICTS)]
    replies: dict[Literal[tuple(VERDICTS)], Why]
    objectives: tuple[Id, ...] = ()
    sources: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _all_replies(self):
        missing = [v for v in VERDICTS if v not in self.replies]
        if missing:
            raise ValueError(f"'replies' needs all three verdicts; add {', '.join(missing)}")
        return self

    @cached_property
    def item(self):
        """The claim as a question: agree, refine or contradict?"""
        return Single(
            id=self.id,
            part="article",
            ask=self.says,
            objectives=self.objectives,
            sources=self.sources,
            options=[
                Option(id=v, text=text, why=self.replies[v], correct=v == self.verdict)
                for v, text in VERDICTS.items()
            ],
        )


class Cause(BaseModel):
    """assets/causes/<slug>.yaml: the facts of one cause."""

    model_config = STRICT
    name: Text
    in_short: Text
    red_flags: tuple[RedFlag, ...] = Field(min_length=1)
    prevalence: tuple[Prevalence, ...] = ()
    tests: tuple[Test, ...] = ()
    look_alikes: tuple[LookAlike, ...] = ()
    management: tuple[Management, ...] = ()
    claims: tuple[Claim, ...] = ()
    missing_from_article: tuple[Text, ...] = ()
    remember: tuple[Text, ...] = Field(min_length=3, max_length=6)
    glossary: tuple[Text, ...] = ()
    cited_in_prose: tuple[Id, ...] = ()


# --- diagrams --------------------------------------------------------------------------------------------


Point = tuple[float, float]
Role = Literal[
    "bone", "muscle", "tendon", "artery", "vein", "nerve", "bursa", "capsule", "ligament", "meniscus", "fat"
]


class Region(BaseModel):
    """A part of a picture: closed outlines, or a course of some width; all in mm, smoothed when drawn.

    ``where`` says where it lies without naming it: it is what a learner who cannot see the picture reads.
    """

    model_config = STRICT
    id: Id
    name: Text
    role: Role
    where: Text
    about: Why
    outlines: tuple[tuple[Point, ...], ...] = ()
    course: tuple[Point, ...] = ()
    width_mm: float = Field(default=5, gt=0)
    label_at: Point | None = None
    sources: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _drawable(self):
        if bool(self.outlines) == bool(self.course):
            raise ValueError("give either 'outlines' or a 'course'")
        if any(len(outline) < 3 for outline in self.outlines) or len(self.course) == 1:
            raise ValueError("an outline needs at least three points, a course at least two")
        return self


class Layer(BaseModel):
    """Regions shown together, and the sentence that goes with them."""

    model_config = STRICT
    id: Id
    label: Text
    says: Text
    regions: tuple[Id, ...] = Field(min_length=1)


class Diagram(BaseModel):
    """assets/anatomy/<id>.yaml: a labelled picture, back to front."""

    model_config = STRICT
    title: Text
    shows: Text
    side: Text
    width_mm: float = Field(gt=0)
    height_mm: float = Field(gt=0)
    skin: tuple[Point, ...] = Field(min_length=3)  # the backdrop; it has no letter
    regions: tuple[Region, ...] = Field(min_length=2)
    layers: tuple[Layer, ...] = ()
    sources: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _distinct(self):
        _unique((r.id for r in self.regions), "region")
        _unique((layer.id for layer in self.layers), "layer")
        known = {r.id for r in self.regions}
        for layer in self.layers:
            if unknown := set(layer.regions) - known:
                raise ValueError(
                    f"layer {layer.id!r} names {', '.join(sorted(unknown))}, which is not a region here"
                )
        return self


# --- where does it hurt ----------------------------------------------------------------------------------


class Beneath(BaseModel):
    """A structure under the finger: how deep it lies and why it may hurt there."""

    model_config = STRICT
    structure: Text
    depth: Literal["superficial", "middle", "deep"]
    why: Why
    lessons: tuple[Id, ...] = ()
    sources: tuple[Id, ...] = ()


class Zone(BaseModel):
    """A place to point at, as closed outlines in mm, and what lies under it, to be considered in this order.

    ``where`` names the place, not a structure. ``alarms`` are shown with it every time, and before anything
    else: a zone without one would reassure.
    """

    model_config = STRICT
    id: Id
    where: Text
    outlines: tuple[tuple[Point, ...], ...] = Field(min_length=1)
    label_at: Point | None = None
    alarms: tuple[Id, ...] = Field(min_length=1)
    beneath: tuple[Beneath, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _drawable(self):
        if any(len(outline) < 3 for outline in self.outlines):
            raise ValueError("an outline needs at least three points")
        return self


class PainView(BaseModel):
    """The knee from one side: a silhouette, a few landmark lines, and the zones on it."""

    model_config = STRICT
    id: Id
    title: Text
    shows: Text
    side: Text
    width_mm: float = Field(gt=0)
    height_mm: float = Field(gt=0)
    skin: tuple[Point, ...] = Field(min_length=3)
    lines: tuple[tuple[Point, ...], ...] = ()
    zones: tuple[Zone, ...] = Field(min_length=2)


class Alarm(RedFlag):
    """A red flag that zones point to by its id."""

    id: Id


class Referred(BaseModel):
    """A place that sends its pain to the knee, how it gives itself away, and when to seek help."""

    model_config = STRICT
    id: Id
    origin: Text
    tells: Why
    seek: Why
    alarms: tuple[Id, ...] = Field(min_length=1)
    lessons: tuple[Id, ...] = ()
    sources: tuple[Id, ...] = ()


class PainMap(BaseModel):
    """assets/pain_map.yaml: point at the pain and see what lies under the finger, or far from it."""

    model_config = STRICT
    title: Text
    caution: Text
    alarms: tuple[Alarm, ...] = Field(min_length=1)
    views: tuple[PainView, ...] = Field(min_length=1)
    elsewhere: Text
    referred: tuple[Referred, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self):
        _unique((alarm.id for alarm in self.alarms), "alarm")
        _unique((view.id for view in self.views), "view")
        places = [*(zone for view in self.views for zone in view.zones), *self.referred]
        _unique((place.id for place in places), "zone")
        known = {alarm.id for alarm in self.alarms}
        for place in places:
            if unknown := set(place.alarms) - known:
                raise ValueError(
                    f"zone {place.id!r} names {', '.join(sorted(unknown))}, which is not an alarm here"
                )
        return self


# --- the course ------------------------------------------------------------------------------------------


class Objective(BaseModel):
    """Something a tutor could watch a learner do."""

    model_config = STRICT
    id: Id
    text: Text


class Lesson(BaseModel):
    """One notebook of the course."""

    model_config = STRICT
    slug: Id
    number: int = Field(ge=0, le=99)
    title: Text
    question: Text
    minutes: int = Field(ge=5, le=60)
    needs: tuple[Id, ...] = ()
    objectives: tuple[Objective, ...] = ()
    out_of_scope: tuple[Text, ...] = ()

    @property
    def notebook(self):
        """File name of the notebook, without its folder."""
        return f"{self.number:02d}_{self.slug}.ipynb"


class Outline(BaseModel):
    """assets/course.yaml."""

    model_config = STRICT
    title: Text
    reviewed_on: date
    lessons: tuple[Lesson, ...]

    @model_validator(mode="after")
    def _distinct(self):
        _unique((lesson.slug for lesson in self.lessons), "lesson")
        _unique((lesson.number for lesson in self.lessons), "number")
        _unique((o.id for lesson in self.lessons for o in lesson.objectives), "objective")
        return self


class Author(BaseModel):
    """A person by family and given name, or anything else literally."""

    model_config = STRICT
    family: str | None = None
    given: str | None = None
    literal: str | None = None

    @model_validator(mode="after")
    def _named(self):
        if not (self.family or self.literal):
            raise ValueError("an author needs 'family' or 'literal'")
        return self


Date = Annotated[tuple[int, ...], Field(min_length=1, max_length=3)]  # year, month, day


class Reference(BaseModel):
    """One source as CSL JSON, with ``note`` for what could not be checked."""

    model_config = ConfigDict(**STRICT, populate_by_name=True)
    id: Id
    type: Literal["article-journal", "webpage", "book", "chapter", "dataset", "paper-conference", "report"]
    title: Text
    author: tuple[Author, ...] = ()
    issued: dict[Literal["date-parts"], tuple[Date]] | None = None
    container_title: str | None = Field(default=None, alias="container-title")
    volume: str | None = None
    page: str | None = None
    doi: str | None = Field(default=None, alias="DOI")
    pmid: str | None = Field(default=None, alias="PMID")
    url: str | None = Field(default=None, alias="URL", pattern=r"^https?://")
    note: str | None = None

    @property
    def year(self):
        """Year of publication as text, empty when not known."""
        return str(self.issued["date-parts"][0][0]) if self.issued else ""

    @property
    def mark(self):
        """The short mark for running text: first author and year."""
        first = self.author[0] if self.author else None
        name = (first.family or first.literal) if first else self.container_title or self.title
        return f"{name} {self.year}".strip()

    @property
    def link(self):
        """Where to read it, or None."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid else self.url

    def __str__(self):
        names = [" ".join(filter(None, (a.family, a.given))) or a.literal for a in self.author]
        who = ", ".join(names[:3]) + (" et al." if len(names) > 3 else "")
        where = " ".join(
            filter(
                None, (self.container_title, self.volume and f"{self.volume}:{self.page or ''}".rstrip(":"))
            )
        )
        parts = [part.rstrip(".") for part in (who, self.title, where, self.year) if part]
        return ". ".join(parts) + "." + (f" ({self.note})" if self.note else "")


class Term(BaseModel):
    """A glossary entry: a plain sentence."""

    model_config = STRICT
    term: Text
    means: Text


class Glossary(BaseModel):
    """assets/glossary.yaml."""

    model_config = STRICT
    terms: tuple[Term, ...]

    @model_validator(mode="after")
    def _distinct(self):
        _unique((t.term for t in self.terms), "term")
        return self


class References(BaseModel):
    """assets/references.json."""

    model_config = STRICT
    references: tuple[Reference, ...]

    @model_validator(mode="after")
    def _distinct(self):
        _unique((r.id for r in self.references), "reference")
        return self
