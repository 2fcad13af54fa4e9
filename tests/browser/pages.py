"""What a learner sees and does on a page of the course; by keyboard, unless it says click."""

import json
import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kneecourse import grading
from kneecourse.content import course
from kneecourse.widgets.remembering import plain, regions_of

HAS_FOCUS = "element => element.contains(document.activeElement)"
WINDOW = {"width": 1300, "height": 1000}
HIDDEN_FROM_AXE = """headings => {
  axe.setup();
  const hidden = headings.filter((heading) => !axe.commons.dom.isVisibleOnScreen(heading));
  axe.teardown();
  return hidden.map((heading) => heading.textContent);
}"""
LOCAL = {"data", "blob", "about"}


class Witness:
    """Sees what must not happen in a browser window: errors, dialogs, requests that leave the server."""

    def __init__(self, context, url):
        self.context, self.trouble, self._host = context, [], urlsplit(url).netloc
        context.on("console", lambda message: message.type == "error" and self._note(message.text))
        context.on("weberror", lambda error: self._note(error.error))
        context.on("request", self._request)
        context.on("dialog", self._dialog)

    def _note(self, what):
        self.trouble.append(str(what))

    def _request(self, request):
        where = urlsplit(request.url)
        if where.scheme not in LOCAL and where.netloc != self._host:
            self._note(f"a request to {request.url}")

    def _dialog(self, dialog):
        if dialog.type == "beforeunload":  # JupyterLab asks when a notebook was run and not saved
            dialog.accept()
            return
        self._note(f"a dialog: {dialog.message}")
        dialog.dismiss()


class Notebook:
    """One notebook open in JupyterLab."""

    def __init__(self, page, lab, name):
        self.page = page
        cells = json.loads((lab.folder / name).read_text(encoding="utf-8"))["cells"]
        self.sources = ["".join(cell["source"]) for cell in cells]
        self.lines = [s for s, cell in zip(self.sources, cells, strict=True) if cell["cell_type"] == "code"]
        page.goto(f"{lab.url}/lab/tree/{name}?reset")
        self.ready()

    def ready(self):
        """Wait until the notebook and its kernel are there; then fold the side bar away."""
        self.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext")
        self.page.evaluate(
            """async () => {
              const app = window.jupyterapp;
              await app.restored;
              const panel = app.shell.currentWidget;
              await panel.context.ready;
              await panel.sessionContext.ready;
              app.shell.collapseLeft();
            }"""
        )

    def command(self, name, **arguments):
        """Run one of JupyterLab's own commands, as its menus do, to its end."""
        call = "([name, given]) => window.jupyterapp.commands.execute(name, given).then(() => null)"
        self.page.evaluate(call, [name, arguments])

    def run_all(self):
        """Run > Run All Cells; wait until every widget is drawn."""
        self.command("notebook:run-all-cells")
        shown = [line for line in self.lines if line.startswith("kc.")]
        expect(self.page.locator(".kc")).to_have_count(len(shown))

    def outputs(self):
        """(source, execution count, output types) of every code cell, from JupyterLab's own model."""
        return self.page.evaluate(
            """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
                .filter((cell) => cell.type === "code")
                .map((cell) => [cell.sharedModel.source, cell.executionCount,
                                cell.outputs.toJSON().map((output) => output.output_type)])"""
        )

    def widget(self, line):
        """What one line of code shows."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self.sources.index(line)).locator(".kc")

    def theme(self, name):
        """Settings > Theme: Light or Dark."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        light = "true" if name == "Light" else "false"
        self.page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=light)

    def expect_axe_content(self, widgets=".kc"):
        """Axe finds no violation within our widgets, and has judged all of them."""
        with self._all_in_view():
            found = Axe().run(self.page, context=widgets)
            hidden = self.page.locator(widgets).locator("h3").evaluate_all(HIDDEN_FROM_AXE)
        assert not hidden, f"axe has not judged the contrast of these: {hidden}"
        assert not found.violations_count, found.generate_report()

    @contextmanager
    def _all_in_view(self):
        # Axe takes text for invisible, and passes over its contrast, when it is scrolled away or beyond the
        # edge of <body>, which JupyterLab gives no height. So the window is made as tall as the notebook.
        outer = self.page.locator(".jp-WindowedPanel-outer")
        height = outer.evaluate("outer => outer.firstElementChild.scrollHeight") + 500
        self.page.set_viewport_size({**WINDOW, "height": height})
        self.page.wait_for_function(
            """() => {
              const outer = document.querySelector(".jp-WindowedPanel-outer");
              const tall = outer.clientHeight >= outer.firstElementChild.scrollHeight;
              const seen = tall && outer.scrollTop === 0;
              outer.scrollTop = 0;  // JupyterLab goes on scrolling to the cell in use
              document.body.style.overflow = "visible";
              return seen;
            }"""
        )
        yield
        self.page.evaluate("() => { document.body.style.overflow = ''; }")
        self.page.set_viewport_size(WINDOW)


# --- the keyboard ----------------------------------------------------------------------------------------


def tab_to(target, limit=80):
    """Press Tab until the target, or something in it, has the focus."""
    for _ in range(limit):
        if target.evaluate(HAS_FOCUS):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def press(target, key="Enter"):
    """Tab to something and press a key there."""
    tab_to(target)
    target.page.keyboard.press(key)


def pick(group, value):
    """Choose one radio button of a group: Tab to the group, then arrows."""
    wanted = group.locator(f'input[type="radio"][value="{value}"]')
    press(group, "Space")
    for _ in range(group.locator('input[type="radio"]').count()):
        if wanted.is_checked():
            return
        group.page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def select(box, value):
    """Choose in a drop-down list: Tab to it, then arrows."""
    tab_to(box)
    for _ in range(box.locator("option").count()):
        if box.input_value() == value:
            return
        box.page.keyboard.press("ArrowDown")
    expect(box).to_have_value(value)


def start(card):
    """Put the focus at the head of a card, so that Tab walks through it."""
    card.locator("h3").first.focus()


# --- questions -------------------------------------------------------------------------------------------


def right(item):
    """The right response to an item."""
    if item.kind == "numeric":
        return {grading.ANSWER: item.answer}
    table = grading.table(item, regions_of(item))
    return {slot: next(c for c, v in choices.items() if v.correct) for slot, choices in table.items()}


def explanations(item, response):
    """What must be read after a response."""
    return [plain(verdict.why) for verdict in grading.grade(item, response, regions_of(item)).values()]


class Question:
    """One question on the page."""

    def __init__(self, item, root):
        self.item, self.root = item, root
        self.verdict = root.locator(".kc-verdict")

    def button(self, name):
        """One of its buttons."""
        return self.root.get_by_role("button", name=name, exact=True)

    def enter(self, response):
        """Fill in a response, by keyboard. A numeric one may be text, with its unit."""
        match self.item.kind:
            case "single" | "script_concordance":
                pick(self.root.locator(".kc-options"), response["answer"])
            case "multiple":
                for name in (name for name, ticked in response.items() if ticked == "yes"):
                    press(self.root.locator(f'input[value="{name}"]'), "Space")
            case "numeric":
                tab_to(self.root.locator('input[type="text"]'))
                self.root.page.keyboard.type(str(response["answer"]))
            case "match" | "hotspot":
                for box, choice in zip(self._boxes(), response.values(), strict=True):
                    select(box, choice)
            case "order":
                self._sort(list(response.values()))

    def _boxes(self):
        return self.root.locator("select").all()

    def _sort(self, wanted):
        for place, name in enumerate(wanted):
            for _ in range(self._order().index(name) - place):
                text = next(step.text for step in self.item.steps if step.id == name)
                up = self.root.get_by_role("button", name=f"Move up: {text}", exact=True)
                press(up)

    def _order(self):
        names = {f"Move up: {step.text}": step.id for step in self.item.steps}
        labels = "buttons => buttons.map((button) => button.ariaLabel)"
        shown = self.root.locator('.kc-order button[aria-label^="Move up"]').evaluate_all(labels)
        return [names[label] for label in shown]

    def entered(self):
        """The response that is shown, as the log keeps it; a number as far as it can be read."""
        match self.item.kind:
            case "single" | "script_concordance":
                return {"answer": self.root.locator(".kc-options input:checked").input_value()}
            case "multiple":
                boxes = self.root.locator('input[type="checkbox"]').all()
                return {box.input_value(): "yes" if box.is_checked() else "no" for box in boxes}
            case "numeric":
                shown = self.root.locator('input[type="text"]').input_value()
                number, unit = re.fullmatch(r"(\S+?)\s*([^\d\s]*)", shown).groups()
                return {"answer": float(number) * {self.item.unit: 1, **self.item.units}[unit]}
            case "match" | "hotspot":
                slots = right(self.item)
                return {slot: box.input_value() for slot, box in zip(slots, self._boxes(), strict=True)}
            case "order":
                return {str(place): name for place, name in enumerate(self._order(), 1)}

    def sure(self, certainty):
        """Say how sure one is."""
        pick(self.root.locator("fieldset.kc-chips"), certainty)

    def check(self):
        """Press Check."""
        press(self.button("Check"))

    def expect_explained(self, response):
        """The verdict fits the response, and every explanation that belongs to it can be read."""
        verdicts = grading.grade(self.item, response, regions_of(self.item))
        expected = "right" if grading.is_correct(verdicts) else "wrong"
        expect(self.verdict).to_have_class(re.compile(rf"\bkc-{expected}\b"))
        for text in explanations(self.item, response):
            expect(self.root.locator(".kc-why", has_text=text).first).to_be_visible()


def part_of(item):
    """The line of code that shows the quiz an item belongs to, and the item's place in it."""
    part = "" if item.part == "check" else f', "{item.part}"'
    among = [i for i in course().items("bakers_cyst") if i.part == item.part]
    return f'kc.quiz("bakers_cyst"{part})', among.index(item), len(among)


def turn_to(notebook, item):
    """Walk a quiz to one of its items, by keyboard."""
    line, place, among = part_of(item)
    quiz = notebook.widget(line)
    start(quiz)
    if among > 1 and quiz.locator(f'[data-item="{item.id}"]').count() == 0:
        press(quiz.locator(".kc-dot").nth(place))
    root = quiz.locator(f'[data-item="{item.id}"]')
    expect(root).to_be_visible()
    return Question(item, root)
