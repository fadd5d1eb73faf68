"""The journal of an output folder: what was graded, append-only, each record on the disk before the run goes on.

    OUT/journal.jsonl     one record a line:
                          {"sha256": "<16 hex digits over the rest>", "append": 7, "left": 0, "record": {...}}

A file of lines, and not SQLite: it holds on network file systems too (SQLite's write-ahead log needs shared memory), a
damaged record costs no other one, and any tool reads it. Only the supervisor writes, under a lock (flock) that ends
with its process, however that ends. The first record is the header with the schema.

Records that are added together share the number of their append; `left` counts those of them that are still to come. An
append begins when the one before it is on the disk and acknowledged. So what is unsound behind the last whole append,
with no later append behind it, was never acknowledged: the run was killed, or the power went and took any of its pages.
Readers end there, the next writer cuts it off. Damage before a later append is an error and changes nothing.

Schema 1 had neither number: each of its lines counts as an append of its own. It is read, and gone on with.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from grader.system.errors import UsageError

SCHEMA = 2
READ_SCHEMAS = (1, SCHEMA)
FILE_NAME = "journal.jsonl"
Record = dict[str, Any]
_CHECK_DIGITS = 16
_FOLDER_SYNC_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOTSUP})
_START = b'{"sha256": "'
_FRAME = re.compile(
    rb'\{"sha256": "(?P<check>[0-9a-f]+)", '
    rb'(?P<text>"append": (?P<append>[0-9]{1,18}), "left": (?P<left>[0-9]{1,18}), "record": (?P<record>\{.*\}))\}\n'
)
_FRAME_OF_SCHEMA_1 = re.compile(rb'\{"sha256": "(?P<check>[0-9a-f]+)", "record": (?P<text>(?P<record>\{.*\}))\}\n')


@dataclass(frozen=True)
class _Line:
    """A sound line."""

    record: Record
    size_bytes: int
    append: int
    left: int

    @property
    def next_append(self) -> int:
        """The number that the append behind this line has; one that was cut off in the middle is written again."""
        return self.append if self.left else self.append + 1


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
        if os.fstat(self._file).st_ino != self.path.stat(follow_symlinks=False).st_ino:
            raise _held(self.path)  # it was begun anew between the opening and the lock
        self._end, self._append = 0, 0
        for line in _sound_lines(self.path):
            self._end += line.size_bytes
            self._append = line.next_append
        os.ftruncate(self._file, self._end)
        if self._end == 0:
            self._begin()

    def begin_anew(self, *records: Record) -> None:
        """Forget every record but the header, and begin with these; the salt stays, for keys were made with it.

        They are written beside the journal and take its place at once: until then, and when that fails, every earlier
        record is there.

        Raises:
            OSError: they cannot be written; nothing was changed.
        """
        beside = self.path.with_name(f".digitlab-{secrets.token_hex(8)}.tmp")
        header = next(read_journal(self.path.parent))
        text = b"".join(_framed(record, number, 0) for number, record in enumerate([header, *records]))
        try:
            file = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                _lock(file, self.path)
                _write_whole(file, text, 0)
                os.replace(beside, self.path)  # noqa: PTH105 -- patched by name in the tests, like os.fsync
            except BaseException:
                os.close(file)
                raise
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
        self.close()
        self._file = file
        self.close = weakref.finalize(self, os.close, file)
        self._end, self._append = len(text), 1 + len(records)
        sync_folder(self.path.parent)

    def append(self, *records: Record) -> None:
        """Add records; when this returns, they are on the disk, all of them by one sync.

        Raises:
            OSError: not all could be written. Those that could are on the disk, the others are not in the journal.
        """
        try:
            self._write(records)
        except OSError:
            if len(records) == 1:
                raise
            for record in records:  # a disk that is full for all of them may have room for some
                self._write([record])

    def _write(self, records: Sequence[Record]) -> None:
        count = len(records)
        text = b"".join(_framed(record, self._append, count - 1 - place) for place, record in enumerate(records))
        try:
            _write_whole(self._file, text, self._end)
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        self._end += len(text)
        self._append += 1

    def _begin(self) -> None:
        self.append({"kind": "journal", "schema": SCHEMA, "salt": secrets.token_hex(16)})
        sync_folder(self.path.parent)


def read_journal(folder: Path) -> Iterator[Record]:
    """Yield the records in the order in which they were written, the header first; nothing where there is no journal.

    A run that writes meanwhile does not disturb: what it has not finished is passed over.

    Raises:
        UsageError: it cannot be read, is damaged or of a newer schema.
    """
    path = folder / FILE_NAME
    try:
        for line in _sound_lines(path):
            yield line.record
    except (FileNotFoundError, NotADirectoryError):
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


def _write_whole(file: int, text: bytes, offset: int) -> None:
    """Write all of a text, and bring it to the disk.

    Raises:
        OSError: not all of it could be; a part may stand there.
    """
    written = 0
    while written < len(text):  # a disk that becomes full takes a part first
        written += os.pwrite(file, text[written:], offset + written)
    os.fsync(file)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _held(path) from error


def _held(path: Path) -> UsageError:
    return UsageError(
        f"{path.parent}: another run writes to this folder now. Wait until it has ended, or choose another --out."
    )


def _framed(record: Record, append: int, left: int) -> bytes:
    text = json.dumps(record, separators=(",", ":")).encode()  # ASCII: a name may hold bytes that are no text
    counted = b'"append": %d, "left": %d, "record": %s' % (append, left, text)
    return b'{"sha256": "%s", %s}\n' % (_check(counted), counted)


def _check(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECK_DIGITS].encode()


def _sound_lines(path: Path) -> Iterator[_Line]:
    """Yield each line up to what was never acknowledged."""
    with path.open("rb") as file:
        # Not what is appended meanwhile: of two appends the second must not bear witness against the first.
        left_bytes = os.fstat(file.fileno()).st_size
        number, append = 1, 0
        while raw := file.readline(left_bytes):
            left_bytes -= len(raw)
            line = _sound_line(raw, append)
            if line is None:
                _refuse_damage(path, file, left_bytes, number, raw, append)
                return
            if number == 1:
                _expect_header(line.record, path)
            yield line
            number, append = number + 1, line.next_append


def _sound_line(raw: bytes, append: int) -> _Line | None:
    """Return what a line holds; None when it is not whole.

    Args:
        append: the number of its append where it has none, in schema 1.
    """
    frame = _FRAME.fullmatch(raw) or _FRAME_OF_SCHEMA_1.fullmatch(raw)
    if frame is None or frame["check"] != _check(frame["text"]):
        return None
    counts = frame.groupdict()
    return _Line(json.loads(frame["record"]), len(raw), int(counts.get("append", append)), int(counts.get("left", 0)))


def _refuse_damage(path: Path, file: BinaryIO, left_bytes: int, number: int, raw: bytes, append: int) -> None:
    """Raise UsageError unless a line that is unsound belongs to the append with this number, and that is the last."""
    is_torn_header = not raw.endswith(b"\n") and (raw.startswith(_START[: len(raw)]) or not raw.strip(b"\0"))
    if number == 1 and not is_torn_header:  # damaged, or somebody else's file
        raise _damaged(path, number, raw)
    while following := file.readline(left_bytes):
        left_bytes -= len(following)
        line = _sound_line(following, append + 1)
        if line is not None and line.append > append:
            raise _damaged(path, number, raw)


def _expect_header(record: Record, path: Path) -> None:
    if record.get("schema") not in READ_SCHEMAS:
        raise UsageError(
            f"{path}: is a journal of schema {record.get('schema')}; this digitlab reads schema {SCHEMA}."
            " Use the digitlab that wrote it, or choose another folder with --out. Nothing was changed."
        )


def _damaged(path: Path, number: int, raw: bytes) -> UsageError:
    return UsageError(f"{path}: line {number} is damaged; nothing was changed. {_advice(number, raw)}")


def _advice(number: int, raw: bytes) -> str:
    """Tell what to do about a line by what it was, as far as that can still be seen."""
    copy = "Restore the file from a copy, or"
    if number == 1:
        return f"{copy} choose another folder with --out: this line is the header, without which nothing can be read."
    if b'"kind":"result"' in raw:
        return f"{copy} remove this line: only what stands in it is graded again."
    if b'"kind":"class"' in raw:
        return (
            f"{copy} remove this line and go on at once with `digitlab batch --resume` and --course, if there were "
            "rules: it says who is in the class and by which rules."
        )
    return (
        f"{copy} remove this line and go on at once with `digitlab batch --resume` and --course, if there were rules: "
        "what stood in it cannot be told any more."
    )
