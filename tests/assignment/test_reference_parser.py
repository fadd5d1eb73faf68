"""The reference's parser: right for every sound file, ValueError and nothing else for every damaged one."""

from __future__ import annotations

import contextlib
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from student_mistakes import student_with

from grader.assignment.public_tests.checks.idx_files import TYPE_CODES, idx_bytes, idx_header

pytestmark = pytest.mark.slow


def arrays_of(kind: str) -> st.SearchStrategy[np.ndarray]:
    shapes = arrays.array_shapes(min_dims=1, max_dims=5, min_side=0, max_side=4)
    numbers = {"allow_nan": False} if kind.startswith("f") else {}
    return arrays.arrays(np.dtype(kind), shapes, elements=numbers)


sound = st.sampled_from(sorted(TYPE_CODES)).flatmap(arrays_of)


def parsed(data: bytes) -> np.ndarray:
    return np.asarray(student_with().parse_idx(io.BytesIO(data)))


@given(sound)
def test_sound_files_come_back(array: np.ndarray) -> None:
    came = parsed(idx_bytes(array))
    assert came.dtype == array.dtype
    assert came.shape == array.shape
    assert came.tobytes() == array.tobytes()


@given(sound, st.data())
def test_damaged_files_are_value_errors(array: np.ndarray, data: st.DataObject) -> None:
    """A changed byte may make another sound file: then the array has as many bytes as the file, less the header."""
    whole = bytearray(idx_bytes(array))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))]) if data.draw(st.booleans()) else bytes(whole)
    with contextlib.suppress(ValueError):
        came = parsed(cut)
        assert len(cut) == 4 + 4 * came.ndim + came.nbytes


@pytest.mark.parametrize("as_file", [False, True])
@pytest.mark.parametrize(
    "sizes",
    [
        (2**32 - 1,) * 3,
        (2**31, 2**31, 4),
        (2**32 - 1,) * 255,
        (0, 2**32 - 1, 2**32 - 1, 2**32 - 1),
        (2**32 - 1,),
        (2**20, 2**20),
        (1,) * 100,
    ],
)
def test_sizes_that_no_memory_holds_are_value_errors(tmp_path: Path, sizes: tuple[int, ...], as_file: bool) -> None:
    """BytesIO raises OverflowError for a size beyond an index, an open file MemoryError for one beyond the memory."""
    content = idx_header(0x0E, sizes) + struct.pack(">d", 1)
    (tmp_path / "damaged").write_bytes(content)
    with (tmp_path / "damaged").open("rb") as fd, pytest.raises(ValueError) as caught:  # noqa: PT011 -- NumPy's, too
        student_with().parse_idx(fd if as_file else io.BytesIO(content))
    assert str(caught.value)
