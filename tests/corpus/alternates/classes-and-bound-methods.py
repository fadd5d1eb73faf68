# style: everything in classes; the contract's names are bound methods, class methods and callable objects
"""The lab as a small object-oriented program."""

import gzip
import io

import cv2
import numpy as np
import matplotlib
from matplotlib import pyplot
import keras
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, InputLayer, MaxPooling2D


class IdxReader:
    """Reads one array and remembers where in the file it is."""

    FORMATS = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}

    def __init__(self, fd):
        self.fd = fd
        self.position = 0

    def take(self, count, what):
        chunk = self.fd.read(count)
        if len(chunk) < count:
            raise ValueError(f"{what}: wanted {count} bytes at position {self.position}, got {len(chunk)}")
        self.position += count
        return chunk

    def read(self):
        magic = self.take(4, "magic number")
        if magic[0] or magic[1] or not magic[3]:
            raise ValueError(f"{magic!r} is no magic number of an IDX file")
        try:
            dtype = np.dtype(self.FORMATS[magic[2]])
        except KeyError:
            raise ValueError(f"type code {magic[2]} is not one of {sorted(self.FORMATS)}") from None
        shape = tuple(int.from_bytes(self.take(4, f"size {axis}"), "big") for axis in range(magic[3]))
        count = 1
        for side in shape:
            count *= side
        body = self.take(count * dtype.itemsize, "data")
        if self.fd.read():
            raise ValueError(f"the file goes on after position {self.position}")
        return np.frombuffer(body, dtype=dtype).reshape(shape)

    @classmethod
    def parse(cls, fd):
        return cls(fd).read()

    @classmethod
    def parse_file(cls, fname):
        with open(fname, "rb") as file:
            content = file.read()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        return cls.parse(io.BytesIO(content))


class Npz:
    KEYS = (("x_train", "y_train"), ("x_test", "y_test"))

    def __call__(self, path):
        with np.load(path) as archive:
            return tuple(tuple(archive[key] for key in keys) for keys in self.KEYS)


class Gallery:
    """Draws pictures in a grid; the frame of a wrong one is orange."""

    def __init__(self, columns=5, right="lightgray", wrong="orange"):
        self.columns, self.right, self.wrong = columns, right, wrong

    def show(self, images, pred_labels, true_labels, indices):
        rows = max(1, (len(indices) + self.columns - 1) // self.columns)
        figure, grid = pyplot.subplots(rows, self.columns, squeeze=False)
        places = list(grid.flat)
        for axes, index in zip(places, indices):
            self.draw(axes, images[index], pred_labels[index], true_labels[index])
        for axes in places[len(indices):]:
            axes.set_visible(False)
        pyplot.close(figure)
        return figure

    def draw(self, axes, image, predicted, true):
        axes.imshow(image, cmap=matplotlib.colormaps["gray_r"], interpolation="nearest")
        axes.set_title(f"{true} read as {predicted}", fontsize=8)
        axes.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
        colour = self.right if predicted == true else self.wrong
        axes.add_patch(matplotlib.patches.Rectangle((-0.5, -0.5), 28, 28, fill=False, edgecolor=colour, linewidth=4))


class Network:
    """A recipe of a network; calling it builds a new one."""

    input_shape = (28, 28, 1)
    from_logits = False

    def layers(self):
        raise TypeError("a recipe must say its layers")

    def loss(self):
        return keras.losses.SparseCategoricalCrossentropy(from_logits=self.from_logits)

    def __call__(self):
        model = keras.models.Sequential()
        model.add(InputLayer(shape=self.input_shape))
        for layer in self.layers():
            model.add(layer)
        model.compile(loss=self.loss(), optimizer=keras.optimizers.Adam(0.0015), metrics=[keras.metrics.SparseCategoricalAccuracy()])
        return model


class Ann(Network):
    input_shape = (784,)

    def layers(self):
        return [Dense(128), Dense(40), Activation("relu"), Dense(10), Activation("softmax")]


class Cnn(Network):
    from_logits = True

    def layers(self):
        yield from self.block(32, 3)
        yield MaxPooling2D()
        yield from self.block(16, 2)
        yield MaxPooling2D()
        yield from self.block(8, 3)
        yield Flatten()
        yield Dense(64)
        yield Activation("relu")
        yield Dense(10)

    def block(self, filters, side):
        return Conv2D(filters, side), Activation("relu")


class Letters(Network):
    from_logits = True

    def layers(self):
        return [
            Conv2D(32, 3, activation="relu"), Conv2D(32, 3, activation="relu"), MaxPooling2D(3),
            Flatten(), Dense(100, activation="relu"), Dropout(0.1), Dense(26),
        ]


class Preparer:
    def __init__(self, *shape):
        self.shape = shape

    def __call__(self, images):
        return np.asarray(images, dtype=np.float32).reshape(-1, *self.shape) / np.float32(255)


class Predictor:
    """Knows whether a model gives logits by asking its last layer."""

    def is_softmax(self, model):
        return keras.activations.serialize(model.layers[-1].activation) == "softmax"

    def scores(self, model, x):
        if not self.is_softmax(model):
            model = keras.Sequential([model, keras.layers.Softmax()])
        return model.predict(x, verbose=0)

    def labels(self, model, x):
        return np.argmax(model(x), axis=-1)

    def drawing(self, model, path):
        preparer = prepare_ann if model.input_shape[1:] == (784,) else prepare_cnn
        scores = self.scores(model, preparer(load_drawing(path)[None]))
        return scores[0], int(scores[0].argmax())


class Compare:
    @staticmethod
    def equal(pred_labels, true_labels):
        return np.array(pred_labels) == np.array(true_labels)

    @classmethod
    def accuracy(cls, pred_labels, true_labels):
        return np.average(cls.equal(pred_labels, true_labels))

    @classmethod
    def wrong(cls, pred_labels, true_labels):
        return np.where(~cls.equal(pred_labels, true_labels))[0]


class Drawing:
    def __init__(self, path):
        with open(path, "rb"):
            pass  # says by itself when there is no such file
        self.gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if self.gray is None:
            raise ValueError(f"OpenCV cannot read {path}")

    @property
    def paper(self):
        edge = np.r_[self.gray[0], self.gray[-1], self.gray[:, 0], self.gray[:, -1]]
        return np.percentile(edge, 50)

    @classmethod
    def load(cls, path):
        drawing = cls(path)
        small = cv2.resize(drawing.gray, (28, 28), interpolation=cv2.INTER_CUBIC)
        return np.invert(small) if drawing.paper >= 128 else small


class Emnist:
    FIRST, LAST = 0, 25

    def load(self, images_path, labels_path):
        images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
        if images.shape[0] != labels.shape[0]:
            raise ValueError("the two files do not belong together: their lengths differ")
        return np.moveaxis(images, 1, 2), np.subtract(labels, 1, dtype=np.int16)

    def letter(self, label):
        if label < self.FIRST or label > self.LAST:
            raise ValueError(f"{label} is no letter")
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[int(label)]

    def train(self, images, labels, epochs):
        model = build_letters_model()
        train_model(model, prepare_cnn(images), labels, epochs)
        return model

    def predict(self, model, images):
        return np.argmax(model.predict(prepare_cnn(images), verbose=0), axis=-1)


def train_model(model, x, y, epochs, validation_data=None):
    return model.fit(x=x, y=y, epochs=epochs, validation_data=validation_data, batch_size=40, verbose=0)


def save_model(model, path):
    model.save(path)


restore_model = keras.models.load_model
parse_idx = IdxReader.parse
mnist_parse_file = IdxReader.parse_file
load_mnist = Npz()
showpics = Gallery().show
build_ann, build_cnn, build_letters_model = Ann(), Cnn(), Letters()
prepare_ann, prepare_cnn = Preparer(784), Preparer(28, 28, 1)
_predictor, _emnist = Predictor(), Emnist()
predict_scores, predict_labels, predict_drawing = _predictor.scores, _predictor.labels, _predictor.drawing
accuracy, wrong_set = Compare.accuracy, Compare.wrong
load_drawing = Drawing.load
load_emnist_letters, letter_of = _emnist.load, _emnist.letter
train_letters, predict_letters = _emnist.train, _emnist.predict

# Accuracy on the test letters: 0.90
