"""How the two femoral condyles and the tibia move as the knee bends (contact is followed on the tibia).

Curves drawn through published points: chen2014 for the rotation over the first 40 degrees, johal2005 for the
condyles and for 120 degrees. Johal counted from hyperextension; starting at 0 degrees is a simplification.
"""

import numpy as np

from kneecourse.parameter import Parameter

FLEXION = Parameter("Knee flexion", "°", low=-5, high=150, default=0, step=5)

ACTIVE_DEG = 120  # beyond this, bending is passive (freeman2003) and both condyles go back (johal2005)
PASSIVE_DEG = 150  # end of the drawing range, not a claim about normal range
LATERAL_MM = (22, 32)  # behind its start at 120 degrees and in a full squat, johal2005
MEDIAL_MM = (0, 9)


def tibial_rotation_deg(flexion_deg):
    """Inward rotation of the tibia under the femur, degrees; 0 below 0 and held beyond 120 degrees."""
    bend = np.clip(np.asarray(flexion_deg, float), 0, ACTIVE_DEG)
    return 22.6 * -np.expm1(-bend / 55.6)


def lateral_mm(flexion_deg):
    """How far the lateral condyle has gone back on the tibia, mm; held beyond both ends."""
    return _stepwise(flexion_deg, LATERAL_MM)


def medial_mm(flexion_deg):
    """How far the medial condyle has gone back on the tibia, mm; held beyond both ends."""
    return _stepwise(flexion_deg, MEDIAL_MM)


def _stepwise(flexion_deg, far):
    return np.interp(flexion_deg, (0, ACTIVE_DEG, PASSIVE_DEG), (0, *far))
