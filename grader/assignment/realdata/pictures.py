"""The real pictures that a submission is trained and scored on, and in words what they are not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from grader.assignment.realdata.catalog import EMNIST_LETTERS, MNIST, MNIST_NPZ, DataSet
from grader.assignment.realdata.checking import FileState, Standing, inspect_file
from grader.assignment.realdata.contents import read_arrays
from grader.system.errors import UsageError

SPLIT = 50_000
"""Without test files, the training files are cut here: what comes after is scored."""

_Bytes = npt.NDArray[np.uint8]
TrainAndTest = tuple[_Bytes, _Bytes, _Bytes, _Bytes]
"""uint8 pictures (N, 28, 28) and labels (N,) to train on, then to score on; letters upright, their labels 0..25."""


@dataclass(frozen=True)
class RealPictures:
    """What the data folder holds for grading."""

    name: str
    """Tells results apart that cannot be compared: `mnist`, `mnist-train-only`, `mnist+emnist-letters`."""
    digits: TrainAndTest
    letters: TrainAndTest | None
    """None when EMNIST is not there."""
    notes: tuple[str, ...]
    """What whoever reads a result must know of the pictures."""


def load_real_pictures(folder: Path) -> RealPictures:
    """Read MNIST, from its four files or else from Keras' one, and EMNIST's letters when they are there.

    Raises:
        UsageError: the training files are not there, one of a pair is missing, or a file is wrong.
    """
    digits, name, notes = _digits(folder)
    letters, letter_notes = _letters(folder)
    return RealPictures(
        name=name if letters is None else f"{name}+{EMNIST_LETTERS.name}",
        digits=digits,
        letters=letters,
        notes=(*notes, *letter_notes),
    )


def training_pictures(folder: Path, *, letters: bool) -> tuple[_Bytes, _Bytes] | None:
    """Return the training pictures of MNIST or of EMNIST's letters, as in `TrainAndTest`; None when they are not there.

    Raises:
        UsageError: one of the two files is missing, or a file is wrong.
    """
    data_set = EMNIST_LETTERS if letters else MNIST
    states = [inspect_file(folder, file) for file in data_set.files[:2]]
    if _are_missing(states):
        return None
    _expect_usable(states, data_set)
    images, labels = _arrays(states)
    return _upright(images, labels) if letters else (images, labels)


def _digits(folder: Path) -> tuple[TrainAndTest, str, list[str]]:
    states = [inspect_file(folder, file) for file in MNIST.files]
    keras_states = [inspect_file(folder, file) for file in MNIST_NPZ.files]
    if _are_missing(states) and not _are_missing(keras_states):
        return _keras_digits(keras_states)
    train, test = states[:2], states[2:]
    _expect_usable(train, MNIST)
    images, labels = _arrays(train)
    if not _are_missing(test):
        _expect_usable(test, MNIST)
        test_images, test_labels = _arrays(test)
        return (images, labels, test_images, test_labels), "mnist", _notes(states)
    pictures = (images[:SPLIT], labels[:SPLIT], images[SPLIT:], labels[SPLIT:])
    note = (
        f"The digits are MNIST's training files only: trained on the first {SPLIT:,}, scored on the last "
        f"{len(images) - SPLIT:,}. The test files (t10k) are not in the data folder."
    )
    return pictures, "mnist-train-only", [note, *_notes(train)]


def _keras_digits(states: list[FileState]) -> tuple[TrainAndTest, str, list[str]]:
    """Return the same pictures out of Keras' one file."""
    _expect_usable(states, MNIST_NPZ)
    (state,) = states
    arrays, _digest = read_arrays(state.path, state.file)
    digits = (arrays["x_train"], arrays["y_train"], arrays["x_test"], arrays["y_test"])
    return digits, "mnist", [f"The digits are read from {state.path.name}.", *_notes(states)]


def _letters(folder: Path) -> tuple[TrainAndTest | None, list[str]]:
    states = [inspect_file(folder, file) for file in EMNIST_LETTERS.files]
    if _are_missing(states):
        return None, ["The letters are drawn: EMNIST's files are not in the data folder."]
    _expect_usable(states, EMNIST_LETTERS)
    train_images, train_labels, test_images, test_labels = _arrays(states)
    pictures = (*_upright(train_images, train_labels), *_upright(test_images, test_labels))
    return pictures, ["The letters are EMNIST's.", *_notes(states)]


def _upright(images: _Bytes, labels: _Bytes) -> tuple[_Bytes, _Bytes]:
    """Return letters as people see them: EMNIST stores rows and columns swapped, and numbers from 1."""
    return np.ascontiguousarray(images.transpose(0, 2, 1)), labels - np.uint8(1)


def _arrays(states: list[FileState]) -> list[_Bytes]:
    """Return the one array of each file."""
    return [read_arrays(state.path, state.file)[0][""] for state in states]


def _are_missing(states: list[FileState]) -> bool:
    return all(state.standing is Standing.MISSING for state in states)


def _expect_usable(states: list[FileState], data_set: DataSet) -> None:
    for state in states:
        if state.standing is Standing.WRONG:
            raise UsageError(state.note)
        if state.standing is Standing.MISSING:
            raise UsageError(
                f"{state.path}: there is no such file. Fetch it: digitlab data fetch {data_set.name}, "
                "or name the folder that holds it with --data-dir or DIGITLAB_DATA."
            )


def _notes(states: list[FileState]) -> list[str]:
    return [state.note for state in states if state.note and state.file.sha256 is not None]
