"""The only reader of assets/: files in, one cross-checked Course of records out.

Every mistake is reported at once, as one ContentError whose lines name file, place and remedy.
"""

import json
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from kneecourse import records
from kneecourse.records import Hotspot

_HERE = Path(__file__).parent
ASSETS = next(folder for folder in (_HERE.parent / "assets", _HERE / "assets") if folder.is_dir())

# folder under assets/ -> the record that one file in it must be
FOLDERS = {
    "causes": records.Cause,
    "questions": records.Questions,
    "explorers": records.Explorers,
    "cases": records.Cases,
    "anatomy": records.Diagram,
}


class ContentError(ValueError):
    """Mistakes in files under assets/; ``problems`` has one line for each."""

    def __init__(self, problems):
        self.problems = tuple(p.encode("utf-8", "backslashreplace").decode() for p in problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Course:
    """Everything under assets/; mappings are keyed by lesson slug, or by id or file name."""

    outline: records.Outline
    references: dict[str, records.Reference]
    glossary: dict[str, str]
    causes: dict[str, records.Cause]
    questions: dict[str, records.Questions]
    explorers: dict[str, records.Explorers]
    cases: dict[str, records.Cases]
    anatomy: dict[str, records.Diagram]
    pain_map: records.PainMap | None = None  # a course in preparation may have none yet

    @cached_property
    def lessons(self):
        """Lessons by slug, in course order."""
        return {lesson.slug: lesson for lesson in self.outline.lessons}

    def items(self, slug):
        """Every question of a lesson, wherever asked: questions, predictions, claims, case decisions."""
        return tuple(item for folder, item in self.asked(slug))

    def asked(self, slug):
        """(folder, question) for every question of a lesson."""
        if slug in self.questions:
            yield from (("questions", item) for item in self.questions[slug].items)
        if slug in self.explorers:
            yield from (("explorers", e.predict) for e in self.explorers[slug].explorers if e.predict)
        if slug in self.causes:
            yield from (("causes", claim.item) for claim in self.causes[slug].claims)
        if slug in self.cases:
            for case in self.cases[slug].branching:
                yield from (("cases", item) for item in case.items.values())

    @cached_property
    def all_items(self):
        """Every question of the course by id, retired ones included."""
        return {item.id: item for slug in self.lessons for item in self.items(slug)}

    @cached_property
    def all_explorers(self):
        """(lesson slug, explorer text) by explorer id."""
        return {e.id: (slug, e) for slug, file in self.explorers.items() for e in file.explorers}

    @cached_property
    def all_cases(self):
        """(lesson slug, branching case) by case id."""
        return {c.id: (slug, c) for slug, file in self.cases.items() for c in file.branching}

    def sources(self, slug):
        """Ids of everything a lesson cites, in order of first use."""
        files = [
            group[slug]
            for group in (self.causes, self.questions, self.explorers, self.cases)
            if slug in group
        ]
        pictures = [self.anatomy[item.diagram] for item in self.items(slug) if isinstance(item, Hotspot)]
        keys = [key for record in (*files, *pictures) for place, key in _ids(record, "sources")]
        keys += self.causes[slug].cited_in_prose if slug in self.causes else ()
        return tuple(dict.fromkeys(keys))


def pick(mapping, key, kind):
    """The entry with this key; a typo gets suggestions, not a KeyError."""
    if key in mapping:
        return mapping[key]
    near = (
        ", ".join(get_close_matches(str(key), mapping)) or ", ".join(list(mapping)[:8]) or "nothing there yet"
    )
    raise LookupError(f"no {kind} called {key!r}; did you mean: {near}?")


@cache
def course():
    """The course in assets/, read once."""
    return load(ASSETS)


def load(folder):
    """Read a folder laid out like assets/. Raises ContentError listing every mistake found."""
    folder = Path(folder)
    problems = []

    def read(path, record):
        try:
            return _read(path, record, path.relative_to(folder.parent))
        except ContentError as error:
            problems.extend(error.problems)

    outline = read(folder / "course.yaml", records.Outline)
    references = read(folder / "references.json", records.References)
    glossary = read(folder / "glossary.yaml", records.Glossary)
    pain_map = folder / "pain_map.yaml"
    pain_map = read(pain_map, records.PainMap) if pain_map.exists() else None
    files = {
        name: {path.stem: read(path, record) for path in sorted((folder / name).glob("*.yaml"))}
        for name, record in FOLDERS.items()
    }
    if problems:
        raise ContentError(problems)
    result = Course(
        outline=outline,
        references={r.id: r for r in references.references},
        glossary={t.term: t.means for t in glossary.terms},
        pain_map=pain_map,
        **files,
    )
    if problems := list(_dangling(result, folder.name)):
        raise ContentError(problems)
    return result


# --- one file --------------------------------------------------------------------------------------------


def _parsed(text):
    from kneecourse import strict_yaml  # its parser is slow to import

    return strict_yaml.read(text)


def _once(pairs):
    keys = Counter(key for key, _ in pairs)
    if twice := [key for key, n in keys.items() if n > 1]:
        raise ValueError(f"the key {twice[0]!r} stands twice; keep one")
    return dict(pairs)


def _read(path, record, name):
    try:
        text = path.read_text(encoding="utf-8")
        raw = json.loads(text, object_pairs_hook=_once) if path.suffix == ".json" else _parsed(text)
    except FileNotFoundError:
        raise ContentError([f"{name}: the file is missing; restore it"]) from None
    except UnicodeDecodeError as error:
        raise ContentError([f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8"]) from None
    except json.JSONDecodeError as error:
        raise ContentError(
            [f"{name}, line {error.lineno}: not valid JSON ({error.msg}); mend that line"]
        ) from None
    except RecursionError:
        raise ContentError([f"{name}: nested too deeply to read; flatten it"]) from None
    except ValueError as error:  # from either parser, or an impossible date or number
        number = getattr(error, "line", None)
        line = f", line {number}" if number else ""
        told = str(error).splitlines()[0]
        raise ContentError(
            [f"{name}{line}: not valid {path.suffix[1:].upper()} ({told}); mend that line"]
        ) from None
    if record is records.References and isinstance(raw, list):
        raw = {"references": raw}  # CSL JSON is a bare list
    try:
        return record.model_validate(raw)
    except ValidationError as error:
        raise ContentError(_explain(error, raw, name)) from None


KINDS = ", ".join(
    get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(records.AnyItem)[0])
)
PLAIN = {
    "model_type": "must be lines of 'key: value'",
    "model_attributes_type": "must be lines of 'key: value'",
    "dict_type": "must be lines of 'key: value'",
    "tuple_type": "must be a list",
    "string_type": "must be text; put it in quotes if it is",
}


def _explain(error, raw, name):
    """One line a mistake: file: place: what is wrong; what to do."""
    mistakes = error.errors(include_url=False)
    missing = [m["loc"] for m in mistakes if m["type"] == "missing"]
    outer = {m["loc"][:n] for m in mistakes for n in range(len(m["loc"]))}
    for mistake in mistakes:
        # a list counts only the entries that are sound: it is not too short, something in it is wrong
        if mistake["type"] != "too_short" or mistake["loc"] not in outer:
            yield f"{name}: {_place(mistake, raw)}: {_told(mistake, missing)}"


def _told(mistake, missing):
    found = f"found {str(mistake['input'])[:60]!r}"
    match mistake["type"]:
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            *parent, key = mistake["loc"]
            meant = [loc[-1] for loc in missing if loc[:-1] == tuple(parent)]
            near = get_close_matches(str(key), map(str, meant), n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]!r}?" if near else "remove it or mend its spelling"
            return f"is not a known key; {remedy}"
        case "value_error":
            return str(mistake["ctx"]["error"])
        case "union_tag_not_found":
            return f"needs 'kind': one of {KINDS}"
        case "union_tag_invalid":
            return f"'kind' is {mistake['ctx']['tag']!r}; it needs to be one of {KINDS}"
        case kind if kind in PLAIN:
            return f"{PLAIN[kind]}; {found}"
        case _:
            return f"{mistake['msg'].lower()}; {found}, change it"


def _called(fields, position):
    """What an author calls an entry of a list: its id or name, or else its place."""
    names = (fields[name] for name in ("id", "slug", "term", "name") if name in fields)
    return str(next(names, f"number {position + 1}"))


def _place(mistake, raw):
    """The path to a mistake in the author's own words."""
    words = []
    for step in mistake["loc"]:
        if isinstance(raw, list) and isinstance(step, int):
            raw = raw[step] if step < len(raw) else None
            words.append(_called(raw if isinstance(raw, dict) else {}, step))
        elif isinstance(raw, dict) and (
            step in raw or (mistake["type"] == "missing" and step == mistake["loc"][-1])
        ):
            words.append(str(step))
            raw = raw.get(step)
        # anything else is pydantic's own name for a kind of item or value
    return " > ".join(words) or "the whole file"


# --- across files ----------------------------------------------------------------------------------------


def _ids(record, field, place=""):
    """(place, id) for every id listed in a field of this name, anywhere inside a record."""
    for name, value in record:
        here = f"{place} > {name}" if place else name
        if name == field:
            yield from ((here, key) for key in ([value] if isinstance(value, str) else value or ()))
        for i, part in enumerate(value if isinstance(value, tuple) else [value]):
            if isinstance(part, BaseModel):
                label = f" > {_called(dict(part), i)}" if isinstance(value, tuple) else ""
                yield from _ids(part, field, here + label)


def _twice(record, place=""):
    """(place, id) for every id that stands twice in one list, anywhere inside a record."""
    for name, value in record:
        here = f"{place} > {name}" if place else name
        parts = [p for p in (value if isinstance(value, tuple) else (value,)) if isinstance(p, BaseModel)]
        ids = Counter(part.id for part in parts if hasattr(part, "id"))
        yield from ((here, key) for key, n in ids.items() if n > 1)
        for i, part in enumerate(parts):
            label = f" > {_called(dict(part), i)}" if isinstance(value, tuple) else ""
            yield from _twice(part, here + label)


def _dangling(course, root):
    """A line for every id that leads nowhere or is used twice."""
    lessons = course.lessons

    def unknown(file, place, key, kind, among):
        near = get_close_matches(key, among, n=1)
        hint = (
            f"did you mean {near[0]!r}?"
            if near
            else "add it or remove it" + (f" (known: {', '.join(list(among)[:6])} ...)" if among else "")
        )
        return f"{root}/{file}: {place}: no {kind} {key!r}; {hint}"

    for lesson in lessons.values():
        for key in lesson.needs:
            if key not in lessons:
                yield unknown("course.yaml", f"lessons > {lesson.slug} > needs", key, "lesson", lessons)

    if course.pain_map:
        known = {"sources": ("reference", course.references), "lessons": ("lesson", lessons)}
        for field, (kind, among) in known.items():
            for place, key in _ids(course.pain_map, field):
                if key not in among:
                    yield unknown("pain_map.yaml", place, key, kind, among)

    owner = {}
    for folder in FOLDERS:
        for slug, record in getattr(course, folder).items():
            file = f"{folder}/{slug}.yaml"
            for place, key in _twice(record):
                yield f"{root}/{file}: {place}: the id {key!r} stands twice; give each its own"
            for place, key in _ids(record, "sources"):
                if key not in course.references:
                    yield unknown(file, place, key, "reference", course.references)
            if folder == "anatomy":
                continue
            if slug not in lessons:
                yield unknown(file, "file name", slug, "lesson", lessons)
                continue
            objectives = [o.id for o in lessons[slug].objectives]
            for place, key in _ids(record, "objectives"):
                if key not in objectives:
                    yield unknown(file, place, key, "objective of this lesson", objectives)
            if folder == "causes":
                yield from _dangling_in_cause(record, file, course, unknown)
    for slug in lessons:
        for folder, part in (*course.asked(slug), *_titled(course, slug)):
            file = f"{folder}/{slug}.yaml"
            if not part.id.startswith(f"{slug}."):
                yield f"{root}/{file}: {part.id}: the id must begin with '{slug}.'"
            if owner.setdefault(part.id, (file, part)) != (file, part):
                yield f"{root}/{file}: {part.id}: the id is used in {owner[part.id][0]}; ids are never reused"
            if isinstance(part, Hotspot):
                if part.diagram not in course.anatomy:
                    yield unknown(file, part.id, part.diagram, "diagram", course.anatomy)
                    continue
                regions = [r.id for r in course.anatomy[part.diagram].regions]
                for target in part.targets:
                    if target.region not in regions:
                        yield unknown(file, f"{part.id} > {target.id}", target.region, "region", regions)


def _titled(course, slug):
    """(folder, record) for what has an id of its own beside the questions: explorers, tasks, cases."""
    for explorer in getattr(course.explorers.get(slug), "explorers", ()):
        yield from (("explorers", part) for part in (explorer, *explorer.tasks))
    if slug in course.cases:
        file = course.cases[slug]
        yield from (("cases", part) for part in (*file.branching, *file.vignettes))


def _dangling_in_cause(cause, file, course, unknown):
    for term in cause.glossary:
        if term not in course.glossary:
            yield unknown(file, "glossary", term, "glossary term", course.glossary)
    for key in cause.cited_in_prose:
        if key not in course.references:
            yield unknown(file, "cited_in_prose", key, "reference", course.references)
    for row in cause.look_alikes:
        if row.lesson and row.lesson not in course.lessons:
            yield unknown(file, f"look_alikes > {row.name}", row.lesson, "lesson", course.lessons)
