"""Muscle force: the curves against SymPy's, the laws of a spring in series, then OpenSim as the yardstick."""

import csv
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.physics import biomechanics

from kneecourse.models import leg, muscle
from kneecourse.models.muscle import PARAMETERS, pull

law = settings(deadline=None, max_examples=100)
muscles = st.sampled_from(list(PARAMETERS))
activations = st.floats(0, 1)
stretches = st.floats(0.3, 1.7)  # fibre length as a multiple of the optimal one


def held(name, stretch):
    """Length, mm, at which a muscle with its tendon just slack has fibres of about this stretch."""
    p = PARAMETERS[name]
    return p.tendon_mm + stretch * p.fibre_mm * np.cos(np.radians(p.pennation_deg))


# --- curves ----------------------------------------------------------------------------------------------

# SymPy's curves carry the constants of De Groote 2016 (doi 10.1007/s10439-016-1591-9)
CURVES = {
    "active": (muscle.active_force, "FiberForceLengthActiveDeGroote2016", (0.2, 2)),
    "velocity": (muscle.velocity_factor, "FiberForceVelocityDeGroote2016", (-1, 1)),
    "tendon": (muscle.tendon_force, "TendonForceLengthDeGroote2016", (0.98, 1.1)),
}


def published(curve):
    """One of SymPy's curves as a function of numbers."""
    x = sympy.Symbol("x")
    expression = curve(x).doit(deep=False, evaluate=False)
    return sympy.lambdify(x, expression, "numpy")


@pytest.mark.parametrize("name", CURVES)
def test_curves_are_those_of_de_groote(name):
    ours, theirs, ends = CURVES[name]
    x = np.linspace(*ends, 401)
    np.testing.assert_allclose(
        ours(x), published(getattr(biomechanics, theirs).with_defaults)(x), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("strain", [0.6, 0.7])
def test_the_passive_curve_is_that_of_de_groote(strain):
    curve = biomechanics.FiberForceLengthPassiveDeGroote2016
    theirs = published(lambda x: curve(x, sympy.Float(strain), sympy.Integer(4)))
    x = np.linspace(0.2, 2, 401)
    np.testing.assert_allclose(muscle.passive_force(x, strain), theirs(x), rtol=1e-9, atol=1e-9)


def test_landmarks_of_the_curves():
    x = np.linspace(0.3, 1.8, 1501)
    assert x[np.argmax(muscle.active_force(x))] == pytest.approx(1, abs=0.05)
    assert muscle.active_force(x).max() == pytest.approx(1, abs=0.02)
    assert muscle.passive_force([1, 1.7]) == pytest.approx([0, 1])
    assert muscle.velocity_factor([-1, 0, 1]) == pytest.approx([0, 1, 1.8], abs=0.02)
    assert muscle.tendon_force([muscle.SLACK, 1.049]) == pytest.approx([0, 1], abs=0.01)


@law
@given(st.floats(-1, 1), st.floats(0.001, 1))
def test_the_faster_it_shortens_the_less_it_pulls(velocity, more):
    assert muscle.velocity_factor(velocity - more) < muscle.velocity_factor(velocity)


# --- laws ------------------------------------------------------------------------------------------------


@law
@given(muscles, stretches, activations)
def test_fibres_and_tendon_pull_equally_and_fill_the_length(name, stretch, activation):
    p, whole = PARAMETERS[name], held(name, stretch)
    held_there = pull(name, whole, activation)
    in_tendon = p.strongest_n * max(muscle.tendon_force(held_there.tendon_mm / p.tendon_mm), 0)
    assert held_there.force_n == pytest.approx(in_tendon, rel=1e-6, abs=1e-3 * p.strongest_n)
    along = np.sqrt(held_there.fibre_mm**2 - (p.fibre_mm * np.sin(np.radians(p.pennation_deg))) ** 2)
    if held_there.force_n > 0:
        assert along + held_there.tendon_mm == pytest.approx(whole, abs=1e-6)


@law
@given(muscles, stretches, st.floats(0, 0.9), st.floats(0.05, 0.1))
def test_more_activation_is_more_force(name, stretch, activation, more):
    whole = held(name, stretch)
    assert pull(name, whole, activation + more).force_n > pull(name, whole, activation).force_n


@law
@given(muscles, st.floats(1.05, 1.7), st.floats(0.01, 0.2))
def test_at_rest_a_longer_muscle_pulls_harder(name, stretch, more):
    shorter, longer = (pull(name, held(name, s), 0) for s in (stretch, stretch + more))
    assert longer.force_n > shorter.force_n
    assert longer.force_n == pytest.approx(longer.passive_n)
    assert longer.fibre_mm > shorter.fibre_mm


@law
@given(muscles, stretches)
def test_an_active_muscle_shortens_its_fibres_and_draws_out_its_tendon(name, stretch):
    whole = held(name, stretch)
    rest, active = pull(name, whole, 0), pull(name, whole, 1)
    assert active.fibre_mm < rest.fibre_mm
    assert active.tendon_mm > rest.tendon_mm
    assert active.passive_n <= rest.passive_n


@law
@given(muscles, st.floats(0.1, 1), activations)
def test_shorter_than_its_tendon_a_muscle_hangs_slack(name, share, activation):
    slack = pull(name, share * PARAMETERS[name].tendon_mm, activation)
    assert slack.force_n == slack.passive_n == 0
    assert slack.tendon_mm == pytest.approx(PARAMETERS[name].tendon_mm, rel=0.002)


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_strongest_pull_is_close_to_the_largest_force(name):
    p = PARAMETERS[name]
    strongest = pull(name, held(name, np.linspace(0.5, 1.4, 181))).force_n.max()
    assert strongest == pytest.approx(p.strongest_n * np.cos(np.radians(p.pennation_deg)), rel=0.03)


def test_arguments_broadcast():
    lengths, levels = np.array([[380.0], [410.0]]), np.array([0.0, 0.5, 1.0])
    table = pull("bflh", lengths, levels)
    assert {part.shape for part in table} == {(2, 3)}
    assert table.force_n[1, 1] == pytest.approx(float(pull("bflh", 410, 0.5).force_n))
    assert np.shape(pull("bflh", 410).force_n) == ()
    assert pull("bflh", []).force_n.shape == (0,)


def test_a_muscle_may_be_given_by_its_parameters():
    weaker = PARAMETERS["bflh"]._replace(strongest_n=PARAMETERS["bflh"].strongest_n / 2)
    assert pull(weaker, 410).force_n == pytest.approx(pull("bflh", 410).force_n / 2)


def test_what_cannot_be_is_refused():
    with pytest.raises(LookupError, match=r"'popliteus'.*semimem"):
        pull("popliteus", 100)
    for activation in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="activation runs from 0 to 1"):
            pull("bflh", 410, activation)
    for length in (5000, float("nan")):
        for lengths in (length, [410, length]):
            with pytest.raises(ValueError, match="could be held"):
                pull("bflh", lengths)


# --- on the leg ------------------------------------------------------------------------------------------


def test_there_are_parameters_for_every_muscle_of_the_knee():
    assert leg.KNEE_MUSCLES.keys() <= PARAMETERS.keys() <= leg.MUSCLES.keys()


@pytest.mark.parametrize("name", ["semimem", "semiten", "bflh"])
def test_hamstrings_bend_the_knee_harder_with_the_hip_bent(name):
    lying, sitting = leg.lengths_mm(name, [0, 90], 90)
    assert pull(name, lying).force_n < 0.75 * pull(name, sitting).force_n


def test_rectus_femoris_helps_least_with_hip_bent_and_knee_straight():
    grid = pull("recfem", leg.lengths_mm("recfem", [[0], [90]], [0, 60])).force_n
    assert np.unravel_index(np.argmin(grid), grid.shape) == (1, 0)


@pytest.mark.parametrize("name", ["gasmed", "gaslat"])
def test_a_bent_knee_leaves_the_heel_raise_to_soleus(name):
    straight, bent = pull(name, leg.lengths_mm(name, 0, [0, 90])).force_n
    assert bent < straight / 2
    np.testing.assert_allclose(*pull("soleus", leg.lengths_mm("soleus", 0, [0, 90])).force_n)


def test_resting_hamstrings_hold_back_the_straight_leg_raise():
    for name in ("semimem", "semiten", "bflh"):
        flat, raised = pull(name, leg.lengths_mm(name, [0, 90], 0), 0).force_n
        assert flat < 0.05 * raised


# --- OpenSim ---------------------------------------------------------------------------------------------

# Computed once with OpenSim 4.6 from Rajagopal2016.osim (doi 10.1109/TBME.2016.2586891), hip and ankle at 0,
# knee at 0, 20, ... 120 degrees: length, mm, and force with the muscle fully active, N
FULL_FORCE = {
    "semimem": [(411.5, 1774), (399.2, 1346), (384.4, 724), (368.4, 189), (352.9, 0), (339.9, 0), (331.1, 0)],
    "bflh": [(414.0, 1120), (403.4, 998), (391.6, 759), (378.9, 497), (366.3, 258), (355.4, 81), (347.5, 3)],
    "gaslat": [
        *((447.6, 1516), (442.3, 1426), (434.1, 1278), (425.0, 1023)),
        *((415.7, 699), (407.3, 431), (401.7, 273)),
    ],
    "recfem": [  # hip at 90 degrees
        *((439.9, 0), (456.5, 0), (472.5, 157), (487.0, 571)),
        *((499.1, 997), (507.5, 1318), (515.6, 1623)),
    ],
    "vaslat": [
        *((295.7, 3920), (311.1, 4546), (326.0, 4980), (338.7, 4857)),
        *((348.5, 4444), (355.6, 4280), (363.6, 4283)),
    ],
}


def off(name, force_n, wanted_n):
    """Root mean square difference as a share of the muscle's largest force."""
    return np.sqrt(np.mean((np.asarray(force_n) - wanted_n) ** 2)) / PARAMETERS[name].strongest_n


@pytest.mark.parametrize("name", FULL_FORCE)
def test_full_force_follows_opensim(name):
    length, force = np.array(FULL_FORCE[name], float).T
    ours = pull(name, length).force_n
    assert off(name, ours, force) < 0.22
    assert np.corrcoef(ours, force)[0, 1] > 0.78


# at rest (activation 0.01), hip at 90 degrees and knee straight: length, mm, and force, N, from the same file
@pytest.mark.parametrize(("name", "length", "force"), [("bflh", 501.7, 1183), ("semiten", 548.3, 324)])
def test_stretched_hamstrings_resist_as_in_opensim(name, length, force):
    assert pull(name, length, 0.01).force_n == pytest.approx(force, rel=0.3)


SHARED = Path(__file__).parents[2] / "shared" / "reference"
with_whole_curves = pytest.mark.skipif(
    not (SHARED / "opensim_isometric_force.csv").is_file(),
    reason="the whole curves are not beside this repository (the tables are checked)",
)


def rows(file):
    with (SHARED / file).open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["model"] == "Rajagopal2016"]


def forces():
    """Rajagopal2016's forces: {muscle: {activation: (length, force) arrays over knee and hip}}."""
    angles = ("hip_flexion_deg", "knee_flexion_deg", "ankle_dorsiflexion_deg")
    lengths = {
        (row["muscle"], *(row[angle] for angle in angles)): 1000 * float(row["mtu_length_m"])
        for row in rows("opensim_geometry.csv")
    }
    found = {}
    for row in rows("opensim_isometric_force.csv"):
        pair = lengths[row["muscle"], *(row[angle] for angle in angles)], float(row["tendon_force_N"])
        found.setdefault(row["muscle"], {}).setdefault(float(row["activation"]), []).append(pair)
    return {
        name: {level: np.array(pairs).T for level, pairs in levels.items()} for name, levels in found.items()
    }


@with_whole_curves
def test_whole_curves_of_force():
    errors = []
    for name, levels in forces().items():
        for activation, (length, wanted) in levels.items():
            ours = pull(name, length, activation).force_n
            if activation == 1:
                errors.append(off(name, ours, wanted))
                assert errors[-1] < 0.2, name
            else:
                assert off(name, ours, wanted) < 0.08, name
            if np.ptp(wanted) > 0.1 * PARAMETERS[name].strongest_n:
                assert np.corrcoef(ours, wanted)[0, 1] > 0.78, (name, activation)
    assert len(errors) == len(PARAMETERS)
    assert np.mean(errors) < 0.11


@with_whole_curves
def test_parameters_are_those_of_the_model_file():
    columns = (
        *(("max_isometric_force_N", 1), ("optimal_fibre_length_m", 1000)),
        *(("tendon_slack_length_m", 1000), ("pennation_at_optimal_deg", 1)),
    )
    listed = rows("opensim_muscle_parameters.csv")
    assert {row["muscle"] for row in listed} == PARAMETERS.keys()
    for row in listed:
        np.testing.assert_allclose(
            PARAMETERS[row["muscle"]], [float(row[name]) * factor for name, factor in columns], atol=0.0501
        )
