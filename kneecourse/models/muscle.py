"""How hard a muscle pulls at a length: fibres and an elastic tendon in series, as in Hill's model.

Published fibre and tendon parameters (rajagopal2016) with the curves of De Groote 2016. In the curves a
length is a multiple of the optimal fibre length or of the tendon's slack length, a force a share of the
largest isometric force.

Good for shape. OpenSim's own muscle with the same parameters gives a full force that differs by 10 % of the
largest (2 to 20 % by muscle) and is mostly higher, above all where fibres are long; published models differ
twofold in strength. So teach curves, not newtons.
"""

from typing import NamedTuple

import numpy as np


class Parameters(NamedTuple):
    """What makes one muscle differ from another."""

    strongest_n: float  # largest isometric force
    fibre_mm: float  # optimal fibre length
    tendon_mm: float  # slack length of the tendon
    pennation_deg: float  # at the optimal fibre length


# rajagopal2016, as in its model file, rounded to 0.1 (young adults: strength scaled to volumes from MRI)
PARAMETERS = {
    "semimem": Parameters(2201.0, 69.0, 347.6, 14.6),
    "semiten": Parameters(591.3, 193.0, 247.2, 13.8),
    "bflh": Parameters(1313.2, 97.6, 325.2, 10.1),
    "bfsh": Parameters(557.1, 110.3, 105.8, 15.1),
    "grac": Parameters(281.3, 227.8, 172.0, 9.9),
    "sart": Parameters(249.4, 403.0, 124.0, 1.5),
    "tfl": Parameters(411.2, 95.0, 449.5, 3.0),
    "gasmed": Parameters(3115.5, 51.0, 398.7, 9.5),
    "gaslat": Parameters(1575.1, 58.8, 376.1, 12.0),
    "recfem": Parameters(2191.7, 75.9, 448.5, 12.4),
    "vasmed": Parameters(2747.8, 96.8, 199.9, 24.2),
    "vasint": Parameters(1697.4, 99.3, 202.2, 3.6),
    "vaslat": Parameters(5148.8, 99.4, 220.6, 14.5),
    "soleus": Parameters(6194.8, 44.0, 276.8, 21.9),
    "tibpost": Parameters(1730.2, 37.8, 280.8, 13.0),
    "fdl": Parameters(423.2, 44.6, 378.8, 12.9),
    "fhl": Parameters(907.8, 52.7, 354.3, 14.8),
    "perlong": Parameters(1115.4, 50.8, 332.2, 14.2),
    "perbrev": Parameters(521.2, 45.4, 147.5, 11.8),
    "tibant": Parameters(1227.5, 68.3, 240.5, 11.2),
}


# --- curves of De Groote, Kinney, Rao and Fregly 2016, doi 10.1007/s10439-016-1591-9 ----------------------

# height, centre, width at no length, growth of the width with length
ACTIVE = ((0.814, 1.06, 0.162, 0.0633), (0.433, 0.717, -0.0299, 0.2), (0.1, 1.0, 0.354, 0.0))
# stretch at which fibres at rest pull with the largest force: the default of OpenSim's muscle, for which the
# parameters were made; De Groote has 0.6
PASSIVE_STRAIN = 0.7
TENDON_STIFFNESS = 33.93669377311689  # 4.9 % stretch at the largest force


def active_force(fibre_length):
    """Share of the largest force that fully active fibres make at a length; three bells, peak near 1."""
    x = np.asarray(fibre_length, float)
    return sum(a * np.exp(-(((x - b) / (c + d * x)) ** 2) / 2) for a, b, c, d in ACTIVE)


def passive_force(fibre_length, strain=PASSIVE_STRAIN):
    """Share of the largest force with which fibres at rest resist stretch: 0 at length 1, 1 at 1 + strain.

    Slightly negative below 1, as published; ``pull`` takes that as none.
    """
    stretch = np.asarray(fibre_length, float) - 1
    return np.expm1(4 * stretch / strain) / np.expm1(4)


def velocity_factor(velocity):
    """What speed does to active force: nearly 0 at -1 (fastest shortening), 1 held still, 1.8 at 1.

    ``velocity`` is a share of the fastest, positive while the fibres are drawn out.
    """
    return 0.318 * np.arcsinh(8.149 * np.asarray(velocity, float) + 0.374) + 0.886


def tendon_force(tendon_length):
    """Share of the largest force in a tendon stretched to a multiple of its slack length.

    Slightly negative up to 1.0016, as published; ``pull`` takes that as slack.
    """
    return 0.2 * np.exp(TENDON_STIFFNESS * (np.asarray(tendon_length, float) - 0.995)) - 0.25


# --- fibre and tendon in series --------------------------------------------------------------------------


class Pull(NamedTuple):
    """A muscle held at a length; every field has the shape of the arguments."""

    force_n: np.ndarray  # in the tendon
    passive_n: np.ndarray  # the part of it that stretched fibres give without being active
    fibre_mm: np.ndarray
    tendon_mm: np.ndarray


SLACK = 0.995 + np.log(1.25) / TENDON_STIFFNESS  # multiple of the slack length up to which a tendon is slack
TORN = 1.2  # no muscle stretches a tendon so far: it would take 200 times the largest force


def pull(muscle, length_mm, activation=1.0):
    """Force and fibre length with the muscle held at a length (muscle and tendon together, mm).

    ``muscle`` is a name in PARAMETERS or a Parameters; ``activation`` runs from 0 to 1. Arrays broadcast.
    Fibres keep their thickness as they shorten, so their angle to the tendon grows; a muscle shorter than its
    tendon hangs slack, with no force. Raises LookupError for an unknown muscle, ValueError for an activation
    outside 0 to 1 or a length that no tendon could stand.
    """
    p = muscle if isinstance(muscle, Parameters) else _known(muscle)
    whole, activation = np.broadcast_arrays(np.asarray(length_mm, float), np.asarray(activation, float))
    if not np.all((activation >= 0) & (activation <= 1)):
        raise ValueError(f"activation runs from 0 to 1; got {activation}")
    tendon = _tendon_mm(p, whole, activation)
    active, passive = _along_tendon(p, whole - tendon, activation)
    return Pull(
        p.strongest_n * (active + passive), p.strongest_n * passive, _fibre_mm(p, whole - tendon), tendon
    )


def _tendon_mm(p, whole, activation):
    """Length of the tendon at which it pulls as hard as the fibres."""
    from scipy.optimize import elementwise  # slow to import, so only where it is used

    slack = np.full(whole.shape, SLACK * p.tendon_mm)
    found = elementwise.find_root(
        lambda t, w, a: sum(_along_tendon(p, w - t, a)) - np.maximum(tendon_force(t / p.tendon_mm), 0),
        (slack, np.clip(whole, slack, TORN * p.tendon_mm)),
        args=(whole, activation),
    )
    if not np.all(found.success):
        raise ValueError(f"no muscle and tendon could be held at {whole[~found.success]} mm")
    return found.x


def _fibre_mm(p, along_mm):
    """Length of fibres that reach this far along the tendon; their thickness across it is constant."""
    return np.hypot(np.maximum(along_mm, 0), p.fibre_mm * np.sin(np.radians(p.pennation_deg)))


def _along_tendon(p, along_mm, activation):
    """(active, passive) share of the largest force that fibres give in the tendon's direction."""
    fibre_mm = _fibre_mm(p, along_mm)
    length, cosine = fibre_mm / p.fibre_mm, np.maximum(along_mm, 0) / fibre_mm
    return activation * active_force(length) * cosine, np.maximum(passive_force(length), 0) * cosine


def _known(muscle):
    if muscle not in PARAMETERS:
        raise LookupError(f"no parameters for a muscle called {muscle!r}; there are: {', '.join(PARAMETERS)}")
    return PARAMETERS[muscle]
