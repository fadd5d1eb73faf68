"""List what a submission's folder holds, without following a link and without opening a file."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tests.checks.language import tr
from .candidates import MAX_DEPTH, Entry, EntryKind, is_passed_over
from .shown_text import shown
from .errors import SubmissionError

MAX_FOLDER_ENTRIES = 20_000


def list_folder(folder: Path, where: str) -> list[Entry]:
    """Return every file, link and special file that could matter, down to the depth that is looked at.

    Raises:
        SubmissionError: a folder cannot be read, or there are too many names.
    """
    entries: list[Entry] = []
    for entry in walk_folder(folder, where):
        entries.append(entry)
        if len(entries) > MAX_FOLDER_ENTRIES:
            raise SubmissionError(
                tr(
                    "{where}: holds more than {limit} files. Hand in the module alone, without data.",
                    where=where,
                    limit=MAX_FOLDER_ENTRIES,
                )
            )
    return entries


def walk_folder(folder: Path, where: str) -> Iterator[Entry]:
    """Yield the same one by one, in an order that the names alone decide.

    Raises:
        SubmissionError: a folder cannot be read.
    """
    yield from _walk(folder, PurePosixPath(), where)


def _walk(folder: Path, inside: PurePosixPath, where: str) -> Iterator[Entry]:
    for found in _scan(folder, where):
        path = inside / found.name
        if found.is_symlink():
            yield Entry(path, EntryKind.LINK)
        elif found.is_dir(follow_symlinks=False):
            if len(path.parts) <= MAX_DEPTH and not is_passed_over(path / "any"):
                yield from _walk(folder / found.name, path, f"{where}/{shown(found.name)}")
        else:
            yield Entry(path, EntryKind.FILE if found.is_file(follow_symlinks=False) else EntryKind.OTHER)


def _scan(folder: Path, where: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise SubmissionError(
            tr(
                "{where}: the folder cannot be read ({reason}). Check its permissions and hand it in again.",
                where=where,
                reason=error.strerror,
            )
        ) from error
