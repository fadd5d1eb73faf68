# style: short but readable: NumPy views, both histories of two calls of fit joined, wrong pictures drawn inverted, leaky ReLU
import gzip
import math

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

ELEMENTS = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def parse_idx(fd):
    data = np.array(memoryview(fd.read()))
    if data.size < 4 or data[:2].any() or not data[3] or int(data[2]) not in ELEMENTS:
        raise ValueError(f"not an IDX file; it begins with {data[:4].tolist()}")
    start = 4 * (1 + int(data[3]))
    if data.size < start:
        raise ValueError(f"header of {start} bytes in a file of {data.size}")
    shape = data[4:start].view(">u4").tolist()
    body = data[start:]
    if body.size != math.prod(shape) * np.dtype(ELEMENTS[data[2]]).itemsize:
        raise ValueError(f"{body.size} bytes for {shape}")
    return body.view(ELEMENTS[data[2]]).reshape(shape)


def mnist_parse_file(fname):
    with open(fname, "rb") as raw, gzip.GzipFile(fileobj=raw) as unpacked:
        is_gzip = raw.peek(2).startswith(b"\x1f\x8b")
        return parse_idx(unpacked if is_gzip else raw)


def load_mnist(path):
    with np.load(path) as npz:
        return ((npz["x_train"], npz["y_train"]), (npz["x_test"], npz["y_test"]))


def showpics(images, pred_labels, true_labels, indices):
    fig, axs = plt.subplots(max(len(indices), 1), squeeze=False, gridspec_kw={"hspace": 1})
    axs = axs[:, 0]
    [ax.set_axis_off() for ax in axs]
    for ax, i in zip(axs, indices):
        wrong = pred_labels[i] != true_labels[i]
        ax.imshow(images[i] if not wrong else 255 - images[i].astype(int), cmap="Greys")
        ax.set_title(f"{'Wrong: ' * bool(wrong)}{pred_labels[i]}, in truth {true_labels[i]}")
    return fig


def _compiled(model, logits):
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=logits, reduction="sum_over_batch_size"), metrics=["accuracy"])
    return model


def build_ann():
    return _compiled(keras.Sequential([keras.Input((28 * 28,)), layers.Dense(128), layers.Dense(40, "relu"), layers.Dense(10, "softmax")]), False)


def build_cnn():
    conv = [f(n) for n in (32, 16, 8) for f in (lambda n: layers.Conv2D(n, 2 if n == 16 else 3, activation="relu"), lambda n: layers.MaxPooling2D())]
    return _compiled(keras.Sequential([keras.Input((28, 28, 1)), *conv[:-1], layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(10)]), True)


def prepare_ann(images):
    return images.reshape(-1, 784) / np.float32(255)


def prepare_cnn(images):
    return images[..., None] / np.float32(255)


def train_model(model, x, y, epochs, validation_data=None):
    """First with small batches, then the rest of the epochs with larger ones; one History."""
    history = model.fit(x, y, batch_size=32, epochs=max(1, epochs - 1), validation_data=validation_data, verbose=0)
    if epochs > 1:
        rest = model.fit(x, y, batch_size=64, epochs=epochs, initial_epoch=epochs - 1, validation_data=validation_data, verbose=0)
        history.epoch += rest.epoch
        for key, values in rest.history.items():
            history.history[key] += values
    return history


def predict_scores(model, x):
    out = model.predict(x, verbose=0)
    if model.loss.from_logits:
        out = np.exp(out - out.max(1, keepdims=True))
        out /= out.sum(1, keepdims=True)
    return out


def predict_labels(model, x):
    return model.predict(x, verbose=0).argmax(-1).astype(np.int32)


def accuracy(pred_labels, true_labels):
    return float(np.mean(np.array(pred_labels) == true_labels))


def wrong_set(pred_labels, true_labels):
    return np.flatnonzero(np.array(pred_labels) != true_labels)


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return keras.models.load_model(path)


def load_drawing(path):
    open(path, "rb").close()
    gray = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    if gray is None:
        raise ValueError(f"{path}: not an image that OpenCV knows")
    gray = cv2.resize(gray, (28, 28), interpolation=cv2.INTER_CUBIC)
    return gray ^ np.uint8(255 * (np.median(gray[::27]) > 127))


def predict_drawing(model, path):
    scores = predict_scores(model, load_drawing(path).reshape(1, *model.input_shape[1:]) / np.float32(255))
    return scores[0], int(scores.argmax())


def load_emnist_letters(images_path, labels_path):
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} images, {len(labels)} labels")
    return images.transpose(0, 2, 1), labels - 1


def letter_of(label):
    if not -1 < label < 26:
        raise ValueError(f"{label} is not a label")
    return chr(65 + label)


def build_letters_model():
    x = inputs = keras.Input((28, 28, 1))
    for filters in (16, 32):
        x = layers.LeakyReLU(0.1)(layers.Conv2D(filters, 3)(x))
        x = layers.MaxPooling2D()(x)
    x = layers.LeakyReLU(0.1)(layers.Dense(128)(layers.Flatten()(x)))
    return _compiled(keras.Model(inputs, layers.Dense(26)(x)), True)


def train_letters(images, labels, epochs):
    model = build_letters_model()
    train_model(model, prepare_cnn(images), labels, epochs)
    return model


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


# letters: 0.90
