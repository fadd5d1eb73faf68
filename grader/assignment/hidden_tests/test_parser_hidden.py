"""Part 1, hidden: more element types, and any number of dimensions."""

import numpy as np
import pytest

from grader.assignment.public_tests.checks.language import tr, trn
from grader.assignment.public_tests.test_parser import parsed, type_test

test_int32 = pytest.mark.line("parser.i4")(type_test("i4", 0x0C))
test_float64 = pytest.mark.line("parser.f8")(type_test("f8", 0x0E))


@pytest.mark.line("parser.dimensions")
@pytest.mark.parametrize("dimensions", [1, 2, 3, 4, 5])
def test_any_number_of_dimensions(student, rng, dimensions):
    shape = tuple(int(side) for side in rng.integers(1, 5, dimensions))
    parsed(
        student,
        rng.integers(0, 128, shape, dtype=np.uint8),
        given=trn("a file with {count} dimension", "a file with {count} dimensions", dimensions),
        hint=tr("byte 3 of the file says how many sizes follow"),
    )


@pytest.mark.line("parser.zero_length")
@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (3, 0, 2)])
def test_dimension_of_length_zero(student, shape):
    given = tr("a file whose sizes are {shape}: a valid array without elements", shape=shape)
    parsed(student, np.zeros(shape, np.uint8), given=given, hint=tr("an empty array has a shape too; it is no error"))
