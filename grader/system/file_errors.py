"""Read a file that somebody named; why it cannot be read or written, in plain words to stand behind its path."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
MAX_MIB = 64
"""Of a file that is read whole: ten times the gradebook of a large university course."""


class UnfitFileError(OSError):
    """What somebody named is no file that could be meant; its text says why."""


def read_given(path: Path) -> bytes:
    """Return what a file holds that somebody named: never a pipe, nor what has no end.

    Raises:
        OSError: it cannot be read; see `why_not_read`.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnfitFileError("is a pipe or a device, and a file was expected")
        content = file.read(MAX_MIB * 1024 * 1024 + 1)
    if len(content) > MAX_MIB * 1024 * 1024:
        raise UnfitFileError(f"is larger than {MAX_MIB} MiB")
    return content


def why_not_read(error: OSError) -> str:
    """Return why a file cannot be read."""
    if isinstance(error, UnfitFileError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, NotADirectoryError):
        return "there is no such file, for a part of its path is a file and no folder"
    if isinstance(error, IsADirectoryError):
        return "is a folder, and a file was expected"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    return f"cannot be read ({error.strerror})"


def why_not_written(error: OSError) -> str:
    """Return why a file cannot be written."""
    if isinstance(error, FileNotFoundError):
        return "cannot be written, for there is no such folder"
    if isinstance(error, NotADirectoryError | FileExistsError):
        return "cannot be written, for a part of its path is a file and no folder"
    if isinstance(error, IsADirectoryError):
        return "cannot be written, for a folder is called so"
    if isinstance(error, PermissionError):
        return "no permission to write it"
    if error.errno == errno.EROFS:
        return "the file system is read-only"
    if error.errno in NO_SPACE:
        return "no space left on the device"
    return f"cannot be written ({error.strerror})"
