# style: global mutable state and a report kept on the way; array.array with struct; class Lab as a namespace; an Xception-like separable network for letters
import array
import gzip
import itertools
import struct
import sys
import textwrap

import cv2
import numpy as np
import tensorflow as tf
from matplotlib import pyplot as plt

REPORT = []
CALLS = itertools.count(1)


def note(text):
    REPORT.append(f"{next(CALLS)}. {text}")


class Lab:
    """Constants of the work in one place."""

    codes = {0x08: "B", 0x09: "b", 0x0B: "h", 0x0C: "i", 0x0D: "f", 0x0E: "d"}
    side = 28
    gray_limit = 0.5
    letters = [chr(code) for code in range(0x41, 0x5B)]
    adam = {"learning_rate": 1e-3, "epsilon": 1e-7}


def parse_idx(fd):
    prefix = fd.read(4)
    problems = {
        "nothing in it" if not prefix else "shorter than 4 bytes": len(prefix) < 4,
        "no zeros in front": prefix[:2].strip(b"\0") != b"",
        "unknown type": len(prefix) == 4 and prefix[2] not in Lab.codes,
        "no dimensions": prefix[3:] == b"\0",
    }
    for problem, is_so in problems.items():
        if is_so:
            raise ValueError(f"IDX file: {problem}")
    shape = array.array("I", b"")
    for _ in range(prefix[3]):
        size = fd.read(4)
        if len(size) < 4:
            raise ValueError("IDX file: ends before the data begin")
        shape.append(struct.unpack(">I", size)[0])
    values = array.array(Lab.codes[prefix[2]])
    data = fd.read()
    if len(data) % values.itemsize:
        raise ValueError("IDX file: half an element at the end")
    values.frombytes(data)
    if sys.byteorder == "little":
        values.byteswap()
    count = 1
    for size in shape:
        count *= size
    if len(values) != count:
        raise ValueError(f"IDX file: {len(values)} elements instead of {count}")
    note(f"array of {list(shape)}")
    return np.asarray(values).reshape(tuple(shape))


def mnist_parse_file(fname):
    note(f"file {fname}")
    with open(fname, "rb") as file:
        kind = {True: lambda: gzip.GzipFile(fileobj=file), False: lambda: file}[file.read(2) == b"\x1f\x8b"]
        file.seek(0)
        return parse_idx(kind())


def load_mnist(path):
    archive = np.load(path)
    train, test = [tuple(archive[f"{what}_{which}"] for what in ("x", "y")) for which in ("train", "test")]
    archive.close()
    return train, test


def showpics(images, pred_labels, true_labels, indices):
    figure = plt.figure(figsize=(2 * (len(indices) or 1), 3))
    for column, index in enumerate(indices):
        axes = plt.subplot2grid((3, len(indices)), (0, column), rowspan=2, fig=figure)
        axes.imshow(images[index])
        axes.set_axis_off()
        same = pred_labels[index] == true_labels[index]
        words = "right" if same else "wrong, wrong"
        axes.set_title(textwrap.fill(f"{words}: {pred_labels[index]} for {true_labels[index]}", 12))
    note(f"figure of {len(indices)}")
    return figure


def _compile(model, loss):
    model.compile(optimizer=tf.keras.optimizers.Adam(**Lab.adam), loss=loss, metrics=[tf.keras.metrics.SparseCategoricalAccuracy("acc")])
    note(f"{model.name} with {model.count_params()} parameters")
    return model


def build_ann():
    model = tf.keras.Sequential(name="ann")
    model.add(tf.keras.layers.InputLayer(shape=[Lab.side**2]))
    for units, activation in {128: None, 40: "relu", 10: "softmax"}.items():
        model.add(tf.keras.layers.Dense(units, activation=activation))
    return _compile(model, tf.keras.losses.SparseCategoricalCrossentropy())


def build_cnn():
    layers = tf.keras.layers
    model = tf.keras.Sequential(name="cnn")
    model.add(layers.InputLayer(shape=[Lab.side, Lab.side, 1]))
    for layer in (
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(16, 2, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(8, 3, activation="relu"), layers.Flatten(),
        layers.Dense(64, activation="relu"), layers.Dense(10),
    ):
        model.add(layer)
    return _compile(model, tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def prepare_ann(images):
    return np.float32(images / 255.0).reshape(len(images), -1)


def prepare_cnn(images):
    return np.float32(images / 255.0).reshape(len(images), Lab.side, Lab.side, 1)


def train_model(model, x, y, epochs, validation_data=None):
    history = model.fit(x, y, epochs=epochs, verbose=0, validation_data=validation_data, class_weight=None, sample_weight=np.ones(len(x)))
    note(f"loss after {epochs} epochs: {history.history['loss'][-1]:.3f}")
    return history


def predict_scores(model, x):
    outputs = np.asarray(model(x, training=False), np.float64)
    is_softmax = model.get_config()["layers"][-1]["config"].get("activation") == "softmax"
    if not is_softmax:
        outputs = np.exp(outputs - outputs.max(axis=1)[:, None])
        outputs = outputs / outputs.sum(axis=1)[:, None]
    return outputs


def predict_labels(model, x):
    outputs = np.asarray(model(x, training=False))
    return np.array([int(np.argmax(row)) for row in outputs])


def accuracy(pred_labels, true_labels):
    share = np.mean([int(one) == int(two) for one, two in zip(pred_labels, true_labels)])
    note(f"accuracy {share:.4f}")
    return share


def wrong_set(pred_labels, true_labels):
    return np.array(list(itertools.compress(range(len(true_labels)), [int(a) != int(b) for a, b in zip(pred_labels, true_labels)])), dtype=np.int64)


def save_model(model, path):
    note(f"saved {path}")
    tf.keras.Model.save(model, path)


def restore_model(path):
    note(f"restored {path}")
    return tf.keras.models.load_model(path)


def load_drawing(path):
    with open(path, "rb") as file:
        content = file.read()
    gray = None
    if content:
        gray = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    if gray is None:
        raise ValueError(f"{path} was not drawn: {content[:10]!r}")
    small = cv2.resize(gray, (Lab.side, Lab.side), interpolation=cv2.INTER_CUBIC)
    rim = np.r_[small[:2].ravel(), small[-2:].ravel(), small[:, :2].ravel(), small[:, -2:].ravel()] / 255
    return small if rim.mean() < Lab.gray_limit else 255 - small


def predict_drawing(model, path):
    drawing = load_drawing(path)[None, ...]
    x = prepare_ann(drawing) if model.input_shape[1:] == (784,) else prepare_cnn(drawing)
    scores = predict_scores(model, x)[0]
    return scores, int(predict_labels(model, x)[0])


def load_emnist_letters(images_path, labels_path):
    pictures, numbers = [mnist_parse_file(path) for path in (images_path, labels_path)]
    if not len(pictures) == len(numbers):
        raise ValueError(f"pictures and numbers differ: {len(pictures)}, {len(numbers)}")
    return np.swapaxes(pictures, -2, -1), np.array(numbers, int) - 1


def letter_of(label):
    if 0 <= label < len(Lab.letters):
        return Lab.letters[label]
    raise ValueError(f"only {len(Lab.letters)} letters, no number {label}")


def build_letters_model():
    layers = tf.keras.layers
    picture = tf.keras.Input((Lab.side, Lab.side, 1))
    x = layers.Conv2D(32, 3, strides=2, activation="relu")(picture)
    x = layers.BatchNormalization()(x)
    x = layers.SeparableConv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    return _compile(tf.keras.Model(picture, layers.Dense(26)(x), name="letters"), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def train_letters(images, labels, epochs):
    model = build_letters_model()
    train_model(model, prepare_cnn(images), np.array(labels), epochs)
    return model


def predict_letters(model, images):
    return np.argmax(model.predict(prepare_cnn(images), verbose=0), axis=1)


if __name__ == "__main__":
    print("\n".join(REPORT))
    # letters: 0.90
