"""End-to-end length of ligaments on a fixed hinge, and where such a hinge fails.

Attachments are fibre centroids of one young woman's knee, no average (lenhart_model2015). X is forwards,
Y up, Z lateral, mm; femur and tibia points share one frame at 0 degrees. Lengths are good to 1 or 2 mm.
"""

from typing import NamedTuple

import numpy as np

from kneecourse.parameter import Parameter

FLEXION = Parameter("Knee flexion", "°", low=0, high=120, default=0, step=5)


class Ligament(NamedTuple):
    """Two attachments (X, Y, Z, mm), the length at which it goes slack, and whether a hinge can carry it.

    ``hinge`` is whether its change of length on a hinge goes the way anatomy teaches.
    """

    name: str
    femur: tuple[float, float, float]
    tibia: tuple[float, float, float]
    slack_mm: float
    hinge: bool


LIGAMENTS = {
    "lcl": Ligament("lateral collateral ligament", (-1.2, 4.7, 36.0), (-12.9, -50.7, 45.1), 54.1, True),
    "smcl": Ligament(
        "superficial medial collateral ligament", (2.1, 12.2, -40.1), (10.1, -64.9, -16.9), 78.0, True
    ),
    "acl_pl": Ligament("posterolateral bundle of the ACL", (-2.3, -2.3, 6.6), (12.2, -21.4, 2.6), 25.2, True),
    "pcl_al": Ligament("anterolateral bundle of the PCL", (4.5, -3.2, -7.6), (-12.3, -29.2, 1.5), 33.0, True),
    "capsule": Ligament("posterior capsule", (-9.8, 16.8, 0.1), (-18.3, -34.4, 2.0), 57.1, True),
    "acl_am": Ligament("anteromedial bundle of the ACL", (0.0, 2.2, 4.0), (15.7, -21.1, -2.8), 32.7, False),
    "pcl_pm": Ligament(
        "posteromedial bundle of the PCL", (4.0, -7.1, -9.6), (-15.1, -31.9, -4.6), 35.1, False
    ),
    "pol": Ligament("posterior oblique ligament", (-6.4, -8.2, -34.8), (-15.1, -36.1, -25.7), 29.7, False),
    "dmcl": Ligament("deep medial collateral ligament", (1.0, 1.7, -38.2), (2.5, -32.3, -31.4), 34.2, False),
    "pfl": Ligament("popliteofibular ligament", (1.4, -4.4, 34.9), (-22.4, -40.4, 37.0), 46.8, False),
}


def bent(points, flexion_deg):
    """Tibia points (..., 3), mm, turned backwards about the Z axis by the flexion angle, degrees."""
    x, y, z = np.moveaxis(np.asarray(points, float), -1, 0)
    angle = np.radians(flexion_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack(np.broadcast_arrays(x * cos + y * sin, y * cos - x * sin, z), axis=-1)


def length_mm(ligament, flexion_deg):
    """Distance between its two attachments, mm; follows the shape of the angles."""
    return np.linalg.norm(bent(ligament.tibia, flexion_deg) - ligament.femur, axis=-1)


def strain(ligament, flexion_deg):
    """Length beyond the slack length as a share of it; negative where it hangs slack."""
    return length_mm(ligament, flexion_deg) / ligament.slack_mm - 1
