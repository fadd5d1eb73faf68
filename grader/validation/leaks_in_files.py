"""What the files that students get give away: texts, and labels as numbers of any kind, in archives too."""

from __future__ import annotations

import functools
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from grader.validation.cases import Fault, Problem
from grader.validation.leaks import Hidden, accuracies, runs_in, runs_of

_STYLE = {".css", ".js", ".svg"}
"""Their numbers are sizes."""
_STYLED = re.compile(r"<style\b.*?</style>|\bstyle=(?:\"[^\"]*\"|'[^']*')", re.DOTALL)
_SPACE = r"(?:\s|&nbsp;|&#160;)*"
_ZIP, _GZIP, _NPY = b"PK\x03\x04", b"\x1f\x8b", b"\x93NUMPY"


def leaks_in_files(files: Iterable[Path], hidden: Hidden) -> list[Problem]:
    """Return what files that students get give away, unpacked when they are archives."""
    found = []
    for file in files:
        try:
            parts = list(unpacked(file.name, file.read_bytes()))
            found += [f"{what} in {name}" for name, data in parts for what in _given_away(name, data, hidden)]
        except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
            found.append(f"{file.name} cannot be searched: {error or type(error).__name__}")
    return [Problem(Fault.LEAK, text) for text in found]


def unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file's content, or what an archive holds, whatever its name says."""
    if data.startswith(_GZIP):
        yield from unpacked(name, gzip.decompress(data))
    elif data.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from unpacked(f"{name}: {member}", archive.read(member))
    else:
        yield name, data


def _given_away(name: str, data: bytes, hidden: Hidden) -> list[str]:
    rows = {data, *_label_rows(data)}
    given = [
        what
        for what, labels in hidden.labels.items()
        if not all(_byte_runs(labels).isdisjoint(runs_in(row)) for row in rows)
    ]
    text = data.decode("utf-8", "replace")
    if b"\0" in data:  # numbers in it are no labels
        return given + [what for form, what in hidden.texts.items() if form in text]
    prose = "" if PurePosixPath(name).suffix in _STYLE else _STYLED.sub("", text)
    return sorted({*given, *hidden.found_in(text), *thresholds_in(prose)})


def _label_rows(data: bytes) -> Iterator[bytes]:
    """Yield an array's numbers, one byte each, where they may be labels; of rows that score labels, the best ones."""
    if not data.startswith(_NPY):
        return
    array = np.load(io.BytesIO(data), allow_pickle=False).squeeze()
    if array.dtype.kind in "US":
        array = np.array([int(text) if text.isdigit() else 0 for text in array.ravel().astype(str)])
    if array.dtype.kind not in "biuf":
        return
    yield _as_bytes(array)
    if array.ndim == 2:
        yield _as_bytes(array.argmax(axis=1))
        yield _as_bytes(array.argmax(axis=0))


def _as_bytes(array: NDArray[np.generic]) -> bytes:
    return np.clip(np.nan_to_num(array.astype(np.float64)), 0, 255).astype(np.uint8).tobytes()


@functools.cache
def _byte_runs(labels: tuple[int, ...]) -> frozenset[bytes]:
    """Return all runs of the labels as bytes; EMNIST's files count from 1."""
    return frozenset(bytes(label + first for label in run) for run in runs_of(labels) for first in (0, 1))


def thresholds_in(text: str) -> list[str]:
    """Return the accuracies that points begin and end at, in whatever words: no text for students has these numbers.

    One decimal alone (0.9) is none: too much else is written so.
    """
    found = []
    for accuracy, what in accuracies():
        decimals = f"{accuracy:.3f}".rstrip("0")[2:].ljust(2, "0")
        percent = re.escape(f"{accuracy * 100:g}").replace(r"\.", "[.,]")
        forms = rf"0?[.,]{decimals}0*(?!\d)|{percent}(?:[.,]0+)?{_SPACE}(?:%|percent|процент)"
        if re.search(rf"(?<![\d.,])(?:{forms})", text):
            found.append(what)
    return found
