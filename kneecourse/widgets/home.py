"""Widgets of the index: progress with its file, and the environment check."""

import io

import traitlets

from kneecourse import learner
from kneecourse.widgets.remembering import Remembering, module, plain, wrapped


class ProgressPanel(Remembering):
    """What has been answered, as lines from ``summary(attempts)``; saves and loads the progress file."""

    _esm = module("progress")
    lines = traitlets.List().tag(sync=True)
    report = traitlets.Unicode().tag(sync=True)
    file = traitlets.Unicode().tag(sync=True)
    wanted = traitlets.Any(0).tag(sync=True)
    incoming = traitlets.Any({}).tag(sync=True)

    def __init__(self, summary):
        self._summary = summary
        super().__init__(lesson="course", items=(), sheet={}, twin="")
        self._refresh()
        self._twin = "\n".join(["Your progress", *(wrapped(plain(line)) for line in self.lines)])
        self.observe(self._save, "wanted")
        self.observe(self._load, "incoming")

    def _refresh(self):
        try:
            self.lines = self._summary(self._log.attempts())
        except learner.LogError as error:
            self.lines = [str(error)]

    def _save(self, change):
        try:
            self.file = "".join(learner.export_lines(self._log.attempts()))
        except learner.LogError as error:
            self.report = str(error)

    def _load(self, change):
        text = change["new"].get("text") if isinstance(change["new"], dict) else None
        if not isinstance(text, str):
            return
        try:
            merged = self._log.merge(io.BytesIO(text.encode("utf-8", "replace")))
        except (learner.ProgressError, learner.LogError) as error:
            self.report = str(error)
            return
        self._refresh()
        told = f"{merged.added} answers added, {merged.already_there} were there already."
        self.report = " ".join([told, *(f"{problem}." for problem in merged.problems[:5])])


class Doctor(Remembering):
    """Checks as (ok, sentence); the front end adds that it is alive and whether the kernel answers."""

    _esm = module("doctor")
    asked = traitlets.Any(0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __init__(self, checks):
        rows = [{"ok": ok, "told": told} for ok, told in checks]
        hint = (
            "If these lines stay instead of a card after running all cells, the widgets of this page are not "
            "loaded: install the course again (make lab) and reload the page."
        )
        twin = "\n".join(["Environment check", *(wrapped(plain(told)) for _, told in checks), wrapped(hint)])
        super().__init__(lesson="course", items=(), sheet={"checks": rows}, twin=twin)
        self.observe(lambda change: setattr(self, "answered", self.answered + 1), "asked")
