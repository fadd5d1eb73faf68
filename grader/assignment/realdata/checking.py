"""Tell whether a file in the data folder is the published one, has its contents, or is something else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.assignment.realdata.catalog import DataFile
from grader.assignment.realdata.contents import read_arrays
from grader.assignment.realdata.folder import find_data_file
from grader.system.errors import UsageError


class Standing(StrEnum):
    """What a file is; the words are shown to people."""

    MISSING = "missing"
    PUBLISHED = "published"
    REPACKED = "repacked"
    WELL_FORMED = "well-formed"
    WRONG = "wrong"


@dataclass(frozen=True)
class FileState:
    """One file's standing, and what there is to say of it; `note` is "" for missing and for published files."""

    file: DataFile
    path: Path
    """Where it lies: it may have another name than the published one."""
    standing: Standing
    note: str = ""

    @property
    def is_usable(self) -> bool:
        return self.standing not in {Standing.MISSING, Standing.WRONG}


def inspect_file(folder: Path, file: DataFile) -> FileState:
    """Check a file's size, hash and contents.

    A file with another hash is usable when its contents have the right form; the note then says what is not proven.
    """
    path = find_data_file(folder, file.name)
    if not path.is_file():
        if path.exists() or path.is_symlink():
            return FileState(file, path, Standing.WRONG, f"{path}: is not a file.")
        return FileState(file, path, Standing.MISSING)
    try:
        _arrays, contents = read_arrays(path, file)
        came = sha256_of(path)
    except UsageError as error:
        return FileState(file, path, Standing.WRONG, str(error))
    if came == file.sha256:
        return FileState(file, path, Standing.PUBLISHED)
    return FileState(file, path, *_unproven(path, file, came, contents))


def _unproven(path: Path, file: DataFile, came: str, contents: str | None) -> tuple[Standing, str]:
    """Return the standing of a file of the right form whose hash is not the published one, and what to say of it."""
    name = path.name
    if file.sha256 is None:
        return Standing.WELL_FORMED, f"{name}: no hash of this file is published; form, counts and labels are right."
    if contents == came:
        hashes = f"it is not compressed, as the published file is (sha256 is {came[:12]}...)"
    else:
        hashes = f"the hash is not the published one (sha256 is {came[:12]}..., published is {file.sha256[:12]}...)"
    if contents is not None and contents == file.contents_sha256:
        return Standing.REPACKED, f"{name}: {hashes}, but the contents are the published ones."
    if contents is None:
        return Standing.WELL_FORMED, f"{name}: {hashes}; form, counts and labels are right."
    note = (
        f"{name}: {hashes}, nor are the contents (sha256 unpacked is {contents[:12]}..., published is "
        f"{str(file.contents_sha256)[:12]}...); form, counts and labels are right."
    )
    return Standing.WELL_FORMED, note


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Check its rights.") from error
