"""Name what a function did with a path that it was given: it opened another file, or did not use the path."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .diagnosis import told
from .language import later, tr
from .messages import Cause, CheckFailed, cause_of, first_taken, is_told, raised_by_student

_USE_THE_PATH = later("open the path in the parameter, not a name of your own")
_NOT_THERE = ("No such file or directory", "File not found")


def expect_read(
    call: Callable[[str], Any],
    path: str,
    *,
    function: str,
    given: str,
    expected: str,
    hint: str,
    refused: str = "",
    refusals: tuple[type[Exception], ...] = (),
    look_further: Callable[[Exception], str] = lambda _error: "",
) -> Any:
    """Return what the student's function makes of a sound file, or of what else is sound when `refused` says so.

    An error is told as a failed check where its cause is found, or where it is one of the `refusals`; others pass.
    """
    try:
        return call(path)
    except Exception as error:
        came = raised_by_student(error)
        if came is None:
            raise
        own_name = other_file_cause(error, path)
        cause = own_name or told(functools.partial(look_further, error))
        if not cause and not isinstance(error, refusals):
            raise
        raise CheckFailed(
            refused or tr("{function} rejected a valid file.", function=function),
            given=given,
            came=came,
            expected=expected,
            cause=cause or cause_of(error),
            hint=tr(_USE_THE_PATH) if own_name else hint,
        ) from error


def expect_found(call: Callable[[str], Any], path: str) -> None:
    """Check that a function finds a file that is there, whatever it makes of it: who misses all finds none missing."""
    try:
        call(path)
    except FileNotFoundError as error:
        came = raised_by_student(error)
        if came is None:
            raise
        raise CheckFailed(
            tr("FileNotFoundError is raised where a file is, too: this does not show that a missing one is noticed."),
            given=tr("a path where there is a file"),
            came=came,
            expected=tr("FileNotFoundError only where there is none"),
            hint=tr(_USE_THE_PATH),
        ) from error
    except Exception as error:
        if not is_told(error) or isinstance(error, NotImplementedError):
            raise


def refuses_all(function: str, error: Exception, *, given: str) -> Exception:
    """Return what is told of a function that refuses sound input as well: that it refuses bad input shows nothing."""
    came = raised_by_student(error)
    if came is None:
        return error
    return CheckFailed(
        tr("{function} refuses sound input, too: this does not show that it notices bad input.", function=function),
        given=tr("sound input, then {bad}", bad=given),
        came=came,
        expected=tr("no error for the sound input"),
        cause=cause_of(error),
        hint=tr("let it take sound input first"),
    )


def expect_taken(calls: Sequence[Callable[[], Any]], *, function: str, given: str) -> int:
    """Return the number of the first of some calls with sound input that raises nothing, whatever it returns."""

    def numbered(number: int, call: Callable[[], Any]) -> int:
        call()
        return number

    try:
        return first_taken(functools.partial(numbered, number, call) for number, call in enumerate(calls))
    except Exception as error:
        if not is_told(error):
            raise
        raise refuses_all(function, error, given=given) from error


def other_file_cause(error: Exception, path: str) -> str:
    """Name an error over a file that is not there, where the one that was given is."""
    text = str(getattr(error, "message", error))
    if not any(words in text for words in _NOT_THERE) or Path(path).name in text:
        return ""
    return tr("the given file exists, but your code looks for a different one")


def unused_path_cause(call: Callable[[str], Any], nowhere: str, came: Any) -> str:
    """Name a path that is not used: where there is no file, the same array comes."""
    other = call(nowhere)
    if other is None or not np.size(came) or not np.array_equal(np.asarray(other), np.asarray(came)):
        return ""
    return Cause(tr("a missing file gives the same result, so the path is ignored"), tr(_USE_THE_PATH))
