"""Mistakes put into the reference, the checks of the public tests by short names, and what a student reads of them."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("MPLBACKEND", "Agg")

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

from grader.assignment.public_tests import test_drawing as drawing
from grader.assignment.public_tests import test_letters as letters
from grader.assignment.public_tests import test_parser as parser
from grader.assignment.public_tests import test_save as save
from grader.assignment.public_tests import test_showpics as showpics
from grader.assignment.public_tests import test_training as training
from grader.assignment.public_tests.checks.centring import centre_outputs
from grader.assignment.public_tests.checks.crash_words import describe_crash, folder_failure
from grader.assignment.public_tests.checks.given_network import GivenNetwork
from grader.assignment.public_tests.checks.written_files import times_in
from grader.proofs.variants import changed

Change = tuple[str, str]
"""A text of the reference, and what stands there instead."""
Check = Callable[[Any, Any, Any], None]
"""A test of a student's module, of their files and of random numbers."""


@functools.cache
def student_with(*changes: Change) -> SimpleNamespace:
    names: dict[str, Any] = {"__name__": "mnist_all_models"}
    exec(compile(changed(*changes), "/home/x/mnist_all_models.py", "exec"), names)
    return SimpleNamespace(**{name: value for name, value in names.items() if callable(value)})


def files_in(folder: Path) -> SimpleNamespace:
    def put(name: str, content: bytes) -> str:
        (folder / name).write_bytes(content)
        return str(folder / name)

    def get(path: str) -> bytes:
        if Path(path).is_dir():
            raise folder_failure(Path(path).name)
        return Path(path).read_bytes()

    return SimpleNamespace(
        put=put,
        path=lambda name: str(folder / name),
        get=get,
        times=lambda: times_in(str(folder), str(Path.cwd())),
    )


def told(check: Callable[[], None]) -> str:
    """Return what a student would read of a failed test."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- of any class
        check()
    return describe_crash(caught.value) or str(caught.value)


def vector(student: Any, _files: Any, rng: Any) -> None:
    parser.test_vector_of_bytes(student, rng, 7)


def many(student: Any, _files: Any, rng: Any) -> None:
    parser.test_sizes_above_255_are_big_endian(student, rng)


def pictures(student: Any, _files: Any, rng: Any) -> None:
    parser.test_images_keep_their_row_order(student, rng)


def int16(student: Any, _files: Any, rng: Any) -> None:
    parser.test_int16_is_big_endian(student, rng)


def double(student: Any, _files: Any, rng: Any) -> None:
    parser.parsed(student, rng.normal(0, 1000, (4, 3)), given="a file of float64", hint="")


def npz(student: Any, files: Any, rng: Any) -> None:
    parser.test_npz(student, files, rng, (6, 4))


def emptied(student: Any, _files: Any, _rng: Any) -> None:
    parser.test_empty_file(student)


def upright(student: Any, files: Any, rng: Any) -> None:
    letters.test_letters_are_upright(student, files, rng)


def labels(student: Any, files: Any, rng: Any) -> None:
    letters.test_labels_start_at_zero(student, files, rng, True)


def restored(student: Any, files: Any, rng: Any) -> None:
    save.expect_restored(student, files, student.build_ann(), training.images_for("ann", rng, 16), outputs_of)


def written(student: Any, files: Any, _rng: Any) -> None:
    save.test_save_model_writes_a_keras_file(
        student, files, given(student.build_ann), outputs_of, np.random.default_rng(1)
    )


def drawn(student: Any, files: Any, _rng: Any) -> None:
    drawing.test_dark_on_white(student, files, printed, "8", "drawing.png")


def drawn_as_bytes(student: Any, files: Any, _rng: Any) -> None:
    drawing.test_uint8_28x28(student, files, printed)


def drawn_light(student: Any, files: Any, _rng: Any) -> None:
    drawing.expect_drawing(student, files, 255 - printed("8"), given="a drawing, light on black")


def predicted(student: Any, files: Any, _rng: Any) -> None:
    cnn = given(student.build_cnn)
    drawing.test_predict_drawing_with_the_convolutional_network(student, files, printed, cnn, outputs_of)


def prepared(student: Any, _files: Any, rng: Any) -> None:
    training.test_prepare_ann(student, rng)


def predicted_labels(student: Any, _files: Any, rng: Any) -> None:
    keras.utils.set_random_seed(7)
    training.test_predict_labels_of_the_dense_network(student, given(student.build_ann), outputs_of, centred, rng, 37)


def measured(student: Any, _files: Any, _rng: Any) -> None:
    training.test_accuracy(student, 1, 4)


def lettered(student: Any, _files: Any, _rng: Any) -> None:
    letters.test_letter_of(student)


def prepared_for_cnn(student: Any, _files: Any, rng: Any) -> None:
    training.test_prepare_cnn(student, rng)


def scored(student: Any, _files: Any, rng: Any) -> None:
    training.test_predict_scores_of_the_dense_network(student, given(student.build_ann), outputs_of, rng, 19)


def scored_alone(student: Any, _files: Any, rng: Any) -> None:
    training.test_predict_scores_of_the_dense_network(student, given(student.build_ann), outputs_of, rng, 1)


def indexed(student: Any, _files: Any, _rng: Any) -> None:
    training.test_wrong_set(student)


def shown(student: Any, _files: Any, rng: Any) -> None:
    showpics.test_one_subplot_for_each_index(student, rng, [0, 2, 5])


def shown_alone(student: Any, _files: Any, rng: Any) -> None:
    showpics.test_one_subplot_for_each_index(student, rng, [4])


def titled(student: Any, _files: Any, rng: Any) -> None:
    showpics.test_both_labels_are_written(student, rng, list)


def given(build: Callable[[], Any]) -> GivenNetwork:
    """Return the student's own network, as one that is as asked."""
    return GivenNetwork(build, lambda: True, lambda: True, build, "the network", "a network of these tests")


def outputs_of(model: Any, pictures: np.ndarray, *, any_width: bool = False) -> Any:
    return np.asarray(loaded(model)(pictures) if isinstance(model, bytes) else model(pictures))


def loaded(data: bytes) -> Any:
    Path("given.keras").write_bytes(data)
    return keras.models.load_model("given.keras")


def centred(model: Any, pictures: np.ndarray) -> Any:
    centre_outputs(model, pictures)
    return model


def printed(character: str) -> np.ndarray:
    picture = np.full((56, 56), 255, np.uint8)
    cv2.putText(picture, character, (14, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4, cv2.LINE_AA)
    return picture


def told_of(changes: Sequence[Change], check: Check, folder: Path) -> str:
    """Return what is told of the reference with these changes, by one check."""
    student, files = student_with(*changes), files_in(folder)
    (folder / "here").mkdir()
    with contextlib.chdir(folder / "here"), contextlib.closing(SimpleNamespace(close=lambda: plt.close("all"))):
        return told(lambda: check(student, files, np.random.default_rng(7)))
