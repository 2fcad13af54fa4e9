"""Fluid in the knee: laws first, then every check value of the evidence sheet."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from kneecourse.models import joint_fluid as fluid

law = settings(deadline=None)
slow_law = settings(deadline=None, max_examples=25)

volumes = st.floats(0, 150)
angles = st.floats(0, 90)
cysts = st.floats(0, 80)


# --- model A: laws ---------------------------------------------------------------------------------------


def test_the_published_data_end_at_ninety_degrees():
    assert (fluid.FLEXION.low, fluid.FLEXION.high) == (0, 90)


@law
@given(volumes, st.floats(0.1, 20), angles)
def test_more_fluid_is_more_pressure(volume, more, angle):
    assert fluid.pressure_mmhg(volume + more, angle) > fluid.pressure_mmhg(volume, angle)


@law
@given(st.floats(0.5, 150), angles)
def test_pressure_is_lowest_at_thirty_five_degrees(volume, angle):
    assume(abs(angle - 35) > 1)
    assert fluid.pressure_mmhg(volume, 35) < fluid.pressure_mmhg(volume, angle)


@law
@given(st.floats(1, 150), st.floats(0, 34), st.floats(0.5, 10))
def test_pressure_climbs_the_further_the_knee_is_from_its_roomiest_angle(volume, off, further):
    def pressure(angle):
        return fluid.pressure_mmhg(volume, angle)

    assert pressure(35 + off + further) > pressure(35 + off)
    if off + further <= 35:
        assert pressure(35 - off - further) > pressure(35 - off)


@law
@given(angles)
def test_without_extra_fluid_the_angle_does_not_matter(angle):
    assert fluid.pressure_mmhg(0, angle) == -5


@law
@given(volumes, angles)
def test_volume_inverts_pressure(volume, angle):
    pressure = fluid.pressure_mmhg(volume, angle)
    assert fluid.volume_ml(pressure, angle) == pytest.approx(volume, abs=1e-5)


@law
@given(st.floats(-5, 500), angles)
def test_pressure_inverts_volume(pressure, angle):
    assert fluid.pressure_mmhg(fluid.volume_ml(pressure, angle), angle) == pytest.approx(pressure, abs=1e-5)


@law
@given(angles)
def test_room_is_a_share_of_the_most_there_is(angle):
    assert 0.35 <= fluid.room(angle) <= 1
    assert fluid.room(35) == 1


def test_room_has_no_jump():
    fine = fluid.room(np.linspace(0, 120, 24001))
    assert np.abs(np.diff(fine)).max() < 2e-4


@pytest.mark.parametrize("function", [fluid.pressure_mmhg, fluid.volume_ml, fluid.cyst_pressure_mmhg])
def test_arguments_broadcast(function):
    column, row = np.array([[5.0], [20.0], [60.0]]), np.array([0.0, 35.0, 60.0, 90.0])
    table = function(column, row)
    assert table.shape == (3, 4)
    assert table[1, 3] == pytest.approx(float(function(20, 90)))
    assert np.shape(function(20, 90)) == ()
    assert function(column, 35).shape == (3, 1)


@pytest.mark.parametrize("function", [fluid.room, fluid.slit_opening, fluid.squeeze_mmhg])
def test_functions_of_the_angle_keep_its_shape(function):
    grid = np.linspace(0, 90, 12).reshape(3, 4)
    assert function(grid).shape == (3, 4)
    assert function(list(grid[0])).shape == (4,)
    assert float(function(45)) == float(function(np.array([45.0]))[0])


# --- model A: check values and published points ----------------------------------------------------------

TABLE = {  # mL -> mmHg at 0, 15, 35, 60 and 90 degrees
    0: (-5.0, -5.0, -5.0, -5.0, -5.0),
    5: (3.2, 2.0, 1.5, 2.0, 4.1),
    20: (9.6, 7.4, 6.8, 7.3, 12.3),
    40: (21.0, 14.1, 12.3, 13.8, 31.0),
    60: (40.8, 23.9, 20.0, 23.4, 68.7),
    100: (133.6, 60.3, 46.6, 58.4, 298.6),
}
CELLS = [
    (volume, angle, mmhg)
    for volume, row in TABLE.items()
    for angle, mmhg in zip((0, 15, 35, 60, 90), row, strict=True)
]


@pytest.mark.parametrize(("volume", "angle", "mmhg"), CELLS)
def test_table_of_the_sheet(volume, angle, mmhg):
    assert fluid.pressure_mmhg(volume, angle) == pytest.approx(mmhg, abs=1)


def test_volumes_at_100_mmhg_and_what_must_leave():
    straight, best, bent = fluid.volume_ml(100, [0, 35, 90])
    assert straight == pytest.approx(89.9, abs=0.1)
    assert best == pytest.approx(139.9, abs=0.1)
    assert bent == pytest.approx(69.9, abs=0.1)
    assert best - straight == pytest.approx(50, abs=0.2)  # R4, burgaard1988
    assert best - bent == pytest.approx(70, abs=0.2)


def test_a_knee_filled_to_100_mmhg_ruptures_whichever_way_it_is_moved():
    full = fluid.volume_ml(100, 35)
    assert fluid.pressure_mmhg(full, 0) == pytest.approx(409, abs=2)
    assert 200 <= fluid.pressure_mmhg(full, 0) <= 450  # R5, burgaard1988
    assert fluid.pressure_mmhg(full, 90) > 1000
    assert np.all(fluid.is_ruptured(fluid.pressure_mmhg(full, [0, 90])))
    assert not fluid.is_ruptured(fluid.pressure_mmhg(full, 35))


def test_the_median_pressure_of_osteoarthritis_needs_less_fluid_in_a_straight_knee():
    assert fluid.volume_ml(17, 35) == pytest.approx(53, abs=1)
    assert fluid.volume_ml(17, 0) == pytest.approx(34, abs=1)


def test_r1_a_resting_knee_is_below_the_air_outside_at_every_angle():
    assert np.all(np.abs(fluid.pressure_mmhg(0, fluid.FLEXION.sweep()) - -5) <= 1.5)
    assert fluid.NORMAL_MMHG == -5


def test_r2_five_millilitres_lift_it_above_and_now_the_angle_matters():
    along = fluid.pressure_mmhg(5, fluid.FLEXION.sweep(91))
    assert np.all(along > 0)
    assert 20 <= along.argmin() <= 60
    assert along[0] > along.min() + 1
    assert along[-1] > along.min() + 1


@pytest.mark.parametrize("pressure", [1, 10, 50, 100, 200])
def test_r3_the_knee_holds_most_at_thirty_five_degrees(pressure):
    assert fluid.volume_ml(pressure, fluid.FLEXION.sweep(91)).argmax() == 35


def test_r6_bending_a_distended_knee_to_ninety_degrees_ruptures_it():
    distended = fluid.volume_ml(158, 35)
    assert fluid.pressure_mmhg(distended, 90) > 216


JAWED = {  # R7: medians at rest and on contraction, with quartiles where printed
    "acute_trauma": ((6, 2, 12), (9, 7, 16)),
    "osteoarthritis": ((17, 7, 21), (56, 20, 116)),
    "rheumatoid": ((8, 5, 47), (56, 33, 150)),
    "psoriatic": ((18, None, None), (52, None, None)),
    "pyrophosphate": ((25, None, None), (53, None, None)),
}


def test_r7_the_published_medians_and_quartiles():
    assert fluid.DISEASE == JAWED


@pytest.mark.parametrize("disease", JAWED)
def test_r7_rest_and_full_effort_are_the_two_medians(disease):
    (rest, *_), (full, *_) = JAWED[disease]
    assert fluid.contraction_mmhg(disease, 0) == rest
    assert fluid.contraction_mmhg(disease, 1) == full
    assert fluid.contraction_mmhg(disease, 0.5) == pytest.approx((rest + full) / 2)


@pytest.mark.parametrize(
    ("disease", "rise"), [("acute_trauma", 3), ("osteoarthritis", 39), ("rheumatoid", 48)]
)
def test_r7_the_rise_on_contraction(disease, rise):
    low, high = fluid.contraction_mmhg(disease, np.array([0, 1]))
    assert high - low == rise


def test_r8_a_straight_knee_holds_about_what_cadaver_knees_held():
    assert 87.5 - 21.7 <= fluid.volume_ml(100, 0) <= 87.5 + 21.7


def test_the_capsule_gives_way_from_200_mmhg():
    assert list(fluid.is_ruptured([0, 199.9, 200, 450])) == [False, False, True, True]


# --- model B: laws ---------------------------------------------------------------------------------------


@law
@given(angles, angles)
def test_the_slit_opens_as_the_knee_bends(one, other):
    small, large = sorted([one, other])
    assert 0 <= fluid.slit_opening(small) <= fluid.slit_opening(large) <= 1


@law
@given(angles, angles)
def test_the_tendons_let_go_as_the_knee_bends(one, other):
    small, large = sorted([one, other])
    assert 30 >= fluid.squeeze_mmhg(small) >= fluid.squeeze_mmhg(large) >= 0


def test_slit_and_squeeze_at_their_ends():
    assert list(fluid.slit_opening([0, 10, 35, 60, 90])) == [0, 0, 0.5, 1, 1]
    assert list(fluid.squeeze_mmhg([0, 22.5, 45, 90])) == [30, 15, 0, 0]


@law
@given(cysts, st.floats(0.1, 20), angles)
def test_a_fuller_cyst_is_never_softer(cyst, more, angle):
    assert fluid.cyst_pressure_mmhg(cyst + more, angle) >= fluid.cyst_pressure_mmhg(cyst, angle)


@law
@given(cysts)
def test_fouchers_sign_a_cyst_is_firmer_straight_than_bent(cyst):
    straight, bent = fluid.cyst_pressure_mmhg(cyst, [0, 90])
    assert straight - bent == pytest.approx(30)


def test_the_wall_stretches_only_beyond_three_millilitres():
    assert list(fluid.cyst_pressure_mmhg([0, 3, 5, 13], 90)) == [0, 0, 3, 15]


@law
@given(st.floats(0, 130))
def test_the_plain_floats_of_the_integrator_are_the_vectorised_functions(angle):
    opening, squeeze, share = fluid._at_angle(angle)
    assert opening == pytest.approx(float(fluid.slit_opening(angle)), abs=1e-12)
    assert squeeze == pytest.approx(float(fluid.squeeze_mmhg(angle)), abs=1e-12)
    assert share == pytest.approx(float(fluid.room(angle)), abs=1e-12)


def test_a_bend_starts_straight_reaches_ninety_and_takes_four_seconds():
    assert fluid.bending_deg(np.array([0, 1, 2, 3, 4]) / 60) == pytest.approx([0, 45, 90, 45, 0], abs=1e-9)


starts = dict(
    joint=st.floats(0, 120),
    cyst=st.floats(0, 40),
    held=st.none() | angles,
    flap=st.booleans(),
    production=st.sampled_from([0.0, 0.3, 1.0]),
)


@slow_law
@given(**starts)
def test_fluid_is_conserved_and_never_negative(joint, cyst, held, flap, production):
    course = fluid.fill_cyst(
        joint, cyst, minutes=2, flap=flap, held_deg=held, production_ml_min=production, points=21
    )
    assert course.minutes.shape == course.joint_ml.shape == course.cyst_ml.shape == (21,)
    total = course.joint_ml + course.cyst_ml
    assert total == pytest.approx(joint + cyst + production * course.minutes, abs=1e-9)
    assert course.cyst_ml.min() >= 0
    assert course.joint_ml.min() >= -1e-3
    assert course.cyst_ml[0] == pytest.approx(cyst)


@slow_law
@given(**{**starts, "flap": st.just(True)})
def test_a_flap_never_lets_the_cyst_shrink(joint, cyst, held, flap, production):
    course = fluid.fill_cyst(joint, cyst, minutes=2, flap=flap, held_deg=held, production_ml_min=production)
    assert np.all(np.diff(course.cyst_ml) >= -1e-9)


@slow_law
@given(starts["joint"], starts["cyst"], starts["held"])
def test_a_flap_never_leaves_less_in_the_cyst_than_a_bare_slit(joint, cyst, held):
    ends = [
        fluid.fill_cyst(joint, cyst, minutes=2, flap=flap, held_deg=held).cyst_ml[-1]
        for flap in (True, False)
    ]
    assert ends[0] >= ends[1] - 1e-3


@slow_law
@given(st.floats(5, 80), st.floats(46, 90))
def test_held_bent_it_fills_until_the_pressures_are_level(joint, angle):
    course = fluid.fill_cyst(joint, 0, minutes=120, held_deg=angle)
    inside = fluid.cyst_pressure_mmhg(course.cyst_ml[-1], angle)
    around = fluid.pressure_mmhg(course.joint_ml[-1], angle)
    assert inside == pytest.approx(around, abs=0.05)


@slow_law
@given(starts["joint"], starts["cyst"], st.floats(0, 10), st.booleans())
def test_nothing_passes_a_shut_slit(joint, cyst, angle, flap):
    course = fluid.fill_cyst(joint, cyst, minutes=60, held_deg=angle, flap=flap)
    assert course.cyst_ml == pytest.approx(np.full(61, cyst))


def test_a_dry_knee_fills_nothing():
    assert fluid.fill_cyst(0, 0, minutes=10).cyst_ml.max() == 0


@pytest.mark.parametrize("flap", [False, True])
def test_a_long_run_is_whole(flap):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        long = fluid.fill_cyst(40, 0, minutes=300, held_deg=60, flap=flap, points=3)
        short = fluid.fill_cyst(40, 0, minutes=300, held_deg=60, flap=flap, points=3001)
    assert long.cyst_ml[-1] == pytest.approx(short.cyst_ml[-1], abs=0.01)


def test_another_integrator_agrees():
    """The same equations in the vectorised functions, solved by Runge and Kutta in small steps."""

    def flow(t, cyst):
        angle = fluid.bending_deg(t)
        push = fluid.pressure_mmhg(40 - cyst[0], angle) - fluid.cyst_pressure_mmhg(cyst[0], angle)
        return [float(fluid.slit_opening(angle) * push)]

    exact = solve_ivp(flow, (0, 2), [0.0], method="RK45", max_step=0.002, rtol=1e-6, atol=1e-8)
    ours = fluid.fill_cyst(40, 0, minutes=2)
    assert ours.cyst_ml[-1] == pytest.approx(exact.y[0, -1], abs=0.02)


# --- model B: check values -------------------------------------------------------------------------------

FILLED = {  # mL at the start -> mL in the cyst after 10 min (slit, flap), its mmHg straight and bent (slit)
    10: (4.4, 5.3, 32, 2),
    20: (6.7, 7.8, 36, 6),
    40: (10.9, 13.4, 42, 12),
    60: (16.6, 21.1, 50, 20),
}


@pytest.mark.parametrize("start", FILLED)
def test_ten_minutes_of_bending(start):
    slit, flap, straight, bent = FILLED[start]
    filled = fluid.fill_cyst(start, 0, minutes=10).cyst_ml[-1]
    assert filled == pytest.approx(slit, abs=0.1)
    assert fluid.fill_cyst(start, 0, minutes=10, flap=True).cyst_ml[-1] == pytest.approx(flap, abs=0.1)
    assert fluid.cyst_pressure_mmhg(filled, [0, 90]) == pytest.approx(
        [straight, bent], abs=0.65
    )  # 0.1 mL and rounding


@pytest.mark.parametrize(("angle", "minutes", "held"), [(0, 60, 0), (35, 60, 5.6), (90, 30, 14.0)])
def test_forty_millilitres_held_still(angle, minutes, held):
    course = fluid.fill_cyst(40, 0, minutes=minutes, held_deg=angle)
    assert course.cyst_ml[-1] == pytest.approx(held, abs=0.1)


@pytest.mark.parametrize(("flap", "knee_drained", "cyst_drained"), [(False, 5.9, 8.5), (True, 13.4, 9.5)])
def test_draining_the_knee_or_only_the_cyst(flap, knee_drained, cyst_drained):
    before = fluid.fill_cyst(40, 0, minutes=10, flap=flap)
    joint, cyst = before.joint_ml[-1], before.cyst_ml[-1]
    knee_first = fluid.fill_cyst(5, cyst, minutes=10, flap=flap)
    cyst_only = fluid.fill_cyst(joint, 0, minutes=10, flap=flap)
    assert knee_first.cyst_ml[-1] == pytest.approx(knee_drained, abs=0.1)
    assert cyst_only.cyst_ml[-1] == pytest.approx(cyst_drained, abs=0.1)


# --- Laplace ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "diameter"), [(9.9, 26.6), (10.9, 27.5), (13.3, 29.4), (20, 33.7), (40, 42.4)]
)
def test_diameter_of_a_sphere(volume, diameter):
    assert fluid.sphere_diameter_mm(volume) == pytest.approx(diameter, abs=0.06)


def test_wall_tension_and_stress_of_the_sheet():
    volume = 4 / 3 * math.pi * 1.38**3  # radius 13.8 mm
    assert fluid.wall_tension_n_m(50, volume) == pytest.approx(46, abs=0.5)
    assert fluid.wall_stress_kpa(50, volume, 1) == pytest.approx(46, abs=0.5)
    assert fluid.wall_stress_kpa(50, volume, 2) == pytest.approx(23, abs=0.5)


@law
@given(st.floats(1, 500), st.floats(0.1, 100))
def test_twice_the_radius_is_twice_the_tension(pressure, volume):
    once, twice = fluid.wall_tension_n_m(pressure, [volume, 8 * volume])
    assert twice == pytest.approx(2 * once)
    assert fluid.wall_tension_n_m(2 * pressure, volume) == pytest.approx(2 * once)


@law
@given(st.floats(1, 500), st.floats(0.1, 100), st.floats(0.1, 5))
def test_a_wall_twice_as_thick_carries_half_the_stress(pressure, volume, wall):
    thin, thick = fluid.wall_stress_kpa(pressure, volume, np.array([wall, 2 * wall]))
    assert thin == pytest.approx(2 * thick)


def test_the_mri_cut_offs_above_which_more_cysts_were_ruptured():
    assert (fluid.RUPTURED_ABOVE_ML, fluid.RUPTURED_ABOVE_MM) == (10.9, 22.2)
