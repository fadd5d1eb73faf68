"""What the files that students get give away: texts, and labels as numbers of any kind, in archives too."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.marking.thresholds import FIXTURE, MNIST
from grader.validation.cases import Fault, Problem
from grader.validation.leaks import LABEL_RUN, Hidden

_STYLE = {".css", ".js", ".svg"}
"""Their numbers are sizes."""
_ZIP, _GZIP, _NPY = b"PK\x03\x04", b"\x1f\x8b", b"\x93NUMPY"


def leaks_in_files(files: Iterable[Path], hidden: Hidden) -> list[Problem]:
    """Return what files that students get give away, unpacked when they are archives."""
    return [
        Problem(Fault.LEAK, f"{what} in {name}")
        for file in files
        for name, data in unpacked(file.name, file.read_bytes())
        for what in _given_away(data, hidden, is_prose=file.suffix not in _STYLE)
    ]


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


def _given_away(data: bytes, hidden: Hidden, *, is_prose: bool) -> list[str]:
    rows = [data, *_label_rows(data)]
    given = [
        name for name, labels in hidden.labels.items() if any(run in row for run in byte_runs(labels) for row in rows)
    ]
    text = data.decode("utf-8", "replace")
    if b"\0" in data:  # numbers in it are no labels
        return given + [what for form, what in hidden.texts.items() if form in text]
    return sorted({*given, *hidden.found_in(text), *(thresholds_in(text) if is_prose else ())})


def _label_rows(data: bytes) -> Iterator[bytes]:
    """Yield an array's numbers, one byte each, where they may be labels; of rows that score labels, the best ones."""
    if not data.startswith(_NPY):
        return
    array = np.load(io.BytesIO(data), allow_pickle=False)
    if array.dtype.kind not in "biuf":
        return
    yield _as_bytes(array)
    if array.ndim == 2:
        yield _as_bytes(array.argmax(axis=1))


def _as_bytes(array: NDArray[np.generic]) -> bytes:
    return np.clip(np.nan_to_num(array.astype(np.float64)), 0, 255).astype(np.uint8).tobytes()


def byte_runs(labels: tuple[int, ...]) -> Iterator[bytes]:
    """Yield pieces of the labels as bytes; EMNIST's files count from 1."""
    for first in (0, 1):
        for start in range(0, len(labels) - LABEL_RUN + 1, LABEL_RUN):
            yield bytes(label + first for label in labels[start : start + LABEL_RUN])


def thresholds_in(text: str) -> list[str]:
    """Return the accuracies that points begin and end at, in whatever words: no text for students has these numbers."""
    found = []
    for mode in (FIXTURE, MNIST):
        for task, threshold in mode.items():
            for accuracy in (threshold.floor, threshold.full):
                decimals = f"{accuracy:.3f}".rstrip("0")[2:].ljust(2, "0")
                percent = re.escape(f"{accuracy * 100:g}").replace(r"\.", "[.,]")
                if re.search(rf"(?<![\d.,])(0?[.,]{decimals}0*(?!\d)|{percent}\s?%)", text):
                    found.append(f"the threshold of {task}")
    return found
