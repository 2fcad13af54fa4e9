"""How every figure of the course looks, and how a drawing says what moves."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from matplotlib.artist import Artist

INK, MUTED, GRID, GHOST = "#1f2933", "#5b6775", "#e6e9ed", "#c3cad3"
ACCENT, WARN = "#0f766e", "#b42318"
# Okabe-Ito by role; never the only cue
HEALTHY, ILL = "#0072b2", "#d55e00"

WIDE = (4.8, 3.1)  # inches; 11 pt text is still about 10 px on a 360 px phone
FLAT = (4.8, 2.6)
ONE_PANEL = ((0.135, 0.19, 0.83, 0.77),)  # left, bottom, width, height of each Axes
BARE = ((0.02, 0.02, 0.96, 0.96),)

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "axes.titlesize": 11,
}


class Reading(NamedTuple):
    """What a state shows: a sentence, and the numbers tasks are marked by."""

    sentence: str
    values: Mapping = MappingProxyType({})


class Drawing(NamedTuple):
    """Artists that change, and the function that moves them to a state and returns its Reading."""

    moving: tuple[Artist, ...]
    update: Callable[..., Reading]


def clean(ax, xlabel="", ylabel=""):
    """No frame, pale grid, ink labels."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(MUTED)
    ax.tick_params(colors=MUTED, labelcolor=INK, length=4)
    ax.grid(axis="y", color=GRID, lw=1)
    ax.set_axisbelow(True)
    ax.set_xlabel(xlabel, color=INK)
    ax.set_ylabel(ylabel, color=INK)


def bare(ax):
    """No axis at all: for schematics and boxes of people."""
    ax.set_axis_off()


def dot(ax, color=ACCENT, size=10):
    """The marked state on a curve."""
    return ax.plot([], [], "o", ms=size, color=color, mec="white", mew=2, zorder=5)[0]


def note(ax, text="", *, color=INK, size=11, weight="normal", **where):
    """A text label that may move."""
    return ax.text(0, 0, text, color=color, fontsize=size, weight=weight, **where)


def spread(heights, gap):
    """The same heights, in the same order, pushed apart until they are at least ``gap`` apart."""
    ranked = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for below, above in pairwise(ranked):
        placed[above] = max(placed[above], placed[below] + gap)
    # what was pushed up in all is taken back by half, so that the group stays about where it was
    shift = max((p - h for p, h in zip(placed, heights, strict=True)), default=0) / 2
    return [p - shift for p in placed]
