"""A parser that refuses a sound file is asked for wrong ones: what it accepts names its mistake."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.assignment.public_tests.checks.idx_probes import misread_cause

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
Parse = Callable[[bytes], Any]


def parser(*, sizes: int = 0, dtype: str = "", width: int = 0, strict: bool = True) -> Parse:
    """Return a parser with a fixed number of sizes, one type of elements, or one width of them; 0 and "" are right."""

    def parse(data: bytes) -> np.ndarray:
        dimensions = sizes or data[3]
        if len(data) < 4 + 4 * dimensions:
            raise ValueError("the header is cut short")
        shape = struct.unpack_from(f">{dimensions}I", data, 4)
        kind = np.dtype(dtype or TYPES[data[2]])
        content = data[4 + 4 * dimensions :]
        size = math.prod(shape) * (width or kind.itemsize)
        if len(content) < size or (strict and len(content) > size):
            raise ValueError("another size")
        return np.frombuffer(content[:size], kind).reshape(shape)

    return parse


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("options", "array", "words"),
    [
        ({"sizes": 3}, np.zeros(1, np.uint8), "3 sizes are read from the header, though its byte 3 says 1"),
        ({"sizes": 1}, np.zeros((2, 3), np.int16), "1 size is read from the header, though its byte 3 says 2"),
        ({"dtype": "u1"}, np.zeros((2, 3), np.int16), "as one byte, though by the type code it takes 2 bytes"),
        ({"dtype": "u1"}, np.zeros(3, np.float64), "as one byte, though by the type code it takes 8 bytes"),
        ({"dtype": "u1"}, np.zeros(3, np.int8), ""),
        ({"width": 1}, np.zeros((2, 3), np.int16), "not their bytes: each of them takes 2 bytes"),
        ({"width": 1}, np.zeros((2, 3), np.float32), "not their bytes: each of them takes 4 bytes"),
        ({"width": 1}, np.zeros((2, 3), np.float64), "not their bytes: each of them takes 8 bytes"),
        ({"dtype": ">i8"}, np.zeros((2, 3), np.int32), ""),
        ({"dtype": "<i4"}, np.zeros((2, 3), np.int32), ""),
        ({}, np.zeros((2, 3), np.int32), ""),
    ],
)
def test_what_is_not_read_is_named(options: dict[str, Any], array: np.ndarray, words: str, strict: bool) -> None:
    cause = misread_cause(parser(**options, strict=strict), array)
    assert words in cause
    assert bool(cause) is bool(words)


def test_sizes_that_are_read_rightly_stay_small_for_a_parser_that_is_probed() -> None:
    """One that makes an object of each element would take the memory of a student's computer for sizes of 2**24."""
    asked = []

    def parse(data: bytes) -> np.ndarray:
        sizes = struct.unpack_from(f">{data[3]}I", data, 4)
        asked.append(math.prod(sizes))
        return np.zeros(sizes[::-1], np.uint8)

    misread_cause(parse, np.arange(60, dtype=np.uint8).reshape(3, 4, 5))
    assert 0 < max(asked) < 10_000


def test_a_parser_that_refuses_odd_sizes_does_not_count_wrongly() -> None:
    def parse(data: bytes) -> np.ndarray:
        if struct.unpack_from(">I", data, 4)[0] % 2:
            raise ValueError("odd")
        return np.frombuffer(data[8:], ">i4")

    assert misread_cause(parse, np.zeros(3, np.int32)) == ""


def test_a_parser_of_28x28_pictures_alone_does_not_count_wrongly() -> None:
    """Sixteen bytes are skipped where twelve are the header: what is left has the size of half the elements."""
    cause = misread_cause(lambda data: np.frombuffer(data[16:], np.uint8).reshape(-1, 28, 28), np.zeros((4, 3), "i2"))
    assert "counted" not in cause


@pytest.mark.parametrize("error", [ValueError("no"), TypeError("no"), MemoryError(), KeyError(12)])
def test_whatever_the_further_calls_raise_there_is_just_no_cause(error: Exception) -> None:
    def parse(_data: bytes) -> Any:
        raise error

    assert misread_cause(parse, np.zeros((2, 3), np.int16)) == ""


@pytest.mark.parametrize("value", [None, "text", 3, [[1], [2, 3]]])
def test_what_is_no_array_names_nothing(value: Any) -> None:
    assert misread_cause(lambda _data: value, np.zeros((2, 3), np.int16)) == ""
