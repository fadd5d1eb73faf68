"""Tests of grader/handwriting/sheet.py and real_files.py: what stands where on a sheet, and every error."""

import gzip

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from grader.assignment.public_tests.checks.idx_files import idx_bytes
from grader.cli import main
from grader.errors import UsageError
from grader.handwriting import draw_digits, draw_letters
from grader.handwriting.real_files import load_real
from grader.handwriting.sheet import COLUMNS, draw_sheet, write_sheet

DIGIT_FILES = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
LETTER_FILES = ("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte.gz")


def write_files(folder, names, images, labels):
    for name, array in zip(names, (images, labels), strict=True):
        (folder / name).write_bytes(gzip.compress(idx_bytes(array)))


@pytest.fixture
def digit_folder(tmp_path):
    write_files(tmp_path, DIGIT_FILES, *draw_digits(60, seed=9))
    return tmp_path


def cell(sheet, row, column):
    """Return the picture (28, 28) in a row and column of the sheet, counted from 0 without the title and the names."""
    large = sheet[60 * (row + 1) : 60 * (row + 2), 60 * (column + 1) : 60 * (column + 2)]
    small = large[::2, ::2]
    return small[1:-1, 1:-1]


def is_among(picture, pictures):
    return bool((pictures == picture).all(axis=(1, 2)).any())


@pytest.mark.parametrize(("letters", "draw", "classes"), [(False, draw_digits, 10), (True, draw_letters, 26)])
def test_each_row_shows_generated_samples_of_its_class(letters, draw, classes):
    sheet = draw_sheet(letters=letters, seed=4)
    images, labels = draw(COLUMNS * classes, seed=4, writers=2 * COLUMNS)
    assert (sheet.shape, sheet.dtype) == ((60 * (classes + 1), 60 * (COLUMNS + 1)), np.uint8)
    for row in range(classes):
        assert all(is_among(cell(sheet, row, column), images[labels == row]) for column in (0, COLUMNS - 1))


def test_names_of_the_classes_stand_at_the_left():
    names = [draw_sheet(letters=False, seed=1)[60 * row : 60 * (row + 1), :60] for row in range(11)]
    assert len({name.tobytes() for name in names}) == 11
    assert all((name > 200).any() for name in names[1:])


def test_real_samples_stand_at_the_right_and_missing_ones_are_blank(digit_folder):
    sheet = draw_sheet(letters=False, seed=4, real_dir=digit_folder)
    images, labels = draw_digits(60, seed=9)
    first = COLUMNS + 1
    for row in range(10):
        assert all(is_among(cell(sheet, row, first + column), images[labels == row]) for column in range(6))
        assert np.ptp(cell(sheet, row, first + 6)) == 0


def test_real_letters_are_shown_upright_in_their_row(tmp_path):
    images, labels = draw_letters(52, seed=9)
    write_files(tmp_path, LETTER_FILES, images.transpose(0, 2, 1), labels + np.uint8(1))
    sheet = draw_sheet(letters=True, seed=4, real_dir=tmp_path)
    for row in range(26):
        assert is_among(cell(sheet, row, COLUMNS + 1), images[labels == row])


def test_unpacked_files_are_read_too(digit_folder):
    packed = load_real(digit_folder, letters=False)
    for name in DIGIT_FILES:
        (digit_folder / name.removesuffix(".gz")).write_bytes(gzip.decompress((digit_folder / name).read_bytes()))
        (digit_folder / name).unlink()
    unpacked = load_real(digit_folder, letters=False)
    assert all((one == other).all() for one, other in zip(packed, unpacked, strict=True))


def test_the_first_ten_thousand_of_a_large_file_are_read(tmp_path):
    labels = (np.arange(10_100) % 10).astype(np.uint8)
    write_files(tmp_path, DIGIT_FILES, np.zeros((10_100, 28, 28), np.uint8), labels)
    images, read = load_real(tmp_path, letters=False)
    assert (images.shape, read.tolist()) == ((10_000, 28, 28), labels[:10_000].tolist())


def test_the_command_writes_the_sheet(tmp_path):
    path = tmp_path / "letters.png"
    done = CliRunner().invoke(main, ["data", "show", "--letters", "--seed", "4", "--out", str(path)])
    assert (done.exit_code, done.stdout) == (0, f"{path}\n")
    assert (cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) == draw_sheet(letters=True, seed=4)).all()


def test_the_command_ends_with_wrong_usage_and_the_reason(tmp_path):
    done = CliRunner().invoke(main, ["data", "show", "--real", str(tmp_path), "--out", str(tmp_path / "sheet.png")])
    assert done.exit_code == 2
    assert f"{tmp_path}: there is no file train-labels-idx1-ubyte.gz" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_is_no_png_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"sheet.txt: the sheet is a PNG picture\. Choose a name that ends in \.png"):
        write_sheet(tmp_path / "sheet.txt", letters=False, seed=1)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"gone/sheet.png: cannot be written \(No such file or directory\)"):
        write_sheet(tmp_path / "gone" / "sheet.png", letters=False, seed=1)


@pytest.mark.parametrize("missing", DIGIT_FILES)
def test_a_folder_without_a_file_is_named(digit_folder, missing):
    (digit_folder / missing).unlink()
    with pytest.raises(UsageError, match=f"{digit_folder}: there is no file {missing}.*Name the folder that holds"):
        load_real(digit_folder, letters=False)


@pytest.mark.parametrize(
    "damage", [lambda data: data[:100], lambda data: b"not packed", lambda data: data[:30] + b"x" * 30]
)
def test_a_damaged_packed_file_is_named(digit_folder, damage):
    path = digit_folder / DIGIT_FILES[0]
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UsageError, match=r"train-images-idx3-ubyte.gz: cannot be read.*Download it again"):
        load_real(digit_folder, letters=False)


@pytest.mark.parametrize(
    ("number", "data", "message"),
    [
        (0, b"", "is not an IDX file of pictures of 28 x 28"),
        (0, idx_bytes(np.zeros(60, np.uint8)), "is not an IDX file of pictures of 28 x 28"),
        (0, idx_bytes(np.zeros((60, 27, 28), np.uint8)), "is not an IDX file of pictures of 28 x 28"),
        (1, idx_bytes(np.zeros((60, 28, 28), np.uint8)), "is not an IDX file of labels"),
        (0, idx_bytes(np.zeros((60, 28, 28), np.uint8))[:-1], "ends too early; its header promises 60 items"),
        (1, idx_bytes(np.zeros(59, np.uint8)), "has 59 labels for 60 pictures"),
        (1, idx_bytes(np.full(60, 10, np.uint8)), "holds labels other than 0 to 9"),
    ],
)
def test_a_file_that_holds_something_else_is_named(digit_folder, number, data, message):
    (digit_folder / DIGIT_FILES[number]).write_bytes(gzip.compress(data))
    with pytest.raises(UsageError, match=f"{DIGIT_FILES[number]}: {message}"):
        load_real(digit_folder, letters=False)


def test_letters_are_numbered_from_one(tmp_path):
    write_files(tmp_path, LETTER_FILES, np.zeros((5, 28, 28), np.uint8), np.zeros(5, np.uint8))
    with pytest.raises(UsageError, match="holds labels other than 1 to 26"):
        load_real(tmp_path, letters=True)
