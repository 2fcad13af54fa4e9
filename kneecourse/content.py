"""The only reader of assets/: files in, one cross-checked Course of records out.

Every mistake is reported at once, as one ContentError whose lines name file, place and remedy.
"""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path

import yaml
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
        self.problems = tuple(problems)
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

    @cached_property
    def lessons(self):
        """Lessons by slug, in course order."""
        return {lesson.slug: lesson for lesson in self.outline.lessons}

    def items(self, slug):
        """Every question of a lesson, wherever asked: questions, predictions, claims, case decisions."""
        found = []
        if slug in self.questions:
            found += self.questions[slug].items
        if slug in self.explorers:
            found += [e.predict for e in self.explorers[slug].explorers if e.predict]
        if slug in self.causes:
            found += [claim.item for claim in self.causes[slug].claims]
        if slug in self.cases:
            found += [item for case in self.cases[slug].branching for item in case.items.values()]
        return tuple(found)

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
        **files,
    )
    if problems := list(_dangling(result, folder.name)):
        raise ContentError(problems)
    return result


# --- one file --------------------------------------------------------------------------------------------


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Safe YAML that refuses a key given twice instead of keeping the last."""


def _mapping(loader, node):
    result = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str | int | float | bool | None) or key in result:
            complaint = (
                f"the key {key!r} stands twice; keep one" if isinstance(key, str) else "a key must be a word"
            )
            raise yaml.constructor.ConstructorError(None, None, complaint, key_node.start_mark)
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _read(path, record, name):
    try:
        text = path.read_text(encoding="utf-8")
        raw = json.loads(text) if path.suffix == ".json" else yaml.load(text, _Loader)
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
    except (yaml.YAMLError, ValueError) as error:  # ValueError: an impossible date or number
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        told = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ContentError([f"{name}{line}: not valid YAML ({told}); mend that line"]) from None
    if record is records.References and isinstance(raw, list):
        raw = {"references": raw}  # CSL JSON is a bare list
    try:
        return record.model_validate(raw)
    except ValidationError as error:
        raise ContentError(_explain(error, raw, name)) from None


def _explain(error, raw, name):
    """One line a mistake: file: place: what is wrong; what to do."""
    mistakes = error.errors(include_url=False)
    missing = {m["loc"][:-1]: m["loc"][-1] for m in mistakes if m["type"] == "missing"}
    for mistake in mistakes:
        match mistake["type"]:
            case "missing":
                told = "is missing; add it"
            case "extra_forbidden":
                meant = missing.get(mistake["loc"][:-1])
                told = (
                    f"is not a known key; did you mean {meant!r}?"
                    if meant
                    else "is not a known key; remove it or mend its spelling"
                )
            case "value_error":
                told = str(mistake["ctx"]["error"])
            case _:
                told = f"{mistake['msg'].lower()}; found {str(mistake['input'])[:60]!r}, change it"
        yield f"{name}: {_place(mistake['loc'], raw)}: {told}"


def _place(location, raw):
    """The path to a mistake in the author's own words: ids instead of positions where there are any."""
    words = []
    for step in location:
        if isinstance(raw, list) and isinstance(step, int) and step < len(raw):
            raw = raw[step]
            words.append(str(raw["id"]) if isinstance(raw, dict) and "id" in raw else f"number {step + 1}")
        elif isinstance(raw, dict):
            if step in raw or step == location[-1]:  # anything else is pydantic's name for the kind of item
                words.append(str(step))
                raw = raw.get(step)
        else:
            words.append(str(step))
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
                label = f" > {getattr(part, 'id', f'number {i + 1}')}" if isinstance(value, tuple) else ""
                yield from _ids(part, field, here + label)


def _dangling(course, root):
    """A line for every id that leads nowhere or is used twice."""
    lessons = course.lessons

    def unknown(file, place, key, kind, among):
        near = get_close_matches(key, among, n=1)
        hint = (
            f"did you mean {near[0]!r}?"
            if near
            else f"add it or remove it (known: {', '.join(list(among)[:6])} ...)"
        )
        return f"{root}/{file}: {place}: no {kind} {key!r}; {hint}"

    for lesson in lessons.values():
        for key in lesson.needs:
            if key not in lessons:
                yield unknown("course.yaml", f"lessons > {lesson.slug} > needs", key, "lesson", lessons)

    owner = {}
    for folder in FOLDERS:
        for slug, record in getattr(course, folder).items():
            file = f"{folder}/{slug}.yaml"
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
        tasks = [task for e in getattr(course.explorers.get(slug), "explorers", ()) for task in e.tasks]
        for item in (*course.items(slug), *tasks):
            if item.id in owner:
                yield f"{root}: the item id {item.id!r} is used in {owner[item.id]} and in {slug}; ids are never reused"
            elif not item.id.startswith(f"{slug}."):
                yield f"{root}: {slug}: the item id {item.id!r} must begin with '{slug}.'"
            owner[item.id] = slug
            if isinstance(item, Hotspot):
                file = f"questions/{slug}.yaml"
                if item.diagram not in course.anatomy:
                    yield unknown(file, item.id, item.diagram, "diagram", course.anatomy)
                    continue
                regions = [r.id for r in course.anatomy[item.diagram].regions]
                for target in item.targets:
                    if target.region not in regions:
                        yield unknown(file, f"{item.id} > {target.id}", target.region, "region", regions)


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
