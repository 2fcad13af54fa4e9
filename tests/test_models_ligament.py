"""Ligaments on a fixed hinge: laws first, then every check row of the evidence sheet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneecourse.models import ligament

law = settings(deadline=None)
angles = st.floats(-30, 150)
points = st.tuples(*[st.floats(-100, 100)] * 3)
kinds = st.sampled_from(list(ligament.LIGAMENTS.values()))
BENDS = (0, 30, 60, 90, 120)


# --- laws ------------------------------------------------------------------------------------------------


@law
@given(points, angles)
def test_turning_keeps_distance_from_the_axis_and_the_side(point, angle):
    x, y, z = ligament.bent(point, angle)
    assert np.hypot(x, y) == pytest.approx(np.hypot(*point[:2]), abs=1e-9)
    assert z == point[2]


@law
@given(points, angles)
def test_bending_and_straightening_again_changes_nothing(point, angle):
    assert ligament.bent(ligament.bent(point, angle), -angle) == pytest.approx(np.array(point), abs=1e-9)


@law
@given(st.floats(1, 100), st.floats(1, 179))
def test_the_shin_goes_behind_the_thigh(below, angle):
    assert ligament.bent((0, -below, 0), angle)[0] < 0
    assert ligament.bent((0, -below, 0), 90) == pytest.approx(np.array([-below, 0, 0]), abs=1e-9)


@law
@given(kinds, angles)
def test_a_length_stays_within_what_a_turn_can_do(kind, angle):
    far = np.linalg.norm(kind.femur) + np.linalg.norm(kind.tibia)
    assert abs(kind.femur[2] - kind.tibia[2]) - 1e-9 <= ligament.length_mm(kind, angle) <= far


@law
@given(kinds, angles)
def test_strain_is_length_beyond_the_slack_length(kind, angle):
    length, strain = ligament.length_mm(kind, angle), ligament.strain(kind, angle)
    assert kind.slack_mm * (1 + strain) == pytest.approx(length)
    assert (strain < 0) == (length < kind.slack_mm)


@pytest.mark.parametrize("function", [ligament.length_mm, ligament.strain])
def test_it_keeps_the_shape_of_the_angles(function):
    kind = ligament.LIGAMENTS["lcl"]
    grid = np.linspace(0, 120, 12).reshape(3, 4)
    assert function(kind, grid).shape == (3, 4)
    assert np.shape(function(kind, 30)) == ()
    assert float(function(kind, 30)) == pytest.approx(float(function(kind, [30])[0]))


# --- check values ----------------------------------------------------------------------------------------

LENGTHS = {  # mm at 0, 30, 60, 90 and 120 degrees
    "lcl": (57.3, 55.7, 53.4, 51.0, 49.1),
    "smcl": (80.9, 81.2, 78.9, 74.3, 68.4),
    "acl_pl": (24.3, 22.8, 21.9, 21.9, 22.8),
    "pcl_al": (32.3, 35.0, 37.1, 38.2, 38.1),
    "capsule": (51.9, 44.1, 34.4, 24.7, 19.6),
}
STRAIGHT = {  # end to end at extension, slack length, mm
    "acl_am": (28.9, 32.7),
    "acl_pl": (24.3, 25.2),
    "pcl_al": (32.3, 33.0),
    "pcl_pm": (31.7, 35.1),
    "smcl": (80.9, 78.0),
    "dmcl": (34.7, 34.2),
    "pol": (30.6, 29.7),
    "lcl": (57.3, 54.1),
    "pfl": (43.2, 46.8),
    "capsule": (51.9, 57.1),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_lengths_of_the_sheet(name):
    assert ligament.length_mm(ligament.LIGAMENTS[name], BENDS) == pytest.approx(LENGTHS[name], abs=0.1)


@pytest.mark.parametrize("name", STRAIGHT)
def test_end_to_end_and_slack_lengths_of_the_sheet(name):
    kind = ligament.LIGAMENTS[name]
    assert ligament.length_mm(kind, 0) == pytest.approx(STRAIGHT[name][0], abs=0.1)
    assert kind.slack_mm == STRAIGHT[name][1]


def test_all_ten_structures_are_there_and_five_go_the_way_anatomy_teaches():
    assert ligament.LIGAMENTS.keys() == STRAIGHT.keys()
    assert {name for name, kind in ligament.LIGAMENTS.items() if kind.hinge} == LENGTHS.keys()


@pytest.mark.parametrize("name", ["lcl", "smcl", "acl_pl", "capsule"])
def test_what_slackens_in_flexion(name):
    straight, bent = ligament.length_mm(ligament.LIGAMENTS[name], [0, 90])
    assert bent < straight


def test_the_anterolateral_pcl_tightens():
    straight, bent = ligament.length_mm(ligament.LIGAMENTS["pcl_al"], [0, 90])
    assert bent > straight


@pytest.mark.parametrize(("name", "bent"), [("pol", 43.9), ("pcl_pm", 43.7)])
def test_a_hinge_would_stretch_these_beyond_reason(name, bent):
    kind = ligament.LIGAMENTS[name]
    assert ligament.length_mm(kind, 120) == pytest.approx(bent, abs=0.1)
    assert ligament.strain(kind, 120) > 0.2
    assert not kind.hinge


def test_on_a_hinge_the_anteromedial_acl_never_pulls():
    kind = ligament.LIGAMENTS["acl_am"]
    assert ligament.strain(kind, ligament.FLEXION.sweep()).max() < 0
    assert not kind.hinge


def test_the_collaterals_start_an_epicondylar_width_apart():
    inner, outer = (ligament.LIGAMENTS[name].femur[2] for name in ("smcl", "lcl"))
    assert outer - inner == pytest.approx(76, abs=0.5)
