"""How condyles and tibia move: laws first, then every check value of the evidence sheet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneecourse.models import contact

law = settings(deadline=None)
angles = st.floats(-30, 200)
MOVES = [contact.tibial_rotation_deg, contact.lateral_mm, contact.medial_mm]
each_move = pytest.mark.parametrize("move", MOVES, ids=lambda move: move.__name__)


# --- laws ------------------------------------------------------------------------------------------------


@each_move
@law
@given(one=angles, other=angles)
def test_bending_never_turns_anything_back(move, one, other):
    small, large = sorted([one, other])
    assert move(small) <= move(large)


@each_move
@law
@given(angle=st.floats(-200, 0))
def test_nothing_has_moved_in_a_straight_or_overstretched_knee(move, angle):
    assert move(angle) == 0


@each_move
@law
@given(angle=st.floats(150, 400))
def test_the_ends_are_held(move, angle):
    assert move(angle) == move(150)


@law
@given(st.floats(120, 200))
def test_the_turn_is_held_where_both_condyles_go_back(angle):
    assert contact.tibial_rotation_deg(angle) == contact.tibial_rotation_deg(120)


@law
@given(angles)
def test_the_outer_condyle_is_the_one_that_travels(angle):
    assert contact.lateral_mm(angle) >= contact.medial_mm(angle)


@law
@given(st.floats(0, 120), st.floats(0, 120))
def test_the_turn_is_quickest_near_extension(one, other):
    """Screw-home: a degree of bend near straight turns the tibia more than one further on."""
    small, large = sorted([one, other])
    turn = contact.tibial_rotation_deg
    assert turn(small + 0.1) - turn(small) >= turn(min(large + 0.1, 120)) - turn(large) - 1e-12


@each_move
def test_there_is_no_jump(move):
    fine = move(np.linspace(-10, 160, 17001))
    assert np.abs(np.diff(fine)).max() < 0.01


@each_move
def test_it_keeps_the_shape_of_the_angles(move):
    grid = np.linspace(-5, 150, 12).reshape(3, 4)
    assert move(grid).shape == (3, 4)
    assert move(list(grid[0])).shape == (4,)
    assert float(move(60)) == float(move(np.array([60.0]))[0])


def test_the_slider_stays_within_the_drawing_range():
    assert (contact.FLEXION.low, contact.FLEXION.high) == (-5, 150)
    assert contact.PASSIVE_DEG == 150


# --- check values and published points -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("angle", "turn"),
    [(0, 0), (10, 3.7), (20, 6.8), (40, 11.6), (60, 14.9), (90, 18.1), (120, 20.0), (150, 20.0)],
)
def test_rotation_of_the_sheet(angle, turn):
    assert contact.tibial_rotation_deg(angle) == pytest.approx(turn, abs=0.05)


@pytest.mark.parametrize(
    ("angle", "lateral", "medial"),
    [(-5, 0, 0), (0, 0, 0), (60, 11, 0), (120, 22, 0), (135, 27, 4.5), (150, 32, 9)],
)
def test_condyles_of_the_sheet(angle, lateral, medial):
    assert contact.lateral_mm(angle) == pytest.approx(lateral)
    assert contact.medial_mm(angle) == pytest.approx(medial)


def test_chen2014_the_tibia_turns_inwards_over_the_first_forty_degrees():
    start, end = contact.tibial_rotation_deg([0, 40])
    assert end - start == pytest.approx(11.6, abs=0.1)


def test_johal2005_the_outer_condyle_goes_back_and_the_inner_one_stays():
    assert contact.lateral_mm(120) == 22
    assert contact.medial_mm(np.linspace(0, 120, 25)).max() == 0
    assert contact.tibial_rotation_deg(120) == pytest.approx(20, abs=0.05)


def test_johal2005_beyond_120_degrees_both_go_back():
    assert contact.lateral_mm(150) - contact.lateral_mm(120) == pytest.approx(10)
    assert contact.medial_mm(150) - contact.medial_mm(120) == pytest.approx(9)
