"""The Explorer: controls, a figure that moves, a sentence; with a prediction first and tasks after."""

import traitlets

from kneecourse import content
from kneecourse.figures import style
from kneecourse.figures.stage import DPI, Stage
from kneecourse.parameter import Choice
from kneecourse.widgets.quiz import listed, payload
from kneecourse.widgets.remembering import Remembering, credits, module, plain, wrapped


class Explorer(Remembering):
    """One figure and the quantities that move it; ``controls`` maps names to Parameter or Choice.

    ``text`` is the ExplorerText of assets/explorers with this id. The front end sends ``values`` and counts
    in ``asked``; frame, sentence and the tasks met come back in one message that counts in ``answered``.
    """

    _esm = module("diagram", "item", "explorer")
    values = traitlets.Any({}).tag(sync=True)
    asked = traitlets.Any(0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)
    frame = traitlets.Bytes().tag(sync=True)
    reading = traitlets.Unicode().tag(sync=True)
    done = traitlets.List().tag(sync=True)

    def __init__(self, id, draw, controls, *, size=style.WIDE, panels=style.ONE_PANEL):
        lesson, self.text = content.pick(content.course().all_explorers, id, "explorer")
        self.controls = controls
        self._stage = Stage(draw, size=size, panels=panels)
        start = {name: control.default for name, control in controls.items()}
        frame, reading, done = self.state(start)
        predict = self.text.predict
        sources = f"Sources: {credits(self.text.sources)}." if self.text.sources else ""
        super().__init__(
            lesson=lesson,
            items=[*filter(None, [predict]), *self.text.tasks],
            sheet={
                "title": self.text.title,
                "size": [round(inches * DPI) for inches in size],
                "controls": [_control(name, control) for name, control in controls.items()],
                "predict": predict and payload(predict),
                "tasks": [
                    {"id": t.id, "version": t.version, "text": t.text, "done": t.done}
                    for t in self.text.tasks
                ],
                "basis": f"{self.text.basis} {sources}".strip(),
            },
            twin=self._as_text(reading),
            picture=frame,
            values=start,
            frame=frame,
            reading=reading,
            done=done,
        )
        self.observe(self._answer, "asked")

    def state(self, values):
        """(PNG bytes, sentence, ids of the tasks met) for values, which are cleaned first."""
        sent = values if isinstance(values, dict) else {}
        clean = {name: control.clean(sent.get(name)) for name, control in self.controls.items()}
        frame, reading = self._stage.show(**clean)
        known = clean | reading.values
        return frame, reading.sentence, [task.id for task in self.text.tasks if task.met(known)]

    def _answer(self, change):
        frame, reading, done = self.state(self.values)
        with self.hold_sync():
            self.frame, self.reading, self.done = frame, reading, done
            self.answered += 1

    def _as_text(self, sentence):
        parts = [self.text.title, wrapped(plain(sentence))]
        if self.text.predict:
            parts.insert(1, listed(self.text.predict))
        parts += [wrapped(f"Try: {plain(task.text)}") for task in self.text.tasks]
        return "\n\n".join(parts)


def _control(name, control):
    if isinstance(control, Choice):
        return {"name": name, "label": control.label, "options": control.options}
    return {
        "name": name,
        "label": control.label,
        "unit": control.unit,
        "low": control.low,
        "high": control.high,
        "step": control.step,
    }
