"""Part 1, hidden: the other element types, any number of dimensions, and the rest of the bad input."""

import io

import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import expect_error
from grader.assignment.public_tests.checks.idx_files import idx_bytes, idx_header
from grader.assignment.public_tests.checks.language import tr, trn
from grader.assignment.public_tests.test_parser import parsed


def _values(rng, dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return rng.normal(0, 1000, shape).astype(dtype)
    bounds = np.iinfo(dtype)
    return rng.integers(bounds.min, bounds.max, shape, dtype=dtype, endpoint=True)


def _type_test(dtype, code):
    def test(student, rng):
        values = _values(rng, dtype, (int(rng.integers(2, 9)), 3))
        hint = tr(
            "type code 0x{code:02X} is big-endian {name}: dtype '>{dtype}'",
            code=code,
            name=np.dtype(dtype).name,
            dtype=dtype,
        )
        parsed(student, values, given=tr("a file of {name}", name=np.dtype(dtype).name), hint=hint)

    return test


test_int8 = pytest.mark.line("parser.i1")(_type_test("i1", 0x09))
test_int32 = pytest.mark.line("parser.i4")(_type_test("i4", 0x0C))
test_float32 = pytest.mark.line("parser.f4")(_type_test("f4", 0x0D))
test_float64 = pytest.mark.line("parser.f8")(_type_test("f8", 0x0E))


@pytest.mark.line("parser.dimensions")
@pytest.mark.parametrize("dimensions", [1, 2, 3, 4, 5])
def test_any_number_of_dimensions(student, rng, dimensions):
    shape = tuple(int(side) for side in rng.integers(1, 5, dimensions))
    parsed(
        student,
        rng.integers(0, 256, shape, dtype=np.uint8),
        given=trn("a file with {count} dimension", "a file with {count} dimensions", dimensions),
        hint=tr("byte 3 of the file says how many sizes follow"),
    )


@pytest.mark.line("parser.magic")
@pytest.mark.parametrize("rest", [b"", b"\x07"])
def test_no_dimensions(student, rest):
    expect_error(
        ValueError,
        lambda: student.parse_idx(io.BytesIO(b"\x00\x00\x08\x00" + rest)),
        function="parse_idx",
        given=tr("a file that states 0 dimensions"),
        hint=tr("byte 3 is the number of dimensions: it is 1 or more"),
    )


@pytest.mark.line("parser.zero_length")
@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (3, 0)])
def test_dimension_of_length_zero(student, shape):
    given = tr("a file whose sizes are {shape}: a valid array without elements", shape=shape)
    parsed(student, np.zeros(shape, np.uint8), given=given, hint=tr("an empty array has a shape too; it is no error"))


@pytest.mark.line("parser.type_code")
@pytest.mark.parametrize("width", [1, 2, 4, 8])  # whatever size of an element is guessed, one file has just as much
@pytest.mark.parametrize("code", [0x00, 0x07, 0x0A, 0x0F, 0xFF])
def test_unknown_type_code(student, code, width):
    expect_error(
        ValueError,
        lambda: student.parse_idx(io.BytesIO(idx_header(code, (2,)) + bytes(2 * width))),
        function="parse_idx",
        given=tr("a file with the type code 0x{code:02X}, which does not exist", code=code),
        hint=tr("only six type codes are known; refuse the others with ValueError"),
    )


@pytest.mark.line("parser.truncated_header")
@pytest.mark.parametrize("length", [1, 3, 4, 6, 11])
def test_truncated_header(student, length):
    expect_error(
        ValueError,
        lambda: student.parse_idx(io.BytesIO(idx_header(0x08, (2, 3))[:length])),
        function="parse_idx",
        given=trn(
            "a file that ends after {count} byte, inside its header of 12",
            "a file that ends after {count} bytes, inside its header of 12",
            length,
        ),
        hint=tr("check the length of what read() returned before you unpack it"),
    )


@pytest.mark.line("parser.left_over")
@pytest.mark.parametrize("extra", [1, 8])
def test_bytes_left_over(student, rng, extra):
    data = idx_bytes(rng.integers(0, 256, (2, 4), dtype=np.uint8)) + bytes(extra)
    expect_error(
        ValueError,
        lambda: student.parse_idx(io.BytesIO(data)),
        function="parse_idx",
        given=trn(
            "a file with {count} byte more than its sizes say",
            "a file with {count} bytes more than its sizes say",
            extra,
        ),
        hint=tr("after the data there must be nothing left to read"),
    )
