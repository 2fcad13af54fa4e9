"""The leg: where bones and muscles are at a hip, knee and ankle angle, and what each muscle can do there.

MyoLeg (myo-sim, converted from rajagopal2016) on MuJoCo, loaded on first use and compiled once; the only
module that imports either.

Angles are degrees: hip flexion, knee flexion (0 is straight) and ankle dorsiflexion are positive. The model's
other coordinates of hip and foot stay at 0; those of tibia and patella follow the knee. Lengths are mm; axes
are x forwards, y up the bone, z to the right. The model has no ligament, meniscus, popliteus or plantaris.

Good for shape, sign and order. Published models differ from each other by 4 to 12 mm in moment arm, so print
mm as "in this model", to the nearest 5. Not to be taught as fact: knee flexor arms past 105 degrees (the
short head of biceps femoris loses its arm there) and gastrocnemius close to full extension.
"""

from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

from kneecourse.parameter import Parameter

HIP = Parameter("Hip flexion", "°", low=-30, high=120, default=0, source="rajagopal2016")
KNEE = Parameter("Knee flexion", "°", low=0, high=120, default=0, source="rajagopal2016")
ANKLE = Parameter("Ankle dorsiflexion", "°", low=-40, high=30, default=0, source="rajagopal2016")

# the muscles that cross the knee, and those that cross the ankle only
KNEE_MUSCLES = {
    "semimem": "semimembranosus",
    "semiten": "semitendinosus",
    "bflh": "long head of biceps femoris",
    "bfsh": "short head of biceps femoris",
    "grac": "gracilis",
    "sart": "sartorius",
    "tfl": "tensor fasciae latae",
    "gasmed": "medial head of gastrocnemius",
    "gaslat": "lateral head of gastrocnemius",
    "recfem": "rectus femoris",
    "vasmed": "vastus medialis",
    "vasint": "vastus intermedius",
    "vaslat": "vastus lateralis",
}
ANKLE_MUSCLES = {
    "soleus": "soleus",
    "tibpost": "tibialis posterior",
    "fdl": "flexor digitorum longus",
    "fhl": "flexor hallucis longus",
    "perlong": "fibularis longus",
    "perbrev": "fibularis brevis",
    "tibant": "tibialis anterior",
    "edl": "extensor digitorum longus",
    "ehl": "extensor hallucis longus",
}
MUSCLES = KNEE_MUSCLES | ANKLE_MUSCLES

# a bone -> the model's body that carries it; the fibula does not move on the tibia
BONES = {
    "pelvis": "pelvis",
    "femur": "femur_{}",
    "patella": "patella_{}",
    "tibia": "tibia_{}",
    "fibula": "tibia_{}",
    "talus": "talus_{}",
    "calcaneus": "calcn_{}",
    "toes": "toes_{}",
}
JOINTS = {"hip": "hip_flexion_{}", "knee": "knee_angle_{}", "ankle": "ankle_angle_{}"}
SIDES = {"right": "r", "left": "l"}


# --- what can be asked -----------------------------------------------------------------------------------


def pose(hip_deg=0, knee_deg=0, ankle_deg=0, *, frame="femur", side="right"):
    """Where the bones are: bone -> (4, 4) matrix from the bone's own mm to mm in the frame of one bone.

    ``frame`` is any of BONES: "femur" holds the thigh still, "pelvis" lets the hip move it. The femur's
    origin is the centre of its head; those of the others are the model's. One pose: each angle is one number.
    Raises ValueError for an angle outside the model's range, LookupError for an unknown frame or side.
    """
    leg = _place(side, hip_deg, knee_deg, ankle_deg)
    to_frame = np.linalg.inv(_matrix(leg, frame))
    return {bone: to_frame @ _matrix(leg, bone) for bone in BONES}


def paths(hip_deg=0, knee_deg=0, ankle_deg=0, *, muscles=tuple(MUSCLES), frame="femur", side="right"):
    """Where the muscles run: muscle -> (n, 3) points, mm, in the frame of one bone, origin to insertion.

    Where a muscle winds round bone the arc is drawn in steps of at most 5 degrees, so n changes with the
    pose; the points are as long as ``lengths_mm`` says, to 0.1 mm. Frame, side and errors as in ``pose``;
    LookupError also for an unknown muscle.
    """
    leg = _place(side, hip_deg, knee_deg, ankle_deg)
    to_frame = np.linalg.inv(_matrix(leg, frame))
    tendons = leg.tendons[_columns(muscles)]
    return {
        muscle: 1000 * _polyline(leg, tendon) @ to_frame[:3, :3].T + to_frame[:3, 3]
        for muscle, tendon in zip(muscles, tendons, strict=True)
    }


def lengths_mm(muscles, hip_deg=0, knee_deg=0, ankle_deg=0, *, side="right"):
    """Length from origin to insertion, muscle and tendon together, mm.

    The angles broadcast. One muscle's name gives an array of their shape; a list of names puts an axis of
    muscles in front. Raises ValueError for an angle outside the model's range and LookupError for an unknown
    muscle.
    """
    return _measures(muscles, (hip_deg, knee_deg, ankle_deg), side)[0]


def moment_arms_mm(muscles, hip_deg=0, knee_deg=0, ankle_deg=0, *, joint="knee", side="right"):
    """Moment arm at the hip, knee or ankle, mm: minus the change of length with the joint's angle in radians.

    So a muscle with a positive arm flexes the hip, flexes the knee or dorsiflexes the ankle; one that does
    not cross the joint has none. What tibia and patella do as the knee bends is in it. Shapes and errors as
    in ``lengths_mm``; LookupError also for an unknown joint.
    """
    return _measures(muscles, (hip_deg, knee_deg, ankle_deg), side)[1 + _position("joint", joint, JOINTS)]


# --- the compiled model ----------------------------------------------------------------------------------

# Rajagopal2016.osim sets the knee's axes off from the tibia's origin (tibia_r_offset, m, right leg). The
# conversion to MyoLeg lost it, which puts the axes 9 mm off and the knee's moment arms out by 6 mm.
KNEE_AXIS_IN_TIBIA = (-0.00808954, -0.0035348, -0.00148474)
HINGES = ("knee_angle_{}", "knee_angle_rotation2_{}", "knee_angle_rotation3_{}")
FOLLOWERS = 7  # coordinates that the knee's angle drives: 4 of the tibia, 3 of the patella


class _Leg(NamedTuple):
    """One leg of the model with what is looked up once: addresses into MuJoCo's arrays."""

    model: Any
    data: Any
    qpos: np.ndarray  # (3,) hip, knee, ankle
    dofs: np.ndarray  # (3,)
    follower_qpos: np.ndarray  # (7,)
    follower_dofs: np.ndarray  # (7,)
    polynomials: np.ndarray  # (5, 7) a follower for a knee angle in radians, lowest power first
    bodies: dict[str, int]
    tendons: np.ndarray  # (22,) in the order of MUSCLES
    jacobian_at: np.ndarray  # (k,) where the k stored entries of the tendons' Jacobian stand when it is full


@cache
def _compiled():
    """MuJoCo's model of both legs without a torso, and its working data."""
    import mujoco
    import myo_sim

    spec = _found("leg model", "myolegs", getattr(myo_sim, "FRAGMENT_SPEC_BUILDERS", {}).get)()
    _mend_knee_axis(spec)
    model = spec.compile()
    return model, mujoco.MjData(model)


def _mend_knee_axis(spec):
    """Put the knee's axes where Rajagopal 2016 has them, unless upstream has moved them already."""
    x, y, z = KNEE_AXIS_IN_TIBIA
    for suffix, mirrored in (("r", z), ("l", -z)):
        hinges = [_found("joint", name.format(suffix), spec.joint) for name in HINGES]
        if not any(np.any(hinge.pos) for hinge in hinges):
            for hinge in hinges:
                hinge.pos = (x, y, mirrored)


@cache
def _leg(side):
    """The addresses of one leg; RuntimeError when upstream is not the model this was written for."""
    model, data = _compiled()
    suffix = SIDES[_known("side", side, SIDES)]
    joints = np.array([_found("joint", name.format(suffix), model.joint).id for name in JOINTS.values()])
    followers, polynomials = _followers(model, joints[1])
    bodies = {bone: _found("body", name.format(suffix), model.body).id for bone, name in BONES.items()}
    muscles = [_found("muscle", f"{name}_{suffix}", model.actuator) for name in MUSCLES]
    return _Leg(
        model,
        data,
        model.jnt_qposadr[joints],
        model.jnt_dofadr[joints],
        model.jnt_qposadr[followers],
        model.jnt_dofadr[followers],
        polynomials,
        bodies,
        np.array([_around_cylinders(model, muscle) for muscle in muscles]),
        np.repeat(np.arange(model.ntendon), model.ten_J_rownnz) * model.nv + model.ten_J_colind,
    )


def _followers(model, knee):
    """The joints that follow the knee's angle (7,), and their polynomials of it (5, 7)."""
    from mujoco import mjtEq

    rows = np.flatnonzero((model.eq_type == int(mjtEq.mjEQ_JOINT)) & (model.eq_obj2id == knee))
    if len(rows) != FOLLOWERS:
        raise _changed(f"lets {len(rows)} coordinates follow the knee, not {FOLLOWERS}")
    return model.eq_obj1id[rows], model.eq_data[rows, :5].T


def _around_cylinders(model, muscle):
    """The tendon of a muscle; its path runs through points and round cylinders, which ``_arc`` can draw."""
    from mujoco import mjtWrap

    tendon = int(muscle.trnid[0])
    start, count = model.tendon_adr[tendon], model.tendon_num[tendon]
    drawn = [int(mjtWrap.mjWRAP_SITE), int(mjtWrap.mjWRAP_CYLINDER)]
    if not np.isin(model.wrap_type[start : start + count], drawn).all():
        raise _changed(f"takes {muscle.name} round something other than a cylinder")
    return tendon


def _found(kind, name, look):
    """What upstream has under a name; RuntimeError when it has nothing."""
    try:
        thing = look(name)
    except KeyError:
        thing = None
    if thing is None:
        raise _changed(f"has no {kind} {name!r}")
    return thing


def _changed(what):
    """The error for an upstream model of another shape."""
    return RuntimeError(
        f"myo-sim {version('myo-sim')} (with mujoco {version('mujoco')}) {what}, so the course's leg"
        " model does not fit it. Install the versions in requirements.txt, or adapt kneecourse/models/leg.py."
    )


# --- one pose --------------------------------------------------------------------------------------------


def _place(side, hip_deg, knee_deg, ankle_deg):
    """The leg with its bones and muscles moved to a pose."""
    import mujoco

    leg = _leg(side)
    radians = np.radians([HIP.check(hip_deg), KNEE.check(knee_deg), ANKLE.check(ankle_deg)])
    leg.data.qpos[:] = leg.model.qpos0
    leg.data.qpos[leg.qpos] = radians
    # MuJoCo lets them follow only while it simulates
    leg.data.qpos[leg.follower_qpos] = _powers(radians[1]) @ leg.polynomials
    mujoco.mj_kinematics(leg.model, leg.data)
    mujoco.mj_comPos(leg.model, leg.data)
    mujoco.mj_tendon(leg.model, leg.data)
    return leg


def _powers(x):
    return x ** np.arange(5)


def _slopes(x):
    return np.array([0, 1, 2 * x, 3 * x**2, 4 * x**3])


def _matrix(leg, bone):
    """(4, 4) from a bone's own mm to the model's, mm."""
    body = leg.bodies[_known("bone", bone, BONES)]
    matrix = np.eye(4)
    matrix[:3, :3] = leg.data.xmat[body].reshape(3, 3)
    matrix[:3, 3] = 1000 * leg.data.xpos[body]
    return matrix


def _polyline(leg, tendon):
    """(n, 3) points of a tendon's path in the model's metres, arcs included."""
    start, count = leg.data.ten_wrapadr[tendon], leg.data.ten_wrapnum[tendon]
    points = leg.data.wrap_xpos.reshape(-1, 3)[start : start + count]
    cylinders = leg.data.wrap_obj.ravel()[start : start + count]  # -1 at a point
    # touching down and lifting off are two rows in a row with the same cylinder
    downs = np.flatnonzero(cylinders >= 0)[::2]
    pieces, done = [], 0
    for down in downs:
        pieces += [points[done:down], _arc(leg.data, cylinders[down], points[down], points[down + 1])]
        done = down + 2
    return np.concatenate([*pieces, points[done:]])


ARC_STEP = np.radians(5)


def _arc(data, cylinder, down, off):
    """(n, 3) points along the shortest way round a cylinder from touching down to lifting off, metres."""
    centre, axes = data.geom_xpos[cylinder], data.geom_xmat[cylinder].reshape(3, 3)
    (x, y, z), (x_off, y_off, z_off) = (down - centre) @ axes, (off - centre) @ axes
    turn = np.arctan2(x * y_off - y * x_off, x * x_off + y * y_off)
    share = np.linspace(0, 1, 2 + int(abs(turn) / ARC_STEP))
    cos, sin = np.cos(turn * share), np.sin(turn * share)
    around = np.column_stack([x * cos - y * sin, x * sin + y * cos, z + (z_off - z) * share])
    return around @ axes.T + centre


# --- many poses ------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _measure(side, hip_deg, knee_deg, ankle_deg):
    """(4, 22) of one pose, mm: length, then arm at hip, knee and ankle, for MUSCLES in their order."""
    leg = _place(side, hip_deg, knee_deg, ankle_deg)
    full = np.zeros((leg.model.ntendon, leg.model.nv))
    full.flat[leg.jacobian_at] = leg.data.ten_J
    change = full[leg.tendons]
    by_joint = change[:, leg.dofs]
    # chain rule: the knee's angle moves tibia and patella along
    by_joint[:, 1] += change[:, leg.follower_dofs] @ (_slopes(np.radians(knee_deg)) @ leg.polynomials)
    return 1000 * np.vstack([leg.data.ten_length[leg.tendons], -by_joint.T])


def _measures(muscles, angles, side):
    """``_measure`` over broadcast angles: (4, [muscles,] *shape), mm."""
    grids = np.broadcast_arrays(*(np.asarray(angle, float) for angle in angles))
    poses = zip(*(grid.ravel().tolist() for grid in grids), strict=True)
    table = np.array([_measure(side, *pose) for pose in poses]).reshape(-1, 4, len(MUSCLES))
    every = np.moveaxis(table, 0, -1).reshape(4, len(MUSCLES), *grids[0].shape)
    return every[:, _position("muscle", muscles, MUSCLES) if isinstance(muscles, str) else _columns(muscles)]


def _columns(muscles):
    return [_position("muscle", muscle, MUSCLES) for muscle in muscles]


def _position(kind, name, names):
    return list(names).index(_known(kind, name, names))


def _known(kind, name, names):
    """The name itself; LookupError with the nearest ones when it is not among the names."""
    if name in names:
        return name
    near = ", ".join(get_close_matches(str(name), names)) or f"one of {', '.join(names)}"
    raise LookupError(f"no {kind} called {name!r}; did you mean: {near}?")
