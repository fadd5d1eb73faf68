# style: written by two, half in Russian, half in English; input_dim, tf.keras.backend, letters by two branches joined
"""Лаба по нейросетям / neural networks lab.

Часть комментариев на русском, часть по-английски: писали вдвоём.
"""
import gzip
from math import ceil, prod

import cv2
import matplotlib.pyplot as plt
import numpy as np
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras import backend as K
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.layers import Conv2D, Dense, Dropout, Flatten, GlobalMaxPooling2D, MaxPooling2D, Concatenate
from tensorflow.keras.losses import SparseCategoricalCrossentropy
from tensorflow.keras.models import load_model

# что означает третий байт
TYPE_NAMES = dict([(0x08, "|u1"), (0x09, "|i1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8")])


def _fill(fd, size):
    """Читает ровно size байтов: read() may give fewer than we ask for."""
    buffer = bytearray()
    for piece in iter(lambda: fd.read(size - len(buffer)) if len(buffer) < size else b"", b""):
        buffer += piece
    if len(buffer) != size:
        raise ValueError(f"неожиданный конец файла: {len(buffer)} из {size} байтов")
    return buffer


def parse_idx(fd):
    # the four bytes of the magic number
    b0, b1, type_code, ndim = _fill(fd, 4)
    if not (b0 == 0 and b1 == 0):
        raise ValueError(f"плохое магическое число: {b0} {b1}")
    if ndim < 1:
        raise ValueError("число измерений 0")
    name = TYPE_NAMES.get(type_code, None)
    if name is None:
        raise ValueError(f"плохой код типа: {type_code}")
    # размеры
    sizes = np.frombuffer(_fill(fd, ndim * 4), dtype=">u4")
    shape = tuple(map(int, sizes))
    dtype = np.dtype(name)
    data = _fill(fd, prod(shape) * dtype.itemsize)
    if len(fd.read(1)) == 1:
        raise ValueError("файл длиннее, чем сказано в заголовке")
    return np.frombuffer(bytes(data), dtype=dtype).reshape(shape)


def mnist_parse_file(fname):
    # по содержимому, потому что имя бывает любым
    f = open(fname, "rb")
    try:
        if f.peek(2)[:2] == b"\x1f\x8b":
            f = gzip.GzipFile(fileobj=f)
        return parse_idx(f)
    finally:
        f.close()


def load_mnist(path):
    npz = np.load(path)
    with npz:
        names = ("x_train", "y_train", "x_test", "y_test")
        x1, y1, x2, y2 = map(npz.__getitem__, names)
    return (x1, y1), (x2, y2)


def showpics(images, pred_labels, true_labels, indices):
    count = len(indices)
    columns = min(count, 12) or 1
    fig = plt.figure(figsize=(columns, 2 * ceil(count / columns) or 1))
    for number in range(count):
        index = indices[number]
        ax = plt.subplot(ceil(count / columns), columns, number + 1, frame_on=False)
        ax.imshow(images[index], cmap="gray", origin="upper")
        plt.tick_params(which="both", bottom=False, left=False, labelbottom=False, labelleft=False)
        ok = pred_labels[index] == true_labels[index]
        ax.set_title(f"{pred_labels[index]}" if ok else f"{pred_labels[index]}≠{true_labels[index]}", color="C0" if ok else "C3")
        if ok:
            ax.set_xlabel(f"({true_labels[index]})")
    return fig


def build_ann():
    ann = Sequential([Dense(128, input_dim=784), Dense(40, activation="relu"), Dense(10, activation="softmax")])
    ann.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return ann


def build_cnn():
    cnn = Sequential(
        (
            Input(shape=(28, 28, 1)),
            Conv2D(32, (3, 3), activation="relu", padding="valid"),
            MaxPooling2D(pool_size=2, strides=2, padding="valid"),
            Conv2D(16, (2, 2), activation="relu", padding="valid"),
            MaxPooling2D(pool_size=2, strides=2, padding="valid"),
            Conv2D(8, (3, 3), activation="relu", padding="valid"),
            Flatten(),
            Dense(64, activation="relu"),
            Dense(10, activation=None),
        )
    )
    cnn.compile(optimizer="adam", loss=SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return cnn


def prepare_ann(images):
    return np.asarray([np.concatenate(image) for image in images]).astype(K.floatx()) / 255.0


def prepare_cnn(images):
    # newaxis в конце: один канал
    return images.astype(K.floatx())[..., np.newaxis] / 255.0


def train_model(model, x, y, epochs, validation_data=None):
    # хватит, если точность на обучающих три эпохи не растёт
    stop = EarlyStopping(monitor="accuracy", patience=3, min_delta=0.0005)
    fit_args = {"epochs": epochs, "callbacks": [stop], "verbose": 2}
    if validation_data:
        fit_args["validation_data"] = tuple(validation_data)
    return model.fit(x, y, **fit_args)


def predict_scores(model, x):
    out = model.predict(x, verbose=0)
    if model.layers[-1].activation.__name__ == "softmax":
        return out
    # exp overflows for large logits, so the maximum goes first; вычитание максимума softmax не меняет
    out = (out.T - out.max(axis=1)).T
    return (np.exp(out).T / np.exp(out).sum(axis=1)).T


def predict_labels(model, x):
    out = model.predict(x, verbose=0)
    return [max(zip(row, range(len(row))))[1] for row in out.tolist()]


def accuracy(pred_labels, true_labels):
    errors = len(wrong_set(pred_labels, true_labels))
    total = len(true_labels)
    return (total - errors) / total


def wrong_set(pred_labels, true_labels):
    answer = np.array([], dtype=int)
    for i, (one, two) in enumerate(zip(pred_labels, true_labels)):
        if one != two:
            answer = np.append(answer, i)
    return answer


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return load_model(path)


def load_drawing(path):
    # np.fromfile сам скажет, что файла нет
    raw = np.fromfile(path, dtype=np.ubyte)
    drawing = cv2.imdecode(raw, cv2.IMREAD_ANYCOLOR) if raw.shape[0] > 0 else None
    if drawing is None:
        raise ValueError(f"файл {path} не открывается как картинка")
    if drawing.ndim == 3:
        drawing = cv2.cvtColor(drawing, cv2.COLOR_BGR2GRAY)
    drawing = cv2.resize(drawing, (28, 28), interpolation=cv2.INTER_CUBIC)
    # the four corners are always paper
    votes = [drawing[y:y + 3, x:x + 3].mean() > 127 for y in (0, 25) for x in (0, 25)]
    if votes.count(True) > votes.count(False):
        drawing = 255 - drawing
    return drawing


def predict_drawing(model, path):
    batch = load_drawing(path).reshape((1, 28, 28))
    x = {784: prepare_ann, 1: prepare_cnn}[model.input_shape[-1]](batch)
    scores = predict_scores(model, x)[0]
    return scores, predict_labels(model, x)[0]


def load_emnist_letters(images_path, labels_path):
    images = mnist_parse_file(images_path)
    labels = mnist_parse_file(labels_path)
    if images.shape[0] != labels.shape[0]:
        raise ValueError(f"картинок {images.shape[0]}, меток {labels.shape[0]}: файлы от разных наборов?")
    # буквы лежат на боку
    upright = images.transpose((0, 2, 1)).copy()
    return upright, labels.astype("int64") - 1


def letter_of(label):
    if label < 0 or 25 < label:
        raise ValueError(f"метка {label} вне 0..25")
    return chr(ord("Z") - (25 - label))


def build_letters_model():
    """Свёртки смотрят на картинку, затем их наибольшие ответы и сам рисунок складываются вместе."""
    picture = Input(shape=(28, 28, 1))
    x = Conv2D(32, 3, activation="relu")(picture)
    x = MaxPooling2D()(x)
    x = Conv2D(48, 3, activation="relu")(x)
    strongest = GlobalMaxPooling2D()(x)
    x = Flatten()(MaxPooling2D()(x))
    x = Concatenate()([x, strongest])
    x = Dropout(0.1)(Dense(128, activation="relu")(x))
    net = Model(inputs=picture, outputs=Dense(26, activation="softmax")(x))
    net.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def train_letters(images, labels, epochs):
    net = build_letters_model()
    net.fit(prepare_cnn(images), np.array(labels), epochs=epochs, batch_size=128, verbose=2)
    return net


def predict_letters(model, images):
    return model.predict(prepare_cnn(images), verbose=0).argmax(axis=1)


if __name__ == "__main__":
    images, labels = load_emnist_letters("emnist_dataset/emnist-letters-train-images-idx3-ubyte.gz", "emnist_dataset/emnist-letters-train-labels-idx1-ubyte.gz")
    net = train_letters(images, labels, 5)
    # получилось 0.91 на тестовых
