"""A thousand people as boxes, as a tree and as odds; prevalence; ranges of accuracy."""

from textwrap import fill
from typing import NamedTuple

import numpy as np
from matplotlib.collections import PolyCollection

from kneecourse.figures import style
from kneecourse.figures.style import ACCENT, GHOST, HEALTHY, ILL, INK, MUTED, Drawing, Reading
from kneecourse.models import diagnosis

COLUMNS, ROWS = 50, 20
EMPTY = "#dfe3e8"
PALE_HEALTHY, PALE_ILL = "#c5dcec", "#f6d9c4"


def _boxes(ax, count=COLUMNS * ROWS, columns=COLUMNS):
    """Squares in rows from the top left, as one collection whose colours can be changed."""
    i = np.arange(count)
    corners = np.array([[0.08, 0.08], [0.92, 0.08], [0.92, 0.92], [0.08, 0.92]])
    squares = PolyCollection(np.stack([i % columns, -1 - i // columns], axis=1)[:, None] + corners)
    squares.set(facecolors=EMPTY, edgecolors="none")
    ax.add_collection(squares)
    return squares


def _paint(squares, *groups):
    """Colour the boxes in runs: (count, colour), in order; they must add up to all boxes."""
    squares.set_facecolor([color for count, color in groups for _ in range(count)])


# --- one proportion --------------------------------------------------------------------------------------


def share_of_people(ax):
    """1,000 people, those with the condition filled in; a second, paler run where a study printed a range."""
    style.bare(ax)
    squares = _boxes(ax)
    ax.set(xlim=(0, COLUMNS), ylim=(-ROWS - 5, 0.2), aspect="equal", anchor="N")
    have = style.note(ax, weight="bold", color=HEALTHY, size=12, va="top")
    have.set_position((0, -ROWS - 1))
    others = style.note(ax, color=MUTED, size=11, va="top", ha="right")
    others.set_position((COLUMNS, -ROWS - 1.1))

    def update(low, high):
        _paint(squares, (low, HEALTHY), (high - low, PALE_HEALTHY), (1000 - high, EMPTY))
        have.set_text(f"■ {low} have a cyst" if low == high else f"■ {low} to {high} have a cyst")
        others.set_text(
            f"■ {1000 - high} have none" if low == high else f"■ {1000 - high} to {1000 - low} have none"
        )

    return Drawing((squares, have, others), update)


FINDINGS = {"effusion": "an effusion", "meniscal_tear": "a meniscal tear", "osteoarthritis": "osteoarthritis"}


def cyst_by_findings(ax):
    """How many of 1,000 knees have a cyst on MRI, by which of three findings are on the scan."""
    drawing = share_of_people(ax)
    hidden = style.note(
        ax,
        "the study printed no figure\nfor knees with none of the three",
        color=MUTED,
        ha="center",
        va="center",
    )
    hidden.set_position((COLUMNS / 2, -ROWS / 2))
    hidden.set_bbox(dict(facecolor="white", edgecolor=GHOST, boxstyle="round,pad=0.6"))

    def update(**findings):
        present = [FINDINGS[name] for name, state in findings.items() if state == "yes"]
        known = diagnosis.cyst_probability(len(present))
        hidden.set_visible(known is None)
        for artist in drawing.moving[1:]:
            artist.set_visible(known is not None)
        if known is None:
            _paint(drawing.moving[0], (1000, EMPTY))
            return Reading(
                "With none of the three findings the study printed no figure. Tick one.", {"findings": 0}
            )
        low, high = (round(1000 * p) for p in known)
        drawing.update(low, high)
        many = f"**{low}**" if low == high else f"**{low} to {high}**"
        return Reading(
            f"Of 1,000 scanned knees with {_listed(present)}, {many} have a cyst.",
            {"findings": len(present), "with_cyst": high},
        )

    return Drawing((*drawing.moving, hidden), update)


def _listed(words):
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def prevalence(rows):
    """A drawing of how many of 100 have it, by who was scanned; rows: id -> (who, method, per cent)."""

    def draw(ax):
        style.clean(ax, "Had a cyst, out of 100")
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", color=style.GRID)
        ax.spines["left"].set_visible(False)
        heights = {name: len(rows) - 1 - i for i, name in enumerate(rows)}
        for name, (who, _, share) in rows.items():
            ax.barh(heights[name], share, height=0.42, color=GHOST)
            style.note(ax, who, size=10, va="bottom").set_position((0.4, heights[name] + 0.23))
        (bar,) = ax.barh(0, 0, height=0.42, color=ACCENT)
        told = style.note(ax, color=ACCENT, weight="bold", size=12, va="center")
        ax.set(xlim=(0, 54), ylim=(-0.45, len(rows) - 0.3), yticks=(), xticks=(0, 10, 20, 30, 40, 50))

        def update(*, who):
            label, method, share = rows[who]
            bar.set_bounds(0, heights[who] - 0.21, share, 0.42)
            told.set_text(f"{share:g}")
            told.set_position((share + 0.8, heights[who]))
            return Reading(
                f"Of 100 **{label[0].lower()}{label[1:]}** ({method}), about **{share:.0f}** had a cyst.",
                {"per_cent": share},
            )

        return Drawing((bar, told), update)

    return draw


# --- from before the test to after it --------------------------------------------------------------------


class Steps(NamedTuple):
    """A test as the view needs it: labels of its two results, and sensitivity and specificity by study."""

    felt: str
    not_felt: str
    studies: dict


def after_tests(who, first, second, condition):
    """A drawing of 1,000 people through two tests, as boxes, as a tree or as odds.

    ``who`` maps id -> (people, probability before); ``first`` and ``second`` are Steps.
    Controls: who, study (of the first test), first and second ("none", "positive", "negative"), view.
    """

    def draw(ax):
        style.bare(ax)
        ax.set(xlim=(0, 100), ylim=(0, 80))
        views = {
            "boxes": _boxes_view(ax, condition),
            "tree": _tree_view(ax, condition),
            "odds": _odds_view(ax),
        }

        def update(*, who_id, study, first_result, second_result, view):
            people, before = who[who_id]
            tests = [
                (first, first.studies[study], first_result),
                (second, *second.studies.values(), second_result),
            ]
            state = _followed(people, before, [t for t in tests if t[2] != "none"])
            for name, (artists, show) in views.items():
                for artist in artists:
                    artist.set_visible(name == view)
                if name == view:
                    show(state)
            return Reading(
                _after_sentence(state, condition),
                {"with_condition": state.ill, "of": state.ill + state.well, "per_cent": 100 * state.after},
            )

        return Drawing(tuple(a for artists, _ in views.values() for a in artists), update)

    return draw


class _Followed(NamedTuple):
    """1,000 people, and those who are left after the results so far."""

    people: str
    before: float
    ill: int
    well: int
    levels: list  # (label positive, label negative, ill_pos, ill_neg, well_pos, well_neg, positive?, ratio)

    @property
    def all_ill(self):
        return round(1000 * self.before)

    @property
    def after(self):
        return self.ill / (self.ill + self.well)


def _followed(people, before, tests):
    ill, well, levels = round(1000 * before), 1000 - round(1000 * before), []
    for test, (sensitivity, specificity), result in tests:
        positive = result == "positive"
        counts = diagnosis.natural_frequencies(ill / (ill + well), sensitivity, specificity, of=ill + well)
        ratio = float(diagnosis.likelihood_ratio(sensitivity, specificity, positive))
        levels.append((test, counts, positive, ratio))
        ill, well = (
            (counts.ill_positive, counts.well_positive)
            if positive
            else (counts.ill_negative, counts.well_negative)
        )
    return _Followed(people, before, ill, well, levels)


def _after_sentence(state, condition):
    told = [f"Of 1,000 {state.people[0].lower()}{state.people[1:]}, **{state.all_ill}** have {condition}."]
    for test, counts, positive, _ in state.levels:
        ill, well = (
            (counts.ill_positive, counts.well_positive)
            if positive
            else (counts.ill_negative, counts.well_negative)
        )
        label = test.felt if positive else test.not_felt
        told.append(f"{label[0].upper()}{label[1:]}: **{ill}** of {ill + well}.")
    if state.levels:
        told.append(f"That is {_in_hundred(100 * state.after)} in 100.")
    return " ".join(told)


def _in_hundred(share):
    return "fewer than 1" if share < 0.5 else "more than 99" if share > 99.5 else f"{share:.0f}"


def _boxes_view(ax, condition):
    inset = ax.inset_axes((0, 0.22, 1, 0.78))
    style.bare(inset)
    squares = _boxes(inset)
    inset.set(xlim=(0, COLUMNS), ylim=(-ROWS, 0.2), aspect="equal", anchor="N")
    told = style.note(ax, color=HEALTHY, weight="bold", size=11.5, va="center")
    told.set_position((0, 13))
    rest = style.note(ax, color="#a84600", weight="bold", size=11.5, va="center")
    rest.set_position((0, 4))

    def show(state):
        gone_ill, gone_well = state.all_ill - state.ill, 1000 - state.all_ill - state.well
        well = EMPTY if not state.levels else ILL
        _paint(
            squares,
            (state.ill, HEALTHY),
            (gone_ill, PALE_HEALTHY),
            (state.well, well),
            (gone_well, EMPTY if not state.levels else PALE_ILL),
        )
        told.set_text(f"■ {state.ill} have {condition}")
        rest.set_text(
            f"■ {state.well} have not"
            + (f"   (pale: {1000 - state.ill - state.well} with another result)" if state.levels else "")
        )
        rest.set_color("#a84600" if state.levels else MUTED)

    return (squares, told, rest), show


def _tree_view(ax, condition):
    """Root, ill and well, then each result; the way taken in colour. Three levels at most."""
    x = {"": 50, "i": 27, "w": 73}
    for parent, spread in (("i", 13), ("w", 13)):
        x |= {f"{parent}+": x[parent] - spread, f"{parent}-": x[parent] + spread}
    for parent in [key for key in x if len(key) == 2]:
        x |= {f"{parent}+": x[parent] - 6.2, f"{parent}-": x[parent] + 6.2}
    y = {0: 74, 1: 52, 2: 30, 3: 8}
    lines = {
        key: ax.plot([x[key[:-1]], x[key]], [y[len(key) - 1] - 4.5, y[len(key)] + 4.5], color=GHOST, lw=1.6)[
            0
        ]
        for key in x
        if key
    }
    nodes = {key: style.note(ax, size=11, ha="center", va="center") for key in x}
    for key, node in nodes.items():
        node.set_position((x[key], y[len(key)]))
    names = [
        style.note(ax, text, color=MUTED, size=9.5, ha=ha, va="center")
        for text, ha in (
            (condition, "right"),
            (f"no {condition.removeprefix('a ')}", "left"),
            ("", "right"),
            ("", "right"),
        )
    ]
    names[0].set_position((20, y[1]))
    names[1].set_position((80, y[1]))
    sides = [style.note(ax, size=9, color=MUTED, ha="center", va="center") for _ in range(2)]

    def show(state):
        counts = {"": 1000, "i": state.all_ill, "w": 1000 - state.all_ill}
        kept = {"", "i", "w"}
        reached = ["i", "w"]
        for _, c, positive, _ in state.levels:
            for key in reached:
                ill = key[0] == "i"
                counts |= {
                    f"{key}+": c.ill_positive if ill else c.well_positive,
                    f"{key}-": c.ill_negative if ill else c.well_negative,
                }
            reached = [key + ("+" if positive else "-") for key in reached]
            kept |= set(reached)
        for key, node in nodes.items():
            node.set_visible(key in counts)
            node.set_text(f"{counts.get(key, 0):,}")
            on = key in kept
            node.set_color(INK if key == "" else (HEALTHY if key[0] == "i" else "#a84600") if on else MUTED)
            node.set_weight("bold" if on else "normal")
            if key:
                lines[key].set_visible(key in counts)
                lines[key].set_color(ACCENT if on else GHOST)
                lines[key].set_linewidth(2.6 if on else 1.4)
        for side, level, height in zip(sides, (*state.levels, None, None), (y[2], y[3]), strict=False):
            side.set_visible(level is not None)
            if level:
                told = level[0].felt if level[2] else level[0].not_felt
                side.set_text(fill(told, 9 if height == y[2] else 14))
                free = 82 if state.levels[0][2] else 63  # beside the branches that are drawn
                side.set_position((50 if height == y[2] else free, height))

    return (*lines.values(), *nodes.values(), *names, *sides), show


MARKS = (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99)


def _odds_view(ax):
    """A ruler of odds, even in their logarithm: a test moves the marker by the same length anywhere."""

    def place(probability):
        return 50 + 8.6 * float(np.log(np.clip(diagnosis.odds(probability), 0.005, 200)))

    still = [ax.plot([4, 96], [22, 22], color=MUTED, lw=1.5)[0]]
    for mark in MARKS:
        still += ax.plot([place(mark)] * 2, [20.5, 23.5], color=MUTED, lw=1.5)
        label = style.note(ax, f"{100 * mark:.0f}", color=MUTED, size=10, ha="center", va="top")
        label.set_position((place(mark), 19))
        still.append(label)
    unit = style.note(ax, "in 100 have it", color=MUTED, size=10, ha="center", va="top")
    unit.set_position((50, 11))
    dots = [style.dot(ax, color, size) for color, size in ((MUTED, 9), (MUTED, 9), (ACCENT, 12))]
    arrows = [
        ax.annotate(
            "", (0, 0), (0, 0), arrowprops=dict(arrowstyle="-|>", color=ACCENT, lw=2.2, shrinkA=0, shrinkB=0)
        )
        for _ in range(2)
    ]
    told = [style.note(ax, size=10.5, ha="center", va="bottom") for _ in range(2)]
    total = style.note(ax, size=11.5, weight="bold", ha="center", va="center")
    total.set_position((50, 76))

    def show(state):
        chances = [state.before]
        for *_, ratio in state.levels:
            chances.append(float(diagnosis.post_test(chances[-1], ratio)))
        for i, dot in enumerate(dots):
            dot.set_visible(i == 2 or i < len(chances) - 1)
        for dot, chance in zip(dots, chances[:-1], strict=False):
            dot.set_data([place(chance)], [22])
        dots[2].set_data([place(chances[-1])], [22])
        for i, (arrow, text) in enumerate(zip(arrows, told, strict=True)):
            shown = i < len(state.levels)
            arrow.set_visible(shown)
            text.set_visible(shown)
            if shown:
                height = 34 + 18 * i
                arrow.set_position((place(chances[i]), height))
                arrow.xy = (place(chances[i + 1]), height)
                test, _, positive, ratio = state.levels[i]
                text.set_text(f"{test.felt if positive else test.not_felt}: × {ratio:.2g}")
                text.set_position(
                    (np.clip((place(chances[i]) + place(chances[i + 1])) / 2, 24, 76), height + 2)
                )
        first, last = float(diagnosis.odds(chances[0])), float(diagnosis.odds(chances[-1]))
        product = "".join(f" × {ratio:.2g}" for *_, ratio in state.levels)
        total.set_text(f"odds {first:.2g}{product}" + (f" = {last:.2g}" if state.levels else ""))

    return (*still, unit, *dots, *arrows, *told, total), show


# --- accuracy --------------------------------------------------------------------------------------------


def accuracy_ranges(ax, rows):
    """Sensitivity (circle) and specificity (square) with intervals; rows: (name, sensitivity, specificity).

    Nothing moves; the sentence says where the widest interval is.
    """
    style.clean(ax, "Out of 100")
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.GRID)
    ax.spines["left"].set_visible(False)
    for i, (name, *estimates) in enumerate(rows):
        y = len(rows) - 1 - i
        style.note(ax, name, size=10, va="bottom").set_position((0, y + 0.26))
        for estimate, marker, color, dy in zip(estimates, "os", (HEALTHY, ILL), (0.08, -0.16), strict=True):
            if estimate is None:
                continue
            if estimate.low is not None:
                ax.plot(
                    [100 * estimate.low, 100 * estimate.high], [y + dy] * 2, color=color, lw=2.4, alpha=0.55
                )
            ax.plot(100 * estimate.value, y + dy, marker, ms=8, color=color, mec="white", mew=1)
    ax.plot([], [], "o-", color=HEALTHY, label="of those with it, found")
    ax.plot([], [], "s-", color=ILL, label="of those without it, cleared")
    ax.legend(
        bbox_to_anchor=(0.46, 0),
        bbox_transform=ax.figure.transFigure,
        loc="lower center",
        ncols=2,
        frameon=False,
        fontsize=9.5,
        handlelength=1.4,
        columnspacing=1,
    )
    ax.set(xlim=(0, 103), ylim=(-0.5, len(rows) - 0.2), yticks=(), xticks=(0, 25, 50, 75, 100))
    widest, estimate = max(
        ((n, e) for n, *both in rows for e in both if e and e.low is not None),
        key=lambda w: w[1].high - w[1].low,
    )
    low, high = (f"{100 * end:.0f}" for end in (estimate.low, estimate.high))
    sentence = f"The widest interval belongs to **{widest}**: from {low} to {high} of 100."
    return Drawing((), lambda: Reading(sentence))
