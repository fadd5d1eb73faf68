"""Words for a failed check: what was given, what came, what was expected, and one thing to try."""

from __future__ import annotations

import io
import math
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from .diagnosis import told
from .differences import ANY
from .language import tr, trn
from .library_errors import error_cause, error_name, plain_text

MODULE = "mnist_all_models"
MAX_INT_BITS = 256
"""A longer integer is told by its size: Python refuses to write out some of them."""


class Places:
    """What a line of the student's module is called: by its number, or by its cell in a notebook."""

    @staticmethod
    def by_line(line: int) -> str:
        return tr("line {line}", line=line)

    of: Callable[[int], str] = by_line


class Cause(str):
    """The name of a mistake that brings its own thing to try: the one of the check may not fit it."""

    hint: str

    def __new__(cls, text: str, hint: str) -> Self:
        """Return the text of the cause, with what to try."""
        cause = super().__new__(cls, text)
        cause.hint = hint
        return cause


class CheckFailed(AssertionError):
    """A check failed; its text is for the student."""

    def __init__(
        self,
        what: str,
        *,
        given: object = None,
        came: object = None,
        expected: object = None,
        cause: str | Callable[[], str] = "",
        details: Sequence[str] = (),
        hint: str = "",
    ) -> None:
        """Put the text together.

        Args:
            cause: what the difference is called, or what finds it out.
            details: lines of a table, shown as they are.
        """
        cause = told(cause)
        hint = cause.hint if isinstance(cause, Cause) else hint
        parts = [
            (tr("given"), given),
            (tr("got"), came),
            (tr("expected"), expected),
            (tr("cause"), cause or None),
            (tr("try"), hint or None),
        ]
        width = max(len(name) for name, _text in parts) + 2
        lines = [f"  {name + ':':<{width}}{text}" for name, text in parts if text is not None]
        if details:
            place = len(lines) - bool(hint)  # one thing to try comes last
            lines[place:place] = [f"    {line}".rstrip() for line in details]
        super().__init__("\n".join([what, *lines]))


def raised_by_student(error: Exception) -> str | None:
    """Return what the student's code raised and where, in words; None when it was not the student's code."""
    if isinstance(error, NotImplementedError):
        return None  # a stub, which is told in its own way
    if hasattr(error, "type_name"):  # in the grader: raised in another process, with its words
        return str(error)
    own = frames_of_student(error)
    if not own:
        return None
    text = plain_text(str(error))[:300]
    if not text:
        return f"{error_name(error)} ({Places.of(own[-1].lineno or 0)})"
    return tr("{name}: {text} ({place})", name=error_name(error), text=text, place=Places.of(own[-1].lineno or 0))


def is_told(error: Exception) -> bool:
    """Tell whether an error is what a test tells a student: a failed check, a stub, or what their code raised.

    What ends the student's program, and a mistake of the tests, is not.
    """
    return isinstance(error, CheckFailed | NotImplementedError) or raised_by_student(error) is not None


def first_taken(calls: Iterable[Callable[[], Any]]) -> Any:
    """Return what the first of some calls returns that nothing is told of; where there is none, raise the first error.

    The first error is raised, too, where a later call ends the student's program: that one was not what was asked.
    """
    problem = None
    for call in calls:
        try:
            return call()
        except Exception as error:
            if not is_told(error):
                if problem is None or not getattr(error, "ends_looking", False):
                    raise
                break
            problem = problem or error
    assert problem is not None, "there is a call at least"
    raise problem


def frames_of_student(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames of the student's module that an error came through, the outermost first."""
    return [entry for entry in traceback.extract_tb(error.__traceback__) if Path(entry.filename).stem == MODULE]


def cause_of(error: Exception) -> str:
    """Return what an error of the student's code usually comes from; nothing when nobody knows."""
    return str(getattr(error, "cause", "")) or error_cause(str(error))


def describe(value: Any) -> str:
    """Say in a few words what a value is: its type, dtype, shape and range, never its contents."""
    if isinstance(value, np.ndarray):
        return tr("{dtype} array of shape {shape}", dtype=value.dtype, shape=shape_words(value.shape)) + _range(value)
    if isinstance(value, bytes | bytearray):
        return trn("{count} byte", "{count} bytes", len(value))
    if isinstance(value, io.BytesIO):
        return trn("a file of {count} byte", "a file of {count} bytes", len(value.getvalue()))
    if isinstance(value, list | tuple):
        kind = type(value).__name__
        whole = trn("a {kind} of {count}", "a {kind} of {count}", len(value), kind=kind)
        names = {getattr(item, "type_name", type(item).__name__.removeprefix("nd")) for item in value}
        return whole if len(names) != 1 else tr("{whole}, each {kind}", whole=whole, kind=describe_kind(names.pop()))
    if isinstance(value, str):
        name = value.rpartition("/")[2]  # of a path the file's name; where the grader keeps it is nobody's business
        return f'"{name}"' if len(name) <= 60 else f'"...{name[-57:]}"'
    if isinstance(value, int) and value.bit_length() > MAX_INT_BITS:
        return trn("an int of {count} bit", "an int of {count} bits", value.bit_length())
    if value is None or isinstance(value, bool | int | float | np.bool_ | np.number):
        return str(value)
    name = getattr(value, "type_name", type(value).__name__)
    return describe_kind(name)


def describe_kind(name: str) -> str:
    """Return the name of a class with its article."""
    return tr("an {name}", name=name) if name[:1].lower() in "aeiou" else tr("a {name}", name=name)


def shape_words(shape: tuple[int, ...]) -> str:
    """Return a shape as NumPy writes it; ANY is N, as in the assignment's text."""
    return "(" + ", ".join("N" if side == ANY else str(side) for side in shape) + ("," if len(shape) == 1 else "") + ")"


def _range(array: np.ndarray) -> str:
    if not array.size or array.dtype.kind not in "iuf":
        return ""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return tr(", with values that are not finite")
    low, high = array.min(), array.max()
    return tr(", values {low} to {high}", low=_number(low), high=_number(high))


def _number(value: Any) -> str:
    return f"{float(value):.4g}" if isinstance(value, np.floating) or math.isnan(float(value)) else str(int(value))
