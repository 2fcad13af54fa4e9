"""Length of ligaments on a fixed hinge: the knee from the side, and the change of length as it bends."""

import numpy as np

from kneecourse.figures import anatomy, style
from kneecourse.figures.style import ACCENT, GHOST, INK, MUTED, WARN, Drawing, Reading
from kneecourse.models import ligament as model

ANGLES = model.FLEXION.sweep(61)
# outlines from the side, mm, drawn for this course round the attachments of the model
FEMUR = (
    *((-13, 62), (-12, 34), (-22, 16), (-26, -2), (-18, -18), (-2, -23)),
    *((14, -21), (24, -8), (22, 12), (14, 34), (13, 62)),
)
TIBIA = (
    *((-27, -27), (-12, -25), (14, -24), (23, -28), (22, -42)),
    *((14, -62), (11, -78), (-12, -78), (-16, -62), (-25, -44)),
)
TOO_MUCH, TOO_LITTLE = "too long", "never tight"
FAILS = {"pol": TOO_MUCH, "pcl_pm": TOO_MUCH, "acl_am": TOO_LITTLE}


def hinge_lengths(side, curve):
    """The chosen ligament on a bending hinge, and its change of length against flexion."""
    style.bare(side)
    side.set(xlim=(40, -86), ylim=(-82, 60), aspect="equal")  # the front of the knee on the left
    bone = anatomy.ROLES["bone"]
    (tibia,) = side.fill([], [], lw=1.2, **bone)
    femur = side.fill(*anatomy.smooth(FEMUR).T, lw=1.2, alpha=0.75, **bone)[0]
    style.note(side, "front", color=MUTED, size=9.5, ha="left", va="top").set_position((39, -64))
    (band,) = side.plot([], [], lw=4, marker="o", ms=6, mfc="white", solid_capstyle="round")

    style.clean(curve, model.FLEXION.axis_label, "Change of length (mm)")
    for kind in model.LIGAMENTS.values():
        if kind.hinge:
            curve.plot(ANGLES, _change_mm(kind, ANGLES), color=GHOST, lw=1.4)
    curve.axhline(0, color=MUTED, lw=0.8, ls=(0, (1, 2)))
    (line,) = curve.plot([], [], lw=2.8)
    here = style.dot(curve)
    told = style.note(curve, weight="bold", size=11, ha="left", va="top")
    told.set_position((3, 21))
    curve.set(xlim=(0, 124), ylim=(-35, 22), xticks=(0, 30, 60, 90, 120), yticks=(-30, -20, -10, 0, 10))

    def update(*, ligament, flexion_deg):
        kind = model.LIGAMENTS[ligament]
        color = ACCENT if kind.hinge else WARN
        tibia.set_xy(model.bent([(*at, 0) for at in anatomy.smooth(TIBIA)], flexion_deg)[:, :2])
        ends = np.array([kind.femur, model.bent(kind.tibia, flexion_deg)])[:, :2]
        band.set_data(*ends.T)
        change = float(_change_mm(kind, flexion_deg))
        line.set_data(ANGLES, _change_mm(kind, ANGLES))
        here.set_data([flexion_deg], [change])
        for artist in (band, line, here):
            artist.set_color(color)
            artist.set_linestyle("none" if artist is here else "-" if kind.hinge else (0, (2, 1)))
        told.set_text(f"{_signed(change)} mm" if kind.hinge else "a hinge\ncannot carry this")
        told.set_color(color if not kind.hinge else INK)
        return Reading(
            _sentence(ligament, kind, flexion_deg),
            {"length_mm": float(model.length_mm(kind, flexion_deg)), "change_mm": change},
        )

    return Drawing((tibia, femur, band, line, here, told), update)


def _change_mm(kind, flexion_deg):
    return model.length_mm(kind, flexion_deg) - model.length_mm(kind, 0)


def _signed(change):
    return f"{change:+.0f}".replace("-", "−").replace("+0", "0").replace("−0", "0")


def _sentence(ligament, kind, flexion_deg):
    straight, now, bent = (float(model.length_mm(kind, angle)) for angle in (0, flexion_deg, 120))
    name = kind.name
    if ligament in FAILS:
        return _failing(FAILS[ligament], name, kind, straight, bent)
    if flexion_deg == 0:
        way = "longer" if bent > straight else "shorter"
        return (
            f"On this hinge the **{name}** is {straight:.0f} mm long when straight; bent to 120° it is {way}."
        )
    change = round(now - straight)
    if change == 0:
        return (
            f"At **{flexion_deg:.0f}°** the ends of the **{name}** are about as far apart as when straight."
        )
    way = "further apart: it **tightens**" if change > 0 else "closer together: it **slackens**"
    return f"At **{flexion_deg:.0f}°** the ends of the **{name}** are {abs(change)} mm {way}."


def _failing(how, name, kind, straight, bent):
    if how == TOO_LITTLE:
        return (
            f"**A hinge cannot carry the {name}**: at no angle would it reach the {kind.slack_mm:.0f} mm "
            "at which it begins to pull."
        )
    return (
        f"**A hinge cannot carry the {name}**: its ends would go from {straight:.0f} to **{bent:.0f} mm** "
        "apart by 120°. A real knee turns and glides."
    )
