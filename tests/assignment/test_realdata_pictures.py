"""The real pictures as grading takes them, from files in the shape of the real ones."""

from __future__ import annotations

import dataclasses
import gzip
import io
import os
from pathlib import Path

import numpy as np
import pytest
from small_sets import sha256, small_emnist, small_mnist, write_all

from grader.assignment.realdata import load_real_pictures, pictures
from grader.assignment.realdata.catalog import MNIST_NPZ, DataFile
from grader.marking.datasets import fixture_data, real_data
from grader.marking.thresholds import FIXTURE, MNIST
from grader.system.errors import UsageError

DIGITS, DIGIT_FILES = small_mnist()
LETTERS, LETTER_FILES = small_emnist()
TRAIN_FILES = {name: data for name, data in DIGIT_FILES.items() if name.startswith("train")}
SECRET = b"a secret of the tests"
needs_real_mnist = pytest.mark.skipif(
    "DIGITLAB_TEST_MNIST" not in os.environ, reason="DIGITLAB_TEST_MNIST names no folder with MNIST's files"
)


@pytest.fixture(autouse=True)
def small_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MNIST", DIGITS)
    monkeypatch.setattr(pictures, "EMNIST_LETTERS", LETTERS)
    monkeypatch.setattr(pictures, "SPLIT", 50)


def stored(files: dict[str, bytes], name: str) -> np.ndarray:
    data = gzip.decompress(files[name])
    shape = np.frombuffer(data, ">u4", count=data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def test_all_files_are_used_in_full(tmp_path: Path) -> None:
    write_all(tmp_path, DIGIT_FILES | LETTER_FILES)
    real = load_real_pictures(tmp_path)
    assert real.name == "mnist+emnist-letters"
    assert real.notes == ("The letters are EMNIST's.",)
    for array, name in zip(real.digits, DIGIT_FILES, strict=True):
        assert np.array_equal(array, stored(DIGIT_FILES, name))


@pytest.mark.parametrize(
    ("digits_place", "letters_place"),
    [
        ("{stem}", "{stem}"),
        ("{kaggle}/{kaggle}", "emnist_source_files/{stem}"),
        ("MNIST/raw/{stem}", "EMNIST/raw/{stem}"),
    ],
    ids=["unpacked", "kaggle", "torchvision"],
)
def test_unpacked_files_are_used_where_others_put_them(tmp_path: Path, digits_place: str, letters_place: str) -> None:
    for files, place in ((DIGIT_FILES, digits_place), (LETTER_FILES, letters_place)):
        for name, data in files.items():
            stem = name.removesuffix(".gz")
            path = tmp_path / place.format(stem=stem, kaggle=stem.replace("-idx", ".idx"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.decompress(data))
    real = load_real_pictures(tmp_path)
    assert real.name == "mnist+emnist-letters"
    for array, name in zip(real.digits, DIGIT_FILES, strict=True):
        assert np.array_equal(array, stored(DIGIT_FILES, name))
    assert [
        note for note in real.notes if "is not compressed" in note and "the contents are the published ones" in note
    ]


def test_letters_are_turned_upright_and_numbered_from_0(tmp_path: Path) -> None:
    write_all(tmp_path, DIGIT_FILES | LETTER_FILES)
    letters = load_real_pictures(tmp_path).letters
    assert letters is not None
    images, labels, test_images, test_labels = letters
    names = list(LETTER_FILES)
    assert np.array_equal(images[3], stored(LETTER_FILES, names[0])[3].T)
    assert np.array_equal(test_images[7], stored(LETTER_FILES, names[2])[7].T)
    assert np.array_equal(labels + 1, stored(LETTER_FILES, names[1]))
    assert (test_labels.min(), test_labels.max()) == (0, 25)


def test_without_test_files_the_training_files_are_cut_and_it_is_said(tmp_path: Path) -> None:
    write_all(tmp_path, TRAIN_FILES)
    real = load_real_pictures(tmp_path)
    assert real.name == "mnist-train-only"
    assert real.letters is None
    images, labels = (stored(TRAIN_FILES, name) for name in TRAIN_FILES)
    for array, wanted in zip(real.digits, (images[:50], labels[:50], images[50:], labels[50:]), strict=True):
        assert np.array_equal(array, wanted)
    digits, letters = real.notes
    assert digits.startswith(
        "The digits are MNIST's training files only: trained on the first 50, scored on the last 10."
    )
    assert digits.endswith("The test files (t10k) are not in the data folder.")
    assert letters == "The letters are drawn: EMNIST's files are not in the data folder."


def test_file_that_is_not_the_published_one_is_noted(tmp_path: Path) -> None:
    name = next(iter(TRAIN_FILES))
    packed = gzip.compress(gzip.decompress(TRAIN_FILES[name]), compresslevel=1)
    write_all(tmp_path, DIGIT_FILES | {name: packed})
    assert load_real_pictures(tmp_path).notes[0].startswith(f"{name}: the hash is not the published one")


@pytest.mark.parametrize("name", DIGIT_FILES)
def test_missing_one_of_a_pair_is_named(tmp_path: Path, name: str) -> None:
    write_all(tmp_path, {other: data for other, data in DIGIT_FILES.items() if other != name})
    with pytest.raises(UsageError, match=rf"{name}: there is no such file\. Fetch it: digitlab data fetch mnist, or"):
        load_real_pictures(tmp_path)


def test_empty_folder_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"train-images.*digitlab data fetch mnist.*--data-dir or DIGITLAB_DATA"):
        load_real_pictures(tmp_path)


def keras_file(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return the digits as Keras' one file, and let it be the published one."""
    names = ("x_train", "y_train", "x_test", "y_test")
    values = [stored(DIGIT_FILES, name) for name in DIGIT_FILES]
    packed = io.BytesIO()
    np.savez_compressed(packed, **dict(zip(names, values, strict=True)))
    data = packed.getvalue()
    (real,) = MNIST_NPZ.files
    arrays = {
        name: dataclasses.replace(real.arrays[name], shape=value.shape)
        for name, value in zip(names, values, strict=True)
    }
    file = DataFile(real.name, arrays, len(data), sha256(data))
    monkeypatch.setattr(pictures, "MNIST_NPZ", dataclasses.replace(MNIST_NPZ, files=(file,)))
    return data


def test_keras_one_file_stands_for_the_four(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_all(tmp_path, {"mnist.npz": keras_file(monkeypatch)})
    real = load_real_pictures(tmp_path)
    assert (real.name, real.notes[0]) == ("mnist", "The digits are read from mnist.npz.")
    for array, name in zip(real.digits, DIGIT_FILES, strict=True):
        assert np.array_equal(array, stored(DIGIT_FILES, name))


def test_the_four_files_go_before_keras_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_all(tmp_path, DIGIT_FILES | {"mnist.npz": keras_file(monkeypatch)})
    assert "npz" not in " ".join(load_real_pictures(tmp_path).notes)


def test_keras_one_file_with_wrong_contents_is_named(tmp_path: Path) -> None:
    write_all(tmp_path, {"mnist.npz": b"half"})
    with pytest.raises(UsageError, match=r"mnist\.npz: cannot be read"):
        load_real_pictures(tmp_path)


@pytest.mark.parametrize("name", [*DIGIT_FILES, *LETTER_FILES])
def test_wrong_file_is_named(tmp_path: Path, name: str) -> None:
    write_all(tmp_path, DIGIT_FILES | LETTER_FILES | {name: b"half"})
    with pytest.raises(UsageError, match=rf"{name}: cannot be read"):
        load_real_pictures(tmp_path)


def test_part_of_emnist_is_not_taken_for_its_absence(tmp_path: Path) -> None:
    name, data = next(iter(LETTER_FILES.items()))
    write_all(tmp_path, DIGIT_FILES | {name: data})
    with pytest.raises(UsageError, match="digitlab data fetch emnist-letters"):
        load_real_pictures(tmp_path)


def by_picture(images: np.ndarray, labels: np.ndarray) -> dict[bytes, int]:
    return {image.tobytes(): int(label) for image, label in zip(images, labels, strict=True)}


def test_scored_pictures_come_in_an_order_of_the_secret_with_their_labels(tmp_path: Path) -> None:
    write_all(tmp_path, DIGIT_FILES | LETTER_FILES)
    one, again, other = (real_data(secret, tmp_path) for secret in (SECRET, SECRET, b"another secret"))
    images, labels = load_real_pictures(tmp_path).digits[2:]
    assert by_picture(one.digits.test_images, one.digits.test_labels) == by_picture(images, labels)
    assert np.array_equal(one.digits.test_images, again.digits.test_images)
    assert not np.array_equal(one.digits.test_images, other.digits.test_images)
    assert not np.array_equal(one.letters.test_labels, other.letters.test_labels)


def test_thresholds_belong_to_the_pictures(tmp_path: Path) -> None:
    write_all(tmp_path, DIGIT_FILES)
    drawn_letters = real_data(SECRET, tmp_path)
    assert drawn_letters.thresholds == MNIST | {"letters": FIXTURE["letters"]}
    assert np.array_equal(drawn_letters.letters.test_images, fixture_data(SECRET).letters.test_images)
    write_all(tmp_path, LETTER_FILES)
    assert real_data(SECRET, tmp_path).thresholds == MNIST


@needs_real_mnist
def test_real_files_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    real = load_real_pictures(Path(os.environ["DIGITLAB_TEST_MNIST"]))
    assert len(real.digits[0]) + len(real.digits[2]) in {60_000, 70_000}
    assert list(real.digits[1][:5]) == [5, 0, 4, 1, 9]
