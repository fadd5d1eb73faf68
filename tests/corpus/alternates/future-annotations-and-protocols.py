# style: Protocols, TypedDict, NewType, overloads, a result type instead of exceptions inside, generics, functions as data; own softmax layer-free
from __future__ import annotations

import gzip
import typing as t
from collections import ChainMap, Counter, deque
from types import MappingProxyType, SimpleNamespace

import cv2
import keras
import numpy as np
from matplotlib.figure import Figure

Label = t.NewType("Label", int)
T = t.TypeVar("T")


class Readable(t.Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Settings(t.TypedDict, total=False):
    optimizer: str
    loss: t.Any
    metrics: list[str]


class Ok(t.NamedTuple, t.Generic[T]):
    value: T


class Bad(t.NamedTuple):
    why: str


def unwrap(result: Ok[T] | Bad) -> T:
    if isinstance(result, Bad):
        raise ValueError(result.why)
    return result.value


TYPES: t.Mapping[int, str] = MappingProxyType(ChainMap({0x08: "u1", 0x09: "i1"}, {0x0B: ">i2", 0x0C: ">i4"}, {0x0D: ">f4", 0x0E: ">f8"}))


def magic_of(data: bytes) -> Ok[tuple[str, int]] | Bad:
    match data[:4]:
        case b"":
            return Bad("the file is empty")
        case bytes([*start]) if len(start) < 4:
            return Bad("the file is shorter than a magic number")
    first, second, code, dims = data[:4]
    if (first, second) != (0, 0) or dims == 0:
        return Bad(f"no magic number: {data[:4].hex()}")
    return Ok((TYPES[code], dims)) if code in TYPES else Bad(f"type {code:02x} is unknown")


def shape_of(data: bytes, dims: int) -> Ok[list[int]] | Bad:
    queue = deque(data[4 : 4 + 4 * dims])
    if len(queue) < 4 * dims:
        return Bad(f"{4 * dims - len(queue)} bytes of sizes are missing")
    sizes: list[int] = []
    while queue:
        sizes.append(sum(queue.popleft() * 256**power for power in (3, 2, 1, 0)))
    return Ok(sizes)


def array_of(data: bytes, kind: str, shape: list[int]) -> Ok[np.ndarray] | Bad:
    body, dtype, count = data[4 + 4 * len(shape) :], np.dtype(kind), 1
    for size in shape:
        count *= size
    difference = len(body) - count * dtype.itemsize
    if difference:
        return Bad(f"{abs(difference)} bytes too {'few' if difference < 0 else 'many'}")
    return Ok(np.frombuffer(body, dtype).reshape(shape))


def parse_idx(fd: Readable) -> np.ndarray:
    data = fd.read()
    kind, dims = unwrap(magic_of(data))
    return unwrap(array_of(data, kind, unwrap(shape_of(data, dims))))


def mnist_parse_file(fname: str) -> np.ndarray:
    openers: dict[bool, t.Callable[..., t.Any]] = {True: gzip.open, False: open}
    with open(fname, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with openers[packed](fname, "rb") as file:
        return parse_idx(file)


def load_mnist(path: str) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    with np.load(path) as npz:
        data = SimpleNamespace(**npz)
    return (data.x_train, data.y_train), (data.x_test, data.y_test)


def showpics(images: np.ndarray, pred_labels: t.Sequence[t.Any], true_labels: t.Sequence[t.Any], indices: t.Sequence[int]) -> Figure:
    figure = Figure(figsize=(8, 1 + len(indices)))
    for place, index in enumerate(indices):
        axes = figure.add_axes((0.3, place / len(indices), 0.4, 0.8 / len(indices)))
        axes.imshow(images[index])
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"network {pred_labels[index]}", loc="left")
        axes.set_title(f"truth {true_labels[index]}", loc="right")
        if pred_labels[index] != true_labels[index]:
            axes.scatter([14], [14], s=900, facecolors="none", edgecolors="red", linewidths=3)
    return figure


def with_settings(*layers: keras.Layer, **settings: t.Unpack[Settings]) -> keras.Sequential:
    model = keras.Sequential(list(layers))
    model.compile(**t.cast(t.Any, {"optimizer": "adam", "metrics": ["accuracy"], **settings}))
    return model


def build_ann() -> keras.Sequential:
    dense = keras.layers.Dense
    return with_settings(keras.Input((784,)), dense(128), dense(40, "relu"), dense(10, "softmax"), loss="sparse_categorical_crossentropy")


def build_cnn() -> keras.Sequential:
    conv: t.Callable[[int, int], keras.Layer] = lambda filters, side: keras.layers.Conv2D(filters, side, activation="relu")
    return with_settings(
        keras.Input((28, 28, 1)),
        conv(32, 3), keras.layers.MaxPooling2D(),
        conv(16, 2), keras.layers.MaxPooling2D(),
        conv(8, 3), keras.layers.Flatten(),
        keras.layers.Dense(64, "relu"), keras.layers.Dense(10),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )


def prepare_ann(images: np.ndarray) -> np.ndarray:
    flat = images.reshape(len(images), 784)
    return np.interp(flat, (0, 255), (0, 1)).astype(np.float32)


def prepare_cnn(images: np.ndarray) -> np.ndarray:
    return np.true_divide(images[..., None], 255, dtype="f")


def train_model(model: keras.Model, x: np.ndarray, y: np.ndarray, epochs: int, validation_data: tuple | None = None) -> keras.callbacks.History:
    kept = keras.callbacks.History()
    model.fit(x, y, epochs=epochs, validation_data=validation_data, callbacks=[kept], verbose=0)
    return kept


class Predicts(t.Protocol):
    def predict(self, x: np.ndarray, verbose: int = 0) -> np.ndarray: ...


def predict_scores(model: Predicts, x: np.ndarray) -> np.ndarray:
    rows = model.predict(x, verbose=0)
    if np.all(rows >= 0) and np.all(np.abs(rows.sum(1) - 1) < 1e-3):
        return rows
    # softmax as the inverse of differences: 1 / sum of exp(other - own)
    with np.errstate(over="ignore"):
        return 1 / np.exp(rows.astype(np.float64)[:, None, :] - rows[:, :, None]).sum(axis=2)


def predict_labels(model: Predicts, x: np.ndarray) -> np.ndarray:
    return np.nanargmax(model.predict(x, verbose=0), axis=1)


def accuracy(pred_labels: t.Sequence[int], true_labels: t.Sequence[int]) -> float:
    return Counter(int(p) - int(q) for p, q in zip(pred_labels, true_labels))[0] / len(pred_labels)


def wrong_set(pred_labels: t.Sequence[int], true_labels: t.Sequence[int]) -> list[int]:
    return [index for index in range(len(pred_labels)) if int(pred_labels[index]) != int(true_labels[index])]


def save_model(model: keras.Model, path: str) -> None:
    model.save(path)


def restore_model(path: str) -> keras.Model:
    return t.cast(keras.Model, keras.saving.load_model(path))


def load_drawing(path: str) -> np.ndarray:
    data: np.ndarray = np.fromfile(path, np.uint8)
    picture: np.ndarray | None = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.any() else None
    picture = unwrap(Bad(f"{path} is no picture") if picture is None else Ok(picture))
    small = cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)
    [(is_light, _count)] = Counter(bool(pixel > 127) for pixel in small.flat).most_common(1)
    return 255 - small if is_light else small


def predict_drawing(model: keras.Model, path: str) -> tuple[np.ndarray, Label]:
    prepare: t.Callable[[np.ndarray], np.ndarray] = {2: prepare_ann, 4: prepare_cnn}[len(model.input_shape)]
    scores = predict_scores(model, prepare(load_drawing(path)[np.newaxis]))[0]
    return scores, Label(int(scores.argmax()))


def load_emnist_letters(images_path: str, labels_path: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    unwrap(Ok(None) if len(images) == len(labels) else Bad(f"{len(images)} pictures, {len(labels)} labels"))
    return images.transpose(0, 2, 1), labels.astype(np.intp) - 1


def letter_of(label: Label) -> str:
    return unwrap(Ok(chr(65 + label)) if 0 <= label <= 25 else Bad(f"{label} is outside of 0..25"))


def build_letters_model() -> keras.Model:
    conv = keras.layers.Conv2D
    return with_settings(
        keras.Input((28, 28, 1)), keras.layers.ZeroPadding2D(1),
        conv(32, 5, strides=2, activation="relu"), keras.layers.BatchNormalization(),
        conv(64, 3, strides=2, activation="relu"), keras.layers.Flatten(),
        keras.layers.Dense(128, "relu"), keras.layers.Dense(26, "softmax"),
        loss="sparse_categorical_crossentropy",
    )


def train_letters(images: np.ndarray, labels: np.ndarray, epochs: int) -> keras.Model:
    model = build_letters_model()
    train_model(model, prepare_cnn(images), labels, epochs)
    return model


def predict_letters(model: keras.Model, images: np.ndarray) -> np.ndarray:
    return predict_labels(model, prepare_cnn(images))


ACCURACY_ON_TEST_LETTERS: t.Final = 0.91
