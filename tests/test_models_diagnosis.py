"""What a result means: counting people is multiplying odds, and the published ratios come out."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from kneecourse.content import course
from kneecourse.models import diagnosis

law = settings(deadline=None)

chances = st.floats(0.001, 0.999)
ratios = st.floats(0.01, 100)


# --- odds ------------------------------------------------------------------------------------------------


@law
@given(st.floats(0, 0.9999))
def test_odds_and_probability_are_inverse(chance):
    assert diagnosis.probability(diagnosis.odds(chance)) == pytest.approx(chance, abs=1e-12)


@law
@given(st.floats(0, 1e6))
def test_probability_and_odds_are_inverse(odds):
    assert diagnosis.odds(diagnosis.probability(odds)) == pytest.approx(odds, rel=1e-6, abs=1e-9)


def test_certainty_is_infinite_odds_and_back():
    assert diagnosis.odds(1) == math.inf
    assert diagnosis.probability(math.inf) == 1
    assert diagnosis.odds(0) == diagnosis.probability(0) == 0


def test_odds_by_hand():
    assert diagnosis.odds([0.5, 0.75, 0.2]) == pytest.approx([1, 3, 0.25])
    assert diagnosis.probability([1, 3, 0.25]) == pytest.approx([0.5, 0.75, 0.2])


@law
@given(chances, st.lists(ratios, max_size=4))
def test_the_order_of_findings_does_not_matter(chance, found):
    assert diagnosis.post_test(chance, *found) == pytest.approx(
        float(diagnosis.post_test(chance, *found[::-1]))
    )


@law
@given(chances, ratios, ratios)
def test_two_findings_at_once_or_one_after_the_other(chance, first, second):
    later = diagnosis.post_test(diagnosis.post_test(chance, first), second)
    assert diagnosis.post_test(chance, first, second) == pytest.approx(float(later), rel=1e-6)


@law
@given(chances)
def test_a_ratio_of_one_tells_nothing(chance):
    assert diagnosis.post_test(chance, 1) == pytest.approx(chance)
    assert diagnosis.post_test(chance) == pytest.approx(chance)


def test_arrays_broadcast():
    grid = diagnosis.post_test(np.array([0.1, 0.5]), np.array([[1.0], [9.0]]))
    assert grid == pytest.approx(np.array([[0.1, 0.5], [0.5, 0.9]]))
    assert diagnosis.likelihood_ratio([0.5, 0.9], 0.9) == pytest.approx([5, 9])


# --- counting people -------------------------------------------------------------------------------------


@law
@given(chances, chances, chances, st.booleans())
def test_counting_people_gives_what_the_odds_give(chance, sensitivity, specificity, positive):
    many = 10**9  # enough that rounding to whole people does not show
    people = diagnosis.natural_frequencies(chance, sensitivity, specificity, of=many)
    ill = people.ill_positive if positive else people.ill_negative
    with_result = people.positive if positive else people.negative
    assume(with_result > 10**5)
    ratio = diagnosis.likelihood_ratio(sensitivity, specificity, positive)
    assert ill / with_result == pytest.approx(float(diagnosis.post_test(chance, ratio)), abs=1e-4)


@law
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(1, 5000))
def test_natural_frequencies_are_whole_and_add_up(chance, sensitivity, specificity, of):
    people = diagnosis.natural_frequencies(chance, sensitivity, specificity, of=of)
    assert all(isinstance(n, int) and n >= 0 for n in people)
    assert sum(people) == people.positive + people.negative == of
    assert abs(people.ill_positive + people.ill_negative - of * chance) <= 0.5


def test_the_lump_of_the_lesson():
    people = diagnosis.natural_frequencies(0.198, 0.74, 0.88)
    assert people == (147, 51, 96, 706)
    assert (people.positive, people.negative) == (243, 757)


# --- published ratios ------------------------------------------------------------------------------------

PUBLISHED = [  # sensitivity, specificity, LR+, LR-
    (0.74, 0.88, 6.17, 0.295),  # examination, pe_meta
    (0.97, 0.98, 48.5, 0.03),  # ultrasound against surgery, lower limit of specificity, us_meta2022
    (0.94, 0.83, 5.5, 0.07),  # ultrasound against MRI, lower limit of specificity
    (0.712, 0.583, 1.71, 0.49),  # volume of at least 10.9 mL, kim2024
    (0.644, 0.549, 1.43, 0.65),  # diameter of at least 22.2 mm, kim2024
]


@pytest.mark.parametrize(("sensitivity", "specificity", "plus", "minus"), PUBLISHED)
def test_published_likelihood_ratios(sensitivity, specificity, plus, minus):
    assert diagnosis.likelihood_ratio(sensitivity, specificity) == pytest.approx(plus, rel=0.006)
    assert diagnosis.likelihood_ratio(sensitivity, specificity, positive=False) == pytest.approx(
        minus, abs=0.005
    )


def test_ultrasound_against_mri_at_the_published_specificity():
    assert diagnosis.likelihood_ratio(0.94, 1, positive=False) == pytest.approx(0.06)
    assert diagnosis.likelihood_ratio(0.97, 1, positive=False) == pytest.approx(0.03)


def test_a_specificity_of_one_is_not_computable_rather_than_an_error():
    assert diagnosis.likelihood_ratio(0.97, 1) == math.inf


@law
@given(chances, st.floats(0.5, 0.99), st.floats(0.51, 0.99))
def test_a_positive_result_raises_and_a_negative_lowers(chance, sensitivity, specificity):
    plus, minus = (
        diagnosis.likelihood_ratio(sensitivity, specificity, positive) for positive in (True, False)
    )
    assert diagnosis.post_test(chance, minus) < chance < diagnosis.post_test(chance, plus)


# --- intervals -------------------------------------------------------------------------------------------


@law
@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy(counts):
    successes, of = counts
    low, high = diagnosis.wilson_interval(successes, of, z=norm.ppf(0.975))
    expected = binomtest(successes, of).proportion_ci(confidence_level=0.95, method="wilson")
    assert (low, high) == pytest.approx(tuple(expected), abs=1e-9)
    assert low >= -1e-12
    assert high <= 1 + 1e-12
    assert low <= successes / of + 1e-12
    assert high >= successes / of - 1e-12


def test_wilson_by_hand_and_on_arrays():
    low, high = diagnosis.wilson_interval([29, 0], [67, 10])
    assert low == pytest.approx([0.321, 0], abs=0.001)
    assert high == pytest.approx([0.552, 0.278], abs=0.001)


# --- three findings on a scan ----------------------------------------------------------------------------


def test_miller_exactly():
    assert diagnosis.cyst_probability(1) == (0.08, 0.10)
    assert diagnosis.cyst_probability(2) == (0.19, 0.21)
    assert diagnosis.cyst_probability(3) == (0.38, 0.38)
    assert set(diagnosis.CYST_BY_FINDINGS) == {1, 2, 3}


@pytest.mark.parametrize("findings", [0, 4, -1])
def test_what_the_study_did_not_print_is_not_made_up(findings):
    assert diagnosis.cyst_probability(findings) is None


def test_the_tests_of_the_lesson_give_the_ratios_it_prints():
    hands = next(t for t in course().causes["bakers_cyst"].tests if t.id == "physical_examination")
    low, high = (
        diagnosis.likelihood_ratio(hands.sensitivity.value, hands.specificity.value, p) for p in (False, True)
    )
    assert low == pytest.approx(0.30, abs=0.01)
    assert high == pytest.approx(6.3, abs=0.2)
