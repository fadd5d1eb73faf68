"""Call the student's code once more when a check has failed, to tell two mistakes apart that fail alike."""

from __future__ import annotations

from collections.abc import Callable

MAX_LOST = 3
"""Each process that looking for causes costs is started anew, and the time for that is limited."""


class LookingEnded(Exception):
    """A further call ended the program that the student's code runs in: no other call is made for this check."""


class _Lost:
    """How many programs were lost by looking, since `begin_looking`."""

    count = 0


def begin_looking() -> None:
    """Allow further calls again, though earlier ones ended the student's program `MAX_LOST` times."""
    _Lost.count = 0


def cause_by_calling(look: Callable[[], str]) -> str:
    """Return the cause that `look` finds; nothing when one of its calls fails in any way.

    The check has failed by then: what these calls do changes its words at most. An error with a true `stops_grading` is
    the grader's own, which these checks cannot import: it is raised on.

    Raises:
        LookingEnded: an error with a true `ends_looking`: each further call would start a program, and what the
            student made in the last one is gone.
    """
    if _Lost.count >= MAX_LOST:
        return ""
    try:
        return look()
    except LookingEnded:
        raise
    except (Exception, SystemExit) as error:  # which the student's code may raise, too
        if getattr(error, "stops_grading", False):
            raise
        if getattr(error, "ends_looking", False):
            raise LookingEnded from error
        return ""


def told(cause: str | Callable[[], str]) -> str:
    """Return a cause, or what looks for it, by as many calls as it wants; nothing when one of them ends all looking."""
    try:
        return cause() if callable(cause) else cause
    except LookingEnded:
        _Lost.count += 1
        return ""
