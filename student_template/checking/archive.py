"""Take the one module out of a zip: everything is checked by its names and sizes first, nothing is unpacked to disk.

Only the module's own bytes are ever decompressed, into memory and under a cap; declared sizes are not trusted.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from tests.checks.language import later, tr
from .candidates import Entry, choose_module
from .contents import Content
from .kinds import limit_bytes_for
from .opening import check_size
from .shown_text import shown
from .errors import SubmissionError

MAX_ENTRIES = 500
MAX_TOTAL_BYTES = 200 * 1024 * 1024
"""Of all members together, as declared: trained models lie beside the module."""
MAX_RATIO = 200
"""Of the member that is read; Python source rarely shrinks more than tenfold."""
MAX_ONE_READ_BYTES = 1024 * 1024

_CHUNK_BYTES = 64 * 1024
_METHODS = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
)  # LZMA lets the file choose its memory
_ENCRYPTED = 0x1 | 0x40
_UTF8_NAME = 0x800
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, OverflowError,
           EOFError, OSError, ValueError)  # fmt: skip
"""What ``zipfile`` raises on bytes that are no sound zip."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True)
class ZipLimits:
    """What a zip may hold."""

    entries: int
    total_bytes: int
    """Of all members together, as declared."""
    one_read_bytes: int
    """``zipfile`` reads the directory in one piece: a larger one would fill the memory before its entries count."""
    advice: str
    control_names: bool = False
    """Whether a name may have control characters in it: a class must not fail by how one student calls a file."""


SUBMISSION = ZipLimits(MAX_ENTRIES, MAX_TOTAL_BYTES, MAX_ONE_READ_BYTES, later("Pack the module alone."))


@dataclass(frozen=True)
class Member:
    """The module inside a zip."""

    path: PurePosixPath
    data: bytes
    notes: tuple[str, ...]


class _CappedFile:
    """A file that refuses to hand out more than a number of bytes in one call."""

    def __init__(self, file: IO[bytes], limit_bytes: int) -> None:
        self._file = file
        self._limit_bytes = limit_bytes

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._limit_bytes + 1 if size < 0 else min(size, self._limit_bytes + 1))
        if len(data) > self._limit_bytes:
            raise zipfile.BadZipFile("its directory is too large")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def read_archive(file: IO[bytes], where: str) -> Member:
    """Check an open zip and return its one module; ``where`` is what messages call the zip.

    Raises:
        SubmissionError: it is no sound zip, something in it is not allowed, or it holds no single module.
    """
    with opened_archive(file, where, SUBMISSION) as archive:
        members = check_members(archive, where, SUBMISSION)

        def read(path: PurePosixPath) -> list[bytes]:
            name, limit = f"{where}, {shown(str(path))}", limit_bytes_for(path.name)
            return [read_member(archive, info, name, limit) for info in members[path]]

        entries = [Entry(member) for member in members]
        choice = choose_module(entries, where, look=lambda path: Content(read(path)[0]))
        data, *again = read(choice.path)
        return Member(choice.path, data, (*choice.notes, *_notes_on_copies(data, again, choice.path, where)))


def _notes_on_copies(data: bytes, again: Sequence[bytes], path: PurePosixPath, where: str) -> list[str]:
    """Return what the author should know of a module that stands in the archive more than once.

    Raises:
        SubmissionError: its copies differ, so nobody can say which is meant.
    """
    name = shown(str(path))
    if any(other != data for other in again):
        raise SubmissionError(
            tr(
                "{where}, {name}: stands in the archive twice, with different content. Pack it again with one.",
                where=where,
                name=name,
            )
        )
    same = tr("{name} stands in the archive twice with the same content, and was taken once.", name=name)
    return [same] if again else []


@contextmanager
def opened_archive(file: IO[bytes], where: str, limits: ZipLimits) -> Iterator[zipfile.ZipFile]:
    """Read a zip's directory without trusting its size; ``where`` is what messages call it.

    Raises:
        SubmissionError: it is no sound zip.
    """
    try:
        archive = zipfile.ZipFile(_CappedFile(file, limits.one_read_bytes))
    except _BROKEN as error:
        raise SubmissionError(
            tr(
                "{where}: is not a sound zip archive ({reason}). Pack the module again, as .zip.",
                where=where,
                reason=shown(str(error)) or type(error).__name__,
            )
        ) from error
    with archive:
        yield archive


def check_members(
    archive: zipfile.ZipFile, where: str, limits: ZipLimits
) -> dict[PurePosixPath, list[zipfile.ZipInfo]]:
    """Return the files by their names, with ``/`` between folders; none of them leads out of the archive.

    Programs that pack may put one name in twice.

    Raises:
        SubmissionError: there are too many, they are too large, or one is a link, encrypted, or named as none may be.
    """
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise SubmissionError(
            tr(
                "{where}: holds {count} entries, at most {limit} are taken. {advice}",
                where=where,
                count=len(infos),
                limit=limits.entries,
                advice=tr(limits.advice),
            )
        )
    members: dict[PurePosixPath, list[zipfile.ZipInfo]] = {}
    for info in infos:
        name = _check_name(info, where, limits)
        _check_entry(info, f"{where}, {shown(name)}")
        if not name.endswith("/"):
            members.setdefault(PurePosixPath(name), []).append(info)
    check_size(sum(info.file_size for info in infos), tr("{where}: its content", where=where), limits.total_bytes)
    return members


def _check_name(info: zipfile.ZipInfo, where: str, limits: ZipLimits) -> str:
    name = _readable_name(info).replace("\\", "/")
    member = f"{where}, {shown(name)}"
    if _CONTROL.search(name) and not limits.control_names:
        raise SubmissionError(
            tr("{member}: the name has control characters in it. Rename the file and pack again.", member=member)
        )
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        raise SubmissionError(
            tr("{member}: the name leads out of the archive. Pack the folder itself, not its path.", member=member)
        )
    return name


def _readable_name(info: zipfile.ZipInfo) -> str:
    """Return the name as its author saw it: Windows packs Cyrillic as cp866 and says cp437, macOS packs bare UTF-8."""
    name = info.orig_filename
    if info.flag_bits & _UTF8_NAME or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:  # its own field said what the name is
        return name
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp866")


def _check_entry(info: zipfile.ZipInfo, member: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise SubmissionError(tr("{member}: is encrypted. Pack it again without a password.", member=member))
    if stat.S_ISLNK(info.external_attr >> 16):
        raise SubmissionError(tr("{member}: is a link. Pack the file itself.", member=member))


def read_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: str, limit_bytes: int, *, max_ratio: int = MAX_RATIO
) -> bytes:
    """Return the bytes of one member, of which there are at most `limit_bytes`.

    Raises:
        SubmissionError: it is too large, damaged, or compressed in a way that is not taken.
    """
    if info.compress_type not in _METHODS:
        raise SubmissionError(
            tr("{member}: is compressed in an unusual way. Pack it again as an ordinary .zip.", member=member)
        )
    check_size(info.file_size, member, limit_bytes)
    if info.header_offset + info.compress_size > archive.start_dir:  # newer Pythons find this themselves
        raise SubmissionError(f"{member}: is damaged (it reaches beyond the archive's members). Pack it again.")
    if info.file_size > max_ratio * max(info.compress_size, 1):
        raise SubmissionError(
            tr(
                "{member}: unpacks to more than {ratio} times its size. Hand in the file itself.",
                member=member,
                ratio=max_ratio,
            )
        )
    try:
        with archive.open(info) as file:
            data = _read_capped(file, limit_bytes)
    except _BROKEN as error:
        raise SubmissionError(
            tr(
                "{member}: is damaged ({reason}). Pack it again.",
                member=member,
                reason=shown(str(error)) or type(error).__name__,
            )
        ) from error
    check_size(len(data), member, limit_bytes)
    return data


def _read_capped(file: IO[bytes], limit_bytes: int) -> bytes:
    data = bytearray()
    while len(data) <= limit_bytes and (chunk := file.read(_CHUNK_BYTES)):
        data += chunk
    return bytes(data)
