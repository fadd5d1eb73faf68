# style: errors that are OSError and ValueError at once, big-endian read-only arrays, activations as layers, objects with names
import contextlib
import gzip
import math
from pathlib import Path

import cv2
import keras
import numpy as np
from keras import layers
from matplotlib import pyplot as plt


class IdxError(OSError, ValueError):
    """An IDX file that is not one."""


class Cut(IdxError):
    """... because it ends too early."""


HEADER = np.dtype([("zeros", ">u2"), ("code", "u1"), ("dimensions", "u1")])
CODES = np.array([0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E])
KINDS = ["u1", "i1", ">i2", ">i4", ">f4", ">f8"]


def read_array(fd, dtype, count, name):
    dtype = np.dtype(dtype)
    data = fd.read(count * dtype.itemsize)
    if len(data) != count * dtype.itemsize:
        raise Cut(f"{name}: {count * dtype.itemsize - len(data)} bytes are missing")
    return np.frombuffer(data, dtype, count) if count else np.empty(0, dtype)


def parse_idx(fd):
    (header,) = read_array(fd, HEADER, 1, "header")
    (places,) = np.nonzero(CODES == header["code"])
    if header["zeros"] != 0:
        raise IdxError(f"the file begins with {int(header['zeros']):#06x}, not with two zeros")
    if len(places) == 0:
        raise IdxError(f"type code {header['code']} is none of {CODES.tolist()}")
    if header["dimensions"] == 0:
        raise IdxError("an array without dimensions")
    shape = read_array(fd, ">u4", int(header["dimensions"]), "sizes").tolist()
    values = read_array(fd, KINDS[places[0]], math.prod(shape), "values")
    with contextlib.suppress(StopIteration):
        next(iter(lambda: fd.read(1), b""))
        raise IdxError("the file is longer than its header says")
    return values.reshape(shape)  # big-endian and read-only as it comes


def mnist_parse_file(fname):
    path = Path(fname)
    with contextlib.ExitStack() as stack:
        fd = stack.enter_context(path.open("rb"))
        signature = fd.read(2)
        fd.seek(0)
        if signature == b"\x1f\x8b":
            fd = stack.enter_context(gzip.open(fd))
        return parse_idx(fd)


def load_mnist(path):
    with Path(path).open("rb") as file, np.load(file) as arrays:
        train = arrays["x_train"], arrays["y_train"]
        return train, (arrays["x_test"], arrays["y_test"])


def showpics(images, pred_labels, true_labels, indices):
    figure = plt.figure(figsize=(10, 2 + 2 * (len(indices) // 5)))
    names = [f"picture {place}" for place, _ in enumerate(indices)]
    if names:
        rows = [names[i : i + 5] for i in range(0, len(names), 5)]
        rows[-1] += ["."] * (len(rows[0]) - len(rows[-1])) if len(rows) > 1 else []
        mosaic = figure.subplot_mosaic(rows, empty_sentinel=".")
        for name, index in zip(names, indices):
            axes = mosaic[name]
            axes.imshow(255 - images[index], cmap="gray")
            axes.axis("off")
            right = pred_labels[index] == true_labels[index]
            axes.set_title(f"{pred_labels[index]} (is {true_labels[index]})", backgroundcolor="white" if right else "red")
    return figure


def build_ann():
    model = keras.Sequential(
        [
            layers.InputLayer(shape=(784,)),
            layers.Dense(128, name="first"),
            layers.Dense(40, name="second"),
            layers.ReLU(name="second_relu"),
            layers.Dense(10, name="third"),
            layers.Softmax(name="probabilities"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.002),
        keras.losses.sparse_categorical_crossentropy,
        metrics=[keras.metrics.SparseCategoricalAccuracy("right_acc")],
    )
    return model


def build_cnn():
    model = keras.Sequential(
        [
            layers.InputLayer(shape=(28, 28, 1)),
            layers.Conv2D(32, 3),
            layers.Activation("relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 2),
            layers.Activation(keras.activations.relu),
            layers.MaxPooling2D(),
            layers.Conv2D(8, 3),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(64),
            layers.ReLU(),
            layers.Dense(10),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.002),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, name="own"),
        metrics=[keras.metrics.SparseCategoricalAccuracy("right_acc")],
    )
    return model


def prepare_ann(images):
    return np.array([picture.reshape(784) for picture in images], np.float32) / 255


def prepare_cnn(images):
    return np.array(images, np.float32, copy=True)[:, :, :, np.newaxis] / 255


def train_model(model, x, y, epochs, validation_data=None):
    return model.fit(x, y, epochs=epochs, validation_data=validation_data, batch_size=48, verbose=2)


def predict_scores(model, x):
    outputs = model.predict(x, verbose=0)
    if abs(outputs.sum(axis=1) - 1).max() < 1e-4 and outputs.min() >= 0:
        return outputs.astype(np.float64)
    largest = outputs.max(axis=1, keepdims=True)
    return np.exp(outputs - largest - np.log(np.exp(outputs - largest).sum(axis=1, keepdims=True)))


def predict_labels(model, x):
    outputs = model.predict(x, verbose=0)
    return np.array([np.flatnonzero(row == row.max())[0] for row in outputs], dtype=np.uint8)


def accuracy(pred_labels, true_labels):
    return np.mean(np.asarray(pred_labels) == np.asarray(true_labels))


def wrong_set(pred_labels, true_labels):
    return tuple(int(index) for index in np.flatnonzero(np.asarray(pred_labels) != np.asarray(true_labels)))


def save_model(model, path):
    model.save(Path(path))


def restore_model(path):
    return keras.saving.load_model(path)


class NotAPicture(ValueError):
    pass


def load_drawing(path):
    path = Path(path).resolve(strict=True)
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise NotAPicture(f"{path.name} is something else")
    picture = cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)
    frame = np.ones((28, 28), bool)
    frame[1:-1, 1:-1] = False
    return 255 - picture if np.median(picture[frame]) > 127 else picture


def predict_drawing(model, path):
    images = load_drawing(path)[np.newaxis]
    scores = predict_scores(model, (prepare_ann if len(model.input_shape) == 2 else prepare_cnn)(images))[0]
    return list(scores), np.argmax(scores)


def load_emnist_letters(images_path, labels_path):
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if images.shape[:1] != labels.shape:
        raise IdxError(f"{images.shape[0]} letters have {labels.shape[0]} labels")
    return images.transpose(0, 2, 1), labels - np.uint8(1)


def letter_of(label):
    class NoLetter(ValueError):
        pass

    if label < 0 or label > 25:
        raise NoLetter(f"{label} is outside of 0..25")
    return chr(ord("A") + label)


def build_letters_model():
    model = keras.Sequential([layers.Input((28, 28, 1)), layers.Conv2D(32, 4, activation="elu"), layers.MaxPooling2D(3), layers.Flatten()])
    model.add(layers.Dense(128, activation="elu"))
    model.add(layers.LayerNormalization())
    model.add(layers.Dense(26, activation="log_softmax"))
    # log-softmax is as good as logits for the loss
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def train_letters(images, labels, epochs):
    model = build_letters_model()
    model.fit(prepare_cnn(images), labels, epochs=epochs, verbose=2)
    return model


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


# 0.90 of the letters in the test files
