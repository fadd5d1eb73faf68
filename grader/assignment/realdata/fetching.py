"""Fetch a data set: mirrors in order, into a temporary file beside the target, checked, then moved into place.

Who writes what: only the folder given is written to. A download goes to `NAME.part`; nothing has its final name before
its size and its hash are right. One fetch at a time works in a folder: it holds a lock on the folder itself.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.assignment.realdata.catalog import Archive, DataFile, DataSet
from grader.assignment.realdata.checking import FileState, Standing, inspect_file, sha256_of
from grader.assignment.realdata.contents import read_arrays
from grader.assignment.realdata.download import DownloadFailed, Watcher, download, ignore_progress
from grader.system.errors import UsageError

TIMEOUT_S = 30.0
"""How long a mirror may be silent."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def fetch_data_set(
    data_set: DataSet,
    folder: Path,
    *,
    keep_archive: bool = False,
    timeout_s: float = TIMEOUT_S,
    watch: Callable[[str, int], Watcher] = ignore_progress,
) -> list[FileState]:
    """Fetch what is missing of a set; return the states of all its files, which are usable then.

    Files that are there and usable are left alone.

    Args:
        keep_archive: leave the zip that a set was taken out of in the folder.
        watch: called with a file's name and size for each download; returns the function to call with bytes written.
    Raises:
        UsageError: a file in the folder is wrong, the folder cannot be written, or no mirror gave the right file.
            What was not fetched is not there, not even in part.
    """
    with _locked(folder):
        states = [inspect_file(folder, file) for file in data_set.files]
        for state in states:
            if state.standing is Standing.WRONG:
                raise UsageError(f"{state.note} Nothing was fetched.")
        missing = [state.file for state in states if state.standing is Standing.MISSING]
        if data_set.archive is not None and missing:
            _fetch_from_archive(data_set, data_set.archive, missing, folder, keep_archive, timeout_s, watch)
        elif missing:
            for file in missing:
                assert file.size_bytes is not None
                assert file.sha256 is not None
                _fetch(data_set, file.name, file.size_bytes, file.sha256, folder, timeout_s, watch)
        return [inspect_file(folder, file) for file in data_set.files]


def _fetch(
    data_set: DataSet, name: str, size_bytes: int, sha256: str, folder: Path, timeout_s: float,
    watch: Callable[[str, int], Watcher],
) -> None:  # fmt: skip
    """Fetch one file from the first mirror that has the right one, and move it into place."""
    failures = []
    with _unfinished(folder / name) as part:
        for mirror in data_set.mirrors:
            try:
                download(mirror + name, part, size_bytes=size_bytes, timeout_s=timeout_s, watch=watch(name, size_bytes))
                _check_download(part, size_bytes, sha256)
            except DownloadFailed as error:
                failures.append(f"\n  {mirror}{name}: {error}")
                continue
            part.replace(folder / name)
            return
    raise UsageError(
        f"{name}: no mirror gave the right file; nothing was put in place.{''.join(failures)}\n"
        f"Check the network and try again, or put the file into {folder} yourself."
    )


def _check_download(part: Path, size_bytes: int, sha256: str) -> None:
    size = part.stat().st_size
    if size != size_bytes:
        raise DownloadFailed(f"{size:,} bytes came, expected {size_bytes:,}")
    if (came := sha256_of(part)) != sha256:
        raise DownloadFailed(f"sha256 of what came is {came}, expected {sha256}")


def _fetch_from_archive(
    data_set: DataSet, archive: Archive, files: list[DataFile], folder: Path, keep: bool, timeout_s: float,
    watch: Callable[[str, int], Watcher],
) -> None:  # fmt: skip
    """Take the missing files out of the set's archive, which is fetched when it is not there already."""
    path = folder / archive.name
    was_there = path.exists()
    if was_there and (came := sha256_of(path)) != archive.sha256:
        raise UsageError(
            f"{path}: sha256 is {came}, expected {archive.sha256} ({path.stat().st_size:,} bytes, expected "
            f"{archive.size_bytes:,}). Move it away and fetch again."
        )
    if not was_there:
        _fetch(data_set, archive.name, archive.size_bytes, archive.sha256, folder, timeout_s, watch)
    try:
        for file in files:
            _take_out(path, archive.folder + file.name, file, folder)
    finally:
        if not keep and not was_there:
            path.unlink()


def _take_out(archive: Path, member: str, file: DataFile, folder: Path) -> None:
    """Copy one member of a zip into place, when its contents are what they should be."""
    with _unfinished(folder / file.name) as part:
        try:
            with zipfile.ZipFile(archive) as opened, opened.open(member) as source, part.open("wb") as target:
                shutil.copyfileobj(source, target)
        except (KeyError, zipfile.BadZipFile, zlib.error) as error:
            raise UsageError(f"{archive}: {member} cannot be taken out ({error}). Fetch it again.") from error
        read_arrays(part, file)
        part.replace(folder / file.name)


@contextlib.contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Yield the path of a file beside `target` that is gone afterwards, whatever happens."""
    part = target.with_name(target.name + ".part")
    try:
        yield part
    except OSError as error:
        raise UsageError(_cannot_write(target, error)) from error
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Make the folder, and hold it against a second fetch."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(_cannot_write(folder, error)) from error
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"{folder}: another fetch works here. Wait until it is done.") from error


def _cannot_write(path: Path, error: OSError) -> str:
    advice = "Make room" if error.errno in _NO_ROOM else "Check its rights"
    return (
        f"{path}: cannot be written ({error.strerror}); nothing was put in place. {advice}, or choose another folder."
    )
