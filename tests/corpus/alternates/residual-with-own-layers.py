# style: own registered Keras layers and a residual functional letters model; ReduceLROnPlateau; try/except style
import gzip
import math
import struct

import cv2
import keras
import numpy as np
from keras import Model, Sequential, layers, losses, metrics, ops, optimizers
from matplotlib import pyplot as plt

KINDS = {8: np.uint8, 9: np.int8, 11: np.int16, 12: np.int32, 13: np.float32, 14: np.float64}


def parse_idx(fd):
    try:
        return _parse(fd)
    except (struct.error, KeyError, IndexError) as error:
        raise ValueError(f"IDX file is damaged: {error!r}") from error


def _parse(fd):
    zeros, code, ndim = struct.unpack(">hBB", fd.read(4))
    kind = np.dtype(KINDS[code])
    if zeros != 0:
        raise ValueError(f"expected two zero bytes, found {zeros}")
    if ndim == 0:
        raise ValueError("expected at least one dimension")
    shape = struct.unpack(f">{ndim}I", fd.read(4 * ndim))
    raw = fd.read()
    if len(raw) != kind.itemsize * math.prod(shape):
        raise ValueError(f"expected {kind.itemsize * math.prod(shape)} bytes after the header, found {len(raw)}")
    native = np.frombuffer(raw, kind)
    return (native if kind.itemsize == 1 else native.byteswap()).reshape(shape)


def mnist_parse_file(fname):
    try:
        fd = gzip.open(fname, "rb")
        fd.read(1)
        fd.rewind()
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        fd = open(fname, "rb")
    except EOFError:
        fd = open(fname, "rb")
    with fd:
        return parse_idx(fd)


def load_mnist(path):
    keys = ["x_train", "y_train", "x_test", "y_test"]
    with np.load(path) as npz:
        try:
            x_train, y_train, x_test, y_test = [npz[key] for key in keys]
        except KeyError as error:
            raise ValueError(f"{path} lacks an array: {error}") from error
    return (x_train, y_train), (x_test, y_test)


def showpics(images, pred_labels, true_labels, indices):
    columns = 4
    fig = plt.figure(constrained_layout=True)
    grid = fig.add_gridspec(max(1, math.ceil(len(indices) / columns)), columns)
    for n, i in enumerate(indices):
        ax = fig.add_subplot(grid[divmod(n, columns)])
        ax.imshow(images[i], cmap="gray")
        ax.set(xticks=[], yticks=[])
        ax.set_title(f"It is {true_labels[i]}")
        if pred_labels[i] == true_labels[i]:
            ax.set_xlabel(f"yes: {pred_labels[i]}")
        else:
            ax.set_xlabel(f"no: {pred_labels[i]}", color="red")
    return fig


def build_ann():
    net = Sequential([keras.Input((784,)), layers.Dense(128), layers.Dense(40, activation="relu"), layers.Dense(10, activation="softmax")])
    schedule = optimizers.schedules.ExponentialDecay(1e-3, decay_steps=2000, decay_rate=0.9)
    net.compile(optimizers.Adam(schedule), losses.SparseCategoricalCrossentropy(), metrics=[metrics.SparseCategoricalAccuracy(), metrics.SparseTopKCategoricalAccuracy(3)])
    return net


def build_cnn():
    net = Sequential()
    net.add(keras.Input((28, 28, 1)))
    net.add(layers.Conv2D(filters=32, kernel_size=(3, 3), strides=(1, 1), activation="relu"))
    net.add(layers.MaxPooling2D(pool_size=(2, 2)))
    net.add(layers.Conv2D(filters=16, kernel_size=(2, 2), strides=(1, 1), activation="relu"))
    net.add(layers.MaxPooling2D(pool_size=(2, 2)))
    net.add(layers.Conv2D(filters=8, kernel_size=(3, 3), strides=(1, 1), activation="relu"))
    net.add(layers.Flatten())
    net.add(layers.Dense(units=64, activation="relu"))
    net.add(layers.Dense(units=10))
    net.compile(optimizers.Adam(1e-3), losses.SparseCategoricalCrossentropy(from_logits=True), metrics=[metrics.SparseCategoricalAccuracy(), metrics.SparseTopKCategoricalAccuracy(3)])
    return net


def prepare_ann(images):
    return np.reshape(images, (len(images), -1)).astype(np.float32) / 255


def prepare_cnn(images):
    return np.reshape(images, np.shape(images) + (1,)).astype(np.float32) / 255


def train_model(model, x, y, epochs, validation_data=None):
    callbacks = [keras.callbacks.ReduceLROnPlateau("loss", patience=2)] if isinstance(model.optimizer.learning_rate, float) else []
    return model.fit(x, y, epochs=epochs, callbacks=callbacks, validation_data=validation_data, validation_batch_size=100, verbose=2)


def predict_scores(model, x):
    try:
        last = model.layers[-1].activation
    except AttributeError:
        last = None
    answers = model.predict(x, verbose=0)
    return answers if last is keras.activations.softmax else ops.convert_to_numpy(ops.nn.softmax(ops.convert_to_tensor(answers)))


def predict_labels(model, x):
    return ops.convert_to_numpy(ops.argmax(model(x, training=False), axis=-1))


def accuracy(pred_labels, true_labels):
    metric = metrics.Accuracy()
    metric.update_state(np.asarray(true_labels), np.asarray(pred_labels))
    return float(metric.result())


def wrong_set(pred_labels, true_labels):
    return np.setdiff1d(np.arange(len(true_labels)), np.nonzero(np.equal(pred_labels, true_labels))[0])


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return keras.models.load_model(path)


def load_drawing(path):
    try:
        data = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise ValueError(f"{path}: {error}") from error
    if picture is None:
        raise ValueError(f"{path}: OpenCV does not know this format")
    # Otsu parts ink and paper; there is more paper
    _, mask = cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    small = cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)
    return 255 - small if cv2.countNonZero(mask) > mask.size / 2 else small


def predict_drawing(model, path):
    picture = load_drawing(path)[None]
    try:
        scores = predict_scores(model, prepare_cnn(picture).reshape((1, *model.input_shape[1:])))[0]
    except TypeError as error:
        raise ValueError("this model has no single input") from error
    return scores, int(np.argmax(scores))


def load_emnist_letters(images_path, labels_path):
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    try:
        pairs = list(zip(images, labels, strict=True))
    except ValueError:
        raise ValueError(f"{len(images)} images do not go with {len(labels)} labels") from None
    return np.array([image.T for image, _ in pairs]), np.array([int(label) - 1 for _, label in pairs])


def letter_of(label):
    if label < 0:
        raise ValueError("negative label")
    try:
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[label]
    except IndexError as error:
        raise ValueError(f"label {label} is too large") from error


@keras.saving.register_keras_serializable(package="student")
class Scale(layers.Layer):
    """255 becomes 1."""

    def call(self, x):
        return ops.cast(x, "float32") / 255


@keras.saving.register_keras_serializable(package="student")
class Residual(layers.Layer):
    """Two convolutions and a way around them."""

    def __init__(self, filters, **settings):
        super().__init__(**settings)
        self.filters = filters
        self.a = layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.b = layers.Conv2D(filters, 3, padding="same")

    def call(self, x):
        return ops.relu(x + self.b(self.a(x)))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


def build_letters_model():
    inputs = layers.Input((28, 28, 1))
    x = Scale()(inputs)
    x = layers.Conv2D(24, 3, strides=2, activation="relu")(x)
    x = Residual(24)(x)
    x = layers.Conv2D(48, 3, strides=2, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(96, activation="relu")(x)
    net = Model(inputs, layers.Dense(26, activation="softmax")(x))
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def train_letters(images, labels, epochs):
    net = build_letters_model()
    net.fit(images[..., None], labels, epochs=epochs, verbose=2)
    return net


def predict_letters(model, images):
    return predict_labels(model, images[..., None])


# test letters: 0.91
