"""Data sets of a few pictures in the shape of the real ones, for the tests of `grader.assignment.realdata`."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np

from grader.assignment.public_tests.checks.idx_files import gzip_bytes, idx_bytes
from grader.assignment.realdata.catalog import EMNIST_LETTERS, MNIST, Array, DataFile, DataSet


def small_array(array: Array, count: int, rng: np.random.Generator) -> np.ndarray:
    low, high = array.labels or (0, 255)
    values = rng.integers(low, high + 1, (count, *array.shape[1:]), dtype=np.uint8)
    values.flat[0], values.flat[-1] = low, high
    return values


def small_set(real: DataSet, *counts: int) -> tuple[DataSet, dict[str, bytes]]:
    """Return a set like `real`, hashes included, with `counts` training and test pictures, and its files' bytes."""
    rng = np.random.default_rng(5)
    files, contents = [], {}
    for file, count in zip(real.files, np.repeat(counts, 2), strict=True):
        array = dataclasses.replace(file.arrays[""], shape=(int(count), *file.arrays[""].shape[1:]))
        unpacked = idx_bytes(small_array(array, int(count), rng))
        contents[file.name] = gzip_bytes(unpacked)
        files.append(described(file, array, contents[file.name], unpacked))
    return dataclasses.replace(real, files=tuple(files)), contents


def described(file: DataFile, array: Array, packed: bytes, unpacked: bytes) -> DataFile:
    if file.sha256 is None:
        return dataclasses.replace(file, arrays={"": array})
    return DataFile(file.name, {"": array}, len(packed), sha256(packed), sha256(unpacked))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def small_mnist(train: int = 60, test: int = 20) -> tuple[DataSet, dict[str, bytes]]:
    return small_set(MNIST, train, test)


def small_emnist(train: int = 52, test: int = 26) -> tuple[DataSet, dict[str, bytes]]:
    return small_set(EMNIST_LETTERS, train, test)


def write_all(folder: Path, contents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
