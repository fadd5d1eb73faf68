"""Runs of hidden labels in rows of numbers: side by side, in a column, or as every second, fourth or eighth byte."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

LABEL_RUN = 12
"""So many labels in a row are no accident: one in 10^12 for digits, and there are some 1,000 to begin at."""
TEXT_STRIDES, BYTE_STRIDES = range(1, 13), (1, 2, 4, 8)
"""How many values a record of a text may have, and how many bytes an integer has."""
LABEL_STEPS = (1, 2, 3)
"""A run may leave out every second label, or two of three."""
RAW_FLOATS = ("<f4", ">f4", "<f8", ">f8")
_NO_LABEL = 31
_PIECE = 1 << 20
_MIXER = np.uint64(0x9E3779B97F4A7C15)
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
_ROW_END = re.compile(r"[\n\]}]|</tr>")

Codes = NDArray[np.uint64]


def holds_run(row: Iterable[int] | bytes, labels: tuple[int, ...], strides: Iterable[int] = (1,)) -> bool:
    """Does a row hold a run of the labels, if only every second, third ... value counts?

    Counted from 0 or from 1, from the first on or backwards, all of them or as `LABEL_STEPS` says.
    """
    values = np.frombuffer(row, np.uint8) if isinstance(row, bytes) else np.fromiter(row, np.int64)
    runs, table = _runs(labels)
    return any(
        _holds(piece, runs, table, stride)
        for stride in strides
        for start in range(0, len(values), _PIECE)
        if len(piece := values[start : start + _PIECE + stride * LABEL_RUN]) > stride * (LABEL_RUN - 1)
    )


def _holds(values: NDArray[np.generic], runs: Codes, table: NDArray[np.bool_], stride: int) -> bool:
    codes = _codes(np.clip(values, 0, _NO_LABEL).astype(np.uint64), stride)
    likely = codes[table[_places(codes)]]
    if not len(likely):
        return False
    places = np.searchsorted(runs, likely)
    return bool((runs[np.minimum(places, len(runs) - 1)] == likely).any())


def _codes(values: Codes, stride: int) -> Codes:
    """Return each run of values as one number, five bits for a value."""
    two = values[:-stride] | values[stride:] << np.uint64(5)
    four = two[: -2 * stride] | two[2 * stride :] << np.uint64(10)
    eight = four[: -4 * stride] | four[4 * stride :] << np.uint64(20)
    last = four[8 * stride :]
    return np.asarray(eight[: len(last)] | last << np.uint64(40))


def _places(codes: Codes) -> NDArray[np.int64]:
    return ((codes * _MIXER) >> np.uint64(44)).astype(np.int64)


@functools.cache
def _runs(labels: tuple[int, ...]) -> tuple[Codes, NDArray[np.bool_]]:
    """Return the codes of all runs, sorted, and a table that says fast of most others that they are none."""
    row = np.array(labels, np.uint64)
    if len(row) < LABEL_RUN:
        return np.zeros(0, np.uint64), np.zeros(1 << 20, bool)
    ways = [(way + np.uint64(first), step) for way in (row, row[::-1]) for first in (0, 1) for step in LABEL_STEPS]
    codes = np.unique(np.concatenate([_codes(way, step) for way, step in ways if len(way) > step * (LABEL_RUN - 1)]))
    table = np.zeros(1 << 20, bool)
    table[_places(codes)] = True
    return codes, table


def rows_of_text(text: str) -> Iterator[tuple[list[int], Iterable[int]]]:
    """Yield rows of whole numbers in a text, with the strides to search each at: all, columns, and best scores."""
    lines = [[float(number) for number in _NUMBER.findall(line)] for line in _ROW_END.split(text)]
    lines = [line for line in lines if line]
    yield [_whole(value) for line in lines for value in line], TEXT_STRIDES
    if len(lines) < LABEL_RUN:
        return
    for place in (0, 1, 2, -1):
        yield [_whole(line[place]) for line in lines if len(line) > max(place, 0)], (1,)
    scored = [line for line in lines if len(line) > 9]
    for first in (0, 1):  # an id may stand in front
        yield [max(range(len(line) - first), key=line[first:].__getitem__) for line in scored], (1,)


def _whole(value: float) -> int:
    return int(value) if value < _NO_LABEL and value == int(value) else _NO_LABEL


def rows_of_array(array: NDArray[Any]) -> Iterator[bytes]:
    """Yield an array's numbers, one byte each, where they may be labels; of scores of labels, the best one's place."""
    if array.dtype.names:
        for name in array.dtype.names:
            yield from rows_of_array(array[name])
        return
    if array.dtype.kind in "US":
        array = np.array([_spelled(text.strip()) for text in array.ravel().astype(str)]).reshape(array.shape)
    if array.dtype.kind not in "biuf":
        return
    numbers = np.nan_to_num(array.astype(np.float64 if array.size < _PIECE else np.float32)).squeeze()
    yield _as_bytes(numbers)
    if array.dtype.kind == "f" and numbers.size and numbers.min() >= 0 and numbers.max() <= 1:
        for scale in (9, 10, 25, 26):
            yield _as_bytes(np.rint(numbers * scale))
    for axis in range(numbers.ndim if numbers.ndim > 1 else 0):
        yield _as_bytes(numbers.argmax(axis=axis))
    if numbers.ndim == 2:
        yield _as_bytes(numbers.T)
        if numbers.shape[1] > LABEL_RUN:  # an id in front of scores
            yield _as_bytes(numbers[:, 1:].argmax(axis=1))


def rows_of_floats(data: bytes) -> Iterator[bytes]:
    """Yield what raw floats in bytes say, one byte each, wherever the first one begins and where labels may be."""
    for kind in RAW_FLOATS:
        size = np.dtype(kind).itemsize
        for start in range(min(size, len(data))):
            codes = np.frombuffer(data, kind.replace("f", "u"), (len(data) - start) // size, start)
            whole = codes & codes.dtype.type((1 << (8 * size - 13)) - 1) == 0  # of the fraction at most four bits
            if np.count_nonzero(whole & (codes != 0)) < LABEL_RUN // 2:  # bytes of pictures are zeros, mostly
                continue
            numbers = np.where(whole, codes, codes.dtype.type(0)).view(f"f{size}")  # in the machine's order
            with np.errstate(invalid="ignore"):  # some are no numbers
                is_label = whole & (numbers >= 0) & (numbers < _NO_LABEL) & (numbers == np.trunc(numbers))
            yield np.where(is_label, numbers, _NO_LABEL).astype(np.uint8).tobytes()


def _spelled(text: str) -> int:
    if text.isdecimal():
        return min(int(text), 255)
    return ord(text.upper()) - ord("A") if len(text) == 1 and text.isascii() and text.isalpha() else 255


def _as_bytes(array: NDArray[Any]) -> bytes:
    return bytes(np.clip(array, 0, 255).astype(np.uint8).tobytes())
