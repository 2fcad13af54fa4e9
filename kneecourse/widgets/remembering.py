"""What all front ends share: their source files, their answers in and out of the log, their text twin."""

import hashlib
import json
import re
import textwrap
from pathlib import Path

import anywidget
import traitlets

from kneecourse import content, grading
from kneecourse.learner import Attempt, Log, LogError

FRONTEND = Path(__file__).parent / "frontend"
DIGEST = "application/vnd.kneecourse.digest"  # a type of our own, which no viewer shows


def module(*names):
    """One ES module from plain scripts: each uses what those before it define, the last exports render."""
    return "\n".join((FRONTEND / f"{name}.js").read_text(encoding="utf-8") for name in ("dom", *names))


def plain(text):
    """Text without its **bold** marks."""
    return text.replace("**", "")


def wrapped(text, indent=""):
    """Paragraphs of at most 88 columns, for a preview that does not wrap; list items hang."""
    hang = indent + "  " * text.startswith("- ")
    lines = (
        textwrap.fill(line, 88, initial_indent=indent, subsequent_indent=hang) for line in text.splitlines()
    )
    return "\n".join(lines)


class Remembering(anywidget.AnyWidget):
    """A widget whose answers survive. The one base class here: traits cannot be shared otherwise.

    The front end keeps every attempt in ``outbox`` until its uuid comes back in ``received``; whatever else
    arrives there is ignored. ``answers`` holds the last response to each item when the widget is made.
    """

    _css = (FRONTEND / "course.css").read_text(encoding="utf-8")
    sheet = traitlets.Dict().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    outbox = traitlets.Any([]).tag(sync=True)  # Any: a front end may send anything, and is checked below
    received = traitlets.List().tag(sync=True)
    trouble = traitlets.Unicode().tag(sync=True)  # why answers are not kept, if they are not

    def __init__(self, *, lesson, items, sheet, twin, picture=None, source="lesson", **traits):
        self._items = {item.id: item for item in items}
        self._lesson, self._source, self._log = lesson, source, Log()
        self._twin, self._picture = twin, picture
        try:
            answers, trouble = self._remembered(), ""
        except LogError as error:  # the lesson goes on without a memory
            answers, trouble = {}, str(error)
        super().__init__(sheet=sheet, answers=answers, trouble=trouble, **traits)
        self.observe(self._store, "outbox")

    def _remembered(self):
        """Item id -> last response and certainty, for items whose wording has not changed since."""
        if self._source == "exam" or not self._items:
            return {}
        return {
            a.item: {"response": a.response, "certainty": a.certainty}
            for a in self._log.attempts(self._lesson)
            if a.item in self._items and self._items[a.item].version == a.version
        }

    def _store(self, change):
        sent = change["new"] if isinstance(change["new"], list) else []
        attempts = [attempt for raw in sent if (attempt := self._attempt(raw))]
        if attempts:
            try:
                self.received, self.trouble = list(self._log.record(attempts)), ""
            except LogError as error:
                self.trouble = str(error)

    def _attempt(self, raw):
        """The attempt a front end sent, graded here; None for anything that is not one."""
        try:
            item = self._items[raw["item"]]
            correct = grading.is_correct(grading.grade(item, raw["response"], regions_of(item)))
            return Attempt(**{**raw, "lesson": self._lesson, "correct": correct, "source": self._source})
        except (ValueError, TypeError, KeyError):  # garbage from a front end must not stop the kernel
            return None

    def _repr_mimebundle_(self, **kwargs):
        """The widget itself, and what a reader without a kernel sees in its place.

        The digest covers every word the widget holds, explanations too, which the text twin must not show:
        when one changes, the stored outputs no longer fit, and strict nbval says so.
        """
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = self._twin
        data[DIGEST] = hashlib.sha1(json.dumps(self.sheet).encode(), usedforsecurity=False).hexdigest()
        if self._picture:
            data["image/png"] = self._picture
        return data, metadata


def regions_of(item):
    """Region id -> record of a hotspot's picture; None for other kinds."""
    if item.kind != "hotspot":
        return None
    return {region.id: region for region in content.course().anatomy[item.diagram].regions}


def credits(keys):
    """The line under an answer that says where it comes from."""
    marks = [content.course().references[key].mark for key in keys]
    return re.sub(r"\s+", " ", "; ".join(marks))
