"""`make bench`: how quick the course is, beside the bounds it must keep. Prints a table, writes JSON.

The exit status is 0 when everything could be measured, whether a bound is kept or missed. Times depend on the
machine and on what else it does; ratios are taken within one run.
"""

import argparse
import inspect
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import slider
import two_panels

from kneecourse import explore, notebooks
from kneecourse.parameter import Choice
from kneecourse.widgets.remembering import plain

STEPS = 7  # places along each slider at which a frame is timed
IMPORTS = {"kneecourse": "kneecourse", "what it needs anyway": "matplotlib.figure, anywidget"}
TIMED_IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


class Row(NamedTuple):
    """A measure; ``bound`` None when nothing was promised. Lower is better."""

    what: str
    value: float
    unit: str
    bound: float | None = None

    @property
    def verdict(self):
        """ok, MISSED, or nothing where there is no bound."""
        return "" if self.bound is None else "ok" if self.value <= self.bound else "MISSED"


# --- in the browser --------------------------------------------------------------------------------------


def slider_latency():
    """Slider key to changed pixels, three ways; then a drag of five seconds.

    A key moves the Explorer by one step, whose frame it has fetched ahead; a jump shows what a frame costs.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        times, dragged = slider.measure(Path(folder))
    median = {name: statistics.median(ms) for name, ms in times.items()}
    for name, ms in times.items():
        yield Row(f"{name}, median of {len(ms)}", median[name], "ms")
        yield Row(f"{name}, p95", float(np.percentile(ms, 95)), "ms")
    for other in ("interact", "ipympl"):
        yield Row(f"explorer, jumps / {other}", median["explorer, jumps"] / median[other], "")
    yield Row("explorer / interact", median["explorer"] / median["interact"], "", 1 / 4)
    yield Row("explorer / ipympl", median["explorer"] / median["ipympl"], "", 1 / 5)
    expected = plain(two_panels.explorer().state({"flexion_deg": dragged["value"]})[1])
    yield Row(f"drag of {dragged['moves']} mouse moves, frames while it lasts", dragged["frames"], "")
    yield Row("drag, frames after release", dragged["late"], "", 2)
    yield Row("drag, sentence is not the last value's", int(dragged["sentence"] != expected), "", 0)


# --- in the kernel ---------------------------------------------------------------------------------------


def explorers():
    """Every explorer of the course, by name."""
    return {
        name: make()
        for name, make in vars(explore).items()
        if inspect.isfunction(make) and make.__module__ == explore.__name__ and not name.startswith("_")
    }


def moved(controls):
    """States passed through when each control in turn is moved over its range, from the defaults."""
    start = {name: control.default for name, control in controls.items()}
    for name, control in controls.items():
        for value in along(control):
            yield start | {name: value}


def along(control):
    """Every choice, or a few places on a slider."""
    if isinstance(control, Choice):
        return list(control.options)
    return [control.clean(value) for value in np.linspace(control.low, control.high, STEPS).tolist()]


def corners(controls):
    """Every combination of choices and of the ends and default of each slider."""
    ends = [
        list(c.options) if isinstance(c, Choice) else [c.low, c.default, c.high] for c in controls.values()
    ]
    return [dict(zip(controls, values, strict=True)) for values in itertools.product(*ends)]


def frame_time():
    """Stage.show, model included, against the same figure drawn whole; both to PNG bytes."""
    for name, explorer in (("the two panels above", two_panels.explorer()), *explorers().items()):
        stage, shown, whole = explorer._stage, [], []
        for state in moved(explorer.controls):
            shown.append(_seconds(stage.show, **state))
            whole.append(_seconds(_whole, stage, **state))
        show, full = (1000 * statistics.median(times) for times in (shown, whole))
        yield Row(
            f"{name}: {show:.1f} ms of {full:.1f} ms, slowest {1000 * max(shown):.0f}", show / full, "", 1 / 3
        )


def _whole(stage, **state):
    stage.drawing.update(**state)
    stage.figure.savefig(BytesIO(), format="png", dpi=stage.figure.dpi)


def _seconds(work, *arguments, **named):
    start = time.perf_counter()
    work(*arguments, **named)
    return time.perf_counter() - start


def frame_size():
    """Bytes of the largest frame over the corners of the control space."""
    for name, explorer in explorers().items():
        sizes = [len(explorer._stage.show(**state)[0]) for state in corners(explorer.controls)]
        yield Row(f"{name}, largest of {len(sizes)}", max(sizes) / 1000, "kB", 40)


# --- from the outside ------------------------------------------------------------------------------------


def import_time():
    """What `import kneecourse` adds to what it must import anyway; fresh interpreters, taking turns."""
    times = {name: [] for name in IMPORTS}
    for turn in range(8):
        for name, modules in IMPORTS.items():
            command = [sys.executable, "-c", TIMED_IMPORT.format(modules)]
            spent = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            if turn:  # the first reads the disk
                times[name].append(spent)
    ours, base = (statistics.median(spent) for spent in times.values())
    yield Row("import kneecourse", ours, "s")
    yield Row("import matplotlib.figure, anywidget", base, "s")
    yield Row("what kneecourse adds", ours - base, "s", 0.25)


def notebook_time():
    """Seconds from starting the kernel to the last output of each notebook."""
    for path in sorted(notebooks.FOLDER.glob("*.ipynb")):
        yield Row(path.name, _seconds(notebooks.execute, path), "s")


# --- the table -------------------------------------------------------------------------------------------

PARTS = {
    "slider": (slider_latency, "Slider key to changed pixels, in Chromium"),
    "kernel": (frame_time, "Kernel time per frame against a full redraw"),
    "bytes": (frame_size, "Bytes per frame"),
    "import": (import_time, "Import time"),
    "notebooks": (notebook_time, "Run time of each notebook"),
}


def line(row):
    """A row as it is printed."""
    bound = "" if row.bound is None else f"<= {row.bound:.3g} {row.unit}"
    return f"  {row.what:<62}{row.value:>8.3g} {row.unit:<3}{bound:>12}  {row.verdict}".rstrip()


def main():
    """Measure the parts asked for; the exit status for the shell."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named"
    )
    parser.add_argument(
        "--json", type=Path, default=Path("benchmarks.json"), help="where to write the numbers"
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    results, failures, load = {}, {}, os.getloadavg()[0]
    print(
        f"{os.cpu_count()} cores, load {load:.1f}: only a quiet machine gives the times of a quiet machine."
    )
    for part in options.parts or PARTS:
        measure, title = PARTS[part]
        results[part] = []
        print(f"\n{title}")
        try:
            for row in measure():
                print(line(row), flush=True)
                results[part].append(row._asdict() | {"verdict": row.verdict})
        except Exception as error:  # whatever stops one part, the others are still measured
            failures[part] = str(error)
            print(f"  could not be measured: {error}", flush=True)
            traceback.print_exc()
    report = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "machine": f"{platform.platform()}, {os.cpu_count()} cores",
        "load": f"{load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end",
        "results": results,
    }
    options.json.write_text(json.dumps(report | {"failures": failures}, indent=2) + "\n", encoding="utf-8")
    missed = sum(row["verdict"] == "MISSED" for rows in results.values() for row in rows)
    print(f"\n{missed} bounds missed. Written to {options.json}.")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
