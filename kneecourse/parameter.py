"""What a learner may change: a quantity on a slider, or one of a few choices."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Parameter:
    """A quantity on a slider. ``source`` None means illustrative, and is shown as such."""

    label: str
    unit: str
    low: float
    high: float
    default: float
    step: float = 1
    source: str | None = None

    @property
    def axis_label(self):
        """The label with its unit, for an axis."""
        return f"{self.label} ({self.unit})"

    def sweep(self, n=141):
        """N evenly spaced values over the range."""
        return np.linspace(self.low, self.high, n)

    def clean(self, value):
        """The nearest allowed value; the default for anything that is not a number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not -math.inf < value < math.inf:
            return self.default
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        return min(round(self.low + steps * self.step, 10), self.high)

    def check(self, value):
        """The value itself when it lies in the range.

        Raises ValueError naming the quantity, the value and the range.
        """
        if not np.all((np.asarray(value) >= self.low) & (np.asarray(value) <= self.high)):
            raise ValueError(
                f"{self.label} must lie between {self.low:g} and {self.high:g} {self.unit}; got {value!r}"
            )
        return value


@dataclass(frozen=True)
class Choice:
    """One of a few named states; ``options`` maps an id to what the learner reads."""

    label: str
    options: dict[str, str]
    default: str

    def __post_init__(self):
        if self.default not in self.options:
            raise ValueError(f"{self.label}: the default {self.default!r} is not one of {list(self.options)}")

    def clean(self, value):
        """The value when it is an option, else the default."""
        return value if isinstance(value, str) and value in self.options else self.default
