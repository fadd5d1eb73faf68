"""Read real MNIST and EMNIST files, to look at them beside generated ones."""

import gzip
import zlib
from pathlib import Path

import numpy as np

from grader.errors import UsageError
from grader.handwriting.normalise import SIDE

MOST = 10_000  # pictures that are read: enough to choose from, and a bound for the memory
_DIGITS, _LETTERS = "train", "emnist-letters-train"
_IMAGES, _LABELS = 2051, 2049  # the magic numbers of pictures (three dimensions of bytes) and of labels (one)


def _find(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise UsageError(f"{folder}: there is no file {name}.gz (or {name}). Name the folder that holds the real files.")


def _read_start(path: Path, size_bytes: int) -> bytes:
    """Return the first bytes of a file, unpacked when its name says so; fewer when it is shorter."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(size_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: cannot be read ({error}). Download it again.") from error


def _read_idx(path: Path, magic: int, item_bytes: int) -> np.ndarray:
    """Return the first items of an IDX file of bytes, (N, item_bytes) uint8 with N at most ``MOST``."""
    header_bytes = 4 * (1 + magic % 256)  # the magic's last byte is the number of dimensions
    data = _read_start(path, header_bytes + MOST * item_bytes)
    head = np.frombuffer(data[:header_bytes], ">u4") if len(data) >= header_bytes else np.zeros(1, ">u4")
    if head[0] != magic or int(np.prod(head[2:])) != item_bytes:
        what = f"pictures of {SIDE} x {SIDE}" if magic == _IMAGES else "labels"
        raise UsageError(f"{path}: is not an IDX file of {what}. Download it again.")
    count = min(int(head[1]), MOST)
    if len(data) < header_bytes + count * item_bytes:
        raise UsageError(f"{path}: ends too early; its header promises {head[1]:,} items. Download it again.")
    return np.frombuffer(data, np.uint8, count * item_bytes, header_bytes).reshape(count, item_bytes)


def load_real(folder: Path, *, letters: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the first training pictures and labels of real files, upright (N, 28, 28) uint8 and (N,) uint8 from 0.

    Args:
        folder: holds MNIST's training files or, for ``letters``, those of EMNIST letters, with or without ``.gz``.
    Raises:
        UsageError: a file is missing, cannot be read, or holds something else.
    """
    stem, first, classes = (_LETTERS, 1, 26) if letters else (_DIGITS, 0, 10)
    label_file = _find(folder, f"{stem}-labels-idx1-ubyte")
    images = _read_idx(_find(folder, f"{stem}-images-idx3-ubyte"), _IMAGES, SIDE * SIDE).reshape(-1, SIDE, SIDE)
    labels = _read_idx(label_file, _LABELS, 1)[:, 0]
    if len(labels) != len(images):
        raise UsageError(f"{label_file}: has {len(labels):,} labels for {len(images):,} pictures. Download both again.")
    if ((labels < first) | (labels >= first + classes)).any():
        raise UsageError(f"{label_file}: holds labels other than {first} to {first + classes - 1}. Download it again.")
    return (images.transpose(0, 2, 1) if letters else images), labels - np.uint8(first)
