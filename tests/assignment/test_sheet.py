"""The sheet of samples: what stands where on a sheet, and every error."""

import gzip

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from small_sets import small_emnist, small_mnist, write_all

from grader.assignment.handwriting import draw_digits, draw_letters
from grader.assignment.handwriting.sheet import COLUMNS, draw_sheet, write_sheet
from grader.assignment.realdata import pictures as pictures_module
from grader.assignment.realdata import training_pictures
from grader.cli.commands import main
from grader.system.errors import UsageError


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


def test_real_samples_stand_at_the_right_and_missing_ones_are_blank():
    images, labels = draw_digits(60, seed=9)
    sheet = draw_sheet(letters=False, seed=4, real=(images, labels))
    first = COLUMNS + 1
    for row in range(10):
        assert all(is_among(cell(sheet, row, first + column), images[labels == row]) for column in range(6))
        assert np.ptp(cell(sheet, row, first + 6)) == 0


def test_the_command_writes_the_sheet(tmp_path):
    path = tmp_path / "letters.png"
    command = ["data", "show", "--letters", "--seed", "4", "--data-dir", str(tmp_path), "--out", str(path)]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.stdout) == (0, f"{path}\n")
    assert f"only drawn ones: {tmp_path} holds no real letters" in done.stderr
    assert (cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) == draw_sheet(letters=True, seed=4)).all()


def test_the_command_shows_real_ones_where_their_files_are(tmp_path, monkeypatch):
    for letters, (data_set, contents) in ((False, small_mnist()), (True, small_emnist())):
        monkeypatch.setattr(pictures_module, data_set_name(letters), data_set)
        folder, path = tmp_path / f"real-{letters}", tmp_path / f"{letters}.png"
        write_all(folder, contents)
        command = ["data", "show", "--data-dir", str(folder), "--out", str(path), *(["--letters"] if letters else [])]
        done = CliRunner().invoke(main, command)
        assert (done.exit_code, done.stdout, done.stderr) == (0, f"{path}\n", "")
        real = training_pictures(folder, letters=letters)
        assert (cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) == draw_sheet(letters=letters, seed=1, real=real)).all()


def data_set_name(letters):
    return "EMNIST_LETTERS" if letters else "MNIST"


def test_real_letters_come_upright_and_from_zero(tmp_path, monkeypatch):
    data_set, contents = small_emnist()
    monkeypatch.setattr(pictures_module, "EMNIST_LETTERS", data_set)
    write_all(tmp_path, contents)
    images, labels = training_pictures(tmp_path, letters=True)
    stored = gzip.decompress(contents[data_set.files[0].name])[16:]
    assert (images.transpose(0, 2, 1).ravel() == np.frombuffer(stored, np.uint8)).all()
    assert (labels.min(), labels.max()) == (0, 25)


def test_half_a_real_set_is_told(tmp_path, monkeypatch):
    data_set, contents = small_mnist()
    monkeypatch.setattr(pictures_module, "MNIST", data_set)
    write_all(tmp_path, dict(list(contents.items())[:1]))
    with pytest.raises(UsageError, match=r"train-labels-idx1-ubyte.gz: there is no such file"):
        training_pictures(tmp_path, letters=False)


def test_a_sheet_that_is_no_png_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"sheet.txt: the sheet is a PNG picture\. Choose a name that ends in \.png"):
        write_sheet(tmp_path / "sheet.txt", letters=False, seed=1)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"gone/sheet.png: cannot be written, for there is no such folder"):
        write_sheet(tmp_path / "gone" / "sheet.png", letters=False, seed=1)
