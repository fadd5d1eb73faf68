"""Mistakes that fail alike are told apart by further calls, and only where these prove it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("MPLBACKEND", "Agg")

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure

from grader.assignment.public_tests.checks.diagnosis import MAX_LOST, begin_looking, cause_by_calling, told
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.assignment.public_tests.test_drawing import expect_predicted
from grader.assignment.public_tests.test_showpics import test_one_subplot_for_each_index as check_subplots
from grader.system.errors import ForkServerLost, GraderFault

SHAPE = (28, 28, 1)
WEIGHTS = np.random.default_rng(3).normal(0, 0.05, (784, 10))


def softmax(outputs: np.ndarray) -> np.ndarray:
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def told_of_drawing(
    tmp_path: Path, scores_of: Callable[[np.ndarray], np.ndarray], *, softmax_ends: bool, scale: float = 1
) -> str:
    """Return what is told of a predict_drawing that has such scores for a drawing; "" when it is right."""

    def load(path: str) -> np.ndarray:
        picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        return 255 - picture if picture[0, 0] > 127 else picture

    def put(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    def outputs_of(_model: object, pictures: np.ndarray) -> np.ndarray:
        outputs = pictures.reshape(len(pictures), 784) @ WEIGHTS * scale
        return softmax(outputs) if softmax_ends else outputs

    def predict(_model: object, path: str) -> tuple[np.ndarray, int]:
        scores = scores_of(load(path).reshape(1, 784))[0]
        return scores, int(scores.argmax())

    student = SimpleNamespace(load_drawing=load, predict_drawing=predict)
    drawing = np.full((28, 28), 255, np.uint8)
    drawing[4:24, 8:12] = drawing[4:8, 8:20] = 0
    files = SimpleNamespace(put=put, path=lambda name: str(tmp_path / name))
    try:
        expect_predicted(student, files, None, drawing, outputs_of, shape=SHAPE, what="a network")
    except CheckFailed as failed:
        return str(failed)
    return ""


@pytest.mark.parametrize("softmax_ends", [True, False])
@pytest.mark.parametrize(
    ("scores_of", "is_unscaled"),
    [
        (lambda x: softmax(x @ WEIGHTS), True),
        (lambda x: np.eye(10)[(x @ WEIGHTS).argmax(axis=1)], False),
        (lambda x: softmax(x / 255 / 255 @ WEIGHTS), False),
        (lambda x: softmax(x / max(1, x.max()) / 2 @ WEIGHTS), False),
        (lambda x: softmax((255 - x) / 255 @ WEIGHTS), False),
        (lambda _x: np.full((1, 10), 0.1), False),
    ],
    ids=["unscaled", "one-hot", "twice", "half", "inverted", "equal"],
)
def test_a_drawing_that_is_not_scaled_is_told_from_other_wrong_scores(
    tmp_path: Path, scores_of: Callable[[np.ndarray], np.ndarray], is_unscaled: bool, softmax_ends: bool
) -> None:
    text = told_of_drawing(tmp_path, scores_of, softmax_ends=softmax_ends)
    assert "wrong values" in text
    assert ("given values from 0 to 255" in text) is is_unscaled


def test_outputs_that_are_the_same_scaled_or_not_tell_nothing(tmp_path: Path) -> None:
    text = told_of_drawing(tmp_path, lambda _x: np.roll(np.eye(10), 1, 1)[:1], softmax_ends=True, scale=0)
    assert "wrong values" in text
    assert "given values from 0 to 255" not in text
    equal = told_of_drawing(tmp_path, lambda x: np.full((1, 10), 0.1), softmax_ends=True, scale=1e-9)
    assert equal == ""


def test_a_scaled_drawing_passes(tmp_path: Path) -> None:
    assert told_of_drawing(tmp_path, lambda x: softmax(x / 255 @ WEIGHTS), softmax_ends=True) == ""


def told_of_showpics(drawn: Callable[[Sequence[int]], Sequence[int]], indices: Sequence[int], *, one: bool) -> str:
    """Return what is told of a showpics that draws some of the indices, into one subplot or each into its own."""

    def showpics(images: np.ndarray, _predicted: Any, _true: Any, indices: Sequence[int]) -> Figure:
        figure = Figure()
        chosen = drawn(indices)
        for place, index in enumerate(chosen, start=1):
            axes = figure.gca() if one else figure.add_subplot(1, len(chosen), place)
            axes.imshow(images[index])
        return figure

    try:
        check_subplots(SimpleNamespace(showpics=showpics), np.random.default_rng(5), indices)
    except CheckFailed as failed:
        return str(failed)
    return ""


@pytest.mark.parametrize(
    ("drawn", "indices", "words"),
    [
        (lambda indices: indices[:-1], [4], "cause:    the last one is left out\n"),
        (lambda indices: indices[1:], [4], "cause:    the first one is left out\n"),
        (lambda indices: indices[:2], [5, 2, 7, 0], "cause:    only the first 2 are there\n"),
        (lambda indices: [index for index in indices if index != 4], [4], ""),
        (lambda _indices: [], [4], ""),
        (lambda indices: [*indices, *indices], [4], ""),
        (lambda indices: [0, *indices[2:]], [5, 2, 7, 1], ""),
    ],
)
def test_which_pictures_are_left_out_is_told(
    drawn: Callable[[Sequence[int]], Sequence[int]], indices: Sequence[int], words: str
) -> None:
    text = told_of_showpics(drawn, indices, one=False)
    assert "wrong number of pictures" in text
    assert words in text
    assert ("cause:" in text) is bool(words)


def test_pictures_drawn_over_each_other_are_not_left_out() -> None:
    text = told_of_showpics(lambda indices: indices, [0, 2, 5], one=True)
    assert "wrong number of pictures" in text
    assert "cause:" not in text


class Ended(Exception):
    ends_looking = True


def test_a_lost_process_ends_the_looking_of_a_check_and_then_of_all() -> None:
    def look() -> str:
        raise Ended

    begin_looking()
    for _time in range(MAX_LOST):
        assert told(lambda: cause_by_calling(look) or "what comes after it") == ""
    assert told(lambda: cause_by_calling(look) or "without a call") == "without a call"
    assert told(lambda: cause_by_calling(lambda: "by a call")) == ""
    begin_looking()
    assert told(lambda: cause_by_calling(lambda: "by a call")) == "by a call"
    assert told("known") == "known"


@pytest.mark.parametrize("error", [CheckFailed("not even this"), SystemExit("bad file"), KeyError(3)])
def test_a_further_call_that_fails_names_nothing(error: BaseException) -> None:
    def look() -> str:
        raise error

    assert cause_by_calling(look) == ""
    assert cause_by_calling(lambda: "a cause") == "a cause"


@pytest.mark.parametrize("fault", [GraderFault("the disk is full"), ForkServerLost("gone")])
def test_a_fault_of_the_grader_is_not_taken_for_no_cause(fault: GraderFault) -> None:
    def look() -> str:
        raise fault

    with pytest.raises(GraderFault) as caught:
        cause_by_calling(look)
    assert caught.value is fault
