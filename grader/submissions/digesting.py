"""Name what was handed in by its bytes, also when it cannot be read as a submission.

Of a folder counts what can matter to grading: the names that the search for the module looks at, and always the whole
of each module that it could take, and of the zip that stands for the folder. The rest counts by its bytes as far as a
bound allows: no mark hangs on it.
"""

import hashlib
import os
from itertools import islice
from pathlib import Path

from grader.submissions.candidates import (
    MAX_LOOKED_INTO,
    Entry,
    EntryKind,
    find_candidates,
    find_lone_zip,
    is_passed_over,
)
from grader.submissions.folder import MAX_FOLDER_ENTRIES, walk_folder
from grader.submissions.kinds import limit_bytes_for
from grader.submissions.opening import open_regular
from grader.system.errors import SubmissionError

_CHUNK_BYTES = 1024 * 1024
MAX_HASHED_BYTES = 256 * _CHUNK_BYTES
"""Of a file, or of all files of a folder but the module; a longer one counts with its beginning, its end and its size.
No module that could be graded is longer, and a zip's end lists what is in it, with checksums."""
_END_BYTES = 2 * _CHUNK_BYTES


def digest(path: Path) -> str:
    """Return a sha256 in hex that changes when the submission does; it never raises for odd content.

    Of a file: its bytes. Of a folder: see the head of this file. Links are not followed, their targets' names count; of
    what cannot be read, the name and that fact.
    """
    if not _is_folder(path):
        return _file_digest(path, MAX_HASHED_BYTES)
    total = hashlib.sha256()
    entries, is_whole = _entries_of(path)
    candidates = find_candidates(entries)
    can_be_chosen = len(candidates) <= MAX_LOOKED_INTO or any(entry.is_named_as_module for entry in candidates)
    taken = candidates if can_be_chosen else []
    zipped = find_lone_zip(entries)
    left_bytes = MAX_HASHED_BYTES
    for entry in entries:
        name = os.fsencode(str(entry.path))
        max_bytes = limit_bytes_for(entry.path.name) + 1 if entry in taken else left_bytes
        max_bytes = MAX_HASHED_BYTES if entry.path == zipped else max_bytes
        total.update(len(name).to_bytes(8, "big") + name + _content_digest(path, entry, max_bytes).encode())
        if entry not in taken:
            left_bytes = max(0, left_bytes - _size_bytes(path / entry.path))
    total.update(b"" if is_whole else b"a folder cannot be read")
    return total.hexdigest()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not path.is_symlink()
    except OSError:  # its parent lets nobody through
        return False


def _entries_of(folder: Path) -> tuple[list[Entry], bool]:
    """Return what the search for the module sees, and whether it sees all; a folder of too many is never graded."""
    entries: list[Entry] = []
    try:
        for entry in islice(walk_folder(folder, folder.name), MAX_FOLDER_ENTRIES + 1):
            if not is_passed_over(entry.path):
                entries.append(entry)
    except (SubmissionError, OSError):
        return entries, False
    return entries, True


def _content_digest(folder: Path, entry: Entry, max_bytes: int) -> str:
    return _file_digest(folder / entry.path, max_bytes) if entry.kind is not EntryKind.OTHER else entry.kind.name


def _size_bytes(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # gone meanwhile
        return 0


def _file_digest(path: Path, max_bytes: int) -> str:
    hasher = hashlib.sha256()
    try:
        if path.is_symlink():
            return hashlib.sha256(b"link to " + os.fsencode(path.readlink())).hexdigest()
        with open_regular(path, path.name) as file:
            left_bytes = max_bytes
            while chunk := file.read(min(_CHUNK_BYTES, left_bytes)):
                hasher.update(chunk)
                left_bytes -= len(chunk)
            size_bytes = os.fstat(file.fileno()).st_size
            if size_bytes > max_bytes:  # a sparse file may claim terabytes
                file.seek(max(max_bytes, size_bytes - min(_END_BYTES, max_bytes)))
                hasher.update(b"and more, in all %d bytes" % size_bytes + file.read(_END_BYTES))
    except (OSError, ValueError, SubmissionError):
        return hashlib.sha256(b"cannot be read").hexdigest()
    return hasher.hexdigest()
