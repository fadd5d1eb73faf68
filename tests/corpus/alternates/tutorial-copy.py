# style: pieced together from Keras and OpenCV tutorials: float16-safe softmax helper, to_numpy helpers, cv2.threshold corners, dropout MLP
"""Title: MNIST and EMNIST with Keras
Description: a convnet, a dense net, and letters.
"""

"""
## Setup
"""

import gzip
import sys

import cv2
import keras
import numpy as np
from keras import layers
import matplotlib.pyplot as plt

"""
## Prepare the data
"""

num_classes = 10
input_shape = (28, 28, 1)
idx_types = {
    b"\x08": ("uint8", 1),
    b"\x09": ("int8", 1),
    b"\x0b": ("int16", 2),
    b"\x0c": ("int32", 4),
    b"\x0d": ("float32", 4),
    b"\x0e": ("float64", 8),
}


def _read32(bytestream):
    """As in the old TensorFlow tutorial."""
    word = bytestream.read(4)
    if len(word) != 4:
        raise ValueError("Invalid IDX file: end of file inside the header")
    return int(np.frombuffer(word, dtype=np.dtype(np.uint32).newbyteorder(">"))[0])


def parse_idx(fd):
    magic = _read32(fd)
    if magic >> 16 != 0 or magic & 0xFF == 0:
        raise ValueError("Invalid magic number %d in IDX file" % magic)
    code = bytes([magic >> 8 & 0xFF])
    if code not in idx_types:
        raise ValueError("Invalid type in magic number %d" % magic)
    name, width = idx_types[code]
    shape = [_read32(fd) for _ in range(magic & 0xFF)]
    num_bytes = width
    for dim in shape:
        num_bytes = num_bytes * dim
    buf = fd.read(num_bytes)
    if len(buf) != num_bytes:
        raise ValueError("Invalid IDX file: %d bytes of data missing" % (num_bytes - len(buf)))
    if fd.read(1):
        raise ValueError("Invalid IDX file: trailing bytes")
    data = np.frombuffer(buf, dtype=np.dtype(name))
    if sys.byteorder == "little" and width > 1:
        data = data.byteswap()
    return data.reshape(shape)


def mnist_parse_file(fname):
    print("Extracting", fname)
    with open(fname, "rb") as f:
        if f.read(2) == b"\x1f\x8b":
            f.seek(0)
            with gzip.GzipFile(fileobj=f) as bytestream:
                return parse_idx(bytestream)
        f.seek(0)
        return parse_idx(f)


def load_mnist(path):
    # from keras.datasets.mnist
    with np.load(path, allow_pickle=True) as f:
        x_train, y_train = f["x_train"], f["y_train"]
        x_test, y_test = f["x_test"], f["y_test"]

        return (x_train, y_train), (x_test, y_test)


def prepare_ann(images):
    # Scale images to the [0, 1] range
    return images.astype("float32").reshape(images.shape[0], np.prod(input_shape)) / 255


def prepare_cnn(images):
    # Make sure images have shape (28, 28, 1)
    return np.expand_dims(images.astype("float32") / 255, -1)


"""
## Build the models
"""


def build_ann():
    model = keras.Sequential(
        [
            keras.Input(shape=(784,)),
            layers.Dense(128),
            layers.Dense(40, activation="relu"),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def build_cnn():
    model = keras.Sequential(
        [
            keras.Input(shape=input_shape),
            layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(16, kernel_size=(2, 2), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(8, kernel_size=(3, 3), activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(num_classes),
        ]
    )
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(learning_rate=1e-3),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
    )
    return model


"""
## Train the model
"""


def train_model(model, x, y, epochs, validation_data=None):
    callbacks = [keras.callbacks.EarlyStopping(monitor="val_loss" if validation_data else "loss", patience=2)]
    return model.fit(x, y, batch_size=32, epochs=epochs, validation_data=validation_data, callbacks=callbacks)


"""
## Evaluate the trained model
"""


def predict_scores(model, x):
    predictions = model.predict(x)
    ends_in_softmax = model.layers[-1].get_config()["activation"] == "softmax"
    probability_model = model if ends_in_softmax else keras.Sequential([model, layers.Softmax()])
    return probability_model.predict(x)


def predict_labels(model, x):
    return np.argmax(model.predict(x), axis=1)


def accuracy(pred_labels, true_labels):
    m = keras.metrics.Mean()
    m.update_state(np.equal(np.asarray(pred_labels), np.asarray(true_labels)).astype("float32"))
    return float(m.result())


def wrong_set(pred_labels, true_labels):
    incorrect = np.nonzero(np.asarray(pred_labels).ravel() != np.asarray(true_labels).ravel())
    return incorrect[0]


def showpics(images, pred_labels, true_labels, indices):
    # from "Basic classification: Classify images of clothing"
    figure = plt.figure(figsize=(10, 10))
    for n, i in enumerate(indices):
        plt.subplot(len(indices) // 5 + 1, 5, n + 1)
        plt.xticks([])
        plt.yticks([])
        plt.grid(False)
        plt.imshow(images[i], cmap=plt.cm.binary)
        if pred_labels[i] == true_labels[i]:
            color = "blue"
        else:
            color = "red"
        plt.xlabel("{} ({})".format(pred_labels[i], true_labels[i]), color=color)
    return figure


"""
## Save and load
"""


def save_model(model, path):
    # Save the entire model as a `.keras` zip archive.
    model.save(path)


def restore_model(path):
    new_model = keras.models.load_model(path)
    new_model.summary()
    return new_model


"""
## My drawing
"""


def load_drawing(path):
    with open(path, "rb") as stream:
        numpyarray = np.asarray(bytearray(stream.read()), dtype=np.uint8)
    if numpyarray.size == 0:
        raise ValueError("could not be read, is it empty? " + str(path))
    img = cv2.imdecode(numpyarray, cv2.IMREAD_GRAYSCALE)
    assert_message = "file could not be read, check with os.path.exists()"
    if img is None:
        raise ValueError(assert_message)
    res = cv2.resize(img, (28, 28), interpolation=cv2.INTER_CUBIC)
    ret, thresh = cv2.threshold(res, 127, 255, cv2.THRESH_BINARY)
    corners = [thresh[0][0], thresh[0][-1], thresh[-1][0], thresh[-1][-1]]
    if corners.count(255) >= 2:
        res = cv2.bitwise_not(res)
    return res


def predict_drawing(model, path):
    img = load_drawing(path)
    # Add the image to a batch where it's the only member.
    img = np.expand_dims(img, 0)
    x = prepare_cnn(img) if len(model.input_shape) == 4 else prepare_ann(img)
    predictions_single = predict_scores(model, x)
    return predictions_single[0], int(np.argmax(predictions_single[0]))


"""
## Letters
"""


def load_emnist_letters(images_path, labels_path):
    images = mnist_parse_file(images_path)
    labels = mnist_parse_file(labels_path)
    if images.shape[0] != labels.shape[0]:
        raise ValueError("images.shape: %s labels.shape: %s" % (images.shape, labels.shape))
    # The EMNIST images are inverted horizontally and rotated 90 anti-clockwise
    return np.array([np.fliplr(np.rot90(image, 3)) for image in images]).reshape(images.shape), labels - 1


def letter_of(label):
    if label < 0 or label > 25:
        raise ValueError("label must be in [0, 25], got %s" % label)
    return chr(label + 65)


def build_letters_model():
    model = keras.Sequential(
        [
            keras.Input(shape=input_shape),
            layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(26, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def train_letters(images, labels, epochs):
    model = build_letters_model()
    # one-hot labels and categorical crossentropy would do as well
    model.fit(prepare_cnn(images), labels, batch_size=128, epochs=epochs)
    return model


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


"""
Accuracy on the letters: 0.87
"""
