# style: functional: partial, reduce, decorators, itertools, closures; builders are decorated generators of layers
from functools import lru_cache, partial, reduce, wraps
from itertools import chain, compress, count, islice, starmap
from operator import eq, itemgetter, methodcaller, mul, ne
import contextlib
import gzip

import cv2
import keras
import numpy as np
from keras import layers, losses
from matplotlib import pyplot as plt

big_endian = partial(int.from_bytes, byteorder="big")


def compose(*functions):
    """compose(f, g)(x) is g(f(x))"""
    return lambda value: reduce(lambda result, function: function(result), functions, value)


def or_value_error(*kinds):
    """Turn low-level errors into ValueError."""

    def decorate(function):
        @wraps(function)
        def wrapper(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except kinds as error:
                raise ValueError(f"{function.__name__}: bad file ({type(error).__name__}: {error})") from error

        return wrapper

    return decorate


def needs(condition, message):
    if not condition:
        raise ValueError(message)


@lru_cache(maxsize=None)
def idx_types():
    return dict(zip(chain(range(8, 10), range(11, 15)), map(np.dtype, (">u1", ">i1", ">i2", ">i4", ">f4", ">f8"))))


@or_value_error(IndexError, KeyError)
def parse_idx(fd):
    content = fd.read()
    needs(content, "an empty file")
    needs(big_endian(content[:2]) == 0 and content[3], "the magic number is wrong")
    dtype, dimensions = idx_types()[content[2]], content[3]
    cuts = islice(count(4, 4), dimensions)
    start = 4 * (dimensions + 1)
    needs(len(content) >= start, "the sizes are incomplete")
    shape = [big_endian(content[cut : cut + 4]) for cut in cuts]
    needs(reduce(mul, shape, dtype.itemsize) == len(content) - start, f"the data do not fit the shape {shape}")
    return np.frombuffer(content, dtype, offset=start).reshape(shape)


def openers(fname):
    yield gzip.open
    yield open


def mnist_parse_file(fname):
    for opener in openers(fname):
        with contextlib.suppress(gzip.BadGzipFile), opener(fname, "rb") as fd:
            return parse_idx(fd)


def load_mnist(path):
    get = itemgetter("x_train", "y_train", "x_test", "y_test")
    with contextlib.closing(np.load(path)) as arrays:
        a, b, c, d = get(arrays)
    return (a, b), (c, d)


def showpics(images, pred_labels, true_labels, indices):
    figure = plt.figure(layout="tight")
    side = int(np.ceil(np.sqrt(len(indices))))
    axes = map(partial(figure.add_subplot, max(side, 1), max(side, 1)), count(1))

    def draw(index, axis):
        axis.pcolormesh(images[index], cmap="viridis")
        axis.invert_yaxis()
        axis.set_aspect("equal")
        right = pred_labels[index] == true_labels[index]
        weight = "normal" if right else "bold"
        axis.set_title(f"{pred_labels[index]} : {true_labels[index]}", fontweight=weight)
        return axis

    list(starmap(draw, zip(indices, axes)))
    return figure


def compiled(loss, **settings):
    """Decorator: the function gives layers, the result is a compiled Sequential."""

    def decorate(make_layers):
        @wraps(make_layers)
        def build():
            model = keras.Sequential(list(make_layers()))
            model.compile(loss=loss, **settings)
            return model

        return build

    return decorate


@keras.saving.register_keras_serializable("lab")
def crossentropy_of_logits(*labels_and_logits):
    # a bare partial would do for training, but Keras cannot write one into a file
    return partial(losses.sparse_categorical_crossentropy, from_logits=True)(*labels_and_logits)


adam = {"optimizer": "Adam", "metrics": ["accuracy"]}
conv = partial(layers.Conv2D, activation="relu")
relu = partial(layers.Dense, activation="relu")


@compiled("sparse_categorical_crossentropy", **adam)
def build_ann():
    yield keras.Input((784,))
    yield layers.Dense(128)
    yield relu(40)
    yield layers.Dense(10, activation="softmax")


@compiled(crossentropy_of_logits, **adam)
def build_cnn():
    yield keras.Input((28, 28, 1))
    yield conv(32, 3)
    yield layers.MaxPooling2D(2)
    yield conv(16, 2)
    yield layers.MaxPooling2D(2)
    yield conv(8, 3)
    yield layers.Flatten()
    yield relu(64)
    yield layers.Dense(10)


def prepare(*shape):
    return compose(np.asarray, methodcaller("reshape", -1, *shape), methodcaller("astype", np.float32), lambda x: x * np.float32(1 / 255), lambda x: np.clip(x, 0, 1))


prepare_ann, prepare_cnn = prepare(784), prepare(28, 28, 1)
fit = partial(keras.Model.fit, verbose=0)


def train_model(model, x, y, epochs, validation_data=None):
    return fit(model, x, y, epochs=epochs, validation_data=validation_data)


def outputs(model, x):
    return model.predict(x, verbose=0)


def is_distribution(rows):
    return all(row.min() >= 0 and abs(row.sum() - 1) < 1e-3 for row in rows)


def softmax(row):
    powers = np.exp(row - row.max())
    return powers / powers.sum()


def predict_scores(model, x):
    rows = outputs(model, x)
    return rows if is_distribution(rows) else np.array(list(map(softmax, rows)))


predict_labels = lambda model, x: np.fromiter(map(np.argmax, outputs(model, x)), dtype=np.int64)
accuracy = lambda pred_labels, true_labels: np.mean(list(map(eq, pred_labels, true_labels)))
wrong_set = lambda pred_labels, true_labels: list(compress(count(), map(ne, pred_labels, true_labels)))


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return keras.models.load_model(path)


def invert_if(light, picture):
    return 255 - picture if light(picture) else picture


@or_value_error(cv2.error)
def load_drawing(path):
    decode = compose(partial(np.fromfile, dtype=np.uint8), lambda data: cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))
    picture = decode(path)
    needs(picture is not None, f"{path} holds no picture")
    resize = partial(cv2.resize, dsize=(28, 28), interpolation=cv2.INTER_CUBIC)
    return invert_if(lambda small: np.median(small[:, 0]) > 127, resize(picture))


def predict_drawing(model, path):
    ready = prepare(*model.input_shape[1:])
    (scores,) = predict_scores(model, ready(load_drawing(path)))
    return scores, int(np.argmax(scores))


def load_emnist_letters(images_path, labels_path):
    images, labels = map(mnist_parse_file, (images_path, labels_path))
    needs(len(images) == len(labels), "pictures and labels are not equally many")
    return images.transpose(0, 2, 1), labels.astype(int) - 1


def letter_of(label, letters=dict(enumerate(map(chr, range(65, 91))))):
    needs(label in letters, f"{label} is not among 0..25")
    return letters[label]


@compiled("sparse_categorical_crossentropy", **adam)
def build_letters_model():
    yield keras.Input((28, 28, 1))
    yield from (conv(n, 3, padding="same") for n in (16, 16))
    yield layers.MaxPooling2D()
    yield conv(32, 3)
    yield layers.MaxPooling2D()
    yield layers.Flatten()
    yield layers.Dense(128, activation="gelu")
    yield layers.Dense(26, activation="softmax")


def train_letters(images, labels, epochs):
    model = build_letters_model()
    train_model(model, prepare_cnn(images), labels, epochs)
    return model


predict_letters = lambda model, images: predict_labels(model, prepare_cnn(images))
# 0.91 of the test letters
