"""Labelled schematics from assets/anatomy: one geometry for matplotlib and for the clickable SVG."""

from string import ascii_uppercase
from textwrap import fill

import numpy as np
from matplotlib.patches import Polygon

from kneecourse.figures import style

SKIN = "#fbeee6"
# fill and edge by role, light enough to carry ink-coloured text; edges differ in dash as well
ROLES = {
    "bone": dict(facecolor="#efe9dc", edgecolor="#8d8471"),
    "muscle": dict(facecolor="#e5b8ae", edgecolor="#8a4b3f"),
    "tendon": dict(facecolor="#f3efe6", edgecolor="#6d6350"),
    "artery": dict(facecolor="#d5584c", edgecolor="#8c1d13"),
    "vein": dict(facecolor="#7fb0d8", edgecolor="#1d5687", linestyle="--"),
    "nerve": dict(facecolor="#f0d264", edgecolor="#85690a", linestyle=":"),
    "bursa": dict(facecolor="#8fd3cb", edgecolor="#0f766e"),
    "capsule": dict(facecolor="#cdb9dd", edgecolor="#6a4a86"),
    "ligament": dict(facecolor="#c6d9a4", edgecolor="#55702a"),
    "meniscus": dict(facecolor="#f3bd92", edgecolor="#94521c"),
    "fat": dict(facecolor="#fbe8b4", edgecolor="#a5842f", linestyle="-."),
}


def smooth(points, *, closed=True, steps=8):
    """A Catmull-Rom curve through the points, (n, 2), mm."""
    p = np.asarray(points, float)
    p = np.vstack([p[-1:], p, p[:2]]) if closed else np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None] for i in range(4))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    curve = curve.reshape(-1, 2)
    return curve if closed else np.vstack([curve, p[-2]])


def outlines(region):
    """The region's closed curves, each (n, 2), mm; a course becomes a ribbon of its width."""
    if region.outlines:
        return [smooth(outline) for outline in region.outlines]
    line = smooth(region.course, closed=False)
    along = np.gradient(line, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1)[:, None]
    half = across * region.width_mm / 2
    return [np.vstack([line + half, (line - half)[::-1]])]


def label_at(region):
    """Where its letter or name is written, mm."""
    return region.label_at or tuple(np.mean(outlines(region)[0], axis=0))


def lettered(diagram):
    """(letter, region) in drawing order; letters run from top to bottom, then left to right."""
    down = sorted(diagram.regions, key=lambda r: (-round(label_at(r)[1] / 8), label_at(r)[0]))
    letters = {region.id: letter for letter, region in zip(ascii_uppercase, down, strict=False)}
    return [(letters[region.id], region) for region in diagram.regions]


def schematic(ax, diagram):
    """Draw a diagram without names; returns its patches by region id."""
    style.bare(ax)
    ax.set(xlim=(0, diagram.width_mm), ylim=(0, diagram.height_mm), aspect="equal", anchor="C")
    ax.add_patch(Polygon(smooth(diagram.skin), closed=True, facecolor=SKIN, edgecolor="#d9b8a4", lw=1.2))
    patches = {}
    for region in diagram.regions:
        patches[region.id] = [
            ax.add_patch(Polygon(xy, closed=True, lw=1.2, **ROLES[region.role])) for xy in outlines(region)
        ]
    return patches


def layers(diagram):
    """A drawing that shows one layer of a diagram at a time, its structures named in the margins."""

    def draw(ax):
        patches = schematic(ax, diagram)
        margin = 0.58 * diagram.width_mm
        ax.set_xlim(-margin, diagram.width_mm + margin)
        tags = {layer.id: list(_margin_names(ax, diagram, layer.regions)) for layer in diagram.layers}
        chosen = {layer.id: layer for layer in diagram.layers}

        def update(*, layer):
            for name, shapes in patches.items():
                for shape in shapes:
                    shape.set_alpha(1 if name in chosen[layer].regions else 0.16)
            for name, artists in tags.items():
                for artist in artists:
                    artist.set_visible(name == layer)
            return style.Reading(chosen[layer].says)

        shapes = [shape for each in patches.values() for shape in each]
        return style.Drawing((*shapes, *(artist for each in tags.values() for artist in each)), update)

    return draw


def _margin_names(ax, diagram, ids):
    """Names in the left and right margin, each with a line to its structure, spread so that none overlap."""
    where = {r.id: (label_at(r), fill(r.name, 16)) for r in diagram.regions if r.id in ids}
    for left in (True, False):
        side = [i for i in ids if (where[i][0][0] < diagram.width_mm / 2) == left]
        x, ha = (-2, "right") if left else (diagram.width_mm + 2, "left")
        lines = max((where[i][1].count("\n") + 1 for i in side), default=1)
        heights = style.spread([where[i][0][1] for i in side], lines * _line_mm(ax, diagram) + 3)
        for i, y in zip(side, heights, strict=True):
            at, name = where[i]
            yield ax.plot([x, at[0]], [y, at[1]], color=style.INK, lw=0.8)[0]
            yield ax.text(x, y, name, ha=ha, va="center", fontsize=10, color=style.INK)


def _line_mm(ax, diagram):
    """Height of a line of 10 pt text in the picture's own millimetres."""
    box, figure = ax.get_position(), ax.figure.get_size_inches()
    across = np.ptp(ax.get_xlim()) / (box.width * figure[0])
    return 10 / 72 * 1.2 * max(across, diagram.height_mm / (box.height * figure[1]))
