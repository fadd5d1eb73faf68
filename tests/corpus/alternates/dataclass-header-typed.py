# style: dataclasses and type hints everywhere, a Header object with match, Figure without pyplot, pathlib
"""Handwritten digits and letters, strictly typed."""

from __future__ import annotations

import gzip
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import cv2
import keras
import numpy as np
import numpy.typing as npt
from keras import layers
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]
WIDTH: Final = 28
PATH = str | Path


class IdxError(ValueError):
    """What is wrong with an IDX file."""


@dataclass(frozen=True, slots=True)
class Header:
    dtype: np.dtype
    shape: tuple[int, ...]

    @property
    def size_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    @classmethod
    def read(cls, fd: BinaryIO) -> Header:
        match list(fd.read(4)):
            case [0, 0, _, 0]:
                raise IdxError("an IDX array has at least one dimension")
            case [0, 0, code, dimensions]:
                return cls(cls.dtype_of(code), cls.sizes(fd, dimensions))
            case [_, _, _, _] as magic:
                raise IdxError(f"wrong magic number: {magic}")
            case rest:
                raise IdxError(f"only {len(rest)} bytes of the magic number")

    @staticmethod
    def dtype_of(code: int) -> np.dtype:
        match code:
            case 0x08: return np.dtype("u1")
            case 0x09: return np.dtype("i1")
            case 0x0B: return np.dtype(">i2")
            case 0x0C: return np.dtype(">i4")
            case 0x0D: return np.dtype(">f4")
            case 0x0E: return np.dtype(">f8")
            case _: raise IdxError(f"unknown type code {code:#x}")

    @staticmethod
    def sizes(fd: BinaryIO, dimensions: int) -> tuple[int, ...]:
        raw = fd.read(4 * dimensions)
        if len(raw) < 4 * dimensions:
            raise IdxError(f"the header promises {dimensions} sizes and ends before that")
        return tuple(int.from_bytes(raw[i : i + 4], "big") for i in range(0, len(raw), 4))


def parse_idx(fd: BinaryIO) -> Array:
    header = Header.read(fd)
    body = fd.read()
    if len(body) != header.size_bytes:
        raise IdxError(f"{header.size_bytes} bytes of data expected, {len(body)} found")
    return np.ndarray(header.shape, header.dtype, buffer=bytearray(body))


def mnist_parse_file(fname: PATH) -> Array:
    path = Path(fname)
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            return parse_idx(raw)
        with gzip.GzipFile(fileobj=raw) as unpacked:
            return parse_idx(unpacked)


class Pair(NamedTuple):
    x: Array
    y: Array


class Mnist(NamedTuple):
    train: Pair
    test: Pair


def load_mnist(path: PATH) -> Mnist:
    with np.load(Path(path)) as arrays:
        return Mnist(Pair(arrays["x_train"], arrays["y_train"]), Pair(arrays["x_test"], arrays["y_test"]))


@dataclass
class Sheet:
    """A sheet of pictures on a bare Figure: pyplot keeps no reference to it."""

    columns: int = 8
    figure: Figure = field(default_factory=lambda: Figure(figsize=(12, 8)))

    def add(self, axes: Axes, picture: Array, predicted: object, true: object) -> None:
        axes.imshow(picture, cmap="bone")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel(f"{predicted} / {true}")
        if predicted != true:
            for spine in axes.spines.values():
                spine.set(color="crimson", linewidth=3)


def showpics(images: Array, pred_labels: Sequence[object], true_labels: Sequence[object], indices: Sequence[int]) -> Figure:
    sheet = Sheet()
    if len(indices):
        grid = sheet.figure.add_gridspec(math.ceil(len(indices) / sheet.columns), sheet.columns)
        for place, index in zip(grid, indices):
            sheet.add(sheet.figure.add_subplot(place), images[index], pred_labels[index], true_labels[index])
    return sheet.figure


def compiled(model: keras.Sequential, *, from_logits: bool) -> keras.Sequential:
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def build_ann() -> keras.Sequential:
    stack: list[keras.Layer] = [
        layers.InputLayer(shape=(WIDTH * WIDTH,)),
        layers.Dense(units=128, activation=None),
        layers.Dense(units=40, activation=keras.activations.relu),
        layers.Dense(units=10, activation=keras.activations.softmax),
    ]
    return compiled(keras.Sequential(stack, name="dense"), from_logits=False)


def build_cnn() -> keras.Sequential:
    relu = keras.activations.relu
    stack: list[keras.Layer] = [
        layers.InputLayer(shape=(WIDTH, WIDTH, 1)),
        layers.Conv2D(filters=32, kernel_size=3, activation=relu),
        layers.MaxPooling2D(pool_size=2),
        layers.Conv2D(filters=16, kernel_size=2, activation=relu),
        layers.MaxPooling2D(pool_size=2),
        layers.Conv2D(filters=8, kernel_size=3, activation=relu),
        layers.Flatten(),
        layers.Dense(units=64, activation=relu),
        layers.Dense(units=10, activation=keras.activations.linear),
    ]
    return compiled(keras.Sequential(stack, name="convolutional"), from_logits=True)


def prepare_ann(images: Array) -> Floats:
    return np.divide(images, 255, dtype=np.float32).reshape(-1, WIDTH * WIDTH)


def prepare_cnn(images: Array) -> Floats:
    return np.divide(images, 255, dtype=np.float32)[:, :, :, np.newaxis]


def train_model(
    model: keras.Model, x: Floats, y: Array, epochs: int, validation_data: tuple[Floats, Array] | None = None
) -> keras.callbacks.History:
    return model.fit(x, y, epochs=epochs, batch_size=50, validation_data=validation_data, verbose=0)


def predict_scores(model: keras.Model, x: Floats) -> Floats:
    outputs = model.predict(x, verbose=0)
    from_logits: bool = getattr(model.loss, "from_logits", False)
    return keras.ops.convert_to_numpy(keras.ops.softmax(outputs, axis=-1)) if from_logits else outputs


def predict_labels(model: keras.Model, x: Floats) -> npt.NDArray[np.int64]:
    return model.predict(x, verbose=0).argmax(axis=-1)


def accuracy(pred_labels: Sequence[int], true_labels: Sequence[int]) -> float:
    return np.equal(pred_labels, true_labels).mean().item()


def wrong_set(pred_labels: Sequence[int], true_labels: Sequence[int]) -> npt.NDArray[np.intp]:
    return np.flatnonzero(np.not_equal(pred_labels, true_labels))


def save_model(model: keras.Model, path: PATH) -> None:
    keras.saving.save_model(model, path)


def restore_model(path: PATH) -> keras.Model:
    return keras.saving.load_model(Path(path))


def load_drawing(path: PATH) -> npt.NDArray[np.uint8]:
    content = Path(path).read_bytes()
    if not content:
        raise ValueError(f"{path} is empty")
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError(f"{path}: no picture")
    if is_on_white(picture):
        picture = cv2.bitwise_not(picture)
    return cv2.resize(picture, (WIDTH, WIDTH), interpolation=cv2.INTER_CUBIC)


def is_on_white(picture: npt.NDArray[np.uint8]) -> bool:
    """Paper is what most pixels are, so the histogram's larger half is paper."""
    light = np.count_nonzero(picture >= 128)
    return bool(light > picture.size - light)


@dataclass(frozen=True)
class Answer:
    scores: Floats

    @property
    def label(self) -> int:
        return int(self.scores.argmax())


def predict_drawing(model: keras.Model, path: PATH) -> tuple[Floats, int]:
    picture = load_drawing(path)[np.newaxis]
    match model.input_shape:
        case (_, int()):
            x = prepare_ann(picture)
        case _:
            x = prepare_cnn(picture)
    answer = Answer(predict_scores(model, x)[0])
    return answer.scores, answer.label


def load_emnist_letters(images_path: PATH, labels_path: PATH) -> Pair:
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if images.shape[0] != labels.shape[0]:
        raise ValueError(f"{images.shape[0]} images and {labels.shape[0]} labels")
    return Pair(np.transpose(images, (0, 2, 1)), labels.astype(np.int32) - 1)


def letter_of(label: int) -> str:
    match label:
        case _ if 0 <= label <= 25:
            return chr(ord("A") + label)
        case _:
            raise ValueError(f"not a label of a letter: {label}")


def build_letters_model() -> keras.Sequential:
    model = keras.Sequential(
        [
            keras.Input((WIDTH, WIDTH, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Conv2D(48, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(26),
        ]
    )
    return compiled(model, from_logits=True)


def train_letters(images: Array, labels: Array, epochs: int) -> keras.Model:
    model = build_letters_model()
    train_model(model, prepare_cnn(images), labels, epochs)
    return model


def predict_letters(model: keras.Model, images: Array) -> npt.NDArray[np.int64]:
    return predict_labels(model, prepare_cnn(images))


# Reached on the test letters: 92 %.
