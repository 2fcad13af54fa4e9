"""Where the femoral condyles stand on the tibia as the knee bends, seen from above."""

import numpy as np
from matplotlib.patches import Ellipse, Wedge

from kneecourse.figures import anatomy, style
from kneecourse.figures.style import ACCENT, GHOST, GRID, HEALTHY, INK, MUTED, Drawing, Reading
from kneecourse.models import contact

START = {"medial": (33, 61), "lateral": (76, 67)}  # mm in the plateau diagram, chosen by eye
TRAVEL = {"medial": contact.medial_mm, "lateral": contact.lateral_mm}
COLOR = {"medial": HEALTHY, "lateral": ACCENT}
BESIDE = {"medial": -11.5, "lateral": 11.5}  # where its travel is written, mm from the middle
CONDYLE_MM = (19, 30)  # width and length of the drawn condyle
BONES = ("medial_plateau", "lateral_plateau", "intercondylar_area")


def condyles(diagram):
    """A drawing of both condyles on the plateau of a diagram, and of the turn of the tibia as a dial."""

    def draw(ax, dial):
        for name, shapes in anatomy.schematic(ax, diagram).items():
            for shape in shapes:
                shape.set_visible(name in BONES)
        ax.patches[0].set_visible(False)  # the skin says nothing here
        ax.set(xlim=(3, 109), ylim=(16, 106))
        for text, at in (("front", (55, 102)), ("inner side", (15, 98)), ("outer side", (96, 98))):
            style.note(ax, text, color=MUTED, size=9.5, ha="center", va="center").set_position(at)
        parts = {name: _condyle(ax, name) for name in START}
        show_turn, turning = _dial(dial)

        def update(*, flexion_deg):
            turn = float(contact.tibial_rotation_deg(flexion_deg))
            back = {name: float(travel(flexion_deg)) for name, travel in TRAVEL.items()}
            for name, (shape, path, told) in parts.items():
                x, y = START[name]
                shape.set_center((x, y - back[name]))
                shape.set_angle(-turn)  # the tibia is held still, so the femur turns outwards on it
                path.set_data([x, x], [y, y - back[name]])
                told.set_text(f"{back[name]:.0f} mm")
                told.set_position((x + BESIDE[name], y - back[name]))
            show_turn(turn)
            return Reading(
                _sentence(flexion_deg, turn, back),
                {"rotation_deg": turn, "lateral_mm": back["lateral"], "medial_mm": back["medial"]},
            )

        return Drawing((*(artist for each in parts.values() for artist in each), *turning), update)

    return draw


def _condyle(ax, name):
    """One condyle, the way it has come, and its travel in words; its start stays behind as a ring."""
    x, y = START[name]
    ax.add_patch(Ellipse((x, y), *CONDYLE_MM, facecolor="none", edgecolor=MUTED, lw=1, ls=(0, (3, 3))))
    shape = ax.add_patch(Ellipse((x, y), *CONDYLE_MM, facecolor="white", edgecolor=COLOR[name], lw=2.4))
    shape.set_alpha(0.9)
    (path,) = ax.plot([], [], color=COLOR[name], lw=4, marker="o", ms=5, solid_capstyle="round")
    ha = "right" if name == "medial" else "left"
    told = style.note(ax, color=INK, size=11, weight="bold", ha=ha, va="center")
    told.set_bbox(dict(facecolor="white", edgecolor="none", alpha=0.8, pad=1.2))
    return shape, path, told


def _dial(ax):
    """The turn of the tibia as a pointer in a sector of 20 degrees; what sets it, and what moves."""
    style.bare(ax)
    ax.set(xlim=(-0.62, 0.38), ylim=(-0.55, 1.25), aspect="equal")
    ax.add_patch(Wedge((0, 0), 1, 90, 110, facecolor=GRID))
    for mark, ha in ((0, "left"), (20, "right")):
        at = np.array([-np.sin(np.radians(mark)), np.cos(np.radians(mark))])
        style.note(ax, f"{mark}°", color=MUTED, size=9.5, ha=ha, va="bottom").set_position(1.03 * at)
    ax.plot([0, 0], [0, 1], color=MUTED, lw=1.2, ls=(0, (4, 3)))
    sweep = ax.add_patch(Wedge((0, 0), 1, 90, 90, facecolor=GHOST))
    (shin,) = ax.plot([], [], color=INK, lw=3.2, marker="o", markevery=[0], ms=6, solid_capstyle="round")
    told = style.note(ax, weight="bold", size=13, ha="center", va="top")
    told.set_position((-0.1, -0.09))
    style.note(ax, "turn of the\ntibia, inwards", color=MUTED, size=9.5, ha="center", va="top").set_position(
        (-0.1, -0.28)
    )

    def show(turn):
        sweep.set_theta2(90 + turn)
        shin.set_data([0, -np.sin(np.radians(turn))], [0, np.cos(np.radians(turn))])
        told.set_text(f"{turn:.1f}°")

    return show, (sweep, shin, told)


def _sentence(flexion_deg, turn, back):
    if turn == 0:
        return f"At **{flexion_deg:.0f}°** both condyles stand at their start and the tibia has not turned."
    inner = "has not moved" if back["medial"] == 0 else f"**{back['medial']:.0f} mm**"
    return (
        f"At **{flexion_deg:.0f}°** the outer condyle has gone back **{back['lateral']:.0f} mm** in this "
        f"model and the inner one {inner}; the tibia has turned **{turn:.1f}°** inwards."
    )
