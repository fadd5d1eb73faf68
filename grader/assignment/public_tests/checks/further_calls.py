"""Call the student's code once more when a check has failed, to tell two mistakes apart that fail alike."""

from __future__ import annotations

from collections.abc import Callable


def cause_by_calling(look: Callable[[], str]) -> str:
    """Return the cause that `look` finds; nothing when one of its calls fails in any way.

    The check has failed by then: what these calls do changes its words at most. An error with a true `stops_grading` is
    the grader's own, which these checks cannot import: it is raised on.
    """
    try:
        return look()
    except Exception as error:
        if getattr(error, "stops_grading", False):
            raise
        return ""
