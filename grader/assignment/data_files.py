"""Write generated handwriting as files that look like MNIST and EMNIST: the same names, the same format.

Everything is made in memory, file by file, and written beside its target before it is moved there.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.assignment.handwriting import draw_digits, draw_letters, draw_picture
from grader.assignment.handwriting.public_set import PUBLIC_TEST_DIGITS, part_seed
from grader.assignment.public_tests.checks.idx_files import gzip_bytes, idx_bytes
from grader.system.errors import UsageError
from grader.system.file_errors import why_not_written

MAX_PICTURES = 1_000_000
"""At most so many pictures in one file: a million take about 0.8 GB of memory while they are drawn."""

NPZ_TRAIN, NPZ_TEST = 1_000, 200
"""`mnist.npz` holds so many of the first digits (fewer when there are fewer)."""

DRAWING = "test_images/8.jpg"
_DRAWING_SIZE = 56
_JPEG_QUALITY = 95

_Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class DatasetSizes:
    """How many pictures each pair of files holds."""

    train: int = 6_000
    test: int = PUBLIC_TEST_DIGITS
    letters_train: int = 5_200
    letters_test: int = 1_040

    def check(self) -> None:
        """Raise UsageError when a size is below 1 or above the limit."""
        for name, size in vars(self).items():
            if not 1 <= size <= MAX_PICTURES:
                raise UsageError(f"{name} must be between 1 and {MAX_PICTURES:,}, got {size:,}.")


PUBLIC_SIZES = DatasetSizes()


def write_dataset(
    out_dir: Path,
    *,
    seed: int,
    train: int = PUBLIC_SIZES.train,
    test: int = PUBLIC_SIZES.test,
    letters_train: int = PUBLIC_SIZES.letters_train,
    letters_test: int = PUBLIC_SIZES.letters_test,
    overwrite: bool = False,
) -> list[Path]:
    """Write digits, letters and one drawing below `out_dir`, in the student template's folders; return the files.

    Raises:
        UsageError: a size is out of range, `out_dir` cannot be written, or a file is there already and `overwrite`
            is not set; then nothing has been written.
    """
    sizes = DatasetSizes(train, test, letters_train, letters_test)
    sizes.check()
    if not overwrite:
        _refuse_existing(out_dir)
    written = []
    for name, data in dataset_files(seed, sizes):
        try:
            written.append(_write_file(out_dir / name, data))
        except OSError as error:
            raise UsageError(f"{out_dir / name}: {why_not_written(error)}. Choose another folder.") from error
    return written


def _refuse_existing(out_dir: Path) -> None:
    existing = [out_dir / name for name in FILE_NAMES if (out_dir / name).exists()]
    if existing:
        more = f" (and {len(existing) - 1} more)" if len(existing) > 1 else ""
        raise UsageError(
            f"{existing[0]} exists already{more}; nothing was written. Choose another folder, or move it away."
        )


def _write_file(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(data)
    return unfinished.replace(path)


def dataset_files(seed: int, sizes: DatasetSizes) -> Iterator[tuple[str, bytes]]:
    """Yield each file of a dataset as (path below the data folder, content), in the order of `FILE_NAMES`."""
    train = draw_digits(sizes.train, seed=part_seed(seed, "digits train"))
    test = draw_digits(sizes.test, seed=part_seed(seed, "digits test"))
    yield from _pair("mnist_dataset/train", *train)
    yield from _pair("mnist_dataset/t10k", *test)
    yield "mnist_dataset/mnist.npz", _npz_bytes(train, test)
    for part, count in (("train", sizes.letters_train), ("test", sizes.letters_test)):
        images, labels = draw_letters(count, seed=part_seed(seed, f"letters {part}"))
        transposed = images.transpose(0, 2, 1)  # (N, columns, rows): so the real EMNIST files have it
        yield from _pair(f"emnist_dataset/emnist-letters-{part}", transposed, labels + np.uint8(1))
    yield DRAWING, _drawing(seed)


def _pair(stem: str, images: _Bytes, labels: _Bytes) -> Iterator[tuple[str, bytes]]:
    yield f"{stem}-images-idx3-ubyte.gz", gzip_bytes(idx_bytes(images))
    yield f"{stem}-labels-idx1-ubyte.gz", gzip_bytes(idx_bytes(labels))


def _npz_bytes(train: tuple[_Bytes, _Bytes], test: tuple[_Bytes, _Bytes]) -> bytes:
    arrays = {
        "x_train": train[0][:NPZ_TRAIN],
        "y_train": train[1][:NPZ_TRAIN],
        "x_test": test[0][:NPZ_TEST],
        "y_test": test[1][:NPZ_TEST],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.ascontiguousarray(array), allow_pickle=False)
            # A ZipInfo of our own carries no time of day: the same arrays give the same bytes.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), entry.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()


def _drawing(seed: int) -> bytes:
    """Return an eight as Paint would save it: dark on white, JPEG."""
    picture = draw_picture("8", seed=part_seed(seed, "drawing"), size=_DRAWING_SIZE)
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    assert done, "OpenCV refuses a picture of our own"
    return data.tobytes()


def _file_names() -> Iterator[str]:
    for stem in ("mnist_dataset/train", "mnist_dataset/t10k"):
        yield from (f"{stem}-images-idx3-ubyte.gz", f"{stem}-labels-idx1-ubyte.gz")
    yield "mnist_dataset/mnist.npz"
    for part in ("train", "test"):
        stem = f"emnist_dataset/emnist-letters-{part}"
        yield from (f"{stem}-images-idx3-ubyte.gz", f"{stem}-labels-idx1-ubyte.gz")
    yield DRAWING


FILE_NAMES = tuple(_file_names())
"""Every file of a dataset, relative to its folder, in the order in which they are written."""
