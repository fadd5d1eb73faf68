"""Unpack a zip of a whole class, as platforms give it, under limits; nothing in it may reach out of the folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grader.errors import SubmissionError, UsageError
from grader.submission.archive import ZipLimits, check_members, opened_archive, read_member
from grader.submission.shown_text import shown

CLASS = ZipLimits(
    entries=50_000,
    total_bytes=8 * 1024**3,
    one_read_bytes=32 * 1024**2,
    advice="Unpack it yourself and give the folder.",
    control_names=True,
)
MAX_FILE_BYTES = 512 * 1024**2
"""Of one file: it passes through the memory. No submission of this size could be graded."""
MAX_RATIO = 1_100
"""More than deflate can do: one student's table of zeros must not stop the class, and the whole is bounded anyway."""
MAX_NAME_BYTES = 255
_HASH_DIGITS = 12


def unpack_class(path: Path, folder: Path) -> None:
    """Unpack the zip of a class into an empty folder.

    Raises:
        UsageError: it is no sound zip, or something in it is not allowed.
    """
    try:
        with opened_archive(path, path.name, CLASS) as archive:
            for name, info in check_members(archive, path.name, CLASS).items():
                data = read_member(
                    archive, info, f"{path.name}, {shown(str(name))}", MAX_FILE_BYTES, max_ratio=MAX_RATIO
                )
                target = folder.joinpath(*map(_fitting, name.parts))
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    file.write(data)
    except SubmissionError as error:
        raise UsageError(f"{path}: cannot be taken as a class: {error} {CLASS.advice}") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be unpacked ({error}). {CLASS.advice}") from error


def _fitting(name: str) -> str:
    """Return a name that a file system takes, which takes all but NUL and what is too long: old zips hold Cyrillic in
    one byte a letter, which UTF-8 makes two.

    The end stays: there stands what platforms tell of the file.
    """
    raw = name.replace("\0", "_").encode("utf-8", "replace")
    if len(raw) <= MAX_NAME_BYTES:
        return raw.decode()
    digest = hashlib.sha256(raw).hexdigest()[:_HASH_DIGITS]
    return f"{digest}~{raw[-(MAX_NAME_BYTES - 1 - _HASH_DIGITS) :].decode(errors='ignore')}"
