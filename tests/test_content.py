"""What is under assets/ loads; damage it and the message says which file, where, and what to do."""

import copy
import json
import random
import shutil
from collections import Counter

import pytest
import yaml
from pydantic import BaseModel

from kneecourse import content, records
from kneecourse.content import ASSETS, ContentError

SLUG = "bakers_cyst"
QUESTIONS, CAUSES, CASES, EXPLORERS = (
    f"{folder}/{SLUG}.yaml" for folder in ("questions", "causes", "cases", "explorers")
)


# --- the shipped files -----------------------------------------------------------------------------------


def test_the_shipped_course_loads_and_refers_only_to_itself():
    course = content.load(ASSETS)
    assert SLUG in course.lessons
    assert course.all_items
    for slug in course.lessons:
        assert set(course.sources(slug)) <= course.references.keys()
        assert {item.id for item in course.items(slug)} <= course.all_items.keys()


def test_the_course_is_read_once():
    assert content.course() is content.course()


def test_every_record_has_a_link_or_says_why_not_and_a_mark():
    for reference in content.course().references.values():
        assert reference.mark
        assert str(reference).endswith((".", ")"))
        assert reference.link is None or reference.link.startswith(("https://", "http://"))


def test_a_version_changes_with_what_a_learner_reads_and_with_nothing_else():
    item = next(i for i in content.course().all_items.values() if i.kind == "single")
    same = item.model_copy(update={"objectives": ("a.b",), "sources": (), "part": "elsewhere"})
    other = item.model_copy(update={"ask": item.ask + " Really?"})
    assert records.Single(**same.model_dump()).version == item.version
    assert records.Single(**other.model_dump()).version != item.version


def test_a_typo_in_a_name_gets_suggestions():
    with pytest.raises(LookupError, match="did you mean: bakers_cyst"):
        content.pick(content.course().causes, "bakers_cist", "cause")
    with pytest.raises(LookupError, match="nothing there yet"):
        content.pick({}, "bakers_cyst", "cause")


# --- a small course, cut from the shipped one, to be damaged ---------------------------------------------


Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def written(path, raw):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        path.write_text(json.dumps(raw, default=str), encoding="utf-8")
    else:
        text = yaml.dump(raw, Dumper=Dumper, allow_unicode=True, sort_keys=False)
        path.write_text(text, encoding="utf-8")


def _small():
    """Raw data of every file the lesson needs, with one entry of each sort where the rest adds nothing."""
    names = ["course.yaml", "references.json", "glossary.yaml", QUESTIONS, CAUSES, CASES, EXPLORERS]
    names += ["pain_map.yaml"] if (ASSETS / "pain_map.yaml").exists() else []
    names += [f"anatomy/{path.name}" for path in sorted((ASSETS / "anatomy").glob("*.yaml"))]
    raw = {name: yaml.load((ASSETS / name).read_text(encoding="utf-8"), Loader) for name in names}

    items = raw[QUESTIONS]["items"]
    kinds = {item["kind"]: item for item in reversed(items) if not item.get("retired")}
    raw[QUESTIONS]["items"] = list(kinds.values())
    raw[CASES] = {name: part[:2] for name, part in raw[CASES].items()}
    raw[CAUSES] |= {name: raw[CAUSES][name][:3] for name in ("red_flags", "tests", "claims", "glossary")}

    diagrams = {item["diagram"] for item in kinds.values() if item["kind"] == "hotspot"}
    names = [f"anatomy/{name}.yaml" for name in diagrams]
    with_layers = next(n for n in raw if n.startswith("anatomy/") and raw[n].get("layers"))
    kept = {n: r for n, r in raw.items() if not n.startswith("anatomy/") or n in (*names, with_layers)}
    cited = json.dumps({n: r for n, r in kept.items() if n != "references.json"}, default=str)
    kept["references.json"] = [r for r in raw["references.json"] if f'"{r["id"]}"' in cited]
    return kept


SMALL = _small()


@pytest.fixture(autouse=True)
def sound_files_are_read_once(monkeypatch):
    """A thousand damaged courses differ in one file each; the others are not read anew."""
    read = content._read

    def reading(path, record, name):
        key = (str(name), path.read_bytes() if path.exists() else None)
        if key not in SOUND:
            SOUND[key] = read(path, record, name)  # a refusal is raised, and never kept
        return SOUND[key]

    monkeypatch.setattr(content, "_read", reading)


SOUND = {}


@pytest.fixture(scope="session")
def pattern(tmp_path_factory):
    """The small course on disk, not to be touched."""
    folder = tmp_path_factory.mktemp("pattern") / "assets"
    for name, raw in SMALL.items():
        written(folder / name, raw)
    return folder


@pytest.fixture
def small(pattern, tmp_path):
    """A copy of the small course, to be damaged."""
    return shutil.copytree(pattern, tmp_path / "assets")


def test_the_small_course_is_valid_and_has_every_kind_of_question(small):
    course = content.load(small)
    assert len({item.kind for item in course.questions[SLUG].items}) == 7
    assert any(diagram.layers for diagram in course.anatomy.values())


def refused(folder):
    """The lines of the refusal; anything but a refusal fails the test."""
    with pytest.raises(ContentError) as error:
        content.load(folder)
    assert error.value.problems
    assert str(error.value) == "\n".join(error.value.problems)
    return error.value.problems


def at(raw, path):
    for step in path:
        raw = raw[step]
    return raw


def place(raw, path):
    """A path in the author's words, as a message should give it."""
    words = []
    for step in path:
        raw = raw[step] if isinstance(raw, list) or step in raw else None
        if isinstance(step, int):
            called = raw if isinstance(raw, dict) else {}
            names = (called[name] for name in ("id", "slug", "term", "name") if name in called)
            words.append(str(next(names, f"number {step + 1}")))
        else:
            words.append(step)
    return " > ".join(words)


# --- systematic damage: every key of every record --------------------------------------------------------


def mappings(raw, record, path=()):
    """(path, record class) of every mapping in a file that is a record."""
    yield path, type(record)
    for name, field in type(record).model_fields.items():
        key = field.alias or name
        if key not in raw:
            continue
        value = getattr(record, name)
        if isinstance(value, BaseModel):
            yield from mappings(raw[key], value, (*path, key))
        elif isinstance(value, tuple):
            for i, part in enumerate(value):
                if isinstance(part, BaseModel):
                    yield from mappings(raw[key][i], part, (*path, key, i))
        elif isinstance(value, dict):
            for inner, part in value.items():
                if isinstance(part, BaseModel):
                    yield from mappings(raw[key][inner], part, (*path, key, inner))


RECORD = {
    "course.yaml": records.Outline,
    "references.json": records.References,
    "glossary.yaml": records.Glossary,
    "pain_map.yaml": records.PainMap,
}


def keys_of_every_record():
    """(file, path to a mapping, record class, key, field): each key of each class once."""
    seen = set()
    for file, raw in SMALL.items():
        kind = RECORD.get(file) or content.FOLDERS[file.split("/")[0]]
        whole = {"references": raw} if file == "references.json" else raw
        for path, found in mappings(whole, kind.model_validate(whole)):
            path = path[1:] if file == "references.json" else path
            if file == "references.json" and not path:
                continue
            for name, field in found.model_fields.items():
                key = field.alias or name
                if key in at(raw, path) and (found, key) not in seen:
                    seen.add((found, key))
                    yield file, path, found, key, field


KEYS = list(keys_of_every_record())
NONSENSE = [[None]]  # right for no field of any record


def misspelt(key):
    """The key with two letters swapped, or one doubled when that changes nothing."""
    swapped = key[:-2] + key[-1] + key[-2]
    return swapped if swapped != key else key + key[-1]


def without(mapping, key):
    return {k: v for k, v in mapping.items() if k != key}


def with_value(value):
    return lambda mapping, key: mapping | {key: value}


def _systematic():
    """(name, file, path, what it becomes, words that the message must have beside the place)."""
    for file, path, found, key, field in KEYS:
        label = f"{file}:{found.__name__}.{key}"
        mapping = at(SMALL[file], path)
        here = (*path, key)
        required = field.is_required() and key != "kind"
        tagged = key == "kind" and found is not records.Single
        if required:
            yield f"{label} left out", file, path, without(mapping, key), here, "is missing; add it"
        elif tagged or (key == "kind" and issubclass(found, records.Item)):
            yield (
                f"{label} left out",
                file,
                path,
                without(mapping, key),
                path,
                "needs 'kind': one of single, mul",
            )
        wrong = misspelt(key)
        spelt = {wrong if k == key else k: v for k, v in mapping.items()}
        told = f"did you mean '{key}'?" if required else "is not a known key"
        if key != "kind":
            yield f"{label} misspelt", file, path, spelt, (*path, wrong), told
        yield (
            f"{label} of a wrong type",
            file,
            path,
            mapping | {key: NONSENSE},
            here[: -1 if key == "kind" else None],
            "",
        )
        if key != "kind" and isinstance(mapping[key], str) and field.metadata:
            yield f"{label} empty", file, path, mapping | {key: ""}, here, "found ''"
        if key == "why" or key in ("about", "because", "right", "too_low", "too_high"):
            yield (
                f"{label} no explanation",
                file,
                path,
                mapping | {key: "Yes."},
                here,
                "at least 12 characters",
            )
        if key == "id":
            for text in ("<b>bold</b>", "../a b", "É\x00", "a" * 81, 7):
                yield f"{label} is {text!r}", file, path, mapping | {key: text}, here, ""
    seen = set()
    for file, path, found, *_ in KEYS:
        if found not in seen:
            seen.add(found)
            extra = at(SMALL[file], path) | {"colour": "red"}
            yield (
                f"{file}:{found.__name__} with an unknown key",
                file,
                path,
                extra,
                (*path, "colour"),
                "not a known key",
            )


SYSTEMATIC = list(_systematic())


@pytest.mark.parametrize(
    ("file", "path", "becomes", "where", "told"), [c[1:] for c in SYSTEMATIC], ids=[c[0] for c in SYSTEMATIC]
)
def test_every_key_of_every_record(small, file, path, becomes, where, told):
    raw = copy.deepcopy(SMALL[file])
    if path:
        at(raw, path[:-1])[path[-1]] = becomes
    else:
        raw = becomes
    written(small / file, raw)
    whole = {"references": raw} if file == "references.json" else raw
    where = ("references", *where) if file == "references.json" else where
    start = f"assets/{file}: {place(whole, where) or 'the whole file'}"
    lines = refused(small)
    assert any(line.startswith(start) and told in line for line in lines), (start, told, lines)
    assert all(line.startswith(f"assets/{file}") for line in lines)


# --- damage by hand: what no single key can do -----------------------------------------------------------


def first(raw, **having):
    """The first mapping in a list with these values."""
    return next(x for x in raw if all(x.get(k) == v for k, v in having.items()))


def item(kind):
    return lambda files: first(files[QUESTIONS]["items"], kind=kind)


def spread(*parts):
    """A damage that is several."""

    def change(files):
        for part in parts:
            part(files)

    return change


def put(file, *path, to):
    def change(files):
        at(files[file], path[:-1])[path[-1]] = to

    return change


def twice(file, *path):
    """The first entry of a list stands there again."""

    def change(files):
        entries = at(files[file], path)
        entries.append(copy.deepcopy(entries[0]))

    return change


def of_kind(kind, /, **changes):
    def change(files):
        item(kind)(files).update(changes)

    return change


def both_right(files):
    for option in item("single")(files)["options"][:2]:
        option["correct"] = True


def none_right(kind):
    def change(files):
        for option in item(kind)(files)["options"]:
            option.pop("correct", None)

    return change


def all_right(files):
    for option in item("multiple")(files)["options"]:
        option["correct"] = True


def same_ids(kind, field):
    def change(files):
        entries = item(kind)(files)[field]
        entries[1]["id"] = entries[0]["id"]

    return change


def overlapping(files):
    target = item("numeric")(files)
    edge = target["answer"] - target["within"]
    target["common_wrong"] = [{"low": edge - 2, "high": edge + 0.1, "why": "It overlaps the right one."}]


def overlapping_each_other(files):
    target = item("numeric")(files)
    far = target["answer"] + 10 * target["within"]
    target["common_wrong"] = [
        {"low": far, "high": far + 2, "why": "It overlaps the next one."},
        {"low": far + 1, "high": far + 3, "why": "It overlaps the one before."},
    ]


def tied_panel(files):
    panel = item("script_concordance")(files)["panel"]
    for vote in panel.values():
        vote["votes"] = 2


def unscaled_panel(files):
    item("script_concordance")(files)["panel"].pop("same")


def off_scale(files):
    panel = item("script_concordance")(files)["panel"]
    panel["perhaps"] = panel.pop("same")


def case_step(number, **changes):
    def change(files):
        files[CASES]["branching"][0]["steps"][number]["options"][0].update(changes)

    return change


def endless(files):
    steps = files[CASES]["branching"][0]["steps"]
    for step in steps:
        for option in step["options"]:
            option["next"] = steps[0]["id"] if step is steps[-1] else steps[steps.index(step) + 1]["id"]


def pair(**changes):
    def change(files):
        item("match")(files)["pairs"][0].update(changes)

    return change


def answer_also_wrong(files):
    target = item("match")(files)["pairs"][0]
    target["wrong"] = {target["answer"]: "But this is the answer."}


def region(**changes):
    def change(files):
        files[SLICE]["regions"][0] = {**first(files[SLICE]["regions"]), **changes}

    return change


SLICE = f"anatomy/{next(i['diagram'] for i in SMALL[QUESTIONS]['items'] if i['kind'] == 'hotspot')}.yaml"
LAYERED = next(n for n in SMALL if n.startswith("anatomy/") and SMALL[n].get("layers"))
HERE = [lesson["slug"] for lesson in SMALL["course.yaml"]["lessons"]].index(SLUG)
NEXT_WORDS = SMALL[CAUSES]["claims"][0]["id"]
ASKED = SMALL[QUESTIONS]["items"][0]["id"]
CASE = SMALL[CASES]["branching"][0]["id"]
LESSON = ("lessons", HERE)

BY_HAND = {  # what is done -> (the damage, words of one line of the message)
    # ids that lead nowhere
    "item cites an unknown source": (
        of_kind("single", sources=["nobody1900"]),
        [QUESTIONS, "sources", "nobody1900"],
    ),
    "near miss of a source": (of_kind("single", sources=["canoso1978"]), ["did you mean 'canoso1987'?"]),
    "item has an unknown objective": (
        of_kind("single", objectives=["bakers_cyst.fly"]),
        [QUESTIONS, "objectives", "bakers_cyst.fly"],
    ),
    "item has another lesson's objective": (
        of_kind("single", objectives=["back_of_the_knee.borders"]),
        [QUESTIONS, "objectives", "back_of_the_knee.borders"],
    ),
    "target is an unknown region": (
        lambda f: item("hotspot")(f)["targets"][0].update(region="tail"),
        [QUESTIONS, "region", "tail"],
    ),
    "hotspot on an unknown diagram": (of_kind("hotspot", diagram="elbow"), [QUESTIONS, "diagram", "elbow"]),
    "lesson needs an unknown lesson": (
        put("course.yaml", *LESSON, "needs", to=["elbow"]),
        ["course.yaml", SLUG, "needs", "elbow"],
    ),
    "unknown glossary term": (put(CAUSES, "glossary", 0, to="elbow"), [CAUSES, "glossary", "elbow"]),
    "look-alike in an unknown lesson": (
        put(CAUSES, "look_alikes", 0, "lesson", to="elbow"),
        [CAUSES, "look_alikes", "elbow"],
    ),
    "prose cites an unknown source": (
        put(CAUSES, "cited_in_prose", to=["nobody1900"]),
        [CAUSES, "cited_in_prose", "nobody1900"],
    ),
    "test cites an unknown source": (
        put(CAUSES, "tests", 0, "sources", to=["nobody1900"]),
        [CAUSES, "tests", "sources", "nobody1900"],
    ),
    "claim cites an unknown source": (
        put(CAUSES, "claims", 0, "sources", to=["nobody1900"]),
        [CAUSES, NEXT_WORDS, "sources", "nobody1900"],
    ),
    "claim has an unknown objective": (
        put(CAUSES, "claims", 0, "objectives", to=["bakers_cyst.fly"]),
        [CAUSES, NEXT_WORDS, "bakers_cyst.fly"],
    ),
    "red flag cites an unknown source": (
        put(CAUSES, "red_flags", 0, "sources", to=["nobody1900"]),
        [CAUSES, "red_flags", "number 1", "nobody1900"],
    ),
    "explorer cites an unknown source": (
        put(EXPLORERS, "explorers", 0, "sources", to=["nobody1900"]),
        [EXPLORERS, "sources", "nobody1900"],
    ),
    "prediction has an unknown objective": (
        lambda f: next(e for e in f[EXPLORERS]["explorers"] if "predict" in e)["predict"].update(
            objectives=["bakers_cyst.fly"]
        ),
        [EXPLORERS, "predict", "objectives", "bakers_cyst.fly"],
    ),
    "case cites an unknown source": (
        put(CASES, "branching", 0, "sources", to=["nobody1900"]),
        [CASES, CASE, "nobody1900"],
    ),
    "step has an unknown objective": (
        put(CASES, "branching", 0, "steps", 0, "objectives", to=["bakers_cyst.fly"]),
        [CASES, CASE, "bakers_cyst.fly"],
    ),
    "vignette cites an unknown source": (
        put(CASES, "vignettes", 0, "sources", to=["nobody1900"]),
        [CASES, "vignettes", "nobody1900"],
    ),
    "region cites an unknown source": (
        put(SLICE, "regions", 0, "sources", to=["nobody1900"]),
        [SLICE, "regions", "nobody1900"],
    ),
    "layer shows an unknown region": (
        put(LAYERED, "layers", 0, "regions", to=["tail"]),
        [LAYERED, "layer", "tail"],
    ),
    "decision leads to an unknown step": (case_step(0, next="nowhere"), [CASES, CASE, "nowhere"]),
    "a step that nothing leads to": (
        lambda f: [o.pop("next", None) for s in f[CASES]["branching"][0]["steps"] for o in s["options"]],
        [CASES, CASE, "no decision leads to"],
    ),
    "a case that never ends": (endless, [CASES, CASE, "never ends"]),
    "a pair whose answer is no choice": (pair(answer="elbow"), [QUESTIONS, "elbow", "'choices' has"]),
    "a pair that explains no choice": (
        pair(wrong={"elbow": "There is no such choice."}),
        [QUESTIONS, "elbow"],
    ),
    "the answer of a pair among the wrong": (answer_also_wrong, [QUESTIONS, "under 'wrong'"]),
    "questions of no lesson": (
        lambda f: f.update({"questions/elbow.yaml": {"items": []}}),
        ["questions/elbow.yaml", "no lesson 'elbow'"],
    ),
    "a cause of no lesson": (
        lambda f: f.update({"causes/elbow.yaml": f[CAUSES] | {"claims": []}}),
        ["causes/elbow.yaml", "no lesson 'elbow'"],
    ),
    # ids that stand twice
    "an item twice": (twice(QUESTIONS, "items"), [QUESTIONS, ASKED]),
    "an item in two lessons": (
        lambda f: f.update({"questions/back_of_the_knee.yaml": {"items": f[QUESTIONS]["items"][:1]}}),
        ["questions/back_of_the_knee.yaml", ASKED],
    ),
    "an item named as a claim": (of_kind("single", id=NEXT_WORDS), [CAUSES, NEXT_WORDS, QUESTIONS]),
    "an item of another lesson's name": (
        of_kind("single", id="back_of_the_knee.x"),
        [QUESTIONS, "back_of_the_knee.x", "'bakers_cyst.'"],
    ),
    "a claim twice": (twice(CAUSES, "claims"), [CAUSES, NEXT_WORDS]),
    "a test twice": (twice(CAUSES, "tests"), [CAUSES, "tests", "twice"]),
    "a prevalence twice": (twice(CAUSES, "prevalence"), [CAUSES, "prevalence", "twice"]),
    "an explorer twice": (twice(EXPLORERS, "explorers"), [EXPLORERS, "twice"]),
    "a case twice": (twice(CASES, "branching"), [CASES, CASE]),
    "a vignette twice": (twice(CASES, "vignettes"), [CASES, "vignettes", "twice"]),
    "a step twice": (twice(CASES, "branching", 0, "steps"), [CASES, CASE, "twice"]),
    "a lesson twice": (twice("course.yaml", "lessons"), ["course.yaml", "lesson", "twice"]),
    "a lesson's number twice": (
        put("course.yaml", *LESSON, "number", to=0),
        ["course.yaml", "number 0", "twice"],
    ),
    "an objective twice": (
        twice("course.yaml", *LESSON, "objectives"),
        ["course.yaml", "objective", "twice"],
    ),
    "a reference twice": (
        lambda f: f["references.json"].append(dict(f["references.json"][0])),
        ["references.json", "twice"],
    ),
    "a term twice": (twice("glossary.yaml", "terms"), ["glossary.yaml", "twice"]),
    "a region twice": (twice(SLICE, "regions"), [SLICE, "region", "twice"]),
    "a layer twice": (twice(LAYERED, "layers"), [LAYERED, "layer", "twice"]),
    "an option twice": (same_ids("single", "options"), [QUESTIONS, "option", "twice"]),
    "an option of a multiple twice": (same_ids("multiple", "options"), [QUESTIONS, "option", "twice"]),
    "a step of an order twice": (same_ids("order", "steps"), [QUESTIONS, "step", "twice"]),
    "a pair twice": (same_ids("match", "pairs"), [QUESTIONS, "pair", "twice"]),
    "a target twice": (
        lambda f: item("hotspot")(f)["targets"].append(dict(item("hotspot")(f)["targets"][0])),
        [QUESTIONS, "target", "twice"],
    ),
    # questions that cannot be graded
    "two right options": (both_right, [QUESTIONS, "exactly one option"]),
    "no right option": (none_right("single"), [QUESTIONS, "exactly one option"]),
    "nothing to tick": (none_right("multiple"), [QUESTIONS, "at least one option"]),
    "everything to tick": (all_right, [QUESTIONS, "leave at least one"]),
    "two best decisions": (
        lambda f: [o.update(correct=True) for o in f[CASES]["branching"][0]["steps"][0]["options"]],
        [CASES, CASE, "exactly one option"],
    ),
    "a wrong number over the right one": (overlapping, [QUESTIONS, "must not overlap"]),
    "two wrong numbers over each other": (overlapping_each_other, [QUESTIONS, "must not overlap"]),
    "a wrong number the wrong way round": (
        of_kind("numeric", common_wrong=[{"low": 2, "high": 1, "why": "Upside down it is."}]),
        [QUESTIONS, "common_wrong", "'low' must be smaller"],
    ),
    "no tolerance": (of_kind("numeric", within=0), [QUESTIONS, "within", "greater than 0"]),
    "an answer that is no number": (
        of_kind("numeric", answer="fifty"),
        [QUESTIONS, "answer", "valid number"],
    ),
    "an infinite answer": (of_kind("numeric", answer=float("inf")), [QUESTIONS, "answer", "finite"]),
    "a unit worth nothing": (of_kind("numeric", units={"mL": 1, "L": 0}), [QUESTIONS, "positive number"]),
    "its own unit is not one": (of_kind("numeric", unit="mL", units={"mL": 2}), [QUESTIONS, "worth 1"]),
    "a tied panel": (tied_panel, [QUESTIONS, "single most frequent vote"]),
    "a panel without a point": (unscaled_panel, [QUESTIONS, "add same"]),
    "a panel off the scale": (off_scale, [QUESTIONS, "panel", "perhaps"]),
    "a negative vote": (
        lambda f: item("script_concordance")(f)["panel"]["same"].update(votes=-1),
        [QUESTIONS, "panel > same > votes"],
    ),
    "one option": (
        lambda f: item("single")(f).update(
            options=[{**o, "correct": True} for o in item("single")(f)["options"][:1]]
        ),
        [QUESTIONS, "options", "at least 2"],
    ),
    "no option": (of_kind("single", options=[]), [QUESTIONS, "options", "at least 2"]),
    "too few steps": (
        lambda f: item("order")(f).update(steps=item("order")(f)["steps"][:2]),
        [QUESTIONS, "steps", "at least 3"],
    ),
    "no target": (of_kind("hotspot", targets=[]), [QUESTIONS, "targets", "at least 1"]),
    "an unknown kind": (of_kind("single", kind="singel"), [QUESTIONS, "'singel'", "one of single, multiple"]),
    "a kind of another shape": (of_kind("single", kind="order"), [QUESTIONS, "steps", "missing"]),
    "no item but a word": (
        lambda f: f[QUESTIONS]["items"].append("word"),
        [QUESTIONS, "items > number 8", "key: value"],
    ),
    "an empty item": (
        lambda f: f[QUESTIONS]["items"].append(None),
        [QUESTIONS, "items > number 8", "key: value"],
    ),
    "items as a mapping": (put(QUESTIONS, "items", to={"a": 1}), [QUESTIONS, "items", "must be a list"]),
    "a word for yes": (of_kind("single", red_flag="perhaps"), [QUESTIONS, "red_flag"]),
    "yes for a word": (of_kind("single", ask=True), [QUESTIONS, "ask", "must be text"]),
    "no date": (of_kind("single", retired="soon"), [QUESTIONS, "retired"]),
    "a text without end": (of_kind("single", ask="a" * 2001), [QUESTIONS, "ask", "at most 2000"]),
    # facts
    "a chance above one": (
        put(CAUSES, "tests", 0, "sensitivity", to={"value": 74}),
        [CAUSES, "sensitivity", "value"],
    ),
    "half an interval": (
        put(CAUSES, "tests", 0, "sensitivity", to={"value": 0.7, "low": 0.5}),
        [CAUSES, "sensitivity", "both 'low' and 'high'"],
    ),
    "an interval beside its value": (
        put(CAUSES, "tests", 0, "sensitivity", to={"value": 0.7, "low": 0.1, "high": 0.2}),
        [CAUSES, "sensitivity", "between 'low' and 'high'"],
    ),
    "a test without a source": (put(CAUSES, "tests", 0, "sources", to=[]), [CAUSES, "sources", "at least 1"]),
    "an unknown urgency": (
        put(CAUSES, "red_flags", 0, "act", to="tomorrow"),
        [CAUSES, "red_flags > number 1 > act"],
    ),
    "no red flag": (put(CAUSES, "red_flags", to=[]), [CAUSES, "red_flags", "at least 1"]),
    "a verdict that is none": (
        put(CAUSES, "claims", 0, "verdict", to="perhaps"),
        [CAUSES, NEXT_WORDS, "verdict"],
    ),
    "a claim without one reply": (
        lambda f: f[CAUSES]["claims"][0]["replies"].pop("agree"),
        [CAUSES, NEXT_WORDS, "add agree"],
    ),
    "more per cent than there are": (put(CAUSES, "prevalence", 0, "per_cent", to=101), [CAUSES, "per_cent"]),
    "too little to remember": (put(CAUSES, "remember", to=["One line."]), [CAUSES, "remember", "at least 3"]),
    "a lesson of no time": (put("course.yaml", *LESSON, "minutes", to=0), ["course.yaml", SLUG, "minutes"]),
    "an impossible day": (put("course.yaml", "reviewed_on", to="2026-02-31"), ["course.yaml", "reviewed_on"]),
    "an author without a name": (
        lambda f: f["references.json"][0].update(author=[{"given": "A."}]),
        ["references.json", "author", "'family' or 'literal'"],
    ),
    "a link that runs": (
        lambda f: f["references.json"][0].update(URL="javascript:alert(1)"),
        ["references.json", "URL"],
    ),
    "a year of nothing": (
        lambda f: f["references.json"][0].update(issued={"date-parts": []}),
        ["references.json", "issued"],
    ),
    "an empty year": (
        lambda f: f["references.json"][0].update(issued={"date-parts": [[]]}),
        ["references.json", "issued"],
    ),
    # pictures
    "no outline and no course": (
        lambda f: f[SLICE]["regions"][0].pop("outlines"),
        [SLICE, "either 'outlines' or a 'course'"],
    ),
    "both outline and course": (region(course=[[1, 2], [3, 4]]), [SLICE, "either 'outlines' or a 'course'"]),
    "an outline of two points": (region(outlines=[[[1, 2], [3, 4]]]), [SLICE, "at least three points"]),
    "a point with one number": (
        region(outlines=[[[1, 2], [3], [4, 5]]]),
        [SLICE, "outlines > number 1 > number 2"],
    ),
    "a point of words": (
        region(outlines=[[[1, 2], ["a", "b"], [4, 5]]]),
        [SLICE, "outlines > number 1 > number 2"],
    ),
    "an unknown tissue": (region(role="cartilage"), [SLICE, "role"]),
    "a picture of no size": (put(SLICE, "width_mm", to=0), [SLICE, "width_mm", "greater than 0"]),
    "a strand of no width": (region(width_mm=-1), [SLICE, "width_mm"]),
    "a layer of nothing": (put(LAYERED, "layers", 0, "regions", to=[]), [LAYERED, "layers", "at least 1"]),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_damage_by_hand(small, name):
    change, words = BY_HAND[name]
    files = copy.deepcopy(SMALL)
    change(files)
    for file, raw in files.items():
        if raw != SMALL.get(file):
            written(small / file, raw)
    lines = refused(small)
    assert any(all(word in line for word in words) for line in lines), lines
    assert all(line.startswith("assets/") for line in lines)


# --- damage to the text itself ---------------------------------------------------------------------------


def replaced(old, new):
    return lambda text: text.replace(old, new, 1)


SPOILT = {  # what is done -> (file, bytes to bytes or text to text, words of the message)
    "a tab": (QUESTIONS, replaced("  - id", "\t- id"), ["line"]),
    "a tab before a key": (CAUSES, replaced("\n  act", "\n\tact"), ["line"]),
    "cut in the middle": (QUESTIONS, lambda text: text[: text.index("why: ") + 4] + " 'open", ["line"]),
    "an open bracket": (QUESTIONS, lambda text: text + "\n  [", ["line"]),
    "a colon in a text": (QUESTIONS, replaced("ask: ", "ask: a: b: "), ["line"]),
    "empty": (QUESTIONS, lambda text: "", ["the whole file"]),
    "only a comment": (CAUSES, lambda text: "# later", ["the whole file"]),
    "only a word": (CASES, lambda text: "later", ["the whole file"]),
    "a list": (EXPLORERS, lambda text: "- later", ["the whole file"]),
    "two documents": (QUESTIONS, lambda text: text + "\n---\nitems: []\n", ["line", "document"]),
    "a key twice": (
        QUESTIONS,
        replaced("  part: ", "  kind: single\n  part: "),
        ["line", "'kind' stands twice"],
    ),
    "the first key twice": (CAUSES, lambda text: text + "\nname: Again\n", ["line", "'name' stands twice"]),
    "a key that is a list": (
        QUESTIONS,
        lambda text: text + "\n? [a]\n: b\n",
        ["line", "a key must be a word"],
    ),
    "an alias": (QUESTIONS, lambda text: text + "\na: &b c\nd: *b\n", ["line", "alias"]),
    "an alias of itself": (QUESTIONS, lambda text: "items: &a [*a]\n", ["line", "alias"]),
    "a Python object": (
        QUESTIONS,
        lambda text: text + "\nx: !!python/object/apply:os.getcwd []\n",
        ["line", "python"],
    ),
    "an impossible date": (QUESTIONS, lambda text: text + "\nx: 2026-02-31\n", ["day"]),
    "an endless number": (QUESTIONS, lambda text: text + f"\nx: {'9' * 9000}\n", ["digits"]),
    "nested": (QUESTIONS, lambda text: "items: " + "[" * 60 + "]" * 60, ["nested too deeply"]),
    "nested beyond the stack": (
        QUESTIONS,
        lambda text: "items: " + "[" * 10**5 + "]" * 10**5,
        ["nested too deeply"],
    ),
    "nested by dashes": (QUESTIONS, lambda text: "items:\n" + "- " * 10**5, ["nested too deeply"]),
    "nested and never closed": (QUESTIONS, lambda text: "{a: " * 10**5, ["nested too deeply"]),
    "a control character": (QUESTIONS, replaced("ask: ", "ask: \x07"), ["line"]),
    "bytes of another alphabet": (QUESTIONS, lambda text: text.encode() + b"\n# caf\xe9\n", ["is not UTF-8"]),
    "UTF-16": (GLOSSARY := "glossary.yaml", lambda text: text.encode("utf-16"), ["is not UTF-8"]),
    "a picture": (QUESTIONS, lambda text: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ["is not UTF-8"]),
    "JSON cut short": ("references.json", lambda text: text[: len(text) // 2], ["line"]),
    "JSON with a comma too many": (
        "references.json",
        lambda text: text[:-1] + ",]",
        ["line 1", "not valid JSON"],
    ),
    "JSON with a key twice": ("references.json", replaced('"id"', '"id": "x", "id"'), ["'id' stands twice"]),
    "JSON empty": ("references.json", lambda text: "", ["line 1", "not valid JSON"]),
    "JSON nothing": ("references.json", lambda text: "null", ["the whole file"]),
    "JSON of numbers": ("references.json", lambda text: "[1, 2]", ["number 2"]),
    "JSON nested": ("references.json", lambda text: "[" * 10**5, ["nested too deeply"]),
    "JSON with half a character": ("references.json", replaced('"id": "', '"id": "\\ud800'), ["id"]),
    "JSON endless number": ("references.json", lambda text: f"[{'9' * 9000}]", ["digits"]),
}


@pytest.mark.parametrize("name", SPOILT)
def test_damage_to_the_text(small, name):
    file, change, words = SPOILT[name]
    changed = change((small / file).read_text(encoding="utf-8"))
    (small / file).write_bytes(changed if isinstance(changed, bytes) else changed.encode())
    lines = refused(small)
    assert all(line.startswith(f"assets/{file}") for line in lines)
    assert any(all(word in line for word in words) for line in lines), lines
    assert "\n".join(lines).encode()  # it can be printed


@pytest.mark.parametrize("file", ["course.yaml", "references.json", "glossary.yaml"])
def test_a_missing_file_is_named(small, file):
    (small / file).unlink()
    assert refused(small) == (f"assets/{file}: the file is missing; restore it",)


def test_cutting_a_file_anywhere_is_refused_or_harmless(small):
    """A cut at a random place may leave a valid file; otherwise it is refused by name."""
    chance, cut = random.Random(4), Counter()
    texts = {file: (small / file).read_text(encoding="utf-8") for file in SMALL}
    for _ in range(60):
        file = chance.choice(sorted(texts))
        end = chance.randrange(len(texts[file]))
        (small / file).write_text(texts[file][:end], encoding="utf-8")
        try:
            content.load(small)
            cut["harmless"] += 1
        except ContentError as error:
            cut["refused"] += 1
            cut["unnamed"] += sum(not line.startswith("assets/") for line in error.problems)
        (small / file).write_text(texts[file], encoding="utf-8")
    assert cut["refused"] > 30
    assert not cut["unnamed"]


def test_there_are_at_least_two_hundred_ways():
    assert len({name for name, *_ in SYSTEMATIC}) == len(SYSTEMATIC)
    assert len(SYSTEMATIC) + len(BY_HAND) + len(SPOILT) >= 200


# --- several mistakes, and how they are told -------------------------------------------------------------


def test_all_mistakes_of_all_files_are_told_at_once(small):
    files = copy.deepcopy(SMALL)
    spread(
        of_kind("single", ask=""),
        of_kind("numeric", within=-1),
        of_kind("order", colour="red"),
        lambda f: f["glossary.yaml"]["terms"][0].pop("means"),
        put(CAUSES, "red_flags", 0, "act", to="tomorrow"),
    )(files)
    for file, raw in files.items():
        written(small / file, raw)
    told = refused(small)
    assert Counter(line.split(": ")[0] for line in told) == {
        f"assets/{QUESTIONS}": 3,
        "assets/glossary.yaml": 1,
        f"assets/{CAUSES}": 1,
    }


def test_all_ids_that_lead_nowhere_are_told_at_once(small):
    files = copy.deepcopy(SMALL)
    spread(
        of_kind("single", sources=["nobody1900", "nobody1901"], objectives=["bakers_cyst.fly"]),
        put(CAUSES, "glossary", 0, to="elbow"),
        put(CASES, "vignettes", 0, "sources", to=["nobody1902"]),
    )(files)
    for file, raw in files.items():
        written(small / file, raw)
    told = "\n".join(refused(small))
    for key in ("nobody1900", "nobody1901", "bakers_cyst.fly", "elbow", "nobody1902"):
        assert repr(key) in told
    assert len(told.splitlines()) == 5


def test_a_list_is_not_too_short_when_something_in_it_is_wrong(small):
    raw = copy.deepcopy(SMALL[QUESTIONS])
    for option in first(raw["items"], kind="single")["options"]:
        option.pop("why")
    written(small / QUESTIONS, raw)
    told = refused(small)
    assert all("why: is missing; add it" in line for line in told), told


def test_nothing_is_offered_where_nothing_is_known(small):
    raw = copy.deepcopy(SMALL["course.yaml"])
    raw["lessons"][HERE]["objectives"] = []
    written(small / "course.yaml", raw)
    told = refused(small)
    assert told
    assert all(line.endswith("add it or remove it") for line in told)


def test_two_keys_of_one_record_misspelt_are_each_told_their_own(small):
    raw = copy.deepcopy(SMALL["glossary.yaml"])
    term = raw["terms"][0]
    raw["terms"][0] = {"trem": term["term"], "maens": term["means"], "colour": "red"}
    written(small / "glossary.yaml", raw)
    told = "\n".join(refused(small))
    assert "trem: is not a known key; did you mean 'term'?" in told
    assert "maens: is not a known key; did you mean 'means'?" in told
    assert "colour: is not a known key; remove it or mend its spelling" in told


def test_a_lesson_in_preparation_needs_no_files(small):
    for file in (QUESTIONS, CAUSES, CASES, EXPLORERS):
        (small / file).unlink()
    course = content.load(small)
    assert course.items(SLUG) == ()
    assert course.sources(SLUG) == ()


def test_a_copy_of_the_shipped_files_loads_from_anywhere(tmp_path):
    shutil.copytree(ASSETS, tmp_path / "copy")
    assert content.load(tmp_path / "copy").all_items.keys() == content.course().all_items.keys()
