"""What the student's code raised, in words; `messages.py` says the same of an error that a test expected."""

from __future__ import annotations

from .language import tr
from .library_errors import error_cause, error_name, plain_text
from .messages import Places, frames_of_student

MAX_ERROR_CHARS = 600


def describe_crash(error: BaseException) -> str | None:
    """Say which of the student's functions raised what, where, and why; None when none of them was running."""
    own = frames_of_student(error)
    if not own:
        return None
    place = Places.of(own[-1].lineno or 0)
    text = tr("{function} raised {error} ({place})", function=own[0].name, error=name_and_text(error), place=place)
    cause = error_cause(str(error))
    return f"{text}\n  {tr('cause')}: {cause}" if cause else text


def name_and_text(error: BaseException) -> str:
    """Return an error's name and what it says, without a library's noise."""
    return f"{error_name(error)}: {plain_text(str(error))[:MAX_ERROR_CHARS]}"
