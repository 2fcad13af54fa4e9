"""Pictures of fluid in the knee and in a cyst."""

from functools import lru_cache

import numpy as np
from matplotlib.patches import Circle, Rectangle

from kneecourse.figures import style
from kneecourse.figures.style import ACCENT, GHOST, HEALTHY, INK, MUTED, WARN, Drawing, Reading
from kneecourse.models import joint_fluid as fluid

ANGLES = fluid.FLEXION.sweep(91)
TOP = 130  # mmHg, upper end of the pressure axis
OPENING = {"slit": "a slit", "flap": "a slit with a flap"}


def pressure_curve(ax):
    """Joint pressure against flexion, with 20 and 40 mL in grey; the marked point is the chosen state."""
    style.clean(ax, fluid.FLEXION.axis_label, "Joint pressure (mmHg)")
    for volume in (20, 40):
        ax.plot(ANGLES, fluid.pressure_mmhg(volume, ANGLES), color=GHOST, lw=1.6)
        style.note(ax, f"{volume} mL", color=MUTED, size=9.5, va="center").set_position(
            (91.5, fluid.pressure_mmhg(volume, 90))
        )
    ax.axhline(0, color=MUTED, lw=0.8, ls=(0, (1, 2)))
    style.note(ax, "air outside", color=MUTED, size=9.5, va="bottom").set_position((1, -8.5))
    ax.axvspan(30, 40, color=HEALTHY, alpha=0.08, lw=0)
    style.note(ax, "roomiest", color=HEALTHY, size=9.5, ha="center", va="top").set_position((35, TOP))
    (curve,) = ax.plot([], [], color=ACCENT, lw=2.8)
    (drop,) = ax.plot([], [], color=ACCENT, lw=1, ls=(0, (3, 3)))
    here = style.dot(ax)
    name = style.note(ax, color=ACCENT, weight="bold", va="center")
    told = style.note(ax, weight="bold", size=12, va="bottom")
    ax.set(xlim=(0, 108), ylim=(-10, TOP), xticks=range(0, 91, 30), yticks=(0, 40, 80, 120))

    def update(*, flexion_deg, effusion_ml):
        along = fluid.pressure_mmhg(effusion_ml, ANGLES)
        pressure = float(fluid.pressure_mmhg(effusion_ml, flexion_deg))
        shown = min(pressure, TOP - 4)  # beyond the scale the dot waits at the edge, with an arrow
        curve.set_data(ANGLES, np.minimum(along, 2 * TOP))
        drop.set_data([flexion_deg, flexion_deg], [-10, shown])
        here.set_data([flexion_deg], [shown])
        name.set_text(f"{effusion_ml:.0f} mL")
        name.set_position((91.5, min(along[-1], TOP - 14)))
        told.set_text(f"{pressure:.0f} mmHg{' ↑' if pressure > shown else ''}")
        told.set_position(
            (flexion_deg + 3 if flexion_deg < 55 else flexion_deg - 36, min(shown + 4, TOP - 22))
        )
        here.set_color(WARN if fluid.is_ruptured(pressure) else ACCENT)
        return Reading(
            _pressure_sentence(flexion_deg, effusion_ml, pressure, along.min()),
            {"pressure_mmhg": pressure, "above_lowest_mmhg": pressure - float(along.min())},
        )

    return Drawing((drop, curve, here, name, told), update)


def _pressure_sentence(flexion_deg, effusion_ml, pressure, lowest):
    state = f"At **{flexion_deg:.0f}°** with **{effusion_ml:.0f} mL** of extra fluid"
    start = f"{state} the joint pressure is **{pressure:.0f} mmHg**"
    if effusion_ml == 0:
        return f"{start}: below the air outside, and the same at every angle."
    if fluid.is_ruptured(pressure):
        return f"{start}: in the range at which cadaver capsules gave way."
    gap = round(pressure) - round(lowest)
    return (
        f"{start}, the lowest on this curve."
        if gap == 0
        else f"{start}, {gap} above the lowest point of this curve."
    )


def cyst_squeeze(ax):
    """Cyst pressure and joint pressure against flexion; shaded where the slit is shut."""
    style.clean(ax, fluid.FLEXION.axis_label, "Pressure (mmHg)")
    ax.axvspan(0, 10, color=GHOST, alpha=0.35, lw=0)
    style.note(ax, "slit shut", color=MUTED, size=9.5, rotation=90, va="top", ha="center").set_position(
        (5, 77)
    )
    (cyst,) = ax.plot([], [], color=ACCENT, lw=2.8)
    (joint,) = ax.plot([], [], color=HEALTHY, lw=2, ls=(0, (5, 2)))
    names = [
        style.note(ax, text, color=color, weight="bold", size=10, va="center")
        for text, color in (("cyst", ACCENT), ("joint", HEALTHY))
    ]
    here = style.dot(ax)
    told = style.note(ax, weight="bold", size=12, va="bottom")
    ax.set(xlim=(0, 104), ylim=(-8, 84), xticks=range(0, 91, 30), yticks=(0, 20, 40, 60, 80))

    def update(*, flexion_deg, cyst_ml, effusion_ml):
        inside = fluid.cyst_pressure_mmhg(cyst_ml, ANGLES)
        around = fluid.pressure_mmhg(effusion_ml, ANGLES)
        pressure = float(fluid.cyst_pressure_mmhg(cyst_ml, flexion_deg))
        cyst.set_data(ANGLES, inside)
        joint.set_data(ANGLES, around)
        ends = style.spread([float(inside[-1]), float(min(around[-1], 80))], 7)
        for name, y in zip(names, ends, strict=True):
            name.set_position((91.5, y))
        here.set_data([flexion_deg], [pressure])
        told.set_text(f"{pressure:.0f}")
        told.set_position((flexion_deg + 2, min(pressure + 3, 76)))
        straight, bent = (float(fluid.cyst_pressure_mmhg(cyst_ml, angle)) for angle in (0, 90))
        return Reading(
            f"At **{flexion_deg:.0f}°** the pressure in a {cyst_ml:.0f} mL cyst is **{pressure:.0f} mmHg**: "
            f"{straight:.0f} straight, {bent:.0f} fully bent. The slit to the joint is {_slit(flexion_deg)}.",
            {"cyst_mmhg": pressure, "slit": float(fluid.slit_opening(flexion_deg))},
        )

    return Drawing((joint, cyst, here, *names, told), update)


def _slit(flexion_deg):
    opening = float(fluid.slit_opening(flexion_deg))
    return "shut" if opening == 0 else "wide open" if opening == 1 else "partly open"


MOVES = {
    "bending": None,
    "straight": 0,
    "resting": 35,
    "bent": 90,
}  # held angle in degrees; None bends and straightens


def cyst_filling(ax, size):
    """Cyst volume over 20 minutes with a treatment at minute 10; beside it the cyst, to scale."""
    style.clean(ax, "Minutes", "Cyst volume (mL)")
    ax.plot([10, 10], [-1, 34.6], color=MUTED, lw=1, ls=(0, (4, 3)))
    ax.plot([0, 20], [fluid.RUPTURED_ABOVE_ML] * 2, color=WARN, lw=1, ls=(0, (4, 3)))
    style.note(
        ax, f"above {fluid.RUPTURED_ABOVE_ML:g} mL more had burst", color=WARN, size=9.5, va="top"
    ).set_position((0.4, 37.4))
    (dry,) = ax.plot([0, 20], [0, 0], color=GHOST, lw=2.5, solid_capstyle="butt")
    (other,) = ax.plot([], [], color=GHOST, lw=2)
    (chosen,) = ax.plot([], [], color=ACCENT, lw=2.8)
    here = style.dot(ax)
    treated = style.note(ax, color=INK, size=9.5, va="top", ha="left")
    labels = [style.note(ax, color=color, size=9.5, va="center") for color in (MUTED, ACCENT, MUTED)]
    ax.set(xlim=(0, 27.5), ylim=(-1, 38), xticks=(0, 5, 10, 15, 20), yticks=(0, 10, 20, 30))
    dry.set_clip_on(False)
    style.bare(size)
    size.set(xlim=(-26, 26), ylim=(-40, 34), aspect="equal")
    scale = size.plot([-10, 10], [-31, -31], color=MUTED, lw=2)[0]
    scale.set_solid_capstyle("butt")
    style.note(size, "2 cm", color=MUTED, size=9.5, ha="center", va="top").set_position((0, -33))
    wall = size.add_patch(Circle((0, 0), 1, facecolor="#cfe8e5", edgecolor=ACCENT, lw=2))
    caption = style.note(size, weight="bold", size=10.5, ha="center", va="bottom")
    caption.set_position((0, 25))

    def update(*, joint_ml, opening, move, treatment):
        courses = {flap: _treated(joint_ml, flap, MOVES[move], treatment) for flap in (False, True)}
        mine, alternative = courses[opening == "flap"], courses[opening != "flap"]
        chosen.set_data(mine.minutes, mine.cyst_ml)
        other.set_data(alternative.minutes, alternative.cyst_ml)
        end = float(mine.cyst_ml[-1])
        here.set_data([20], [end])
        heights = style.spread([float(alternative.cyst_ml[-1]), end, 0.6], 2.6)
        names = ("slit + flap", "slit") if opening == "slit" else ("slit", "slit + flap")
        for label, y, text in zip(labels, heights, (*names, "dry knee"), strict=True):
            label.set_text(text)
            label.set_position((20.8, y))
        treated.set_text({"none": "", "cyst": "cyst drained", "joint": "knee drained to 5 mL"}[treatment])
        treated.set_position((10.4, 34.4))
        diameter = float(fluid.sphere_diameter_mm(end))
        wall.set_radius(diameter / 2)
        caption.set_text(f"{end:.1f} mL")
        tension = float(fluid.wall_tension_n_m(fluid.cyst_pressure_mmhg(end, 0), end))
        before = float(
            np.interp(10, mine.minutes[: len(mine.minutes) // 2], mine.cyst_ml[: len(mine.minutes) // 2])
        )
        return Reading(
            _filling_sentence(joint_ml, opening, move, treatment, before, end, diameter, tension),
            {"cyst_ml": end, "at_10_min_ml": before, "tension_n_m": tension},
        )

    return Drawing((other, chosen, here, *labels, treated, wall, caption), update)


@lru_cache(maxsize=512)
def _treated(joint_ml, flap, held_deg, treatment):
    """Twenty minutes: ten as they come, then ten after the treatment."""
    first = fluid.fill_cyst(joint_ml, 0, minutes=10, flap=flap, held_deg=held_deg, points=31)
    joint, cyst = float(first.joint_ml[-1]), float(first.cyst_ml[-1])
    joint, cyst = (
        (min(joint, 5), cyst) if treatment == "joint" else (joint, 0.0 if treatment == "cyst" else cyst)
    )
    then = fluid.fill_cyst(joint, cyst, minutes=10, flap=flap, held_deg=held_deg, points=31)
    return fluid.Course(
        *(np.concatenate([a, b + offset]) for a, b, offset in zip(first, then, (10, 0, 0), strict=True))
    )


DOING = {
    "bending": "Bending and straightening",
    "straight": "Held straight",
    "resting": "Held at 35°",
    "bent": "Held at 90°",
}


def _filling_sentence(joint_ml, opening, move, treatment, before, end, diameter, tension):
    if before < 0.05 and end < 0.05:
        return f"The cyst stays empty: {_why_empty(joint_ml, move)}."
    after = {
        "none": f" and **{end:.1f} mL** after 20",
        "cyst": f"; emptied then, it holds **{end:.1f} mL** again after another 10",
        "joint": f"; with the knee drained to 5 mL it holds **{end:.1f} mL** after another 10",
    }[treatment]
    return (
        f"{DOING[move]}, with {joint_ml:.0f} mL in the knee and {OPENING[opening]}, the cyst holds "
        f"**{before:.1f} mL** after 10 minutes{after}. As a sphere it would be {diameter:.0f} mm wide, "
        f"its wall pulled at {tension:.0f} N/m with the knee straight."
    )


def _why_empty(joint_ml, move):
    if joint_ml == 0:
        return "a dry knee has nothing to fill it with"
    return "the slit is shut" if move == "straight" else "the pressure in the knee is too low"


NAMES = {
    "acute_trauma": "Fresh injury",
    "osteoarthritis": "Osteoarthritis",
    "rheumatoid": "Rheumatoid",
    "psoriatic": "Psoriatic",
    "pyrophosphate": "Pyrophosphate",
}


SWOLLEN = {
    "acute_trauma": "a freshly injured knee",
    "osteoarthritis": "a knee with osteoarthritis",
    "rheumatoid": "a rheumatoid knee",
    "psoriatic": "a psoriatic knee",
    "pyrophosphate": "a knee with pyrophosphate crystals",
}


def rest_and_contraction(ax):
    """Median joint pressure at rest and on contraction for five kinds of swollen knee, one in colour."""
    style.clean(ax, "Joint pressure (mmHg)")
    ax.grid(axis="y", visible=False)
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=MUTED, lw=0.8, ls=(0, (1, 2)))
    rows = {name: len(NAMES) - 1 - i for i, name in enumerate(NAMES)}
    for name, y in rows.items():
        for (median, low, high), dy in zip(fluid.DISEASE[name], (0.13, -0.13), strict=True):
            if low is not None:
                ax.plot([low, high], [y + dy, y + dy], color=GHOST, lw=4, solid_capstyle="butt")
            ax.plot(median, y + dy, "o" if dy > 0 else "s", ms=6, color=MUTED)
    ax.plot(fluid.NORMAL_MMHG, len(NAMES) - 0.1, "o", ms=7, color=HEALTHY)
    style.note(ax, "normal knee at rest", color=HEALTHY, size=9.5, va="center").set_position(
        (1, len(NAMES) - 0.1)
    )
    band = ax.add_patch(Rectangle((-14, 0), 174, 0.8, color=ACCENT, alpha=0.1, lw=0))
    (path,) = ax.plot([], [], color=ACCENT, lw=2.8)
    here = style.dot(ax, size=11)
    told = style.note(ax, weight="bold", size=11, va="bottom", ha="center")
    ax.set(xlim=(-14, 160), ylim=(-0.6, 5.4), xticks=(0, 50, 100, 150), yticks=list(rows.values()))
    ax.set_yticklabels([NAMES[name] for name in rows], color=INK)
    ax.tick_params(axis="y", length=0)

    def update(*, disease, effort_percent):
        y = rows[disease]
        rest, full = (float(fluid.contraction_mmhg(disease, effort)) for effort in (0, 1))
        pressure = float(fluid.contraction_mmhg(disease, effort_percent / 100))
        band.set_y(y - 0.4)
        path.set_data([rest, pressure], [y, y])
        here.set_data([pressure], [y])
        told.set_text(f"{pressure:.0f}")
        told.set_position((pressure, y + 0.17))
        return Reading(
            f"In {SWOLLEN[disease]} {_effort(effort_percent)} the pressure is **{pressure:.0f} mmHg**; "
            f"from rest to full effort the median rises from {rest:.0f} to {full:.0f}.",
            {"pressure_mmhg": pressure},
        )

    return Drawing((band, path, here, told), update)


def _effort(percent):
    if percent in (0, 100):
        return "with the quadriceps fully tight" if percent else "at rest"
    return f"at {percent:.0f} % quadriceps effort"
