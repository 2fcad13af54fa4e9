"""Length of muscles that cross two joints: the leg from the side, and the change of length at the knee."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kneecourse.figures import style
from kneecourse.figures.style import ACCENT, GHOST, MUTED, Drawing, Reading
from kneecourse.models import leg as model
from kneecourse.parameter import Parameter

HIP = Parameter("Hip flexion", "°", low=-10, high=110, default=0, step=5, source="rajagopal2016")
KNEE = Parameter("Knee flexion", "°", low=0, high=105, default=0, step=5, source="rajagopal2016")
ANKLE = Parameter("Toes up (+) or down (−)", "°", low=-40, high=20, default=0, step=5, source="rajagopal2016")
ANGLES = KNEE.sweep(22)
LIMB = (40, 40, 17)  # drawn lengths of thigh, shank and foot
TRUNK, THIGH, SHANK, FOOT = range(4)


class Muscle(NamedTuple):
    """A name, the joints it crosses, and a course drawn as (segment, towards the back, down it) points."""

    name: str
    joints: tuple[str, ...]
    course: tuple[tuple[int, float, float], ...]


MUSCLES = {
    "semiten": Muscle(
        "semitendinosus", ("hip", "knee"), ((TRUNK, 6, 5), (THIGH, 5, 36), (SHANK, 5, 3), (SHANK, 0, 9))
    ),
    "bflh": Muscle(
        "biceps femoris, long head", ("hip", "knee"), ((TRUNK, 6, 5), (THIGH, 5, 36), (SHANK, 4, 5))
    ),
    "gasmed": Muscle(
        "medial gastrocnemius",
        ("knee", "ankle"),
        ((THIGH, 4, 36), (SHANK, 6, 6), (SHANK, 6, 18), (FOOT, 0, -6)),
    ),
    "recfem": Muscle(
        "rectus femoris", ("hip", "knee"), ((TRUNK, -5, -3), (THIGH, -6, 10), (THIGH, -5, 39), (SHANK, -4, 7))
    ),
}


def two_joint(side, curve):
    """The chosen muscle on a bending leg, and its change of length against standing."""
    style.bare(side)
    side.set(xlim=(-88, 60), ylim=(-96, 52), aspect="equal")
    side.plot([0, 0], [4, 34], color=GHOST, lw=13, solid_capstyle="round")
    (limb,) = side.plot([], [], color=GHOST, lw=9, solid_capstyle="round", solid_joinstyle="round")
    (joints,) = side.plot([], [], "o", ms=6, mfc="white", mec=MUTED, mew=1.4, ls="none")
    (band,) = side.plot([], [], color=ACCENT, lw=3.2, solid_capstyle="round", solid_joinstyle="round")
    style.note(side, "front", color=MUTED, size=9.5, ha="left", va="bottom").set_position((-87, -95))
    style.clean(curve, KNEE.axis_label, "Change of length (mm)")
    curve.axhline(0, color=MUTED, lw=0.8, ls=(0, (1, 2)))
    (plain,) = curve.plot([], [], color=GHOST, lw=2)
    (line,) = curve.plot([], [], color=ACCENT, lw=2.8)
    here = style.dot(curve)
    told = style.note(curve, weight="bold", size=11, ha="left", va="top")
    told.set_position((3, 128))
    style.note(curve, "grey: hip and ankle 0°", color=MUTED, size=9, va="bottom").set_position((3, -128))
    curve.set(xlim=(0, 110), ylim=(-130, 130), xticks=(0, 30, 60, 90), yticks=(-100, -50, 0, 50, 100))

    def update(*, muscle, hip_deg, knee_deg, ankle_deg):
        pose = _pose(hip_deg, knee_deg, ankle_deg)
        ends = np.array([pose(i, 0, length) for i, length in zip((THIGH, SHANK, FOOT), LIMB, strict=True)])
        limb.set_data(*np.vstack([(0, 0), ends]).T)
        joints.set_data(*np.vstack([(0, 0), ends[:2]]).T)
        band.set_data(*np.array([pose(*point) for point in MUSCLES[muscle].course]).T)
        along = _change_mm(muscle, hip_deg, ankle_deg)
        plain.set_data(ANGLES, _change_mm(muscle, 0, 0))
        line.set_data(ANGLES, along)
        change = float(np.interp(knee_deg, ANGLES, along))
        here.set_data([knee_deg], [change])
        told.set_text(_told(change))
        return Reading(
            _sentence(MUSCLES[muscle], hip_deg, knee_deg, ankle_deg, change), {"change_mm": change}
        )

    return Drawing((plain, line, here, told, limb, joints, band), update)


@lru_cache(maxsize=256)
def _change_mm(muscle, hip_deg, ankle_deg):
    """Change of length against standing along ANGLES, mm; kept, since moving the knee asks for it again."""
    return model.lengths_mm(muscle, hip_deg, ANGLES, ankle_deg) - model.lengths_mm(muscle)


def _pose(hip_deg, knee_deg, ankle_deg):
    """The function from (segment, towards its back, down it) to the picture; the front is on the left."""
    turns = np.radians([0, hip_deg, hip_deg - knee_deg, hip_deg - knee_deg + 90 + ankle_deg])
    back = np.stack([np.cos(turns), -np.sin(turns)], axis=1)
    down = np.stack([-np.sin(turns), -np.cos(turns)], axis=1)
    knee = LIMB[0] * down[THIGH]
    start = np.array([(0, 0), (0, 0), knee, knee + LIMB[1] * down[SHANK]])
    return lambda segment, backwards, along: (
        start[segment] + backwards * back[segment] + along * down[segment]
    )


def _nearest_5(change):
    return 5 * round(abs(change) / 5)


def _told(change):
    if _nearest_5(change) == 0:
        return "as in standing"
    return f"{'+' if change > 0 else '−'}{_nearest_5(change)} mm"


def _sentence(muscle, hip_deg, knee_deg, ankle_deg, change):
    angles = {"hip": hip_deg, "knee": knee_deg, "ankle": ankle_deg}
    pose = ", ".join(f"{name} {angle:.0f}°".replace("-", "−") for name, angle in angles.items())
    mm = _nearest_5(change)
    told = f"about **{mm} mm {'longer' if change > 0 else 'shorter'}** than" if mm else "about as long as"
    idle = next(name for name in angles if name not in muscle.joints)
    return (
        f"With {pose}, the **{muscle.name}** is {told} in standing, in this model. "
        f"It does not cross the {idle}, so the {idle} changes nothing."
    )
