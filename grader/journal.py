"""The journal of an output folder: what was graded, append-only, each record on the disk before the run goes on.

    OUT/journal.jsonl     one record a line: {"sha256": "<16 hex digits over the record's text>", "record": {...}}

A file of lines, and not SQLite: it holds on network file systems too (SQLite's write-ahead log needs shared memory), a
damaged record costs no other one, and any tool reads it. Only the supervisor writes, under a lock (flock) that ends
with its process, however that ends. The first record is the header with the schema.

A last line that is torn (the run was killed, or the power went, while it was written) was never acknowledged: readers
pass over it, the next writer cuts it off. Damage anywhere else is an error and changes nothing.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.errors import UsageError

SCHEMA = 1
FILE_NAME = "journal.jsonl"
Record = dict[str, Any]
_CHECK_DIGITS = 16
_FOLDER_SYNC_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOTSUP})
_FRAME = re.compile(rb'\{"sha256": "(?P<check>[0-9a-f]+)", "record": (?P<text>\{.*\})\}\n')


class Journal:
    """The journal of one folder, opened for one run; another run is refused until this one has ended."""

    def __init__(self, folder: Path) -> None:
        """Take the journal; a new one gets its header.

        Raises:
            OSError: it cannot be opened or written.
            UsageError: another run holds it, or it is damaged or of a newer schema.
        """
        self.path = folder / FILE_NAME
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self.close = weakref.finalize(self, os.close, self._file)
        """Let go of the journal; what was appended stays."""
        _lock(self._file, self.path)
        self._end = sum(len(line) for _record, line in _whole_lines(self.path))
        os.ftruncate(self._file, self._end)
        if self._end == 0:
            self._begin()

    def clear(self) -> None:
        """Forget every record: the run begins anew."""
        os.ftruncate(self._file, 0)
        self._end = 0
        self._begin()

    def append(self, *records: Record) -> None:
        """Add records; when this returns, they are on the disk, all of them by one sync.

        Raises:
            OSError: not all could be written. Those that could are on the disk, the others are not in the journal.
        """
        lines = [_framed(record) for record in records]
        try:
            self._write(b"".join(lines))
        except OSError:
            if len(lines) == 1:
                raise
            for line in lines:  # a disk that is full for all of them may have room for some
                self._write(line)

    def _write(self, text: bytes) -> None:
        try:
            written = 0
            while written < len(text):  # a disk that becomes full takes a part first
                written += os.pwrite(self._file, text[written:], self._end + written)
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        self._end += len(text)

    def _begin(self) -> None:
        self.append({"kind": "journal", "schema": SCHEMA, "salt": secrets.token_hex(16)})
        sync_folder(self.path.parent)


def read_journal(folder: Path) -> Iterator[Record]:
    """Yield the records in the order in which they were written, the header first; nothing where there is no journal.

    A run that writes meanwhile does not disturb: its unfinished last line is passed over.

    Raises:
        UsageError: it cannot be read, is damaged or of a newer schema.
    """
    path = folder / FILE_NAME
    try:
        for record, _line in _whole_lines(path):
            yield record
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Check its permissions.") from error


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: a new file's name must outlive a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network and FUSE file systems cannot sync a folder; the file itself is on the disk already.
        if error.errno not in _FOLDER_SYNC_UNSUPPORTED:
            raise
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(
            f"{path.parent}: another run writes to this folder now. Wait until it has ended, or choose another --out."
        ) from error


def _framed(record: Record) -> bytes:
    text = json.dumps(record, separators=(",", ":")).encode()  # ASCII: a name may hold bytes that are no text
    return b'{"sha256": "%s", "record": %s}\n' % (_check(text), text)


def _check(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECK_DIGITS].encode()


def _whole_lines(path: Path) -> Iterator[tuple[Record, bytes]]:
    """Yield each record with its line; a torn last line ends it."""
    with path.open("rb") as file:
        line, number = file.readline(), 1
        while line:
            following = file.readline()
            record = _record_of(line)
            if record is None:
                if following or line.endswith(b"\n"):
                    raise _damaged(path, number)
                return  # torn: its writer ended before it was whole
            if number == 1:
                _expect_header(record, path)
            yield record, line
            line, number = following, number + 1


def _record_of(line: bytes) -> Record | None:
    """Return the record of a line; None when the line is not whole."""
    frame = _FRAME.fullmatch(line)
    if frame is None or frame["check"] != _check(frame["text"]):
        return None
    record: Record = json.loads(frame["text"])
    return record


def _expect_header(record: Record, path: Path) -> None:
    if record.get("schema") != SCHEMA:
        raise UsageError(
            f"{path}: is a journal of schema {record.get('schema')}; this digitlab reads schema {SCHEMA}."
            " Use the digitlab that wrote it, or choose another folder with --out. Nothing was changed."
        )


def _damaged(path: Path, number: int) -> UsageError:
    return UsageError(
        f"{path}: line {number} is damaged; nothing was changed. Restore the file from a copy, or remove this line:"
        " only what stands in it is graded again."
    )
