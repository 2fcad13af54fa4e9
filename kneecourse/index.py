"""The parts of the index notebook: the map of lessons, progress, the environment check."""

import os
import re
import tempfile
from importlib import metadata

from kneecourse import learner
from kneecourse.content import ASSETS, course
from kneecourse.widgets.home import Doctor, ProgressPanel
from kneecourse.widgets.panel import Panel

ROOT = ASSETS.parent
CHECKED = ("anywidget", "ipywidgets", "jupyterlab", "matplotlib", "numpy", "pydantic", "scipy")


def course_map():
    """The lessons in order, how far the learner is in each, and a link to those that are ready."""
    try:
        attempts = learner.Log().attempts()
    except learner.LogError:
        attempts = ()  # the environment check says what is wrong
    rows = [_lesson_row(lesson, attempts) for lesson in course().lessons.values()]
    return Panel("The course", "Eleven causes, one knee", [{"kind": "lessons", "rows": rows}])


def _lesson_row(lesson, attempts):
    ready = (ROOT / "notebooks" / lesson.notebook).exists()
    tallies = learner.progress(attempts, course().items(lesson.slug)).values()
    reached = sum(map(learner.is_reached, tallies))
    started = any(answered for _, answered, _ in tallies)
    state = "in preparation"
    if ready:
        state = (
            f"{reached} of {len(lesson.objectives)} objectives" if started else f"{lesson.minutes} minutes"
        )
    return {
        "title": lesson.title,
        "question": lesson.question,
        "href": lesson.notebook if ready else None,
        "state": state,
        "share": reached / max(1, len(lesson.objectives)),
    }


def progress():
    """What has been answered so far, what to look at again, and the progress file."""
    return ProgressPanel(_summary)


def _summary(attempts):
    if not attempts:
        return [f"Nothing answered yet. {_kept()}"]
    items = course().all_items
    last = learner.latest(attempts)
    right = sum(attempt.correct for attempt in last.values())
    days = len(learner.days(attempts))
    on = f"{days} day{'s' if days != 1 else ''}"
    lines = [f"**{len(last)}** questions answered on {on}, **{right}** right at the last try."]
    again = [items[i].ask for i in learner.sure_and_wrong(attempts) if i in items][:3]
    missed = [items[i].ask for i in learner.red_flags_missed(attempts, items.values())][:3]
    lines += [f"Sure and wrong: {ask}" for ask in again]
    lines += [f"Safety question to repeat: {ask}" for ask in missed]
    return lines


def doctor():
    """Whether packages, storage and widgets are ready; each failure in plain words with its remedy."""
    return Doctor([_packages(), _storage()])


def _packages():
    lock = ROOT / "requirements.txt"
    locked = dict(re.findall(r"^([\w-]+)==([\w.]+)", lock.read_text(), re.M)) if lock.exists() else {}
    other = []
    for name in CHECKED:
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            return False, f"**Packages**: {name} is missing. Run make lab, which installs it."
        if name in locked and found.split(".")[0] != locked[name].split(".")[0]:
            other.append(f"{name} {found} (tested with {locked[name]})")
    if other:
        return False, f"**Packages**: {', '.join(other)}. If something looks odd, run make lab."
    return True, "**Packages**: ready."


def _storage():
    try:
        learner.Log().attempts()
        with tempfile.TemporaryFile(dir=learner.home()):
            return True, f"**Storage**: ready. {_kept()}"
    except (learner.LogError, OSError) as error:
        return False, f"**Storage**: answers cannot be kept. {error}"


def _kept():
    if "BINDER_LAUNCH_HOST" in os.environ:
        return "Binder forgets your answers when you leave: save your progress first, and load it next time."
    return "Your answers are kept on this computer."
