"""Read the arrays of a data file, and check that they are what the catalogue says."""

from __future__ import annotations

import gzip
import hashlib
import math
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from grader.assignment.realdata.catalog import Array, DataFile
from grader.system.errors import UsageError

Values = npt.NDArray[np.uint8]

_ADVICE = "Move it away and fetch it again: digitlab data fetch."
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    zipfile.BadZipFile,
)
"""What gzip, zip and NumPy raise on bytes that are not theirs: an unusual method, an encrypted member too."""


def read_arrays(path: Path, file: DataFile) -> tuple[dict[str, Values], str | None]:
    """Return the arrays of a file, and the sha256 of an IDX file's contents (None for an `.npz`).

    Never takes more memory than right contents need: a file that unpacks to more is refused.

    Raises:
        UsageError: naming the file, what came and what was expected.
    """
    try:
        if path.suffix == ".npz":
            return _read_npz(path, file), None
        (array,) = file.arrays.values()
        values, digest = _read_idx(path, array)
        return {"": values}, digest
    except _UNREADABLE as error:
        what = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: cannot be read ({what}). {_sizes(path, file)}{_ADVICE}") from error


def _sizes(path: Path, file: DataFile) -> str:
    """Say how many bytes a file has and should have, where that tells something."""
    try:
        came = path.stat().st_size
    except OSError:
        return ""
    return f"It has {came:,} bytes, published are {file.size_bytes:,}. " if file.size_bytes not in {None, came} else ""


def _read_idx(path: Path, array: Array) -> tuple[Values, str]:
    header = bytes([0, 0, 8, len(array.shape)]) + np.array(array.shape, ">u4").tobytes()
    size = len(header) + math.prod(array.shape)
    with gzip.open(path) if ".gz" in path.suffixes else path.open("rb") as file:
        data = file.read(size + 1)
    if data[: len(header)] != header:
        raise UsageError(
            f"{path}: its contents begin with {data[: len(header)].hex() or 'nothing'}, expected {header.hex()}: "
            f"IDX with uint8 of shape {array.shape}. {_ADVICE}"
        )
    if len(data) != size:
        came = f"more than {size:,}" if len(data) > size else f"{len(data):,}"
        raise UsageError(f"{path}: unpacks to {came} bytes, expected {size:,}. {_ADVICE}")
    values = np.frombuffer(data, np.uint8, offset=len(header)).reshape(array.shape)
    _check_labels(path, values, array)
    return values, hashlib.sha256(data).hexdigest()


def _read_npz(path: Path, file: DataFile) -> dict[str, Values]:
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name, array in file.arrays.items():
            with archive.open(f"{name}.npy") as member:
                np.lib.format.read_magic(member)
                shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(member)
                if (shape, is_fortran, dtype) != (array.shape, False, np.dtype(np.uint8)):
                    raise UsageError(
                        f"{path}: {name} is {dtype} of shape {shape}, expected uint8 of shape {array.shape}. {_ADVICE}"
                    )
                data = member.read(math.prod(shape))
            found[name] = np.frombuffer(data, np.uint8).reshape(shape)
            _check_labels(path, found[name], array)
    return found


def _check_labels(path: Path, values: Values, array: Array) -> None:
    if array.labels is None:
        return
    low, high = array.labels
    came = int(values.min()), int(values.max())
    if came[0] < low or came[1] > high:
        raise UsageError(f"{path}: its labels run from {came[0]} to {came[1]}, expected {low} to {high}. {_ADVICE}")
