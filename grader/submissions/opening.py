"""Open a file that a student named or packed: never a link, a pipe or a device, and never more of it than asked."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from operator import or_
from pathlib import Path
from typing import BinaryIO

from grader.assignment.public_tests.checks.language import tr
from grader.system.errors import SubmissionError

_WANTED = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
"""Linux, where grading happens, has all but the last; Windows, where students check their file, only that."""
_FLAGS = reduce(or_, (getattr(os, name, 0) for name in _WANTED), os.O_RDONLY)
_MIB = 1024 * 1024


@contextmanager
def open_regular(path: Path, where: str) -> Iterator[BinaryIO]:
    """Open an ordinary file for reading; ``where`` is what a message calls it.

    Raises:
        SubmissionError: it is a link, not an ordinary file, or cannot be opened.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise SubmissionError(_why_not_opened(error, where)) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SubmissionError(tr("{where}: is not an ordinary file. Hand in the file itself.", where=where))
        yield file


def read_whole(file: BinaryIO, where: str, limit_bytes: int) -> bytes:
    """Return all of an open file.

    Raises:
        SubmissionError: it cannot be read, or is larger than ``limit_bytes``.
    """
    try:
        data = file.read(limit_bytes + 1)
    except OSError as error:
        raise SubmissionError(_why_not_opened(error, where)) from error
    check_size(len(data), where, limit_bytes)
    return data


def check_size(size_bytes: int, where: str, limit_bytes: int) -> None:
    """Raise SubmissionError when something is larger than ``limit_bytes`` (a whole number of MiB)."""
    if size_bytes > limit_bytes:
        raise SubmissionError(
            tr(
                "{where}: is larger than {size} MiB. Take data and saved outputs out of it and hand in the code alone.",
                where=where,
                size=limit_bytes // _MIB,
            )
        )


def _why_not_opened(error: OSError, where: str) -> str:
    if error.errno == errno.ELOOP:
        return tr("{where}: is a link, and links are not followed. Hand in the file itself.", where=where)
    reason = os.strerror(error.errno) if error.errno else tr("unknown reason")
    return tr(
        "{where}: cannot be read ({reason}). Check the file's permissions and hand it in again.",
        where=where,
        reason=reason,
    )
