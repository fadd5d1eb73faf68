# style: IntEnum of types, an abstract base class for the networks, a registry, singledispatch, properties, __slots__
from __future__ import annotations

import abc
import enum
import functools
import gzip
import io
import os

import cv2
import matplotlib.pyplot as plt
import numpy as np
from tensorflow import keras


class ElementType(enum.IntEnum):
    UINT8 = 0x08
    INT8 = 0x09
    INT16 = 0x0B
    INT32 = 0x0C
    FLOAT32 = 0x0D
    FLOAT64 = 0x0E

    @property
    def dtype(self):
        return np.dtype(self.name.lower()).newbyteorder(">")


class Magic(bytes):
    __slots__ = ()

    def checked(self):
        if len(self) != 4:
            raise ValueError(f"magic number of {len(self)} bytes")
        if int.from_bytes(self[:2], "little") != 0:
            raise ValueError(f"bad start {self[:2].hex()}")
        if self.dimensions < 1:
            raise ValueError("scalar arrays do not exist in IDX")
        return self

    @property
    def element(self):
        return ElementType(self[2])  # itself raises ValueError: "7 is not a valid ElementType"

    @property
    def dimensions(self):
        return self[3]


def parse_idx(fd):
    magic = Magic(fd.read(4)).checked()
    dtype = magic.element.dtype
    sizes = fd.read(4 * magic.dimensions)
    if len(sizes) % 4 or len(sizes) // 4 != magic.dimensions:
        raise ValueError("sizes are cut off")
    shape = tuple(np.frombuffer(sizes, ">u4").astype(object))
    body = fd.read()
    if len(body) != functools.reduce(lambda a, b: a * b, shape, dtype.itemsize):
        raise ValueError(f"body of {len(body)} bytes cannot have shape {shape}")
    return np.frombuffer(body, dtype).reshape(shape)


@functools.singledispatch
def open_any(source):
    raise TypeError(f"cannot open {type(source).__name__}")


@open_any.register
def _(source: str):
    with open(source, "rb") as file:
        return open_any(file.read())


@open_any.register
def _(source: os.PathLike):
    return open_any(os.fspath(source))


@open_any.register
def _(source: bytes):
    return io.BytesIO(gzip.decompress(source) if source[:2] == b"\x1f\x8b" else source)


def mnist_parse_file(fname):
    return parse_idx(open_any(fname))


def load_mnist(path):
    class Data(dict):
        def pair(self, part):
            return self["x_" + part], self["y_" + part]

    with np.load(path) as npz:
        data = Data(npz.items())
    return data.pair("train"), data.pair("test")


class Verdict(enum.Enum):
    RIGHT = "right"
    WRONG = "WRONG"


def showpics(images, pred_labels, true_labels, indices):
    fig, axs = plt.subplots((len(indices) + 9) // 10 or 1, min(len(indices), 10) or 1, squeeze=False)
    for ax in axs.flat:
        ax.axis("off")
    for ax, i in zip(axs.flat, indices):
        verdict = Verdict.RIGHT if pred_labels[i] == true_labels[i] else Verdict.WRONG
        ax.imshow(images[i], cmap="copper")
        ax.annotate(f"{verdict.value}\n{pred_labels[i]} / {true_labels[i]}", (0, 0), color="white")
    return fig


class Recipe(abc.ABC):
    known: dict[str, Recipe] = {}
    final = "softmax"

    def __init_subclass__(cls, name):
        Recipe.known[name] = cls()

    @property
    @abc.abstractmethod
    def shape(self): ...

    @abc.abstractmethod
    def body(self): ...

    def build(self):
        model = keras.Sequential([keras.layers.Input(self.shape), *self.body()])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=self.final is None)
        model.compile(optimizer=keras.optimizers.Adam(amsgrad=True), loss=loss, metrics=[keras.metrics.SparseCategoricalAccuracy("acc")])
        return model

    def dense(self, units, activation=None):
        return keras.layers.Dense(units, activation)

    def conv(self, filters, side):
        return keras.layers.Conv2D(filters, side, activation=keras.activations.get("relu"))


class Dense(Recipe, name="ann"):
    shape = (784,)

    def body(self):
        return self.dense(128), self.dense(40, "relu"), self.dense(10, self.final)


class Convolutional(Recipe, name="cnn"):
    shape = (28, 28, 1)
    final = None

    def body(self):
        pool = keras.layers.MaxPool2D
        return (self.conv(32, 3), pool(), self.conv(16, 2), pool(), self.conv(8, 3), keras.layers.Flatten(), self.dense(64, "relu"), self.dense(10))


class LettersRecipe(Recipe, name="letters"):
    shape = (28, 28, 1)

    def body(self):
        yield self.conv(32, 3)
        yield keras.layers.AveragePooling2D(2)
        yield self.conv(64, 3)
        yield keras.layers.AveragePooling2D(2)
        yield keras.layers.Flatten()
        yield self.dense(128, "relu")
        yield self.dense(26, self.final)


def build_ann():
    return Recipe.known["ann"].build()


def build_cnn():
    return Recipe.known["cnn"].build()


def build_letters_model():
    return Recipe.known["letters"].build()


class Shape(enum.Enum):
    FLAT = (784,)
    SQUARE = (28, 28, 1)

    def prepare(self, images):
        return np.asarray(images / 255, np.float32).reshape((-1, *self.value))

    @classmethod
    def of(cls, model):
        return cls(tuple(model.input_shape[1:]))


prepare_ann = Shape.FLAT.prepare
prepare_cnn = Shape.SQUARE.prepare


def train_model(model, x, y, epochs, validation_data=None):
    return model.fit(x, y, epochs=epochs, batch_size=64, validation_data=validation_data, verbose=0)


class Outputs:
    __slots__ = ("values",)

    def __init__(self, model, x):
        self.values = model.predict(x, verbose=0)

    @property
    def are_probabilities(self):
        return self.values.min() >= 0 and np.allclose(self.values.sum(axis=-1), 1, atol=1e-3)

    @property
    def scores(self):
        if self.are_probabilities:
            return self.values
        shifted = np.exp2((self.values - self.values.max(axis=-1, keepdims=True)) / np.log(2))
        return shifted / np.sum(shifted, axis=-1, keepdims=True)

    @property
    def labels(self):
        return self.values.argmax(axis=-1)


def predict_scores(model, x):
    return Outputs(model, x).scores


def predict_labels(model, x):
    return Outputs(model, x).labels


def accuracy(pred_labels, true_labels):
    verdicts = [Verdict.RIGHT if p == t else Verdict.WRONG for p, t in zip(pred_labels, true_labels)]
    return verdicts.count(Verdict.RIGHT) / len(verdicts)


def wrong_set(pred_labels, true_labels):
    return np.ma.nonzero(np.asarray(pred_labels) != np.asarray(true_labels))[0]


def save_model(model, path):
    keras.models.save_model(model, path, overwrite=True)


def restore_model(path):
    return keras.models.load_model(path)


class Paper(enum.Enum):
    BLACK = 0
    WHITE = 255

    @classmethod
    def of(cls, picture):
        """The side of the picture says it: three of four sides are light, and it is white."""
        sides = (picture[0], picture[-1], picture[:, 0], picture[:, -1])
        return cls.WHITE if sum(side.mean() > 127 for side in sides) >= 3 else cls.BLACK


def load_drawing(path):
    data = open_any(path).getbuffer()
    picture = None if not len(data) else cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError(f"{os.path.basename(path)} cannot be decoded")
    picture = cv2.resize(picture, (28, 28), None, 0, 0, cv2.INTER_CUBIC)
    return cv2.absdiff(picture, Paper.of(picture).value)


def predict_drawing(model, path):
    outputs = Outputs(model, Shape.of(model).prepare(load_drawing(path)[None]))
    return outputs.scores[0], int(outputs.labels[0])


def load_emnist_letters(images_path, labels_path):
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} is not {len(labels)}")
    return np.ascontiguousarray(images.swapaxes(-1, -2)), labels.astype("i8") - 1


Letter = enum.IntEnum("Letter", list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), start=0)


def letter_of(label):
    return Letter(label).name  # raises ValueError for other numbers


def train_letters(images, labels, epochs):
    model = build_letters_model()
    model.fit(prepare_cnn(images), labels, epochs=epochs, batch_size=64, verbose=0)
    return model


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


# 0.91 on the test letters
