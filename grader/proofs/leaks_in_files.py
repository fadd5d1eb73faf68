"""What the files that students get give away: texts, and labels as numbers of any kind, in archives too."""

from __future__ import annotations

import bz2
import gzip
import html
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from grader.proofs.cases import Fault, Problem
from grader.proofs.leaks import Hidden, accuracies
from grader.proofs.leaks_of_labels import BYTE_STRIDES, holds_run, rows_of_array, rows_of_floats

_STYLE = {".css", ".js", ".svg"}
"""Their numbers are sizes."""
_STYLED = re.compile(r"<style\b.*?</style>|\bstyle=(?:\"[^\"]*\"|'[^']*')", re.DOTALL)
_MARKS = re.compile(r"[*_\\`]")
"""Of Markdown and LaTeX."""
_PERCENT = r"%|per\s?cent|процент|(?:out )?of 100\b|из 100\b"
_TABLE = re.compile(r"(?:^[ \t]*\d+(?:[ \t]*,[ \t]*\d+)+[ \t]*(?:\r?\n|\Z)){2,}", re.MULTILINE)
"""Rows of whole numbers: `0,73` is an id beside a number, no decimal comma."""
_ZIP, _NPY, _UTF16 = b"PK\x03\x04", b"\x93NUMPY", (b"\xff\xfe", b"\xfe\xff")
_COMPRESSED: dict[bytes, Callable[[IO[bytes]], io.BufferedIOBase]] = {
    b"\x1f\x8b": partial(gzip.GzipFile, None, "rb", 9),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
_UNSEARCHABLE = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd")
"""7z, RAR and Zstandard."""
_OPAQUE = {".pkl": "a pickle", ".pickle": "a pickle", ".pyc": "compiled Python"}
"""A pickle is never opened: that runs what it says. A compiled module holds a test without its lines."""
_DAMAGED = (lzma.LZMAError, tarfile.TarError)
_MOST_BYTES, _DEEPEST = 256 << 20, 5
_TOO_LARGE = f"more than {_MOST_BYTES >> 20} MiB unpacked"


def leaks_in_files(files: Iterable[Path], hidden: Hidden) -> list[Problem]:
    """Return what files that students get give away, unpacked when they are archives."""
    found = []
    for file in files:
        try:
            parts = list(unpacked(file.name, file.read_bytes()))
            told = [f"{what} in {name}" for name, data in parts for what in _given_away(name, data, hidden)]
            opaque = {name: what for name, _ in parts if (what := _OPAQUE.get(PurePosixPath(name).suffix.lower()))}
            found += told or [f"{name} cannot be searched: {what}" for name, what in opaque.items()]
        except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile, *_DAMAGED) as error:
            found.append(f"{file.name} cannot be searched: {error or type(error).__name__}")
    return [Problem(Fault.LEAK, text) for text in found]


def unpacked(name: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield a file's content, or what an archive holds, whatever its name says.

    Raises:
        ValueError: it is unpacked too large, too deep, or of a kind that cannot be unpacked here.
    """
    if depth > _DEEPEST:
        raise ValueError(f"archives in archives, more than {_DEEPEST} deep")
    if any(data.startswith(magic) for magic in _UNSEARCHABLE):
        raise ValueError("an archive of a kind that cannot be unpacked here")
    for magic, opened in _COMPRESSED.items():
        if data.startswith(magic):
            yield from unpacked(name, _read(opened(io.BytesIO(data)), _MOST_BYTES), depth + 1)
            return
    members = _members(data)
    if members is None or not (data.startswith(_ZIP) or _is_tar(data)):
        yield name, data  # bytes before a zip archive, too
    left = _MOST_BYTES
    for member, content in members or ():
        left -= len(content)
        if left < 0:
            raise ValueError(_TOO_LARGE)
        yield from unpacked(f"{name}: {member}", content, depth + 1)


def _members(data: bytes) -> Iterator[tuple[str, bytes]] | None:
    if data.startswith(_ZIP) or zipfile.is_zipfile(io.BytesIO(data)):
        return _zipped(data)
    return _tarred(data) if _is_tar(data) else None


def _is_tar(data: bytes) -> bool:
    return data[257:262] == b"ustar"


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            with archive.open(member) as stream:
                yield member.filename, _read(stream, _MOST_BYTES)


def _tarred(data: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for member in archive:
            if member.isfile() and (stream := archive.extractfile(member)) is not None:
                yield member.name, _read(stream, _MOST_BYTES)


def _read(stream: IO[bytes] | io.BufferedIOBase, most: int) -> bytes:
    if len(data := stream.read(most + 1)) > most:
        raise ValueError(_TOO_LARGE)
    return data


def _given_away(name: str, data: bytes, hidden: Hidden) -> list[str]:
    rows = {*_label_rows(data)}
    given = [
        what
        for what, labels in hidden.labels.items()
        if holds_run(data, labels, BYTE_STRIDES) or any(holds_run(row, labels) for row in rows)
    ]
    text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8", "replace")
    if b"\0" in data and not data.startswith(_UTF16):  # numbers in it are no labels
        return given + sorted({what for form, what in hidden.texts.items() if form in text})
    prose = "" if PurePosixPath(name).suffix in _STYLE else _STYLED.sub("", text)
    return sorted({*given, *hidden.found_in(text), *thresholds_in(prose)})


def _label_rows(data: bytes) -> Iterator[bytes]:
    if data.startswith(_NPY):
        yield from rows_of_array(np.load(io.BytesIO(data), allow_pickle=False))
    elif b"\0" in data:  # no text
        yield from rows_of_floats(data)


def thresholds_in(text: str) -> list[str]:
    """Return the accuracies that points begin and end at, in whatever words: no text for students has these numbers.

    One decimal alone (0.9) is none: too much else is written so.
    """
    found = []
    text = _TABLE.sub("", _MARKS.sub("", html.unescape(text)))
    for accuracy, what in accuracies():
        decimals = f"{accuracy:.3f}".rstrip("0")[2:].ljust(2, "0")
        percent = re.escape(f"{accuracy * 100:g}").replace(r"\.", "[.,]")
        forms = rf"0?[.,]{decimals}0*(?!\d)|{percent}(?:[.,]0+)?[\s-]*(?:{_PERCENT})"
        if re.search(rf"(?<![\d.,])(?:{forms})", text):
            found.append(what)
    return found
