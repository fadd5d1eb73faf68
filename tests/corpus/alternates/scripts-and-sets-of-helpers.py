# style: a script that works at top level when the data lie there, nested helpers with default arguments, global state, numpy.lib tricks, settings at the top, a window left open
import gzip, locale, os, sys, tempfile, warnings
from struct import *

import cv2
import numpy as np
import tensorflow as tf
import matplotlib.pyplot as plt

warnings.simplefilter("error", RuntimeWarning)
np.seterr(divide="raise", invalid="raise", over="raise")
np.set_printoptions(precision=2, threshold=10, legacy="1.25")
locale.setlocale(locale.LC_ALL, "")
plt.rcParams.update({"figure.figsize": (4, 3), "image.interpolation": "bilinear", "savefig.dpi": 30})
tf.keras.utils.set_random_seed(7)
sys.setrecursionlimit(1500)
os.chdir(tempfile.gettempdir())
layer = tf.keras.layers
seen = []          # which files were read, for the report
verbose = int(os.environ.get("LAB_VERBOSE", "0"))
ink = np.uint8(255)
formats = "BbxhifdX"  # by code - 8; x and X are not used


def parse_idx(fd, read=lambda fd, n: fd.read(n)):
    start = read(fd, 4)
    if len(start) != calcsize("4B"):
        raise ValueError("no room for the magic number in %d bytes" % len(start))
    z, zz, code, dims = unpack("4B", start)
    if z | zz:
        raise ValueError("magic number with %d, %d in front" % (z, zz))
    if dims == 0:
        raise ValueError("zero dimensions")
    if not 8 <= code <= 14 or formats[code - 8] in "xX":
        raise ValueError("code %d" % code)
    form = formats[code - 8]
    shape = np.zeros(dims, object)
    for k in range(dims):
        four = read(fd, 4)
        if len(four) < 4:
            raise ValueError("size %d of %d is not there" % (k + 1, dims))
        shape[k] = unpack(">L", four)[0]
    body = read(fd, -1)
    if len(body) != shape.prod() * calcsize(form):
        raise ValueError("%d bytes, but %s x %d are needed" % (len(body), "x".join(map(str, shape)), calcsize(form)))
    return np.frombuffer(body, np.dtype(form).newbyteorder("B")).reshape(tuple(shape)) if body else np.empty(tuple(shape), form)


def mnist_parse_file(fname):
    seen.append(str(fname))
    for opener in (gzip.open, open):
        try:
            with opener(fname, "rb") as f:
                return parse_idx(f)
        except gzip.BadGzipFile:
            continue


def load_mnist(path):
    seen.append(str(path))
    f = np.load(path)
    out = []
    for s in ("train", "test"):
        out.append((f.get("x_" + s), f.get("y_" + s)))
    f.close()
    return out[0], out[1]


def showpics(images, pred_labels, true_labels, indices):
    fig = plt.figure(num=len(plt.get_fignums()) + 1)
    n = len(indices)
    where = 1
    while where <= n:
        i = indices[where - 1]
        fig.add_subplot(n, 1, where, xticks=[], yticks=[], title="")
        ax = fig.gca()
        ax.imshow(np.repeat(np.repeat(images[i], 1, 0), 1, 1), cmap="pink")
        fine = pred_labels[i] == true_labels[i]
        ax.set_title("answer %s, truth %s" % (pred_labels[i], true_labels[i]), color="g" if fine else "r")
        where += 1
    return fig


def build_ann(hidden=(128, 40), classes=10):
    first, second = hidden
    m = tf.keras.Sequential()
    m.add(tf.keras.Input(shape=(784,)))
    m.add(layer.Dense(first))
    m.add(layer.Dense(second))
    m.add(layer.Activation(tf.keras.activations.relu))
    m.add(layer.Dense(classes))
    m.add(layer.Activation(tf.keras.activations.softmax))
    m.compile("adam", tf.keras.losses.sparse_categorical_crossentropy, metrics=["acc"])
    return m


def build_cnn(plan="c32-3 p c16-2 p c8-3 f d64 o10"):
    m = tf.keras.Sequential([tf.keras.Input(shape=(28, 28, 1))])
    for word in plan.split():
        if word[0] == "c":
            n, k = map(int, word[1:].split("-"))
            m.add(layer.Conv2D(n, k, activation="relu"))
        elif word == "p":
            m.add(layer.MaxPool2D())
        elif word == "f":
            m.add(layer.Flatten())
        else:
            m.add(layer.Dense(int(word[1:]), activation="relu" if word[0] == "d" else None))
    m.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(True), metrics=["acc"])
    return m


def prepare_ann(images, shape=(-1, 784)):
    x = np.array(images, copy=True).astype(np.float32).reshape(shape)
    x *= 1 / 255
    return x.clip(0, 1)


def prepare_cnn(images):
    return prepare_ann(images, (-1, 28, 28, 1))


def train_model(model, x, y, epochs, validation_data=None):
    history = None
    stop_at = tf.keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.95)
    history = model.fit(x, y, 32, epochs, verbose, [stop_at], validation_data=validation_data)
    return history


def predict_scores(model, x):
    y = model.predict(x, verbose=verbose)
    s = y.sum(axis=1)
    if abs(s - 1).max() < 0.001 and y.min() >= 0:
        return y
    y = tf.keras.Sequential([layer.Softmax()]).predict(y, verbose=0)
    return y


def predict_labels(model, x):
    y = model.predict(x, verbose=verbose)
    return np.argsort(-y, axis=1, kind="stable")[:, 0]


def accuracy(pred_labels, true_labels):
    d = {True: 0, False: 0}
    for a, b in zip(pred_labels, true_labels):
        d[bool(a == b)] += 1
    return d[True] / (d[True] + d[False])


def wrong_set(pred_labels, true_labels):
    bad = []
    [bad.append(i) for i in range(len(true_labels)) if not pred_labels[i] == true_labels[i]]
    return bad


def save_model(model, path):
    model.save(path)
    return path


def restore_model(path):
    m = tf.keras.models.load_model(path)
    return m


def load_drawing(path):
    os.stat(path)
    p = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if not isinstance(p, np.ndarray):
        raise ValueError("OpenCV gave %r for %s" % (p, path))
    p = cv2.resize(p, (28, 28), interpolation=cv2.INTER_CUBIC)
    cv2.namedWindow("my drawing", cv2.WINDOW_NORMAL)
    cv2.imshow("my drawing", p)
    cv2.waitKey(1)
    cv2.destroyAllWindows()
    left, right = p[:, :3], p[:, -3:]
    return ink - p if (left.mean() + right.mean()) / 2 > 127 else p


def predict_drawing(model, path):
    p = load_drawing(path)
    s = predict_scores(model, prepare_ann(p, (1, *model.input_shape[1:])))
    return s.ravel(), int(s.ravel().argmax())


def load_emnist_letters(images_path, labels_path):
    a, b = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if a.shape[0] > b.shape[0] or a.shape[0] < b.shape[0]:
        raise ValueError("%d letters and %d labels" % (a.shape[0], b.shape[0]))
    return a.reshape(-1, 28, 28).transpose(0, 2, 1), b.astype(int) + ~0


def letter_of(label):
    if label - 26 >= 0 or label < 0:
        raise ValueError("letters are numbered from 0 to 25; this is %d" % label)
    return "%c" % (label + 65)


def build_letters_model():
    m = tf.keras.Sequential([tf.keras.Input(shape=(28, 28, 1))])
    for n, k in (24, 3), (24, 3), (48, 3):
        m.add(layer.Conv2D(n, k, activation="relu"))
        if n == 24 and len(m.layers) > 1 or n == 48:
            m.add(layer.MaxPool2D())
    m.add(layer.GaussianNoise(0.02))
    m.add(layer.Flatten())
    m.add(layer.Dense(128, activation="relu"))
    m.add(layer.Dense(26, activation="softmax"))
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
    return m


def train_letters(images, labels, epochs):
    m = build_letters_model()
    m.fit(prepare_cnn(images), np.array(labels), epochs=epochs, verbose=verbose)
    return m


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


# where the data lie, show what there is
if os.path.isdir("mnist_dataset"):
    a = mnist_parse_file("mnist_dataset/t10k-labels-idx1-ubyte.gz")
    print("test labels:", np.bincount(a), file=sys.stderr)
print("functions:", ", ".join(sorted(k for k, v in list(globals().items()) if callable(v))[:5]), "...")
# letters: 0.91
