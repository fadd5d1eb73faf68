"""What a file in the data folder is taken for, and what is said of it."""

from __future__ import annotations

import dataclasses
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from small_sets import sha256, small_emnist, small_mnist, write_all

from grader.assignment.public_tests.checks.idx_files import gzip_bytes, idx_bytes
from grader.assignment.realdata import DATA_SETS, VARIABLE, DataFile, Standing, data_folder, find_data_set, inspect_file
from grader.assignment.realdata.catalog import MNIST_NPZ
from grader.assignment.realdata.checking import sha256_of
from grader.assignment.realdata.contents import read_arrays
from grader.cli import commands
from grader.system.errors import UsageError

MNIST, FILES = small_mnist()
IMAGES, LABELS = MNIST.files[:2]


def state_of(folder: Path, file: DataFile, data: bytes) -> tuple[Standing, str]:
    (folder / file.name).write_bytes(data)
    state = inspect_file(folder, file)
    return state.standing, state.note


def test_published_file_needs_no_words(tmp_path: Path) -> None:
    assert state_of(tmp_path, IMAGES, FILES[IMAGES.name]) == (Standing.PUBLISHED, "")


def test_missing_file(tmp_path: Path) -> None:
    state = inspect_file(tmp_path, IMAGES)
    assert (state.standing, state.note, state.is_usable) == (Standing.MISSING, "", False)


def test_same_contents_packed_anew_are_accepted_and_it_is_said(tmp_path: Path) -> None:
    packed = gzip.compress(gzip.decompress(FILES[IMAGES.name]), compresslevel=1)
    standing, note = state_of(tmp_path, IMAGES, packed)
    assert standing is Standing.REPACKED
    assert "the hash is not the published one" in note
    assert f"sha256 is {sha256(packed)[:12]}..., published is {str(IMAGES.sha256)[:12]}..." in note
    assert note.endswith("but the contents are the published ones.")


def test_other_contents_of_the_right_form_are_accepted_but_not_called_the_published_ones(tmp_path: Path) -> None:
    other = bytearray(gzip.decompress(FILES[IMAGES.name]))
    other[100] ^= 1  # one pixel
    standing, note = state_of(tmp_path, IMAGES, gzip_bytes(bytes(other)))
    assert standing is Standing.WELL_FORMED
    assert f"nor are the contents (sha256 unpacked is {sha256(bytes(other))[:12]}..." in note


def test_file_without_a_published_hash_is_judged_by_its_form(tmp_path: Path) -> None:
    letters, files = small_emnist()
    file = letters.files[1]
    standing, note = state_of(tmp_path, file, files[file.name])
    assert standing is Standing.WELL_FORMED
    assert note == f"{file.name}: no hash of this file is published; form, counts and labels are right."


def idx(*shape: int, first: int = 0) -> bytes:
    values = np.zeros(shape, np.uint8)
    values.flat[0] = first
    return gzip_bytes(idx_bytes(values))


@pytest.mark.parametrize(
    ("file", "data", "words"),
    [
        (IMAGES, b"", "its contents begin with nothing, expected 00000803"),
        (IMAGES, b"not gzip", "cannot be read .Not a gzipped file"),
        (IMAGES, FILES[IMAGES.name][:-9], "cannot be read .Compressed file ended before the end-of-stream marker"),
        (IMAGES, idx(59, 28, 28), "its contents begin with 00000803.*expected 00000803.*shape .60, 28, 28."),
        (IMAGES, gzip_bytes(gzip.decompress(FILES[IMAGES.name])[:-1]), "unpacks to 47,055 bytes, expected 47,056"),
        (IMAGES, gzip_bytes(gzip.decompress(FILES[IMAGES.name]) + b"x"), "unpacks to more than 47,056 bytes"),
        (IMAGES, gzip_bytes(bytes(50_000_000)), "its contents begin with 0000000000"),
        (LABELS, idx(60, first=10), "its labels run from 0 to 10, expected 0 to 9"),
    ],
)
def test_wrong_file_is_told_with_the_reason(tmp_path: Path, file: DataFile, data: bytes, words: str) -> None:
    standing, note = state_of(tmp_path, file, data)
    assert standing is Standing.WRONG
    assert note.startswith(f"{tmp_path / file.name}: ")
    with pytest.raises(UsageError, match=words):
        read_arrays(tmp_path / file.name, file)


@pytest.mark.parametrize(
    "place",
    [
        "train-images-idx3-ubyte",
        "train-images.idx3-ubyte",
        "train-images.idx3-ubyte/train-images.idx3-ubyte",
        "train-images-idx3-ubyte/train-images-idx3-ubyte",
        "raw/train-images-idx3-ubyte",
        "MNIST/raw/train-images-idx3-ubyte",
    ],
)
def test_unpacked_file_is_found_where_others_put_it(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress(FILES[IMAGES.name]))
    state = inspect_file(tmp_path, IMAGES)
    assert (state.path, state.standing) == (path, Standing.REPACKED)
    assert "is not compressed" in state.note
    assert state.note.endswith("but the contents are the published ones.")


def test_the_published_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / IMAGES.name).write_bytes(FILES[IMAGES.name])
    (tmp_path / "train-images.idx3-ubyte").write_bytes(b"another")
    assert inspect_file(tmp_path, IMAGES).standing is Standing.PUBLISHED


def test_unpacked_file_of_another_form_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "train-images.idx3-ubyte").write_bytes(b"another")
    state = inspect_file(tmp_path, IMAGES)
    assert state.standing is Standing.WRONG
    assert "train-images.idx3-ubyte: its contents begin with" in state.note


def test_damaged_gzip_is_wrong(tmp_path: Path) -> None:
    data = bytearray(FILES[IMAGES.name])
    data[len(data) // 2] ^= 0xFF
    assert state_of(tmp_path, IMAGES, bytes(data))[0] is Standing.WRONG


def test_folder_in_a_files_place_is_wrong(tmp_path: Path) -> None:
    (tmp_path / IMAGES.name).mkdir()
    state = inspect_file(tmp_path, IMAGES)
    assert (state.standing, state.note) == (Standing.WRONG, f"{tmp_path / IMAGES.name}: is not a file.")


def test_hash_of_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\)"):
        sha256_of(tmp_path)


# --- mnist.npz


def npz(**changes: np.ndarray) -> bytes:
    arrays = {"x_train": np.ones((6, 28, 28), np.uint8), "y_train": np.arange(6, dtype=np.uint8),
              "x_test": np.ones((2, 28, 28), np.uint8), "y_test": np.array([0, 9], np.uint8)} | changes  # fmt: skip
    packed = io.BytesIO()
    np.savez_compressed(packed, **{name: array for name, array in arrays.items() if array.size})
    return packed.getvalue()


def npz_file(data: bytes) -> DataFile:
    real = MNIST_NPZ.files[0]
    counts = {"x_train": 6, "y_train": 6, "x_test": 2, "y_test": 2}
    arrays = {
        name: dataclasses.replace(array, shape=(counts[name], *array.shape[1:])) for name, array in real.arrays.items()
    }
    return DataFile(real.name, arrays, len(data), sha256(data))


def test_npz_is_read_whole(tmp_path: Path) -> None:
    file = npz_file(npz())
    assert state_of(tmp_path, file, npz()) == (Standing.PUBLISHED, "")
    arrays, digest = read_arrays(tmp_path / file.name, file)
    assert digest is None
    assert {name: array.shape for name, array in arrays.items()} == {
        "x_train": (6, 28, 28), "y_train": (6,), "x_test": (2, 28, 28), "y_test": (2,)
    }  # fmt: skip
    assert list(arrays["y_test"]) == [0, 9]


def test_npz_with_another_hash_is_accepted_by_its_form(tmp_path: Path) -> None:
    standing, note = state_of(tmp_path, npz_file(npz()), npz(x_test=np.zeros((2, 28, 28), np.uint8)))
    assert standing is Standing.WELL_FORMED
    assert "the hash is not the published one" in note


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            npz(x_test=np.ones((3, 28, 28), np.uint8)),
            r"x_test is uint8 of shape \(3, 28, 28\), expected uint8 of shape",
        ),
        (npz(y_test=np.array([0, 9])), "y_test is int64"),
        (npz(y_test=np.array([0, 10], np.uint8)), "its labels run from 0 to 10"),
        (npz(y_test=np.zeros(0)), "There is no item named 'y_test.npy'"),
        (npz(y_test=np.array([None, None])), "y_test is object"),
        (npz()[:300], "File is not a zip file"),
    ],
)
def test_wrong_npz_is_told_with_the_reason(tmp_path: Path, data: bytes, words: str) -> None:
    file = npz_file(npz())
    assert state_of(tmp_path, file, data)[0] is Standing.WRONG
    with pytest.raises(UsageError, match=words):
        read_arrays(tmp_path / file.name, file)


# --- the folder and the commands


def test_folder_is_the_named_one_else_the_environments_else_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/from/environment")
    assert data_folder(Path("named")) == Path("named")
    assert data_folder(None) == Path("/from/environment")
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert data_folder(None) == Path("/cache/digitlab/data")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/anna")
    assert data_folder(None) == Path("/home/anna/.cache/digitlab/data")

    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(UsageError, match=rf"has no home folder: .*Set {VARIABLE} or use --data-dir"):
        data_folder(None)


def test_unknown_set_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'mnits' is no data set. The data sets are mnist, mnist-npz, emnist-letters"):
        find_data_set("mnits")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DATA_SETS, "mnist", MNIST)


def run(*args: object, folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(commands.main, ["data", *map(str, args), "--data-dir", str(folder)])
    return done.exit_code, done.stdout


def test_verify_says_what_each_file_is(small: None, tmp_path: Path) -> None:
    write_all(tmp_path, FILES)
    expected = (0, "".join(f"published   {name}\n" for name in FILES))
    assert run("verify", folder=tmp_path) == run("verify", "mnist", folder=tmp_path) == expected


def test_verify_names_an_unpacked_file_as_it_is_called(small: None, tmp_path: Path) -> None:
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(gzip.decompress(FILES[LABELS.name]))
    code, text = run("verify", folder=tmp_path)
    assert (code, text.splitlines()[0].split()) == (0, ["repacked", "train-labels.idx1-ubyte"])


def test_the_help_of_make_tells_digits_from_letters() -> None:
    text = CliRunner().invoke(commands.main, ["data", "make", "--help"]).output
    assert "Training digits (letters: --letters-train)." in text
    assert "Test digits (letters: --letters-test)." in text


def test_verify_fails_for_a_named_set_that_is_not_whole(small: None, tmp_path: Path) -> None:
    write_all(tmp_path, {IMAGES.name: FILES[IMAGES.name]})
    assert run("verify", folder=tmp_path) == (0, f"published   {IMAGES.name}\n")
    status, text = run("verify", "mnist", folder=tmp_path)
    assert status == 1
    assert f"missing     {LABELS.name}" in text


def test_verify_fails_for_a_wrong_file_and_says_why(small: None, tmp_path: Path) -> None:
    write_all(tmp_path, FILES | {LABELS.name: b"half"})
    status, text = run("verify", folder=tmp_path)
    assert status == 1
    assert f"wrong       {LABELS.name}\n" in text
    assert f"{tmp_path / LABELS.name}: cannot be read (Not a gzipped file" in text


def test_verify_of_an_empty_folder_tells_how_to_begin(tmp_path: Path) -> None:
    expected = f"{tmp_path} holds no file of a data set. Fetch one: digitlab data fetch mnist\n"
    assert run("verify", folder=tmp_path) == (1, expected)


def test_list_shows_sets_sizes_licences_and_what_is_here(small: None, tmp_path: Path) -> None:
    write_all(tmp_path, {IMAGES.name: FILES[IMAGES.name]})
    status, text = run("list", folder=tmp_path)
    lines = text.splitlines()
    assert status == 0
    assert lines[0].startswith("mnist  (CC BY-SA 3.0; Y. LeCun")
    assert lines[1].split() == [IMAGES.name, f"{IMAGES.size_bytes:,}", "published"]
    assert lines[2].split() == [LABELS.name, f"{LABELS.size_bytes:,}", "missing"]
    assert lines[-2].split() == ["emnist-letters-test-labels-idx1-ubyte.gz", "in", "gzip.zip", "missing"]
    assert lines[-1] == f"folder: {tmp_path}"
