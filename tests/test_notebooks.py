"""What every notebook keeps: headings, one-line hidden cells, stored outputs that teach without a kernel."""

import base64
import re

import nbformat
import pytest

from kneecourse import notebooks
from kneecourse.content import course
from kneecourse.widgets.quiz import Quiz
from kneecourse.widgets.remembering import DIGEST

HEADINGS = [
    "1 What you will be able to do",
    "2 The structures",
    "3 What goes wrong",
    "4 How it shows itself",
    "5 How sure can we be?",
    "6 What else it could be",
    "7 What helps",
    "8 What the article says",
    "9 A patient",
    "10 Check yourself",
    "11 Remember",
]
PATHS = sorted(notebooks.FOLDER.glob("*.ipynb"))
CAUSES = [
    path for path in PATHS for lesson in course().lessons.values()
    if path.name == lesson.notebook and 1 <= lesson.number <= 11
]  # fmt: skip
CITATION = re.compile(r"\[([^\]]+)\]\(#([^)]+)\)")


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def by_name(path):
    return path.stem


def test_there_are_notebooks():
    assert {"index.ipynb", "04_bakers_cyst.ipynb"} <= {path.name for path in PATHS}


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_is_valid_and_stored_cleanly(path):
    nbformat.validate(nbformat.read(path, as_version=4))
    assert notebooks.main(["--check", str(path)]) == 0


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_code_is_one_hidden_line(path):
    first, *_ = code = cells(path, "code")
    assert first.source == "import kneecourse as kc"
    for cell in code:
        assert "\n" not in cell.source.strip()
        assert len(cell.source) <= 100
        assert cell.metadata["jupyter"] == {"source_hidden": True}


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_outputs_teach_without_a_kernel(path):
    for cell in cells(path, "code")[1:]:
        (output,) = cell.outputs
        assert output.output_type == "execute_result"
        assert len(output.data["text/plain"].split()) >= 5
        assert notebooks.WIDGET_VIEW not in output.data
        assert "0x" not in output.data["text/plain"]  # an address would be a default repr
        if cell.source.startswith("kc.explore."):
            assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_citations_resolve_and_carry_the_right_mark(path):
    slug = path.stem.split("_", 1)[-1]
    for cell in cells(path, "markdown"):
        for mark, key in CITATION.findall(cell.source):
            assert key in course().references, f"{path.name} cites {key!r}"
            assert mark == course().references[key].mark
            assert key in course().sources(slug), f"add {key!r} to cited_in_prose of {slug}"


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_links_between_notebooks_lead_somewhere(path):
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([\w.]+\.ipynb)\)", cell.source):
            assert (path.parent / target).exists()


@pytest.mark.parametrize("path", CAUSES, ids=by_name)
def test_a_lesson_has_the_eleven_headings(path):
    found = re.findall(r"^## (.+)$", "\n".join(cell.source for cell in cells(path, "markdown")), re.M)
    assert found == HEADINGS


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_something_is_asked_or_moved_at_least_every_three_paragraphs(path):
    for cell in cells(path, "markdown"):
        prose = [p for p in re.split(r"\n\s*\n", cell.source) if not p.startswith(("#", "*A good place"))]
        assert len(prose) <= 3, f"a wall of text before the next thing to do: {prose[0][:60]!r}"


@pytest.mark.parametrize("path", [path for path in PATHS if path.stem != "index"], ids=by_name)
def test_red_flags_come_first_and_sources_last(path):
    _, first, *_, last = [cell.source for cell in cells(path, "code")]
    assert first.startswith("kc.red_flags(")
    assert last.startswith("kc.sources(")


def test_every_stored_sentence_is_compared():
    """Storing drops only what changes from run to run, so strict nbval compares every sentence."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("kc.quiz()")])
    data = {"text/plain": "a sentence", "image/png": "", notebooks.WIDGET_VIEW: {"model_id": "f00"}}
    notebook.cells[0].outputs = [nbformat.v4.new_output("execute_result", data, execution_count=7)]
    kept = notebooks.stored(notebook).cells[0].outputs[0]
    assert kept.data == {"text/plain": "a sentence", "image/png": ""}
    before = nbformat.writes(notebook)
    assert nbformat.writes(notebooks.stored(notebook)) == before


def test_a_changed_explanation_no_longer_fits_what_is_stored():
    """The text twin must not show explanations; the digest beside it still changes with each of them."""
    item = next(item for item in course().items("bakers_cyst") if item.kind == "single")
    first, *others = item.options
    reworded = item.model_copy(
        update={"options": (first.model_copy(update={"why": "Another reason."}), *others)}
    )
    before, after = (
        Quiz("bakers_cyst", [i], kicker="A question")._repr_mimebundle_()[0] for i in (item, reworded)
    )
    assert before["text/plain"] == after["text/plain"]
    assert before[DIGEST] != after[DIGEST]


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_the_digest_is_stored(path):
    assert all(DIGEST in cell.outputs[0].data for cell in cells(path, "code")[1:])
