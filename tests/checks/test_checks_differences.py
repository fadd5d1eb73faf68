"""Differences that students make often are called by their names."""

from __future__ import annotations

import numpy as np
import pytest

from grader.assignment.public_tests.checks.differences import (
    dtype_cause,
    left_out_cause,
    picture_cause,
    refusal_cause,
    shape_cause,
    share_cause,
    value_cause,
)
from grader.assignment.public_tests.checks.outputs import labels_cause, scores_cause
from grader.assignment.public_tests.test_letters import letters_cause
from grader.assignment.public_tests.test_training import history_cause, wrong_set_cause

RNG = np.random.default_rng(5)
PICTURES = RNG.integers(0, 256, (4, 28, 28)).astype(np.uint8)
SHARES = PICTURES.astype(np.float32) / 255
LABELS = np.array([3, 1, 4, 1, 5, 9, 2, 6])
LOGITS = RNG.normal(0, 2, (6, 10))
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)

SHIFTED = LOGITS - LOGITS.min(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("came", "wanted", "words"),
    [
        ((4, 5, 3), (3, 5, 4), "transposed"),
        ((19,), (19, 10), "one number where there should be several"),
        ((), (10,), "one number where there should be several"),
        ((), (1,), "got a bare number"),
        ((7, 2), (2, 7), "transposed"),
        ((0x2C010000,), (300,), "little-endian"),
        ((6, 28, 28), (6, 28, 28, 1), "the one channel"),
        ((6, 1, 28, 28), (6, 28, 28, 1), "Keras wants it last"),
        ((28, 28, 3), (28, 28), "in colour"),
        ((28, 28, 1), (28, 28), "one dimension of length 1 too many"),
        ((1, 28, 28), (28, 28), "one dimension of length 1 too many"),
        ((28, 28), (6, 28, 28), "the first dimension is missing"),
        ((60,), (3, 5, 4), "a reshape is missing"),
        ((6, 28, 28), (6, 784), "not made flat"),
        ((5,), (6,), ""),
        ((3, 3), (-1,), ""),
    ],
)
def test_shapes(came: tuple[int, ...], wanted: tuple[int, ...], words: str) -> None:
    cause = shape_cause(came, wanted)
    assert words in cause
    assert bool(cause) is bool(words)


@pytest.mark.parametrize(
    ("array", "kind", "words"),
    [
        (np.zeros(2), "float32", "computes in float64 by default"),
        (np.array([0, 255], np.uint8), "float32", "not divided by 255"),
        (np.array([0, 1], np.uint8), "float32", "fractions were cut off"),
        (np.array([0.5, 1]), "uint8", "divided by 255 already"),
        (np.array([0.5, 200]), "uint8", "floating-point numbers, not bytes"),
        (np.zeros(2), "integer", "labels are whole numbers"),
        (np.zeros(2, bool), "integer", "True and False"),
        (np.zeros(2, np.int8), "uint8", ""),
    ],
)
def test_dtypes(array: np.ndarray, kind: str, words: str) -> None:
    cause = dtype_cause(array, kind)
    assert words in cause
    assert bool(cause) is bool(words)


@pytest.mark.parametrize(
    ("came", "wanted", "words"),
    [
        (np.arange(1000, 1006, dtype=np.int16).byteswap(), np.arange(1000, 1006, dtype=np.int16), "little-endian"),
        (LABELS.astype(np.float32).byteswap(), LABELS.astype(np.float32), "little-endian"),
        (LABELS + 1, LABELS, "1 too large: off by 1"),
        (LABELS - 1, LABELS, "1 too small: off by 1"),
        (np.full(8, 7), LABELS, "every value is 7"),
        (SHARES * 255, SHARES, "the division by 255 is missing"),
        (SHARES / 255, SHARES, "divided by 255 once too often"),
        (SHARES * 255 / 256, SHARES, "divided by 256"),
        (SHARES * 2 - 1, SHARES, "from -1 to 1"),
        (1 - SHARES, SHARES, "inverted"),
        (255 - PICTURES, PICTURES, "inverted"),
        (PICTURES.transpose(0, 2, 1), PICTURES, "transposed"),
        (SHARES.transpose(0, 2, 1).reshape(4, 784), SHARES.reshape(4, 784), "transposed"),
        (SHARES.transpose(0, 2, 1)[..., None], SHARES[..., None], "transposed"),
        (np.arange(6).reshape((2, 3), order="F"), np.arange(6).reshape(2, 3), "transposed"),
        (PICTURES[..., ::-1], PICTURES, "mirrored"),
        (PICTURES[:, ::-1], PICTURES, "upside down"),
        (np.rot90(PICTURES, 1, (1, 2)), PICTURES, "turned by 90"),
        (np.rot90(PICTURES, -1, (1, 2)), PICTURES, "turned by 90"),
        (np.rot90(PICTURES, 2, (1, 2)), PICTURES, "turned by 180"),
        (LABELS[::-1], LABELS, "the wrong order"),
        (PICTURES // 255, SHARES, "fractions were cut off"),
        (PICTURES.astype(np.int8), PICTURES, "read with a sign"),
        (np.array([3, 250, 7]), np.array([3, -6, 7], np.int8), "taken without their sign"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "not finite"),
        (np.array([0, 0, 0]), np.array([5, 0, 3]), "every value is 0"),
        (np.array([0, 5, 0, 5]), np.array([5, 5, 1, 2], np.int16), ""),
        (np.array([1, 5, 9]), np.array([1, 2, 3]), ""),
        (np.zeros((0, 3)), np.zeros((0, 3)), ""),
        (np.zeros(3), np.zeros(4), ""),
    ],
)
def test_values(came: np.ndarray, wanted: np.ndarray, words: str) -> None:
    cause = value_cause(came, wanted, 1e-5 if wanted.dtype.kind == "f" else 0)
    assert words in cause
    assert bool(cause) is bool(words)


@pytest.mark.parametrize(
    ("scores", "outputs", "words"),
    [
        (LOGITS, LOGITS, "the softmax is missing"),
        (np.exp(LOGITS) / np.exp(LOGITS).sum(axis=0), LOGITS, "over the pictures (axis=0)"),
        (np.exp(LOGITS) / np.exp(LOGITS).sum(), LOGITS, "over everything at once"),
        (PROBABILITIES / PROBABILITIES.sum(axis=0), LOGITS, "over the pictures (axis=0)"),
        (1 / (1 + np.exp(-LOGITS)), LOGITS, "a sigmoid"),
        (np.exp(LOGITS), LOGITS, "the division by the sum"),
        (LOGITS / LOGITS.sum(axis=1, keepdims=True), LOGITS, "exp is missing"),
        (SHIFTED / SHIFTED.sum(axis=1, keepdims=True), LOGITS, "less the smallest of their row"),
        (100 * PROBABILITIES, LOGITS, "percent"),
        (
            np.exp(PROBABILITIES) / np.exp(PROBABILITIES).sum(axis=1, keepdims=True),
            PROBABILITIES,
            "a second softmax",
        ),
        (PROBABILITIES[::-1], LOGITS, ""),
    ],
)
def test_scores(scores: np.ndarray, outputs: np.ndarray, words: str) -> None:
    cause = scores_cause(scores, outputs)
    assert words in cause
    assert bool(cause) is bool(words)


def test_labels() -> None:
    labels = LOGITS.argmax(axis=1)
    assert "1 too large" in labels_cause(labels + 1, LOGITS)
    assert "1 too small" in labels_cause(labels - 1, LOGITS)
    assert "smallest output" in labels_cause(LOGITS.argmin(axis=1), LOGITS)
    unsure = np.tile([0.11, *[0.1] * 7, 0.14, 0.05], (6, 1))
    assert labels_cause(np.zeros(6, int), unsure) == "every value is 0", "which has more causes than one"
    assert labels_cause(labels[::-1], LOGITS) == ""


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("cannot reshape array of size 7 into shape (117440512,)", "little-endian"),
        ("expected 117440512 bytes, got 7", "little-endian"),
        ("cannot fit 'int' into an index-sized integer", "little-endian"),
        ("no luck with 7", ""),
    ],
)
def test_a_size_in_the_wrong_byte_order_is_seen_in_the_error(message: str, words: str) -> None:
    cause = refusal_cause(message, (7,))
    assert words in cause
    assert bool(cause) is bool(words)


def test_pictures_that_were_resized() -> None:
    picture = np.zeros((28, 28), np.uint8)
    picture[4:20, 5:9] = 200
    picture[4:8, 5:24] = 255
    blurred = (picture.astype(int) + 9).clip(0, 255)
    assert "inverted" in picture_cause(255 - blurred, picture)
    assert "transposed" in picture_cause(blurred.T, picture)
    assert "mirrored" in picture_cause(blurred[:, ::-1], picture)
    assert picture_cause(np.zeros((28, 28)), picture) == ""


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ("yyyn", "the last one is left out"),
        ("nyyy", "the first one is left out"),
        ("yynn", "only the first 2 are there"),
        ("ynn", ""),
        ("yynny", ""),
        ("nnn", ""),
        ("yn", ""),
        ("n", ""),
        ("yyy", ""),
    ],
)
def test_what_is_left_out(drawn: str, words: str) -> None:
    assert left_out_cause([one == "y" for one in drawn]) == words


def test_shares_letters_and_indices() -> None:
    assert "percent" in share_cause((75, 0.75, 4))
    assert "wrong predictions" in share_cause((0.25, 0.75, 4))
    assert "number of right" in share_cause((3, 0.75, 4))
    assert "rounded" in share_cause((0.8, 0.75, 4))
    assert "rounded" in share_cause((1, 0.75, 4))
    assert share_cause((0.3, 0.75, 4)) == ""
    assert "divided by the wrong ones" in share_cause((3, 0.75, 4), (0.5, 2 / 6, 6)), (
        "which by chance is their number, too"
    )
    assert share_cause((1, 0.75, 4), (1, 2 / 6, 6)) == "", "it was not rounded"
    assert "small letters" in letters_cause(list("abcdefghijklmnopqrstuvwxyz"))
    assert "1 to 26" in letters_cause([*"BCDEFGHIJKLMNOPQRSTUVWXYZ", "["])
    assert "-1 to 24" in letters_cause(["@", *"ABCDEFGHIJKLMNOPQRSTUVWXY"])
    assert letters_cause([None] * 26) == letters_cause(["x"] * 26) == ""
    predicted, true = [3, 1, 4, 2], [3, 7, 4, 9]
    assert "a mask" in wrong_set_cause(np.array([False, True, False, True]), predicted, true)
    assert "right predictions" in wrong_set_cause(np.array([0, 2]), predicted, true)
    assert "not the places" in wrong_set_cause(np.array([1, 2]), predicted, true)
    assert "not the places" in wrong_set_cause(np.array([7, 9]), predicted, true)
    assert "off by 1" in wrong_set_cause(np.array([2, 4]), predicted, true)
    assert "descending" in wrong_set_cause(np.array([3, 1]), predicted, true)
    assert wrong_set_cause(np.array([0, 3]), predicted, true) == ""


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "nothing is returned"),
        ({"loss": [1.0]}, "the dictionary in the History"),
        ([0.3, 0.9], "model.evaluate"),
        (type("Sequential", (), {})(), "the model, not what"),
        (type("History", (), {})(), ""),
    ],
)
def test_what_came_instead_of_a_history(returned: object, words: str) -> None:
    cause = history_cause(returned)
    assert words in cause
    assert bool(cause) is bool(words)
