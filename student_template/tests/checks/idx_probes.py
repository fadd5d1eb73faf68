"""Name what a parser takes for granted: it accepts a file that is wrong in just this way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .further_calls import cause_by_calling
from .idx_files import idx_bytes, idx_header
from .language import trn

ELEMENTS = 8
"""Of a file with one byte for each: so many bytes are whole elements of every type."""
SIZES = (1, 2, 3)

_Parse = Callable[[bytes], Any]


def misread_cause(parse: _Parse, array: np.ndarray) -> str:
    """Name what a parser that refused this array's sound file does not read from its header."""
    looks = (lambda: _sizes_cause(parse, array.ndim), lambda: _width_cause(parse, array))
    return next(filter(None, map(cause_by_calling, looks)), "")


def _sizes_cause(parse: _Parse, stated: int) -> str:
    """Name a fixed number of sizes: a file with so many is accepted, though its byte 3 states others."""
    for count in range(1, len(SIZES) + 1):
        sizes = SIZES[:count]
        data = bytearray(idx_bytes(np.zeros(sizes, np.uint8)))
        data[3] = stated
        if count != stated and _accepted_shape(parse, bytes(data)) == sizes:
            return trn(
                "{count} size is read from the header, though its byte 3 says {stated}",
                "{count} sizes are read from the header, though its byte 3 says {stated}",
                count,
                stated=stated,
            )
    return ""


def _accepted_shape(parse: _Parse, data: bytes) -> tuple[int, ...] | None:
    try:
        return np.shape(parse(data))
    except ValueError:
        return None


def _width_cause(parse: _Parse, array: np.ndarray) -> str:
    """Name elements that are taken for single bytes, all through or only where the data's size is counted."""
    width = array.dtype.itemsize
    if width == 1:
        return ""
    content = bytes(range(1, ELEMENTS + 1))
    type_code = idx_bytes(array)[2]
    counted = trn(
        "the elements are counted, not their bytes: each of them takes {count} byte",
        "the elements are counted, not their bytes: each of them takes {count} bytes",
        width,
    )
    shape = (*[1] * (array.ndim - 1), ELEMENTS)
    too_few = f"cannot reshape array of size {ELEMENTS // width} into shape {str(shape).replace(' ', '')}"
    try:
        came = np.asarray(parse(idx_header(type_code, shape) + content))
    except ValueError as error:  # what NumPy says of too few elements
        return counted if too_few in str(error) else ""
    if came.ravel().tolist() == list(content):
        return trn(
            "every element is read as one byte, though by the type code it takes {count} byte",
            "every element is read as one byte, though by the type code it takes {count} bytes",
            width,
        )
    return ""
