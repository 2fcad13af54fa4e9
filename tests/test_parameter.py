"""What a learner may change: a cleaned value is always an allowed one."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneecourse.models import joint_fluid
from kneecourse.parameter import Choice, Parameter

ANGLE = Parameter("Knee flexion", "°", low=0, high=90, default=10)
SHIPPED = [value for value in vars(joint_fluid).values() if isinstance(value, Parameter)]
law = settings(deadline=None)

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(),
    st.binary(),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.integers()),
    st.complex_numbers(),
)
finite = st.floats(-1e6, 1e6)


@st.composite
def parameters(draw):
    low, step = draw(st.integers(-1000, 1000)), draw(st.sampled_from([0.01, 0.1, 0.5, 1, 5]))
    high = low + draw(st.integers(1, 1000)) * step
    return Parameter("Anything", "mL", low, high, low, step)


def is_step(parameter, value):
    steps = (value - parameter.low) / parameter.step
    return math.isclose(steps, round(steps), abs_tol=1e-5) or value == parameter.high


# --- cleaning --------------------------------------------------------------------------------------------


@law
@given(parameters(), anything)
def test_whatever_comes_in_an_allowed_value_comes_out(parameter, value):
    clean = parameter.clean(value)
    assert parameter.low - 1e-9 <= clean <= parameter.high
    assert math.isfinite(clean)


@law
@given(parameters(), finite)
def test_a_cleaned_number_is_the_nearest_step(parameter, value):
    clean = parameter.clean(value)
    assert is_step(parameter, clean)
    inside = min(max(value, parameter.low), parameter.high)
    assert abs(clean - inside) <= parameter.step / 2 + 1e-6


@law
@given(parameters(), finite)
def test_cleaning_twice_changes_nothing(parameter, value):
    once = parameter.clean(value)
    assert parameter.clean(once) == pytest.approx(once, abs=1e-9)


@pytest.mark.parametrize(
    "value", [None, True, False, "45", "", [45], {"value": 45}, math.nan, math.inf, 4 + 5j]
)
def test_what_is_not_a_number_gives_the_default(value):
    assert ANGLE.clean(value) == 10


@pytest.mark.parametrize(("value", "clean"), [(-5, 0), (0, 0), (44.4, 44), (44.6, 45), (90, 90), (900, 90)])
def test_cleaning_by_hand(value, clean):
    assert ANGLE.clean(value) == clean


def test_an_integer_beyond_every_float_is_only_a_large_number():
    assert ANGLE.clean(10**400) == 90
    assert ANGLE.clean(-(10**400)) == 0


def test_a_step_that_does_not_fit_never_leaves_the_range():
    assert Parameter("Thickness", "mm", low=0, high=10, default=0, step=4).clean(10) == 8
    assert Parameter("Thickness", "mm", low=0, high=10, default=0, step=6).clean(10) == 10
    assert Parameter("Share", "", low=0, high=1, default=0, step=0.1).clean(0.3) == 0.3


# --- checking --------------------------------------------------------------------------------------------


@law
@given(st.floats(0, 90))
def test_check_hands_back_what_lies_in_the_range(value):
    assert ANGLE.check(value) == value


@law
@given(st.floats(90, exclude_min=True) | st.floats(max_value=0, exclude_max=True) | st.just(math.nan))
def test_check_names_quantity_value_range_and_unit(value):
    with pytest.raises(ValueError, match="Knee flexion must lie between 0 and 90 °") as refused:
        ANGLE.check(value)
    assert repr(value) in str(refused.value)


def test_check_takes_arrays_whole():
    angles = np.array([0.0, 45.0, 90.0])
    assert ANGLE.check(angles) is angles
    with pytest.raises(ValueError, match="Knee flexion"):
        ANGLE.check(np.array([0.0, 90.1]))


# --- the rest --------------------------------------------------------------------------------------------


@law
@given(parameters(), st.integers(2, 300))
def test_a_sweep_runs_evenly_from_end_to_end(parameter, n):
    values = parameter.sweep(n)
    assert values.shape == (n,)
    assert values[0] == parameter.low
    assert values[-1] == parameter.high
    assert np.all(np.diff(values) > 0)


def test_the_axis_label_carries_the_unit():
    assert ANGLE.axis_label == "Knee flexion (°)"


@pytest.mark.parametrize("parameter", SHIPPED, ids=lambda p: p.label)
def test_a_shipped_default_is_a_value_the_slider_can_show(parameter):
    assert parameter.low < parameter.high
    assert parameter.clean(parameter.default) == parameter.default
    assert parameter.clean(parameter.high) == parameter.high
    assert parameter.clean(parameter.low) == parameter.low


def test_nothing_can_be_changed_by_accident():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ANGLE.high = 140


KNEE = Choice("Knee", {"straight": "held straight", "bent": "held bent"}, "bent")


@law
@given(anything)
def test_a_choice_gives_an_option_whatever_comes_in(value):
    assert KNEE.clean(value) == (value if value in ("straight", "bent") else "bent")


def test_a_choice_knows_ids_not_labels():
    assert KNEE.clean("straight") == "straight"
    assert KNEE.clean("held straight") == "bent"


def test_a_default_has_to_be_an_option():
    with pytest.raises(ValueError, match="'stiff' is not one of"):
        Choice("Knee", {"straight": "held straight"}, "stiff")
