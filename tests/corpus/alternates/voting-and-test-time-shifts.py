# style: letters read by voting over shifted copies; coroutine as a parser; contextmanager; walrus; nested functions; sets
import contextlib
import gzip
import math
import sys

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np


@contextlib.contextmanager
def opened(fname):
    file = open(fname, "rb")
    try:
        if (packed := file.read(2) == b"\x1f\x8b"):
            file.seek(0)
            yield gzip.GzipFile(mode="rb", fileobj=file)
        if not packed:
            file.seek(0)
            yield file
    finally:
        file.close()


def idx_machine():
    """A coroutine: yields how many bytes it wants, is sent them, returns the array."""
    head = yield 4
    if {head[0], head[1]} != {0}:
        raise ValueError(f"the first bytes are {head[0]}, {head[1]}; both should be 0")
    code, dims = head[2], head[3]
    if code not in {*range(8, 15)} - {10}:
        raise ValueError(f"type code {code} does not exist")
    if dims == 0:
        raise ValueError("no dimensions")
    dtype = np.dtype(["u1", "i1", None, ">i2", ">i4", ">f4", ">f8"][code - 8])
    shape = []
    while len(shape) < dims:
        size = yield 4
        shape.append(size[0] << 24 | size[1] << 16 | size[2] << 8 | size[3])
    body = yield math.prod(shape) * dtype.itemsize
    return np.frombuffer(body, dtype).reshape(shape)


def parse_idx(fd):
    machine = idx_machine()
    wanted = next(machine)
    try:
        while True:
            if len(piece := fd.read(wanted)) != wanted:
                raise ValueError(f"the file ends where {wanted} bytes were wanted and {len(piece)} came")
            wanted = machine.send(piece)
    except StopIteration as end:
        if extra := fd.read():
            raise ValueError(f"{len(extra)} bytes left over") from None
        return end.value


def mnist_parse_file(fname):
    with opened(fname) as file:
        return parse_idx(file)


def load_mnist(path):
    with np.load(path) as arrays:
        def pick(part):
            return arrays[f"x_{part}"], arrays[f"y_{part}"]

        return pick("train"), pick("test")


def showpics(images, pred_labels, true_labels, indices):
    figure = plt.figure()
    wrong = {int(i) for i in indices if pred_labels[i] != true_labels[i]}
    ax = None
    for n, i in enumerate(indices, 1):
        ax = plt.subplot(math.isqrt(len(indices)) + 1, math.isqrt(len(indices)) + 1, n)
        ax.imshow(images[i], cmap="gray_r")
        ax.axis("off")
        plt.title(f"{pred_labels[i]} vs {true_labels[i]}", loc="left")
        if i in wrong:
            plt.text(0.5, 0.5, "WRONG", color="red", rotation=45, transform=ax.transAxes)
    plt.close(figure)
    return figure


def build_ann():
    stack = [keras.layers.Dense(units, activation=name) for units, name in [(128, None), (40, "relu"), (10, "softmax")]]
    (model := keras.Sequential(stack)).build(input_shape=(None, 784))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_cnn():
    def conv(n, k):
        return keras.layers.Convolution2D(n, k, activation="relu")

    pool, dense = keras.layers.MaxPool2D, keras.layers.Dense
    model = keras.Sequential([conv(32, 3), pool(), conv(16, 2), pool(), conv(8, 3), keras.layers.Flatten(), dense(64, "relu"), dense(10)])
    model.build(input_shape=(None, 28, 28, 1))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def prepare_ann(images):
    return np.einsum("nij,->nij", images, np.float32(1 / 255), dtype=np.float32).reshape(-1, 784)


def prepare_cnn(images):
    table = np.arange(256, dtype=np.float32) / 255
    return np.take(table, images)[..., np.newaxis]


def train_model(model, x, y, epochs, validation_data=None):
    print("training on", len(x), "pictures", file=sys.stderr)
    return model.fit(x, y, epochs=epochs, batch_size=28, validation_data=validation_data, verbose="auto")


def predict_scores(model, x):
    out = model(x, training=False).numpy()
    if ((total := out.sum(axis=1)).max() - 1 < 1e-3) and (1 - total.min() < 1e-3) and (out >= 0).all():
        return out
    log_total = np.logaddexp.reduce(out.astype(np.float64), axis=1)
    return np.exp(out - log_total[:, None])


def predict_labels(model, x):
    return np.apply_along_axis(np.argmax, 1, model(x, training=False))


def accuracy(pred_labels, true_labels):
    return 1 - len(set(wrong_set(pred_labels, true_labels))) / len(true_labels)


def wrong_set(pred_labels, true_labels):
    return sorted({i for i, pair in enumerate(zip(pred_labels, true_labels)) if pair[0] != pair[1]})


def save_model(model, path):
    with open(path, "wb"):
        pass  # says at once when the folder is not there
    model.save(path)


def restore_model(path):
    return keras.models.load_model(path)


def load_drawing(path):
    with open(path, "rb") as file:
        if not (data := file.read()):
            raise ValueError("an empty file is no picture")
    if (picture := cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)) is None:
        raise ValueError(f"no picture, it begins with {data[:8]!r}")
    small = cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)

    def votes():
        """Each corner, and the median, has a voice."""
        yield from (small[row, column] > 127 for row in (0, -1) for column in (0, -1))
        yield np.median(small) > 127

    return 255 - small if sum(votes()) > 2 else small


def predict_drawing(model, path):
    drawing = load_drawing(path)[None]
    x = prepare_ann(drawing) if 784 in model.input_shape else prepare_cnn(drawing)
    return (scores := predict_scores(model, x)[0]), int(scores.argmax())


def load_emnist_letters(images_path, labels_path):
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len({len(images), len(labels)}) > 1:
        raise ValueError(f"two lengths: {len(images)} and {len(labels)}")
    return images.transpose(0, 2, 1), labels.astype(np.int8) - 1


def letter_of(label):
    letters = {number: chr(65 + number) for number in range(26)}
    if (letter := letters.get(label)) is None:
        raise ValueError(f"{label} has no letter")
    return letter


def build_letters_model():
    x = inputs = keras.Input((28, 28, 1))
    for filters, dropout in ((24, 0.0), (48, 0.1)):
        x = keras.layers.Conv2D(filters, 3, activation="relu")(x)
        x = keras.layers.MaxPooling2D()(x)
        x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(128, activation="relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(26, activation="softmax")(x))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def shifted(x):
    """The pictures, and the same one pixel to each side."""
    yield x
    for axis in (1, 2):
        for step in (-1, 1):
            yield np.roll(x, step, axis=axis)


def train_letters(images, labels, epochs):
    model = build_letters_model()
    train_model(model, prepare_cnn(images), labels, epochs)
    return model


def predict_letters(model, images):
    x = prepare_cnn(images)
    return sum(model.predict(copy, verbose=0) for copy in shifted(x)).argmax(axis=1)


# 0.91 of the test letters, with the voting
