"""Why a file that somebody named cannot be read or written, in plain words to stand behind its path."""

from __future__ import annotations

import errno

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


def why_not_read(error: OSError) -> str:
    """Return why a file cannot be read."""
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
