"""Sliders moved in a real JupyterLab and a real Chromium: how long until the picture changes?"""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import nbformat
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "browser"))

import chromium  # noqa: E402
import conftest  # noqa: E402
import pages  # noqa: E402

from kneecourse.notebooks import METADATA  # noqa: E402

ROUNDS, PRESSES = 5, 5  # ways take turns: a round is a few presses of each
DRAG_SECONDS = 5
# Steps of 3 from place to place, in no order: the explorer fetches 1 and 2 steps ahead, and 9 from the start.
JUMPS = [place for k in range(31) if (place := 3 * (7 * k % 31)) != 9]


class Way(NamedTuple):
    """A way to show the figure: the lines of its notebook, and where its slider and its picture are."""

    magic: str
    call: str
    slider: str
    picture: str
    warm_up: int = 3  # presses of each round that are not counted


EXPLORER = Way("%matplotlib inline", "two_panels.explorer()", ".kc-slider", ".kc-frame")


WAYS = {
    "explorer": EXPLORER,
    "explorer, jumps": EXPLORER._replace(warm_up=1),  # to frames that cannot have been fetched ahead
    "interact": Way("%matplotlib inline", "two_panels.interact()", ".noUi-handle", ".widget-output img"),
    "ipympl": Way(
        "%matplotlib widget", "two_panels.ipympl()", ".noUi-handle", ".jupyter-matplotlib-canvas-div canvas"
    ),
}

# Pixels are read back and compared, of an image as of a canvas; the clock starts with the key's own event.
PROBE = """picture => {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  let keyed, source, seen;
  addEventListener("keydown", (event) => { keyed = event.timeStamp; }, true);
  function pixels() {
    const shown = document.querySelector(picture);
    const image = shown?.localName === "img";
    if (!shown || (image && (!shown.complete || shown.src === source))) return seen;
    source = shown.src;
    probe.canvas.width = shown.naturalWidth ?? shown.width;
    probe.canvas.height = shown.naturalHeight ?? shown.height;
    probe.drawImage(shown, 0, 0);
    const { data } = probe.getImageData(0, 0, probe.canvas.width, probe.canvas.height);
    seen = new Uint32Array(data.buffer).reduce((sum, pixel) => (31 * sum + pixel) | 0, 0);
    return seen;
  }
  window.arm = () => {
    const before = pixels();
    const limit = performance.now() + 10000;
    keyed = undefined;
    window.changed = new Promise((done) => requestAnimationFrame(function look() {
      if (performance.now() > limit) done(null);
      else if (keyed && pixels() !== before) requestAnimationFrame(() => done(performance.now() - keyed));
      else requestAnimationFrame(look);
    }));
  };
  window.jump = (place) => {
    const slider = document.querySelector(".kc-slider");
    slider.value = place;
    keyed = performance.now();
    slider.dispatchEvent(new Event("input"));
  };
}"""
WATCH = """() => {
  window.frames_seen = [];
  const note = () => window.frames_seen.push(performance.now());
  new MutationObserver(note).observe(document.querySelector(".kc-frame"), { attributeFilter: ["src"] });
  addEventListener("pointerup", (event) => { window.released = event.timeStamp; }, true);
}"""
DRAGGED = """() => ({
  frames: frames_seen.filter((at) => at <= released).length,
  late: frames_seen.filter((at) => at > released).length,
  value: Number(document.querySelector(".kc-slider").value),
  sentence: document.querySelector(".kc-reading").textContent,
})"""


def measure(folder):
    """Milliseconds from key to changed pixels for each way, and what a drag of the Explorer ended on."""
    for name, way in WAYS.items():
        lines = ["import two_panels", way.magic, way.call]
        cells = [nbformat.v4.new_code_cell(line, id=f"line-{i}") for i, line in enumerate(lines)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), folder / f"{name}.ipynb")
    with _lab(folder) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=conftest.FLAGS)
        windows = {name: _opened(browser, lab, name) for name in WAYS}
        press = {name: _press for name in WAYS} | {"explorer, jumps": partial(_jump, iter(JUMPS))}
        times = {name: [] for name in WAYS}
        for turn in range(ROUNDS):
            order = list(WAYS)[turn % len(WAYS) :] + list(WAYS)[: turn % len(WAYS)]
            for name in order:
                times[name] += _round(windows[name], WAYS[name], press[name])
        dragged = _drag(windows["explorer"])
        browser.close()
    return times, dragged


@contextmanager
def _lab(folder):
    """A JupyterLab with settings and a learner's home of its own; ended afterwards."""
    url = f"http://127.0.0.1:{conftest._free_port()}"
    env = os.environ | {
        "PYTHONPATH": str(HERE),
        "KNEECOURSE_HOME": str(folder / "home"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    for name, text in conftest.SETTINGS.items():
        path = folder / f"settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    with (folder / "lab.log").open("w") as told:
        server = subprocess.Popen(
            conftest._command(url, folder), cwd=folder, env=env, stdout=told, stderr=told
        )
    try:
        conftest._wait_for(url, server, folder / "lab.log")
        yield conftest.Lab(url, folder, None)
    finally:
        server.terminate()
        server.wait(30)


def _opened(browser, lab, name):
    """A window with the notebook of one way, run, its slider and picture there."""
    page = browser.new_page(viewport=pages.WINDOW)
    page.set_default_timeout(90_000)
    pages.Notebook(page, lab, f"{name}.ipynb").command("notebook:run-all-cells")
    for selector in (WAYS[name].slider, WAYS[name].picture):
        page.locator(selector).first.wait_for()
    page.wait_for_timeout(1500)
    page.evaluate(PROBE, WAYS[name].picture)
    return page


def _press(page):
    page.keyboard.press("ArrowRight")


def _jump(places, page):
    page.evaluate("place => jump(place)", next(places))


def _round(page, way, press):
    """Milliseconds from each press to a frame with other pixels, for one turn of a way."""
    page.bring_to_front()
    page.locator(way.slider).first.focus()
    times = []
    for _ in range(way.warm_up + PRESSES):
        page.evaluate("arm()")
        press(page)
        times.append(page.evaluate("changed"))
        page.wait_for_timeout(120)
    if None in times:
        raise RuntimeError(f"a key press changed no pixel of {way.picture}")
    return times[way.warm_up :]


def _drag(page):
    """Drag the Explorer's slider to and fro with the mouse, let go, and tell what came before and after."""
    page.bring_to_front()
    box = page.locator(".kc-slider").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.evaluate(WATCH)
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    start, moves = time.monotonic(), 0
    while (passed := time.monotonic() - start) < DRAG_SECONDS:
        there = abs((passed * 0.7) % 2 - 1)  # to and fro between the ends
        page.mouse.move(box["x"] + box["width"] * there, middle)
        moves += 1
    page.mouse.up()
    page.wait_for_timeout(3000)
    return page.evaluate(DRAGGED) | {"moves": moves}
