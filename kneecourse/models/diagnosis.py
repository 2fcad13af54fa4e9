"""What a test result means: odds, likelihood ratios, natural frequencies and intervals of proportions."""

from typing import NamedTuple

import numpy as np


def odds(probability):
    """Odds for a probability in [0, 1); 1 gives infinity."""
    probability = np.asarray(probability, float)
    with np.errstate(divide="ignore"):
        return probability / (1 - probability)


def probability(odds):
    """Probability for odds of zero or more; infinite odds give 1."""
    odds = np.asarray(odds, float)
    return 1 - 1 / (1 + odds)


def likelihood_ratio(sensitivity, specificity, positive=True):
    """How much a positive (or negative) result multiplies the odds.

    A specificity of 1 makes the positive ratio infinite: read it as "not computable", not as proof.
    """
    sensitivity, specificity = np.asarray(sensitivity, float), np.asarray(specificity, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return sensitivity / (1 - specificity) if positive else (1 - sensitivity) / specificity


def post_test(pretest, *ratios):
    """Probability after findings that are independent given the disease, each as its likelihood ratio."""
    return probability(odds(pretest) * np.prod(ratios, axis=0))


class People(NamedTuple):
    """Whole people by disease and result; the four add up to the number asked for."""

    ill_positive: int
    ill_negative: int
    well_positive: int
    well_negative: int

    @property
    def positive(self):
        """All with a positive result."""
        return self.ill_positive + self.well_positive

    @property
    def negative(self):
        """All with a negative result."""
        return self.ill_negative + self.well_negative


def natural_frequencies(pretest, sensitivity, specificity, of=1000):
    """A population of ``of`` people with a test applied, in whole people."""
    ill = round(of * float(pretest))
    found = round(ill * float(sensitivity))
    cleared = round((of - ill) * float(specificity))
    return People(found, ill - found, of - ill - cleared, cleared)


def wilson_interval(successes, of, z=1.96):
    """Lower and upper end of Wilson's interval for a proportion; vectorised. z = 1.96 gives 95 %."""
    successes, of = np.asarray(successes, float), np.asarray(of, float)
    share, weight = successes / of, z * z / of
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * np.sqrt(share * (1 - share) / of + weight / of / 4)
    return middle - half, middle + half


# probability of a popliteal cyst on MRI by how many of effusion, meniscal tear and degenerative arthropathy
# are on the scan: (low, high) as printed; 400 knees, miller1996. With none of the three nothing was printed.
CYST_BY_FINDINGS = {1: (0.08, 0.10), 2: (0.19, 0.21), 3: (0.38, 0.38)}


def cyst_probability(findings):
    """(low, high) probability of a cyst with 1 to 3 of the three MRI findings; None with none of them."""
    return CYST_BY_FINDINGS.get(findings)
