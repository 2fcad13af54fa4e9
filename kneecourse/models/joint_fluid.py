"""Fluid in the knee: pressure against volume and angle, and a cyst that fills through a slit.

Reproduces Wood 1988 (normal pressure, +5 mL), Burgaard 1988 (roomiest angle, volumes expelled, rupture) and
Jawed 1997 (rest and contraction). The shape constants are teaching estimates chosen to hit those values.
"""

import math
from typing import NamedTuple

import numpy as np

from kneecourse.parameter import Parameter

FLEXION = Parameter("Knee flexion", "°", low=0, high=90, default=10, source="burgaard1988")
EFFUSION = Parameter("Extra fluid", "mL", low=0, high=120, default=60, step=5)
EFFORT = Parameter("Quadriceps effort", "%", low=0, high=100, default=0, step=10)
CYST_VOLUME = Parameter("Cyst volume", "mL", low=0, high=40, default=10)
JOINT_START = Parameter("Fluid in the knee at the start", "mL", low=0, high=80, default=40, step=5)

ROOMIEST_DEG = 35  # burgaard1988
RUPTURE_MMHG = 200  # lower end of the pressures at which cadaver capsules gave way, burgaard1988
PA_PER_MMHG = 133.322

# median mmHg at rest and on isometric quadriceps contraction, each (median, lower, upper quartile), jawed1997
DISEASE = {
    "acute_trauma": ((6, 2, 12), (9, 7, 16)),
    "osteoarthritis": ((17, 7, 21), (56, 20, 116)),
    "rheumatoid": ((8, 5, 47), (56, 33, 150)),
    "psoriatic": ((18, None, None), (52, None, None)),
    "pyrophosphate": ((25, None, None), (53, None, None)),
}
NORMAL_MMHG = -5  # wood1988, resting knee without effusion

# transverse size on MRI above which more cysts were ruptured than below, kim2024
RUPTURED_ABOVE_ML = 10.9
RUPTURED_ABOVE_MM = 22.2


# --- model A: the joint ----------------------------------------------------------------------------------


def room(flexion_deg):
    """Share of the volume at the roomiest angle that is left at this angle, 0.35 to 1.

    50 mL must leave between 35 and 0 degrees and 70 mL between 35 and 90 (burgaard1988), out of 140 mL
    (teaching estimate).
    """
    from_best = np.asarray(flexion_deg, float) - ROOMIEST_DEG
    straighter = 1 - 50 / 140 * (from_best / 35) ** 2
    more_bent = np.maximum(0.35, 1 - 70 / 140 * (from_best / 55) ** 2)
    return np.where(from_best <= 0, straighter, more_bent)


def pressure_mmhg(effusion_ml, flexion_deg):
    """Pressure in the joint against the air outside, mmHg, for extra fluid at an angle.

    Vectorised; arguments broadcast. Steep for the first millilitres, flat, then an exponential wall.
    """
    filling = np.asarray(effusion_ml, float) / room(flexion_deg)
    return NORMAL_MMHG + 8 * -np.expm1(-filling / 4) + 9.12 * np.expm1(filling / 57)


def volume_ml(pressure, flexion_deg):
    """Extra fluid (mL) at which the joint reaches a pressure (mmHg, at least -5): pressure_mmhg inverted."""
    from scipy.optimize import elementwise  # 0.2 s to import, so only where it is used

    pressure, flexion_deg = np.broadcast_arrays(np.asarray(pressure, float), np.asarray(flexion_deg, float))
    found = elementwise.find_root(
        lambda filling, target: pressure_mmhg(filling, ROOMIEST_DEG) - target,
        (np.zeros_like(pressure), np.full_like(pressure, 1000)),
        args=(pressure,),
    )
    return found.x * room(flexion_deg)


def is_ruptured(pressure):
    """Whether a pressure (mmHg) has reached the range in which cadaver capsules gave way."""
    return np.asarray(pressure) >= RUPTURE_MMHG


def contraction_mmhg(disease, effort):
    """Median joint pressure at a quadriceps effort from 0 (rest) to 1 (full isometric contraction), mmHg.

    The two ends are medians of jawed1997; the straight line between them is a teaching estimate.
    """
    (rest, *_), (full, *_) = DISEASE[disease]
    return rest + np.asarray(effort, float) * (full - rest)


# --- model B: slit, cyst and Laplace ---------------------------------------------------------------------

CONDUCTANCE = 1.0  # mL/min/mmHg with the slit open; teaching estimate
SQUEEZE_MMHG = 30  # on the cyst with the knee straight; direction canoso1987, size a teaching estimate
SLACK_ML = 3  # volume a cyst takes before its wall stretches; teaching estimate
STIFFNESS = 1.5  # mmHg/mL beyond that; teaching estimate


def slit_opening(flexion_deg):
    """How far the slit between joint and bursa is open, 0 (shut, up to 10 degrees) to 1 (from 60 degrees).

    Open in flexion, shut in extension: rauschning1980. The angles are teaching estimates.
    """
    u = np.clip((np.asarray(flexion_deg, float) - 10) / 50, 0, 1)
    return u * u * (3 - 2 * u)


def squeeze_mmhg(flexion_deg):
    """Pressure of the tendons on the cyst from outside, mmHg: 30 straight, none from 45 degrees."""
    return SQUEEZE_MMHG * np.maximum(0, 1 - np.asarray(flexion_deg, float) / 45)


def cyst_pressure_mmhg(cyst_ml, flexion_deg):
    """Pressure inside a cyst: stretch of its wall plus the squeeze from outside, mmHg."""
    return STIFFNESS * np.maximum(0, np.asarray(cyst_ml, float) - SLACK_ML) + squeeze_mmhg(flexion_deg)


class Course(NamedTuple):
    """A knee and its cyst over time: minutes, and volumes in mL of the same shape."""

    minutes: np.ndarray
    joint_ml: np.ndarray
    cyst_ml: np.ndarray


PERIOD_S = 4  # one bend and straighten


def bending_deg(minutes):
    """Flexion of a knee that starts straight and bends to 90 degrees and back every 4 s."""
    return 45 * (1 - np.cos(2 * np.pi * np.asarray(minutes) * 60 / PERIOD_S))


def fill_cyst(joint_ml, cyst_ml, *, minutes, flap=False, held_deg=None, production_ml_min=0.0, points=61):
    """Joint and cyst volumes while the knee bends and straightens, or is held at an angle.

    Flow runs from joint to cyst while the joint's pressure is higher and the slit is open; with a flap it
    never runs back. Fluid is conserved: what the cyst gains, the joint loses, but for what is produced.
    Integrated by LSODA (scipy). Volumes in mL, ``production_ml_min`` in mL/min.
    """
    from scipy.integrate import odeint  # compiled loop: solve_ivp costs ten times as much per step

    start = joint_ml + cyst_ml
    angles = None if held_deg is None else _at_angle(held_deg)

    def flow(cyst, t):
        cyst = float(cyst[0])
        opening, squeeze, share = angles or _at_angle(45 * (1 - math.cos(2 * math.pi * t * 60 / PERIOD_S)))
        if opening == 0:
            return 0.0
        filling = max(start + production_ml_min * t - cyst, 0) / share
        joint = NORMAL_MMHG - 8 * math.expm1(-filling / 4) + 9.12 * math.expm1(filling / 57)
        q = CONDUCTANCE * opening * (joint - STIFFNESS * max(0.0, cyst - SLACK_ML) - squeeze)
        return 0.0 if q < 0 and (flap or cyst <= 0) else q

    t = np.linspace(0, minutes, points)
    # a step no longer than a twelfth of a bend, and as many of them as it takes
    limits = dict(hmax=PERIOD_S / 60 / 12, mxstep=100_000, rtol=1e-5, atol=1e-5)
    cyst = np.clip(odeint(flow, float(cyst_ml), t, **limits)[:, 0], 0, None)
    return Course(t, start + production_ml_min * t - cyst, cyst)


def _at_angle(flexion_deg):
    """(slit opening, squeeze, room) at one angle, as plain floats: the integrator asks thousands of times."""
    u = min(max((flexion_deg - 10) / 50, 0.0), 1.0)
    from_best = flexion_deg - ROOMIEST_DEG
    if from_best <= 0:
        share = 1 - 50 / 140 * (from_best / 35) ** 2
    else:
        share = max(0.35, 1 - 70 / 140 * (from_best / 55) ** 2)
    return u * u * (3 - 2 * u), SQUEEZE_MMHG * max(0.0, 1 - flexion_deg / 45), share


def sphere_diameter_mm(volume):
    """Diameter of a sphere of this volume (mL), mm. A real cyst is flatter, so its width is less."""
    return 20 * np.cbrt(3 * np.asarray(volume, float) / (4 * np.pi))


def wall_tension_n_m(pressure, volume):
    """Laplace tension in the wall of a sphere at a pressure (mmHg) and volume (mL), N/m."""
    return np.asarray(pressure) * PA_PER_MMHG * sphere_diameter_mm(volume) / 2000 / 2


def wall_stress_kpa(pressure, volume, wall_mm):
    """Tension shared over the thickness of the wall (mm), kPa."""
    return wall_tension_n_m(pressure, volume) / np.asarray(wall_mm)
