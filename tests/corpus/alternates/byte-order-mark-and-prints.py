# style: UTF-8 with a byte-order mark; seeds, prints everywhere, a quick check at top level, early stopping with the best weights
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import random
import gzip
import time
from struct import unpack, calcsize

import numpy as np
import tensorflow as tf
import cv2
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

# the same result every time
SEED = 1234
random.seed(SEED)
np.random.seed(SEED)
tf.random.set_seed(SEED)
tf.keras.utils.set_random_seed(SEED)

START = time.time()
print("started, TensorFlow", tf.__version__, "NumPy", np.__version__, "OpenCV", cv2.__version__)


def log(*what):
    print("[%6.1f s]" % (time.time() - START), *what, flush=True)


def parse_idx(fd):
    log("parse_idx", getattr(fd, "name", "?"))
    h = fd.read(4)
    log("header:", h)
    if len(h) == 0:
        raise ValueError("empty file")
    if len(h) < 4:
        raise ValueError("the magic number is cut")
    if h[0] or h[1]:
        raise ValueError("wrong magic number")
    fmt = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}.get(h[2])
    if fmt is None:
        raise ValueError("wrong type code")
    if not h[3]:
        raise ValueError("wrong number of dimensions")
    shape = ()
    for _ in range(h[3]):
        size = fd.read(4)
        if len(size) < 4:
            raise ValueError("the header is cut")
        shape += unpack(">I", size)
    log("shape:", shape, "type:", fmt)
    count = 1
    for s in shape:
        count *= s
    data = fd.read(count * int(fmt[2]))
    if len(data) < count * int(fmt[2]):
        raise ValueError("the data are cut")
    if len(fd.read(1)) > 0:
        raise ValueError("something comes after the data")
    out = np.frombuffer(data, dtype=fmt)
    return out.astype(fmt[1:]).reshape(shape)


def mnist_parse_file(fname):
    log("mnist_parse_file", fname)
    f = open(fname, "rb")
    if f.read(2) == b"\x1f\x8b":
        f.close()
        f = gzip.open(fname)
    else:
        f.seek(0)
    try:
        return parse_idx(f)
    finally:
        f.close()


def load_mnist(path):
    d = dict(np.load(path))
    log("arrays:", sorted(d))
    return ((d["x_train"], d["y_train"]), (d["x_test"], d["y_test"]))


def showpics(images, pred_labels, true_labels, indices):
    log("showpics of", len(indices))
    plt.close("all")
    fig = plt.figure()
    for n, i in enumerate(indices):
        a = fig.add_subplot(5, len(indices) // 5 + 1, n + 1)
        a.imshow(images[i], cmap="gray")
        a.axis("off")
        mark = "" if pred_labels[i] == true_labels[i] else "  <-- !!!"
        a.set_title("p=%s t=%s%s" % (pred_labels[i], true_labels[i], mark), size="small")
    return fig


def build_ann():
    x = tf.keras.Sequential(name="ANN")
    x.add(tf.keras.layers.Input((784,), name="picture"))
    x.add(tf.keras.layers.Dense(128, activation=None, name="d1"))
    x.add(tf.keras.layers.Dense(40, activation=tf.keras.activations.relu, name="d2"))
    x.add(tf.keras.layers.Dense(10, activation=tf.keras.activations.softmax, name="d3"))
    x.compile(loss=["sparse_categorical_crossentropy"], optimizer="ADAM".lower(), metrics=[["accuracy"]])
    x.summary(print_fn=log)
    return x


def build_cnn():
    x = tf.keras.Sequential(name="CNN")
    x.add(tf.keras.layers.Input((28, 28, 1), name="picture"))
    x.add(tf.keras.layers.Conv2D(32, (3, 3), activation="relu", name="c1"))
    x.add(tf.keras.layers.MaxPooling2D((2, 2), name="p1"))
    x.add(tf.keras.layers.Conv2D(16, (2, 2), activation="relu", name="c2"))
    x.add(tf.keras.layers.MaxPooling2D((2, 2), name="p2"))
    x.add(tf.keras.layers.Conv2D(8, (3, 3), activation="relu", name="c3"))
    x.add(tf.keras.layers.Flatten(name="flat"))
    x.add(tf.keras.layers.Dense(64, activation="relu", name="d1"))
    x.add(tf.keras.layers.Dense(10, name="logits"))
    x.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(clipnorm=1.0), metrics=["accuracy"])
    x.summary(print_fn=log)
    return x


def prepare_ann(images):
    log("prepare_ann", images.shape, images.dtype, images.min(), images.max())
    return (images.reshape((-1, 784)) / 255).astype("float32")


def prepare_cnn(images):
    log("prepare_cnn", images.shape, images.dtype, images.min(), images.max())
    return np.expand_dims(images / np.float32(255), 3).astype(np.float32)


def train_model(model, x, y, epochs, validation_data=None):
    log("training", model.name, "for", epochs, "epochs on", len(x))
    watch = "val_loss" if validation_data is not None else "loss"
    stop = tf.keras.callbacks.EarlyStopping(monitor=watch, patience=2, restore_best_weights=True)
    say = tf.keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: log("epoch", epoch, logs))
    return model.fit(x, y, epochs=epochs, validation_data=validation_data, callbacks=[stop, say], verbose=1)


def predict_scores(model, x):
    log("predict_scores", x.shape)
    s = model.predict(x, verbose=1)
    log("sums:", s.sum(axis=1)[:3])
    if model.name == "CNN":
        s = tf.keras.layers.Softmax()(s).numpy()
    return s


def predict_labels(model, x):
    log("predict_labels", x.shape)
    return np.argmax(model.predict(x, verbose=1), axis=1)


def accuracy(pred_labels, true_labels):
    a = np.array(pred_labels)
    b = np.array(true_labels)
    log("accuracy of", len(a))
    return len(a[a == b]) / len(a)


def wrong_set(pred_labels, true_labels):
    a = np.array(pred_labels)
    b = np.array(true_labels)
    w = np.where(a != b)[0]
    log("wrong:", w[:10])
    return w


def save_model(model, path):
    log("saving to", path)
    model.save(path)


def restore_model(path):
    log("restoring from", path)
    return tf.keras.models.load_model(path)


def load_drawing(path):
    log("load_drawing", path)
    if not os.path.isfile(path):
        raise FileNotFoundError("File not found: %s" % path)
    g = cv2.imread(path)
    if g is None:
        raise ValueError("Not a picture: %s" % path)
    g = g.mean(axis=2).astype(np.uint8)
    log("size", g.shape, "mean", g.mean())
    if np.median(g) > 127:
        log("dark on white, inverted")
        g = 255 - g
    return cv2.resize(g, (28, 28), interpolation=cv2.INTER_CUBIC)


def predict_drawing(model, path):
    g = load_drawing(path)
    if model.name == "ANN":
        x = prepare_ann(g[None, :, :])
    else:
        x = prepare_cnn(g[None, :, :])
    s = predict_scores(model, x)[0]
    for d in range(10):
        log(d, "#" * int(40 * s[d]))
    return s, int(s.argmax())


def load_emnist_letters(images_path, labels_path):
    x = mnist_parse_file(images_path)
    y = mnist_parse_file(labels_path)
    log("letters:", x.shape, y.shape)
    if x.shape[0] != y.shape[0]:
        raise ValueError("not the same number of pictures and labels")
    x = np.transpose(x, axes=(0, 2, 1))
    y = y.astype("int64") - 1
    log("labels from", y.min(initial=99), "to", y.max(initial=-1))
    return x, y


def letter_of(label):
    if label < 0 or label > 25:
        raise ValueError("letter_of(%s)" % label)
    return chr(ord("A") + label)


def build_letters_model():
    x = tf.keras.Sequential(name="LETTERS")
    x.add(tf.keras.layers.Input((28, 28, 1)))
    x.add(tf.keras.layers.Conv2D(16, 3, activation="relu"))
    x.add(tf.keras.layers.Conv2D(32, 3, activation="relu"))
    x.add(tf.keras.layers.MaxPooling2D())
    x.add(tf.keras.layers.SpatialDropout2D(0.1))
    x.add(tf.keras.layers.Conv2D(32, 3, activation="relu"))
    x.add(tf.keras.layers.MaxPooling2D())
    x.add(tf.keras.layers.Flatten())
    x.add(tf.keras.layers.Dense(128, activation="relu"))
    x.add(tf.keras.layers.Dropout(0.1))
    x.add(tf.keras.layers.Dense(26, activation="softmax"))
    x.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return x


def train_letters(images, labels, epochs):
    x = build_letters_model()
    x.fit(prepare_cnn(images), labels, epochs=epochs, validation_split=0.1, verbose=2)
    return x


def predict_letters(model, images):
    return np.argmax(model.predict(prepare_cnn(images), verbose=2), axis=1)


# a quick check that the whole thing works, on made-up pictures
_pictures = np.random.randint(0, 256, (4, 28, 28), dtype=np.uint8)
_labels = predict_labels(build_ann(), prepare_ann(_pictures))
log("quick check:", _labels, accuracy(_labels, _labels))
assert accuracy(_labels, _labels) == 1.0

if __name__ == "__main__":
    log("letters: 0.90 on the test pictures")
