"""Raw outputs of the digit networks: exactly ten floats for each picture, before any test uses them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.assignment.public_tests.checks.outputs import are_probabilities, expect_outputs, expect_scores_of


@pytest.mark.parametrize("value", [0.5, np.nan, np.inf])
def test_ten_floats_for_each_picture_pass_finite_or_not(value: float) -> None:
    outputs = np.full((3, 10), value, np.float32)
    assert expect_outputs(outputs, 3) is outputs


@pytest.mark.parametrize(
    "outputs",
    [
        np.zeros((3, 3), np.float32), np.zeros((3, 0), np.float32), np.zeros((2, 10), np.float32),
        np.zeros((3, 10, 1), np.float32), np.float32(1), np.zeros((3, 10), int), np.zeros(10), None, {}, "text",
        [[0.1]],
    ],
    ids=str,
)  # fmt: skip
def test_other_outputs_are_told(outputs: Any) -> None:
    with pytest.raises(CheckFailed, match=r"the wrong shape(?s:.*)expected: floats of shape \(3, 10\)"):
        expect_outputs(outputs, 3)


def test_scores_of_half_precision_are_compared() -> None:
    outputs = np.zeros((2, 10), np.float32)
    outputs[:, 3] = 40
    scores = np.zeros((2, 10), np.float16)
    scores[:, 3] = 1
    with pytest.raises(CheckFailed, match="wrong values"):  # their logarithms are cut at 1e-30, the logits are not
        expect_scores_of(scores, outputs * 10, function="f", given="", hint="")


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_outputs_that_are_not_finite_are_no_warning(value: float) -> None:
    outputs = np.zeros((2, 10), np.float32)
    outputs[0, 0] = value
    with pytest.raises(CheckFailed, match="wrong values"):
        expect_scores_of(np.full((2, 10), 0.1), outputs, function="f", given="", hint="")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_softmax_of_16_bits_gives_probabilities(dtype: str) -> None:
    outputs = np.random.default_rng(1).normal(0, 3, (500, 10))
    shares = np.asarray(keras.ops.cast(keras.ops.softmax(keras.ops.cast(outputs, dtype)), "float32"))
    assert np.abs(shares.sum(axis=1) - 1).max() > 1e-4
    assert are_probabilities(shares)
    assert not are_probabilities(np.abs(outputs))
