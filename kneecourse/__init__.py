"""An interactive course on pain in the back of the knee: the names a notebook may use."""

from kneecourse import explore
from kneecourse.lesson import (
    accuracy,
    article,
    case,
    look_alikes,
    management,
    missing_from_article,
    objectives,
    quiz,
    red_flags,
    remember,
    sources,
)

__all__ = [
    "accuracy",
    "article",
    "case",
    "explore",
    "look_alikes",
    "management",
    "missing_from_article",
    "objectives",
    "quiz",
    "red_flags",
    "remember",
    "sources",
]
