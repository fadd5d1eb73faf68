"""What a student's code did instead of answering, as exceptions that tests can expect."""

from __future__ import annotations


class StudentException(Exception):
    """The student's code raised an exception."""

    def __init__(self, text: str, *, type_name: str, message: str, place: str, cause: str = "") -> None:
        super().__init__(text)
        self.cause = cause
        self.type_name = type_name
        self.message = message
        self.place = place
        self._text = text

    def __str__(self) -> str:
        return self._text  # a KeyError would show it in quotes


class _ProcessLost(Exception):
    """The process with the student's code is gone, and what it held with it."""

    ends_looking = True
    """Tells the checks, which cannot import this, to make no further calls for the words of a message."""


class StudentCrash(_ProcessLost):
    """The process with the student's code died, or sent nonsense."""


class StudentTimeout(_ProcessLost):
    """The student's code took longer than the rubric line allows."""


class StudentMemory(_ProcessLost):
    """The student's code used more memory than the rubric line allows."""


class ImportFailed(Exception):
    """The submission's module cannot be imported in any way; the message is for the student."""


_BUILTIN: dict[str, type[Exception]] = {
    base.__name__: base
    for base in (ValueError, TypeError, FileNotFoundError, OSError, NotImplementedError, AttributeError, KeyError,
                 IndexError, ZeroDivisionError, NameError, ImportError, RuntimeError, AssertionError)
}  # fmt: skip
"""The classes that tests may expect; what a student's code raised is of all of them that it descends from."""


def kind_of(bases: list[str]) -> type[StudentException]:
    """Return an exception type that is of every builtin class named, so that a test can expect any of them."""
    told = [_BUILTIN[base] for base in bases if base in _BUILTIN]
    lowest = [base for base in told if not any(other is not base and issubclass(other, base) for other in told)]
    try:
        return type("StudentRaised", (StudentException, *lowest), {}) if lowest else StudentException
    except TypeError:  # forged: no class descends from all of these
        return StudentException
