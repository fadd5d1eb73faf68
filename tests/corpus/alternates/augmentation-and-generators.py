# style: augmentation layers inside the letters model, keras.utils.PyDataset instead of arrays, generators for parsing
import gzip
import math
import struct

import cv2
import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure


def chunks(fd, size=65536):
    """Yield the file piece by piece."""
    while piece := fd.read(size):
        yield piece


def fields(buffer, *formats):
    """Yield values one after the other, moving through the buffer."""
    offset = 0
    for fmt in formats:
        try:
            (value,) = struct.unpack_from(fmt, buffer, offset)
        except struct.error:
            raise ValueError(f"the header ends at byte {len(buffer)}, inside a field at byte {offset}") from None
        offset += struct.calcsize(fmt)
        yield value


def parse_idx(fd):
    buffer = b"".join(chunks(fd))
    zeros, code, dims = fields(buffer, ">H", "B", "B")
    if zeros:
        raise ValueError(f"magic number {zeros:#06x}: should be zero")
    if dims == 0:
        raise ValueError("the header announces no dimension")
    known = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}
    if code not in known:
        raise ValueError(f"type {code:#04x}; known are {', '.join(map(hex, known))}")
    _, *shape = fields(buffer, ">I", *[">I"] * dims)
    dtype = np.dtype(">" + known[code])
    start = 4 + 4 * dims
    surplus = len(buffer) - start - math.prod(shape) * dtype.itemsize
    if surplus:
        raise ValueError(f"{abs(surplus)} bytes too {'many' if surplus > 0 else 'few'}")
    return np.ndarray(shape, dtype, buffer, start)


def mnist_parse_file(fname):
    with open(fname, "rb") as plain:
        if plain.peek(2)[:2] != b"\x1f\x8b":
            return parse_idx(plain)
        with gzip.open(plain, "rb") as packed:
            return parse_idx(packed)


def load_mnist(path):
    with np.load(path) as npz:
        pairs = ((npz[f"x_{part}"], npz[f"y_{part}"]) for part in ("train", "test"))
        return tuple(pairs)


def showpics(images, pred_labels, true_labels, indices):
    figure = Figure()
    if not len(indices):
        return figure
    parts = figure.subfigures(1, len(indices), squeeze=False)[0]
    for part, index in zip(parts, indices):
        axes = part.subplots()
        axes.imshow(images[index], cmap="gray", alpha=1.0)
        axes.set_axis_off()
        wrong = pred_labels[index] != true_labels[index]
        axes.set_title(f"{pred_labels[index]}|{true_labels[index]}", fontstyle="italic" if wrong else "normal", color="r" if wrong else "k")
    return figure


def build_ann():
    inputs = keras.Input((784,))
    model = keras.Sequential([inputs, layers.Dense(128, use_bias=True), layers.Dense(40, activation=layers.ReLU()), layers.Dense(10, activation=layers.Softmax())])
    model.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.SparseCategoricalCrossentropy(), metrics=[keras.metrics.sparse_categorical_accuracy])
    return model


def build_cnn():
    convolutional = [layers.Conv2D(n, k, activation=layers.ReLU()) for n, k in ((32, 3), (16, 2), (8, 3))]
    stack = [keras.Input((28, 28, 1))]
    for convolution in convolutional:
        stack += [convolution, layers.MaxPooling2D(2)]
    stack.pop()  # no pooling after the last one
    stack += [layers.Flatten(), layers.Dense(64, activation=layers.ReLU()), layers.Dense(10)]
    model = keras.Sequential(stack)
    model.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=[keras.metrics.sparse_categorical_accuracy])
    return model


def scaled(images):
    return images * np.float32(1 / 255)


def prepare_ann(images):
    return scaled(images).reshape(images.shape[0], -1)


def prepare_cnn(images):
    return scaled(images).reshape(*images.shape, 1)


class Batches(keras.utils.PyDataset):
    """Batches in a new order for each epoch."""

    def __init__(self, x, y, size=32, seed=0):
        super().__init__()
        self.x, self.y, self.size = x, y, size
        self.random = np.random.default_rng(seed)
        self.on_epoch_end()

    def on_epoch_end(self):
        self.order = self.random.permutation(len(self.x))

    def __len__(self):
        return math.ceil(len(self.x) / self.size)

    def __getitem__(self, number):
        chosen = self.order[number * self.size : (number + 1) * self.size]
        return self.x[chosen], self.y[chosen]


def train_model(model, x, y, epochs, validation_data=None):
    return model.fit(Batches(x, y), epochs=epochs, validation_data=validation_data, verbose=0)


def predict_scores(model, x):
    outputs = model.predict(x, verbose=0)
    if np.any(outputs < 0) or not np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        outputs = np.exp(outputs - np.logaddexp.reduce(outputs, axis=1, keepdims=True))
    return outputs


def predict_labels(model, x):
    batches = (model.predict_on_batch(x[i : i + 500]) for i in range(0, len(x), 500))
    return np.concatenate([batch.argmax(axis=1) for batch in batches])


def accuracy(pred_labels, true_labels):
    matches = (int(p == t) for p, t in zip(pred_labels, true_labels, strict=True))
    return sum(matches) / len(true_labels)


def wrong_set(pred_labels, true_labels):
    def mistakes():
        for index, (p, t) in enumerate(zip(pred_labels, true_labels)):
            if p != t:
                yield index

    return np.fromiter(mistakes(), int)


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return keras.models.load_model(path)


def load_drawing(path):
    with open(path, "rb") as file:
        data = np.frombuffer(file.read(), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
    if picture is None:
        raise ValueError(f"no picture: {path}")
    ring = np.concatenate([picture[:2].ravel(), picture[-2:].ravel()])
    if ring.mean() > 127:
        picture = ~picture
    return cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)


def predict_drawing(model, path):
    x = scaled(load_drawing(path)).reshape(1, *model.input_shape[1:])
    (scores,) = predict_scores(model, x)
    return scores, scores.argmax()


def load_emnist_letters(images_path, labels_path):
    images, labels = (mnist_parse_file(path) for path in (images_path, labels_path))
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} images for {len(labels)} labels")
    return np.flip(np.rot90(images, axes=(2, 1)), axis=2), labels - 1


def letter_of(label):
    for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        if number == label:
            return letter
    raise ValueError(f"{label} stands for no letter")


def build_letters_model():
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.RandomRotation(0.02, fill_mode="constant"),
            layers.RandomTranslation(0.04, 0.04, fill_mode="constant"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(26),
        ]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def train_letters(images, labels, epochs):
    model = build_letters_model()
    model.fit(Batches(prepare_cnn(images), np.asarray(labels), size=25), epochs=epochs, verbose=0)
    return model


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


# the test letters: 90.6 %
