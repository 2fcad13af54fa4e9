"""The index in JupyterLab: environment check, map, progress file; and what a hostile text can do there."""

import json
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from pages import Notebook, press, start
from playwright.sync_api import expect

from kneecourse import learner
from kneecourse.content import course
from kneecourse.records import Single

HOSTILE = "<img src=x onerror=\"document.title='broken in'\"><script>alert('broken in')</script>"
QUESTION = {
    "id": "scratch.hostile",
    "part": "check",
    "kind": "single",
    "ask": f"Ask {HOSTILE}",
    "options": [
        {"id": "a", "text": f"Option a {HOSTILE}", "why": f"Why a {HOSTILE}", "correct": True},
        {"id": "b", "text": f"Option b {HOSTILE}", "why": f"Why b {HOSTILE}"},
    ],
    "hints": [f"Hint {HOSTILE}"],
    "takeaway": f"Takeaway {HOSTILE}",
}
SCRATCH = (
    "import os; os.environ['KNEECOURSE_HOME'] = {home!r}",
    "import kneecourse as kc",
    "kc.progress()",
    "from kneecourse.records import Single; from kneecourse.widgets.quiz import Quiz",
    "Quiz('scratch', [Single.model_validate({question!r})], kicker={kicker!r})",
)


def attempt(number):
    """An answer to a question of no lesson, given at minute ``number``."""
    return learner.Attempt(
        uuid=f"00000000-0000-4000-8000-{number:012d}",
        lesson="scratch",
        item="scratch.question",
        version="01234567",
        response={"answer": "a"},
        correct=True,
        certainty="sure",
        at=datetime(2026, 1, 5, 9, number, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def index(lab, witness):
    """The index, opened and run, for a learner with at least three answers."""
    lab.log.record(map(attempt, range(3)))
    notebook = Notebook(witness.context.new_page(), lab, "index.ipynb")
    notebook.run_all()
    return notebook


@pytest.fixture(scope="module")
def elsewhere(lab, witness, tmp_path_factory):
    """A notebook of a learner who has not begun, with a question made to do harm."""
    home = str(tmp_path_factory.mktemp("elsewhere"))
    lines = [line.format(home=home, question=QUESTION, kicker=f"Kicker {HOSTILE}") for line in SCRATCH]
    cells = [nbformat.v4.new_code_cell(line) for line in lines]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), lab.folder / "scratch.ipynb")
    notebook = Notebook(witness.context.new_page(), lab, "scratch.ipynb")
    notebook.command("notebook:run-all-cells")
    expect(notebook.page.locator(".kc")).to_have_count(2)
    notebook.log = learner.Log(Path(home) / "attempts.sqlite3")
    return notebook


def saved(index):
    """The progress file that Save progress downloads."""
    panel = index.widget("kc.progress()")
    start(panel)
    with index.page.expect_download() as download:
        press(panel.get_by_role("button", name="Save progress"))
    assert download.value.suggested_filename.endswith(".jsonl")
    return Path(download.value.path()).read_bytes()


def load(elsewhere, data):
    """Choose a file for Load progress; returns the line that reports."""
    panel = elsewhere.widget("kc.progress()")
    start(panel)
    with elsewhere.page.expect_file_chooser() as chooser:
        press(panel.get_by_role("button", name="Load progress"))
    chooser.value.set_files({"name": "file.jsonl", "mimeType": "application/jsonl", "buffer": data})
    return panel.get_by_role("status").last


def test_the_environment_is_ready(index):
    lines = index.widget("kc.doctor()").locator("li")
    expect(lines).to_have_count(3)
    expect(lines.last).to_contain_text("the kernel answers")
    for line in lines.all():
        expect(line.get_by_role("img")).to_have_accessible_name("fine")


def test_axe_finds_nothing(index):
    for theme in ("Light", "Dark"):
        index.theme(theme)
        index.expect_axe_content()


def test_save_progress_gives_a_progress_file(index, lab, tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_bytes(saved(index))
    with path.open("rb") as stream:
        found = learner.read_progress(stream)
    assert not found.problems
    assert found.attempts == lab.log.attempts()
    assert saved(index) == path.read_bytes()  # a second press saves again


def test_load_progress_adds_everything_once(elsewhere, lab):
    data = "".join(learner.export_lines(lab.log.attempts())).encode()
    number = len(lab.log.attempts())
    expect(load(elsewhere, data)).to_contain_text(f"{number} answers added, 0 were there already")
    assert elsewhere.log.attempts() == lab.log.attempts()
    expect(load(elsewhere, data)).to_contain_text(f"0 answers added, {number} were there already")
    assert elsewhere.log.attempts() == lab.log.attempts()


FILES = {
    "a web page": f"<!doctype html><html><body>{HOSTILE}</body></html>",
    "not JSON": "\x00\x01 }{ \ufffd",
    "html in every string": json.dumps({"format": HOSTILE, "version": HOSTILE}),
    "html in an attempt": "\n".join(
        [
            json.dumps({"format": "kneecourse-progress", "version": 1}),
            json.dumps({**attempt(9).model_dump(mode="json"), "lesson": HOSTILE, HOSTILE: HOSTILE}),
        ]
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_plain_words(elsewhere, witness, name):
    before, title = elsewhere.log.attempts(), elsewhere.page.title()
    report = load(elsewhere, FILES[name].encode())
    expect(report).to_contain_text("line 2: " if name == "html in an attempt" else "not a progress file")
    assert "<" not in report.inner_text()
    assert elsewhere.log.attempts() == before
    expect_unharmed(elsewhere, witness, title)


def expect_unharmed(notebook, witness, title):
    """No text became an element, nothing ran."""
    assert notebook.page.locator(".kc img, .kc script").count() == 0
    assert notebook.page.title() == title
    assert not witness.trouble


def test_hostile_texts_of_a_question_are_shown_as_text(elsewhere, witness):
    question, title = Single.model_validate(QUESTION), elsewhere.page.title()
    card = elsewhere.page.locator(".kc", has_text="Kicker")
    start(card)
    press(card.get_by_role("button", name="Hint"))
    press(card.locator("input[value=a]"), "Space")
    press(card.get_by_role("button", name="Check"))
    told = card.text_content()
    for text in (f"Kicker {HOSTILE}", question.ask, question.takeaway, *question.hints):
        assert text in told
    for option in question.options:
        assert option.text in told
    assert question.options[0].why in told
    expect_unharmed(elsewhere, witness, title)


def test_the_map_leads_to_the_lesson(index):
    link = index.widget("kc.course_map()").get_by_role("link", name=course().lessons["bakers_cyst"].title)
    link.focus()
    link.press("Enter")
    heading = index.page.locator(".jp-MarkdownOutput h1", has_text="Baker's cyst")
    expect(heading).to_be_visible()
