"""Unpack a zip of a whole class, as platforms give it, under limits; nothing in it may reach out of the folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.submissions.archive import ZipLimits, check_members, opened_archive, read_member
from grader.submissions.opening import open_regular
from grader.submissions.shown_text import shown, shown_list
from grader.system.errors import SubmissionError, UsageError

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


def unpack_class(path: Path, folder: Path, tell: Callable[[str], None]) -> None:
    """Unpack the zip of a class into an empty folder.

    A file that stands in it more than once is one file, where its copies are the same. Where they differ, a folder with
    its name holds all of them, so that its author's submission has two modules and is rejected, and no other.

    Args:
        tell: called with a sentence on each kind of file that stands in the zip more than once.
    Raises:
        UsageError: it is no sound zip, or something in it is not allowed.
    """
    same, different = list[str](), list[str]()
    try:
        with open_regular(path, path.name) as file, opened_archive(file, path.name, CLASS) as archive:
            for name, infos in check_members(archive, path.name, CLASS).items():
                where = f"{path.name}, {shown(str(name))}"
                target = folder.joinpath(*map(_fitting, name.parts))
                versions = list[bytes]()
                for info in infos:
                    data = read_member(archive, info, where, MAX_FILE_BYTES, max_ratio=MAX_RATIO)
                    versions += [data] if data not in versions else []
                _write(target, versions)
                if len(infos) > 1:
                    (same if len(versions) == 1 else different).append(str(name))
    except SubmissionError as error:
        # The rest of it is for whoever packed a single submission.
        raise UsageError(
            f"{path}: cannot be taken as a class: {str(error).rpartition('. ')[0]}. {CLASS.advice}"
        ) from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be unpacked ({error}). {CLASS.advice}") from error
    if same:
        tell(f"{path}: stands in it twice with the same content, and was taken once: {shown_list(same, 20)}")
    if different:
        tell(f"{path}: stands in it twice with different content, so nobody knows which is meant: "
             f"{shown_list(different, 20)}")  # fmt: skip


def _write(target: Path, versions: Sequence[bytes]) -> None:
    for number, data in enumerate(versions, 1):
        place = target if len(versions) == 1 else target / f"version {number}" / target.name
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            file.write(data)


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
