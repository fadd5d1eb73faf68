"""Generated data sets: the names, the format and the quirks of the real files."""

import gzip
import io

import cv2
import numpy as np
import pytest

from grader.assignment import data_files
from grader.assignment.data_files import FILE_NAMES, MAX_PICTURES, DatasetSizes, dataset_files, write_dataset
from grader.assignment.handwriting import draw_letters
from grader.system.errors import UsageError

SIZES = {"train": 40, "test": 20, "letters_train": 30, "letters_test": 27}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("data")
    write_dataset(path, seed=3, **SIZES)
    return path


def read_idx(path):
    """Read bytes as the format's description says, independently of the writer."""
    data = gzip.decompress(path.read_bytes())
    assert data[:3] == b"\0\0\x08"
    shape = np.frombuffer(data, ">u4", count=data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def test_all_files_are_written_in_the_stated_order(folder, tmp_path):
    written = write_dataset(tmp_path, seed=3, **SIZES)
    assert [str(path.relative_to(tmp_path)) for path in written] == list(FILE_NAMES)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(written)
    assert [path.read_bytes() for path in written] == [(folder / name).read_bytes() for name in FILE_NAMES]


@pytest.mark.parametrize(
    ("stem", "count"),
    [
        ("mnist_dataset/train", 40),
        ("mnist_dataset/t10k", 20),
        ("emnist_dataset/emnist-letters-train", 30),
        ("emnist_dataset/emnist-letters-test", 27),
    ],
)
def test_pictures_and_labels_are_as_many_as_asked_for(folder, stem, count):
    assert read_idx(folder / f"{stem}-images-idx3-ubyte.gz").shape == (count, 28, 28)
    assert read_idx(folder / f"{stem}-labels-idx1-ubyte.gz").shape == (count,)


def test_digit_labels_are_0_to_9_and_letter_labels_1_to_26(folder):
    digits = read_idx(folder / "mnist_dataset/train-labels-idx1-ubyte.gz")
    letters = read_idx(folder / "emnist_dataset/emnist-letters-train-labels-idx1-ubyte.gz")
    assert digits.max() <= 9
    assert letters.min() >= 1
    assert letters.max() <= 26


def test_letters_are_stored_transposed(monkeypatch):
    upright = np.arange(27 * 784, dtype=np.uint64).astype(np.uint8).reshape(27, 28, 28)
    labels = np.arange(27, dtype=np.uint8) % 26
    monkeypatch.setattr(data_files, "draw_letters", lambda count, *, seed: (upright[:count], labels[:count]))
    files = dict(dataset_files(1, DatasetSizes(1, 1, 27, 1)))
    stored = gzip.decompress(files["emnist_dataset/emnist-letters-train-images-idx3-ubyte.gz"])[16:]
    numbers = gzip.decompress(files["emnist_dataset/emnist-letters-train-labels-idx1-ubyte.gz"])[8:]
    assert np.array_equal(np.frombuffer(stored, np.uint8).reshape(27, 28, 28)[5], upright[5].T)
    assert list(numbers) == [*range(1, 27), 1]


def test_letters_come_from_the_stated_seed_and_are_upright_after_a_transposition(folder):
    stem = "emnist_dataset/emnist-letters-test"
    images = read_idx(folder / f"{stem}-images-idx3-ubyte.gz").transpose(0, 2, 1)
    expected, labels = draw_letters(27, seed=b"digit-lab data 3 letters test")
    assert np.array_equal(images, expected)
    assert np.array_equal(read_idx(folder / f"{stem}-labels-idx1-ubyte.gz"), labels + 1)


def test_npz_holds_the_first_digits(folder):
    with np.load(folder / "mnist_dataset/mnist.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["x_test", "x_train", "y_test", "y_train"]
        assert np.array_equal(arrays["x_train"], read_idx(folder / "mnist_dataset/train-images-idx3-ubyte.gz"))
        assert np.array_equal(arrays["y_test"], read_idx(folder / "mnist_dataset/t10k-labels-idx1-ubyte.gz"))


def test_npz_is_cut_to_its_size_and_does_not_depend_on_the_clock(monkeypatch):
    monkeypatch.setattr(data_files, "NPZ_TRAIN", 7)
    images, labels = np.zeros((9, 28, 28), np.uint8), np.zeros(9, np.uint8)
    packed = data_files._npz_bytes((images, labels), (images, labels))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert data_files._npz_bytes((images, labels), (images, labels)) == packed
    with np.load(io.BytesIO(packed)) as arrays:
        assert arrays["x_train"].shape == (7, 28, 28)
        assert arrays["x_test"].shape == (9, 28, 28)


def test_drawing_is_dark_on_white_like_one_from_paint(folder):
    picture = cv2.imread(str(folder / "test_images/8.jpg"), cv2.IMREAD_UNCHANGED)
    assert picture.shape[:2] == (56, 56)
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert np.median(border) > 230
    assert picture.min() < 60


def test_training_and_test_pictures_differ_and_so_do_seeds(folder):
    train = read_idx(folder / "mnist_dataset/train-images-idx3-ubyte.gz")
    test = read_idx(folder / "mnist_dataset/t10k-images-idx3-ubyte.gz")
    assert not {image.tobytes() for image in train} & {image.tobytes() for image in test}
    other = dict(dataset_files(4, DatasetSizes(**SIZES)))
    name = "mnist_dataset/train-images-idx3-ubyte.gz"
    assert other[name] != (folder / name).read_bytes()


def test_existing_file_is_not_overwritten_unless_asked(tmp_path):
    precious = tmp_path / "mnist_dataset/mnist.npz"
    precious.parent.mkdir()
    precious.write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"mnist\.npz exists already; nothing was written"):
        write_dataset(tmp_path, seed=3, **SIZES)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [precious]
    write_dataset(tmp_path, seed=3, **SIZES, overwrite=True)
    assert precious.read_bytes() != b"mine"


def test_more_existing_files_are_counted(folder):
    with pytest.raises(UsageError, match=rf"train-images.*exists already \(and {len(FILE_NAMES) - 1} more\)"):
        write_dataset(folder, seed=3, **SIZES)


@pytest.mark.parametrize("name", list(SIZES))
@pytest.mark.parametrize("size", [0, -1, MAX_PICTURES + 1])
def test_size_out_of_range_is_refused_before_anything_is_drawn(tmp_path, name, size):
    with pytest.raises(UsageError, match=rf"^{name} must be between 1 and 1,000,000, got {size:,}\.$"):
        write_dataset(tmp_path, seed=3, **(SIZES | {name: size}))
    assert not list(tmp_path.iterdir())


def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(UsageError, match=r"taken.*cannot be written"):
        write_dataset(tmp_path / "taken", seed=3, **SIZES)
