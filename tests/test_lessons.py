"""The quality bar of a lesson, as data: every lesson that has a cause file must reach it."""

import importlib
import pkgutil
import re
from collections import Counter

import nbformat
import pytest
from pydantic import BaseModel

from kneecourse import models, notebooks
from kneecourse.content import course
from kneecourse.parameter import Parameter

LESSONS = list(course().causes)
ELEVEN = range(1, 12)  # the causes of the article; lesson 0 and those after 11 test nothing on a patient
every_lesson = pytest.mark.parametrize("slug", LESSONS)


def asked(slug, part=None):
    """Questions of the lesson's question file that are not retired, or those of one part."""
    return [i for i in course().questions[slug].items if not i.retired and part in (None, i.part)]


def singles(slug):
    """Every question with one right option whose options have no fixed order: claims are left out."""
    return [i for i in course().items(slug) if i.kind == "single" and i.part != "article" and not i.retired]


def fields(record, name):
    """Every entry of the tuples called so, anywhere inside a record."""
    for key, value in record:
        if key == name:
            yield from value
        for inner in (
            value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        ):
            if isinstance(inner, BaseModel):
                yield from fields(inner, name)


# --- questions -------------------------------------------------------------------------------------------


@every_lesson
def test_ten_to_fourteen_questions_check_the_lesson(slug):
    assert 10 <= len(asked(slug, "check")) <= 14


@every_lesson
def test_two_questions_warm_up(slug):
    assert len(asked(slug, "warm_up")) == 2


@every_lesson
def test_the_check_mixes_kinds(slug):
    kinds = {item.kind for item in asked(slug, "check")}
    assert len(kinds) >= 4
    assert {"hotspot", "script_concordance"} <= {item.kind for item in asked(slug)}


@every_lesson
def test_every_objective_is_checked(slug):
    checked = {objective for item in asked(slug, "check") for objective in item.objectives}
    assert checked == {objective.id for objective in course().lessons[slug].objectives}


@every_lesson
def test_safety_is_asked_about(slug):
    assert sum(item.red_flag for item in asked(slug, "check")) >= 2


@every_lesson
def test_every_question_has_a_source(slug):
    assert [item.id for item in course().items(slug) if not item.sources and not item.retired] == []


@every_lesson
def test_every_question_but_a_warm_up_has_an_objective(slug):
    assert [i.id for i in course().items(slug) if not i.objectives and i.part != "warm_up"] == []


@every_lesson
def test_explanations_differ(slug):
    """An explanation copied from one option to another explains neither."""
    for item in course().items(slug):
        whys = [option.why for option in getattr(item, "options", ())]
        assert len(whys) == len(set(whys)), item.id


@every_lesson
def test_the_right_option_stands_anywhere(slug):
    places = Counter(next(n for n, o in enumerate(i.options) if o.correct) for i in singles(slug))
    assert max(places.values()) <= len(singles(slug)) / 2, places


@every_lesson
def test_the_right_option_is_as_often_short_as_long(slug):
    for part in (asked(slug, "check"), singles(slug)):
        items = [item for item in part if item.kind == "single"]
        for pick in (max, min):
            told = [i.id for i in items if pick(i.options, key=lambda o: len(o.text)).correct]
            assert len(told) <= len(items) / 2, told


@every_lesson
def test_options_are_distinct_to_read(slug):
    for item in course().items(slug):
        texts = [option.text.lower() for option in getattr(item, "options", ())]
        assert len(texts) == len(set(texts)), item.id


@every_lesson
def test_numbers_explain_common_mistakes(slug):
    for item in asked(slug):
        if item.kind == "numeric":
            assert item.common_wrong, item.id


@every_lesson
def test_a_panel_is_large_enough_to_disagree(slug):
    for item in asked(slug):
        if item.kind == "script_concordance":
            assert sum(vote.votes for vote in item.panel.values()) >= 5, item.id
            assert sum(vote.votes > 0 for vote in item.panel.values()) >= 2, item.id


# --- what surrounds the questions ------------------------------------------------------------------------


@every_lesson
def test_the_article_is_read_critically(slug):
    claims = course().causes[slug].claims
    assert len(claims) >= 5
    assert all(claim.sources for claim in claims)
    assert len({claim.verdict for claim in claims}) >= 2


@every_lesson
def test_there_are_patients(slug):
    assert len(course().cases[slug].branching) >= 1
    assert len(course().cases[slug].vignettes) >= 3
    for case in course().cases[slug].branching:
        assert len(case.steps) >= 3
        assert all(len(step.options) >= 2 for step in case.steps)


@every_lesson
def test_at_least_two_explorers_are_predicted_and_tried(slug):
    explorers = course().explorers[slug].explorers
    assert sum(bool(e.predict and e.tasks) for e in explorers) >= 2
    assert all(explorer.basis for explorer in explorers)


@every_lesson
def test_red_flags_say_how_soon_and_the_most_urgent_come_first(slug):
    order = ["now", "today", "soon", "routine"]
    soon = [order.index(flag.act) for flag in course().causes[slug].red_flags]
    assert soon == sorted(soon)
    assert "now" in {flag.act for flag in course().causes[slug].red_flags}


@every_lesson
def test_every_accuracy_and_prevalence_has_a_source(slug):
    cause = course().causes[slug]
    assert all(row.sources for row in (*cause.tests, *cause.prevalence))
    if course().lessons[slug].number in ELEVEN:
        assert any(test.sensitivity for test in cause.tests)


@every_lesson
def test_it_takes_as_long_as_a_lesson_may(slug):
    lesson = course().lessons[slug]
    assert 25 <= lesson.minutes <= 35
    assert 4 <= len(lesson.objectives) <= 7


@every_lesson
def test_no_exclamation_marks(slug):
    for group in ("questions", "causes", "cases", "explorers"):
        assert "!" not in getattr(course(), group)[slug].model_dump_json()


# --- the course ------------------------------------------------------------------------------------------


def test_there_is_a_lesson():
    assert "bakers_cyst" in LESSONS


def test_a_lesson_with_a_cause_has_all_its_files():
    for slug in LESSONS:
        for group in ("questions", "cases", "explorers"):
            assert slug in getattr(course(), group), f"assets/{group}/{slug}.yaml is missing"


def test_lessons_need_only_what_comes_before():
    seen = set()
    for lesson in course().lessons.values():
        assert set(lesson.needs) <= seen, lesson.slug
        seen.add(lesson.slug)


def test_numbers_of_lessons_ascend():
    numbers = [lesson.number for lesson in course().lessons.values()]
    assert numbers == sorted(numbers)


CITED = re.compile(r"\]\(#([^)\s]+)\)")


def in_prose(slug=None):
    """Reference ids that a lesson's notebook cites, or those of all notebooks."""
    name = course().lessons[slug].notebook if slug else "*.ipynb"
    found = set()
    for path in notebooks.FOLDER.glob(name):
        for cell in nbformat.read(path, as_version=4).cells:
            found |= set(CITED.findall(cell.source)) if cell.cell_type == "markdown" else set()
    return found


def test_every_reference_is_cited_somewhere():
    groups = (course().causes, course().questions, course().explorers, course().cases, course().anatomy)
    files = [file for group in groups for file in group.values()]
    files += [course().pain_map] if course().pain_map else []
    cited = {key for file in files for key in fields(file, "sources")} | in_prose()
    assert sorted(course().references.keys() - cited) == []


@every_lesson
def test_what_the_prose_cites_is_among_the_sources(slug):
    assert in_prose(slug) <= set(course().sources(slug))


@every_lesson
def test_nothing_is_listed_as_cited_in_prose_that_is_not(slug):
    assert set(course().causes[slug].cited_in_prose) <= in_prose(slug)


def test_every_term_of_the_glossary_is_used_by_a_lesson():
    used = {term for cause in course().causes.values() for term in cause.glossary}
    assert sorted(course().glossary.keys() - used) == []


def test_every_quantity_of_a_model_has_a_source_that_resolves_or_is_illustrative():
    modules = [
        importlib.import_module(f"kneecourse.models.{m.name}") for m in pkgutil.iter_modules(models.__path__)
    ]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Parameter)]
    assert found
    assert {parameter.source for parameter in found} - {None} <= course().references.keys()
