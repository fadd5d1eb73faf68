"""Name what was handed in by its bytes, also when it cannot be read as a submission."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from grader.errors import SubmissionError
from grader.submission.opening import open_regular

_CHUNK_BYTES = 1024 * 1024
MAX_HASHED_BYTES = 256 * _CHUNK_BYTES
"""Of all files together; what is longer counts with its beginning and its size: no module that could be graded is."""
MAX_HASHED_FILES = 10_000
"""A folder of more counts with these: it could not be graded either."""


def digest(path: Path) -> str:
    """Return a sha256 in hex that changes when the submission does; it never raises for odd content.

    Of a file: its bytes. Of a folder: the relative names and the bytes of all its files. Links are not followed, their
    targets' names count; of what cannot be read, the name and that fact.
    """
    if path.is_symlink() or not path.is_dir():
        return _file_digest(path)
    total = hashlib.sha256()
    left_bytes = MAX_HASHED_BYTES
    for file in islice(_files_in(path), MAX_HASHED_FILES):
        name = os.fsencode(file.relative_to(path))
        total.update(len(name).to_bytes(8, "big") + name + _file_digest(file, left_bytes).encode())
        with suppress(OSError):  # gone meanwhile
            left_bytes = max(0, left_bytes - file.lstat().st_size)
    return total.hexdigest()


def _files_in(folder: Path) -> Iterator[Path]:
    """Return the files and the links, in an order that the names alone decide."""
    for parent, folders, files in os.walk(folder):  # a link to a folder is named among the folders and not entered
        folders[:] = sorted((name for name in folders if name != ".git"), key=os.fsencode)  # git's own notes change
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]  # noqa: PTH114, PTH118
        yield from (Path(parent, name) for name in sorted([*files, *links], key=os.fsencode))


def _file_digest(path: Path, max_bytes: int = MAX_HASHED_BYTES) -> str:
    hasher = hashlib.sha256()
    try:
        if path.is_symlink():
            return hashlib.sha256(b"link to " + os.fsencode(path.readlink())).hexdigest()
        with open_regular(path, path.name) as file:
            size = os.fstat(file.fileno()).st_size
            while (chunk := file.read(_CHUNK_BYTES)) and file.tell() <= max_bytes:
                hasher.update(chunk)
            if chunk:  # a sparse file may claim terabytes
                hasher.update(b"and more, in all %d bytes" % size)
    except (OSError, ValueError, SubmissionError):
        return hashlib.sha256(b"cannot be read").hexdigest()
    return hasher.hexdigest()
