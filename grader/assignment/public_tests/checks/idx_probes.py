"""Name what a parser takes for granted: it accepts a file that is wrong in just this way."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .diagnosis import cause_by_calling
from .differences import SIDE, SIZES_SWAPPED
from .idx_files import idx_bytes, idx_header
from .language import later, tr, trn
from .messages import Cause

ELEMENTS = 8
"""Of a file with one byte for each: so many bytes are whole elements of every type."""
SIZES = (1, 2, 3)
HEADER, CONTENT = 8, 12
"""Bytes of a file with one size."""
SKIPPED = (0, 4, 16)
"""Bytes before what some take for the elements: none, the first four, and the header of three sizes."""

BIG_ENDIAN = later(
    "the sizes are unsigned 32-bit integers with the most significant byte first: struct.unpack('>I', ...)"
)

_Parse = Callable[[bytes], Any]


def misread_cause(parse: _Parse, array: np.ndarray) -> str:
    """Name what a parser that failed on this array's sound file does not read from its header."""
    of_header = [
        *(functools.partial(_sizes_cause, parse, array.ndim, count) for count in range(1, len(SIZES) + 1)),
        *(functools.partial(_start_cause, parse, skipped) for skipped in SKIPPED),
        functools.partial(_layout_cause, parse, array),
        functools.partial(_exchanged_cause, parse),
    ]
    of_sizes = functools.partial(_order_cause, parse), functools.partial(_low_byte_cause, parse)
    if cause := next(filter(None, map(cause_by_calling, of_sizes)), ""):
        return Cause(cause, tr(BIG_ENDIAN))
    if cause := next(filter(None, map(cause_by_calling, of_header)), ""):
        return Cause(
            cause, tr("byte 3 says how many sizes follow, 4 bytes each; the elements begin after the last of them")
        )
    return cause_by_calling(lambda: _width_cause(parse, array))


def reads(parse: _Parse, array: np.ndarray) -> bool:
    """Tell whether a parser reads the file of an array rightly."""
    return cause_by_calling(lambda: "read" if np.array_equal(parse(idx_bytes(array)), array) else "") != ""


def _order_cause(parse: _Parse) -> str:
    """Name sizes that are read least significant byte first: 256 are many more so.

    A parser that reads them rightly is given no more than a few hundred elements.
    """

    def is_read(size: int, count: int) -> bool:
        came = np.asarray(parse(idx_header(0x08, (size,)) + bytes(count)))
        return came.shape == (count,) and not came.any()

    swapped = int.from_bytes((256).to_bytes(4, "big"), "little")
    if not is_read(256, swapped):
        return ""
    # One that takes whatever follows the header has not read the size at all.
    takes_all = cause_by_calling(lambda: "takes all" if is_read(512, swapped) else "")
    return "" if takes_all else tr(SIZES_SWAPPED)


def _low_byte_cause(parse: _Parse) -> str:
    """Name sizes of which the last byte alone is read: a file with so few elements is read, though it states more."""
    content = bytes(range(101, 101 + CONTENT))

    def is_read(more: bytes) -> bool:
        came = np.asarray(parse(idx_header(0x08, (256 + CONTENT,)) + content + more))
        return came.shape == (CONTENT,) and came.tolist() == list(content)

    def takes_all() -> str:
        return "" if is_read(b"e") else "takes all"

    # One that takes whatever follows the header has not read the size at all.
    if not is_read(b"") or cause_by_calling(takes_all):
        return ""
    return tr("of each size only the last of its four bytes is read: 300 is 01 2c")


def _sizes_cause(parse: _Parse, stated: int, count: int) -> str:
    """Name a fixed number of sizes: a file with so many is accepted, though its byte 3 states others."""
    sizes = SIZES[:count]
    data = bytearray(idx_bytes(np.zeros(sizes, np.uint8)))
    data[3] = stated
    if count == stated or np.shape(parse(bytes(data))) != sizes:
        return ""
    return trn(
        "{count} size is read from the header, though its byte 3 says {stated}",
        "{count} sizes are read from the header, though its byte 3 says {stated}",
        count,
        stated=stated,
    )


def _exchanged_cause(parse: _Parse) -> str:
    """Name a type code that is taken for the number of sizes, and the other way round.

    Of a file without ink: what a parser that reads it rightly takes for further sizes is 0.
    """
    empty = np.zeros((5, 6), np.uint8)
    data = bytearray(idx_bytes(empty))
    data[2], data[3] = data[3], data[2]
    if not np.array_equal(parse(bytes(data)), empty):
        return ""
    return tr("byte 2 is the type of the elements, byte 3 how many sizes there are: they are exchanged")


def _layout_cause(parse: _Parse, array: np.ndarray) -> str:
    """Name the only kinds of file that are read: with some numbers of sizes, or with pictures of 28x28."""
    stated = array.ndim
    if stated > len(SIZES) or cause_by_calling(lambda: _elements_told(parse, array)):
        return ""
    read = [count for count in range(1, len(SIZES) + 1) if reads(parse, _bytes_of(SIZES[:count]))]
    if len(SIZES) not in read and reads(parse, _bytes_of((2, SIDE, SIDE))):
        return tr("pictures of 28x28 are read rightly, others are not: their sizes stand in the header")
    if not read or stated in read:
        return ""
    if len(read) > 1:
        return tr(
            "files with {counts} sizes are read rightly, one with {stated} is not: byte 3 says how many there are",
            counts=tr(" or ").join(map(str, read)),
            stated=stated,
        )
    return trn(
        "a file with {count} size is read rightly, one with {stated} is not: byte 3 says how many there are",
        "a file with {count} sizes is read rightly, one with {stated} is not: byte 3 says how many there are",
        read[0],
        stated=stated,
    )


def _elements_told(parse: _Parse, array: np.ndarray) -> str:
    """Tell that all the elements come, whatever their shape: then the header was read."""
    came = np.sort(np.asarray(parse(idx_bytes(array))), axis=None)
    return "the elements" if np.array_equal(came, np.sort(array, axis=None)) else ""


def _bytes_of(sizes: tuple[int, ...]) -> np.ndarray:
    return (101 + np.arange(np.prod(sizes)) % 97).astype(np.uint8).reshape(sizes)


def _start_cause(parse: _Parse, skipped: int) -> str:
    """Name elements that begin where the header does not end: a file with as many as are left then is accepted."""
    content = bytes(range(101, 101 + CONTENT))
    data = idx_header(0x08, (HEADER + CONTENT - skipped,)) + content
    if np.asarray(parse(data)).ravel().tolist() != list(data[skipped:]):
        return ""
    if not skipped:
        return tr("the elements are read from the start of the file: the bytes of its header are among them")
    return trn(
        "you skip {count} header byte; with one dimension the header has 8",
        "you skip {count} header bytes; with one dimension the header has 8",
        skipped,
    )


def _width_cause(parse: _Parse, array: np.ndarray) -> str:
    """Name elements that are taken for single bytes, all through or only where the data's size is counted."""
    width = array.dtype.itemsize
    if width == 1:
        return ""
    as_bytes = trn(
        "every element is read as one byte, though by the type code it takes {count} byte",
        "every element is read as one byte, though by the type code it takes {count} bytes",
        width,
    )
    whole = np.arange(1, ELEMENTS + 1).reshape(*[1] * (array.ndim - 1), ELEMENTS).astype(array.dtype)
    data = idx_bytes(whole)
    content = data[-whole.nbytes :][:ELEMENTS]

    def found() -> str:
        came = np.asarray(parse(data))
        return "bytes" if came.ravel().tolist() == list(content) else "all" if came.shape == whole.shape else ""

    if (count := cause_by_calling(found)) == "bytes":
        return as_bytes
    if count == "all":  # a sound file's elements are counted rightly: what it says of a shorter one tells nothing
        return ""
    too_few = f"cannot reshape array of size {ELEMENTS // width} into shape {str(whole.shape).replace(' ', '')}"
    try:
        came = np.asarray(parse(data[: -whole.nbytes] + content))
    except ValueError as error:  # what NumPy says of too few elements
        words = trn(
            "the elements are counted, not their bytes: each of them takes {count} byte",
            "the elements are counted, not their bytes: each of them takes {count} bytes",
            width,
        )
        return words if too_few in str(error) else ""
    return as_bytes if came.ravel().tolist() == list(content) else ""
