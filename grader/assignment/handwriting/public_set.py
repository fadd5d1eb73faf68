"""The pictures that every student has: drawn from a published seed, so that they can be drawn again anywhere."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from grader.assignment.handwriting.sets import draw_digits

PUBLIC_SEED = 2024
"""The published seed of the data in the student template. Hidden data come from the instructor's secret instead."""

PUBLIC_TEST_DIGITS = 1_000


def part_seed(seed: int, part: str) -> bytes:
    """Return a seed of its own for each file pair: no writer of the training set writes in the test set."""
    return f"digit-lab data {seed} {part}".encode()


@cache
def public_test_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the template's t10k pictures, uint8 (1000, 28, 28), and labels (1000,), in the order of the files."""
    return draw_digits(PUBLIC_TEST_DIGITS, seed=part_seed(PUBLIC_SEED, "digits test"))


@cache
def public_test_sha256() -> str:
    """Return the hash of these pictures: another version of the generator draws others under the same numbers."""
    return hashlib.sha256(public_test_digits()[0].tobytes()).hexdigest()
