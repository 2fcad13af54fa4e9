"""An interactive course on pain in the back of the knee: the names a notebook may use."""

from kneecourse import explore
from kneecourse.index import course_map, doctor, progress
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
    send_on,
    sources,
)

__all__ = [
    "accuracy",
    "article",
    "case",
    "course_map",
    "doctor",
    "explore",
    "look_alikes",
    "management",
    "missing_from_article",
    "objectives",
    "progress",
    "quiz",
    "red_flags",
    "remember",
    "send_on",
    "sources",
]
