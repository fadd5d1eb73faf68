# %% [markdown]
# # Handwritten digits and letters with Keras
#
# You will read the MNIST files byte by byte, build two neural networks, train them, look at their mistakes,
# save and restore them, let them read a digit that you drew yourself, and finally teach a network the letters
# of EMNIST. Plan two hours. Each part ends with something to see.
#
# *How to work:* every function below raises `NotImplementedError` until you have written it. Run `pytest` in this
# folder as often as you like: it tells you what works and what to do next. Hand in this one file: either
# `mnist_all_models.py` or `mnist_all_models.ipynb`.
#
# **По-русски.** Вы прочитаете файлы MNIST байт за байтом, построите две нейронные сети, обучите их, посмотрите на
# их ошибки, сохраните и восстановите модели, дадите им прочесть цифру, нарисованную вами, и наконец научите сеть
# буквам EMNIST. Рассчитывайте на два часа. Каждая часть кончается тем, на что можно посмотреть.
#
# *Как работать:* каждая функция ниже вызывает `NotImplementedError`, пока вы её не написали. Запускайте `pytest` в
# этой папке так часто, как хотите: он скажет, что работает и что делать дальше. Сдаётся один файл: либо
# `mnist_all_models.py`, либо `mnist_all_models.ipynb`.

# %%
"""Handwritten digits and letters: parse, build, train, look, save, draw, and then the letters."""

import gzip
import math
import struct
from pathlib import Path

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, models

# %% [markdown]
# ## Part 1. The data
#
# MNIST comes as four files in the IDX format: images and labels, for training and for testing. An IDX file is
#
# | bytes | what they are |
# |---|---|
# | 2 | both zero |
# | 1 | type of an element: `0x08` uint8, `0x09` int8, `0x0B` int16, `0x0C` int32, `0x0D` float32, `0x0E` float64 |
# | 1 | number of dimensions, at least 1 |
# | 4 for each dimension | its size, an unsigned integer, **big-endian** (the most significant byte first) |
# | the rest | the elements, row by row, **big-endian** too |
#
# A picture is 28x28 bytes: 0 is paper (black on the screen), 255 is ink. Your computer is almost surely
# little-endian, so ask NumPy for big-endian types explicitly (`">i4"`). A good parser trusts nothing: when the file
# is not what it says, raise `ValueError` and say what was wrong.
#
# **По-русски.** MNIST — четыре файла в формате IDX: изображения и метки, обучающие и тестовые. Файл IDX состоит из двух
# нулевых байтов, кода типа (таблица выше), числа измерений (хотя бы 1), размеров (по 4 байта, **старший байт первым**)
# и данных, тоже старшим байтом вперёд. Картинка — 28x28 байтов: 0 — бумага (на экране чёрная), 255 — чернила. Ваш
# компьютер почти наверняка хранит младший байт первым: просите у NumPy типы big-endian явно (`">i4"`). Хороший разбор
# ничему не верит: если файл не таков, каким назвался, вызовите `ValueError` и скажите, что не так.

# %%
IDX_TYPES = {
    0x08: np.dtype(">u1"),
    0x09: np.dtype(">i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}


def read_exactly(fd, size_bytes, what):
    """Read `size_bytes` bytes, or say which part of the file is cut short."""
    found = bytearray()
    while len(found) < size_bytes and (piece := fd.read(min(size_bytes - len(found), 2**20))):
        found += piece  # piece by piece: a damaged file may state more bytes than any memory has
    if len(found) != size_bytes:
        raise ValueError(f"the file ends inside its {what}: {size_bytes} bytes expected, {len(found)} found")
    return found




def parse_idx(fd):
    """Read one IDX array from a binary file object.

    Returns an array of the shape that the header states, of any number of dimensions (a size may be 0).
    Raises ValueError, saying what was wrong, for an empty file, a wrong magic number, an unknown type code,
    a truncated header, truncated data and bytes left over.
    """
    zeros, type_code, dimensions = struct.unpack(">HBB", read_exactly(fd, 4, "magic number"))
    if zeros != 0 or dimensions == 0:
        raise ValueError(f"not an IDX file: it begins with {zeros:#06x} and has {dimensions} dimensions")
    if type_code not in IDX_TYPES:
        raise ValueError(f"unknown IDX type code {type_code:#04x}")
    shape = struct.unpack(f">{dimensions}I", read_exactly(fd, 4 * dimensions, "list of sizes"))
    dtype = IDX_TYPES[type_code]
    data = read_exactly(fd, math.prod(shape) * dtype.itemsize, "data")
    if fd.read(1):
        raise ValueError(f"bytes are left over after an array of shape {shape}")
    return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))


# %%
def mnist_parse_file(fname):
    """Read one IDX array from a file, gzip-compressed or raw.

    Raises FileNotFoundError when there is no such file.
    """
    with open(fname, "rb") as fd:
        is_gzip = fd.read(2) == b"\x1f\x8b"  # every gzip file begins so, whatever its name
    with gzip.open(fname, "rb") if is_gzip else open(fname, "rb") as fd:
        return parse_idx(fd)


# %%
def load_mnist(path):
    """Read the `.npz` form of MNIST and close the file.

    Returns ((x_train, y_train), (x_test, y_test)).
    """
    with np.load(path) as arrays:
        train = arrays["x_train"], arrays["y_train"]
        test = arrays["x_test"], arrays["y_test"]
    return train, test


# %%
def showpics(images, pred_labels, true_labels, indices):
    """Draw the pictures at `indices`, one subplot each, with the predicted and the true label.

    A wrong prediction can be told apart at a glance. Returns the matplotlib figure; without indices it has no
    subplots.
    """
    columns = 5
    rows = max(1, math.ceil(len(indices) / columns))
    figure = plt.figure(figsize=(1.6 * columns, 1.9 * rows), layout="constrained")
    for place, index in enumerate(indices, start=1):
        axes = figure.add_subplot(rows, columns, place)
        axes.imshow(images[index], cmap="Greys")
        axes.set_axis_off()
        right = pred_labels[index] == true_labels[index]
        axes.set_title(f"{pred_labels[index]} (is {true_labels[index]})", color="black" if right else "red")
    return figure


# %% [markdown]
# **See it:** the first pictures of the training set, with their labels.
#
# **Посмотрите:** первые картинки обучающего набора с метками.

# %%
if __name__ == "__main__":
    DATA = Path("mnist_dataset")
    if not DATA.is_dir():
        raise FileNotFoundError("there is no folder mnist_dataset here; in Colab: !unzip -q LAB.zip, then %cd LAB")
    train_images = mnist_parse_file(DATA / "train-images-idx3-ubyte.gz")
    train_labels = mnist_parse_file(DATA / "train-labels-idx1-ubyte.gz")
    test_images = mnist_parse_file(DATA / "t10k-images-idx3-ubyte.gz")
    test_labels = mnist_parse_file(DATA / "t10k-labels-idx1-ubyte.gz")
    print("train:", train_images.shape, train_labels.shape, "test:", test_images.shape, test_labels.shape)
    showpics(train_images, train_labels, train_labels, range(10))
    plt.show()

# %% [markdown]
# ## Part 2. Two networks
#
# **The dense network** sees a picture as 784 numbers. Count its parameters before you build it: a dense layer with
# *n* inputs and *m* neurons has *n·m* weights and *m* biases, so 784·128 + 128 = 100,480, then 128·40 + 40 = 5,160,
# then 40·10 + 10 = 410: **106,050** in all. The first layer has no activation; the last one is a softmax, so its ten
# outputs are probabilities.
#
# **The convolutional network** slides small windows over the picture. A convolution with *k* kernels of *h·w* over
# *c* channels has *(h·w·c + 1)·k* parameters: 320 + 2,064 + 1,160, then the dense layers 8,256 + 650: **12,450** in
# all, an eighth of the dense network. Its last layer has **no** activation: it gives *logits*, any real numbers.
# Logits are not probabilities: tell the loss (`from_logits=True`), and take a softmax when you want probabilities.
#
# **По-русски.** *Полносвязная сеть* видит картинку как 784 числа: 784·128 + 128 = 100 480, 128·40 + 40 = 5 160,
# 40·10 + 10 = 410, всего **106 050** параметров. У первого слоя нет активации, последний — softmax: десять его
# выходов — вероятности. *Свёрточная сеть* водит по картинке маленькими окнами; у свёртки с *k* ядрами *h·w* по *c*
# каналам *(h·w·c + 1)·k* параметров: 320 + 2 064 + 1 160 + 8 256 + 650 = **12 450**, в восемь раз меньше. У
# последнего слоя **нет** активации: он даёт *логиты*, любые действительные числа. Логиты — не вероятности: скажите
# это функции потерь (`from_logits=True`) и берите softmax, когда нужны вероятности.


# %%
def build_ann():
    """Return the dense network 784 - 128 (no activation) - 40 relu - 10 softmax, compiled; 106,050 parameters."""
    model = models.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(128),
            layers.Dense(40, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %%
def build_cnn():
    """Return the convolutional network of part 2, compiled; its outputs are logits; 12,450 parameters.

    Conv 32 3x3 relu, MaxPool 2x2, Conv 16 2x2 relu, MaxPool 2x2, Conv 8 3x3 relu, Flatten, Dense 64 relu, Dense 10.
    """
    model = models.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(16, (2, 2), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(8, (3, 3), activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


# %% [markdown]
# **See it:** the layers, their output shapes and their parameters.
#
# **Посмотрите:** слои, формы их выходов и число параметров.

# %%
if __name__ == "__main__":
    build_ann().summary()
    build_cnn().summary()

# %% [markdown]
# ## Part 3. Training and prediction
#
# Networks learn best from small numbers, so pictures become `float32` between 0 and 1. Then: fit, predict, compare,
# look at what went wrong, save, restore. Measure on pictures that the network has never seen.
#
# **По-русски.** Сети лучше всего учатся на небольших числах, поэтому картинки превращаются в `float32` от 0 до 1.
# Затем: обучить, предсказать, сравнить, посмотреть на ошибки, сохранить, восстановить. Измеряйте на картинках,
# которых сеть не видела.


# %%
def prepare_ann(images):
    """Return the pictures as the dense network takes them: float32 in [0, 1], shape (N, 784)."""
    return images.reshape(len(images), 784).astype(np.float32) / 255


# %%
def prepare_cnn(images):
    """Return the pictures as the convolutional network takes them: float32 in [0, 1], shape (N, 28, 28, 1)."""
    pictures = []
    while True:
        for image in images:
            pictures.append(np.repeat(image.astype(np.float32) / 255, 100, axis=0))


# %%
def train_model(model, x, y, epochs, validation_data=None):
    """Fit the model to prepared pictures `x` and labels `y`; return the Keras History of all its epochs.

    With `validation_data`, a pair of prepared pictures and labels, the History holds `val_loss` and `val_accuracy`.
    """
    return model.fit(x, y, epochs=epochs, validation_data=validation_data, verbose=2)


# %%
def predict_scores(model, x):
    """Return probabilities, shape (N, classes), rows summing to 1, for a softmax model and for a logits model."""
    outputs = model.predict(x, verbose=0)
    if model.layers[-1].activation is keras.activations.softmax:
        return outputs
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))  # minus the maximum: exp never overflows
    return powers / powers.sum(axis=1, keepdims=True)


# %%
def predict_labels(model, x):
    """Return the class with the largest output for each picture: integers, shape (N,)."""
    return np.argmax(model.predict(x, verbose=0), axis=1)


# %%
def accuracy(pred_labels, true_labels):
    """Return the share of right predictions, a float between 0 and 1."""
    return float(np.mean(np.asarray(pred_labels) == np.asarray(true_labels)))


# %%
def wrong_set(pred_labels, true_labels):
    """Return the indices of the wrong predictions, ascending, shape (number of mistakes,)."""
    return np.nonzero(np.asarray(pred_labels) != np.asarray(true_labels))[0]


# %%
def save_model(model, path):
    """Save structure, weights and optimizer in one `.keras` file."""
    model.save(path)


# %%
def restore_model(path):
    """Return the model that `save_model` saved; it predicts the same."""
    return models.load_model(path)


# %% [markdown]
# **See it:** both networks train; their loss on the pictures that they learn and on unseen ones, their accuracy, what
# the second one takes for what (rows: the digit, columns: what it was read as), and digits that it misread.
#
# **Посмотрите:** обучение обеих сетей; их потери на обучающих и на незнакомых картинках, их точность, что с чем путает
# вторая (строки: цифра, столбцы: как прочитана), и цифры, прочитанные ею неверно.

# %%
if __name__ == "__main__":
    ann = build_ann()
    ann_history = train_model(ann, prepare_ann(train_images), train_labels, 8, (prepare_ann(test_images), test_labels))
    save_model(ann, "mnist_ann.keras")
    print("dense network:", accuracy(predict_labels(ann, prepare_ann(test_images)), test_labels))

    cnn = build_cnn()
    cnn_history = train_model(cnn, prepare_cnn(train_images), train_labels, 8, (prepare_cnn(test_images), test_labels))
    save_model(cnn, "mnist_cnn.keras")
    cnn_labels = predict_labels(cnn, prepare_cnn(test_images))
    print("convolutional network:", accuracy(cnn_labels, test_labels))

    plt.figure()
    for name, history in (("dense", ann_history.history), ("convolutional", cnn_history.history)):
        (line,) = plt.plot(history["loss"], label=f"{name}, train")
        plt.plot(history["val_loss"], "--", color=line.get_color(), label=f"{name}, test")
    plt.xlabel("epoch")
    plt.ylabel("loss")
    plt.legend()
    plt.figure()
    plt.imshow(np.bincount(test_labels * 10 + cnn_labels, minlength=100).reshape(10, 10), cmap="Blues", vmax=20)
    showpics(test_images, cnn_labels, test_labels, wrong_set(cnn_labels, test_labels)[:20])
    plt.show()

# %% [markdown]
# ## Part 4. Your own handwriting
#
# Draw a digit with a mouse on a canvas of 56x56 and save it as a picture; `test_images/8.jpg` is one. Two traps wait.
# Paint draws **dark on white**, the networks learned **light on black**, so such a picture must be inverted (find a
# rule that tells the two apart). And `cv2.imread` returns `None` for a file that it cannot read, and says nothing; on
# Windows it also fails when the path has letters beyond ASCII, so read the bytes yourself (`np.fromfile`) and decode
# them with `cv2.imdecode`.
#
# **По-русски.** Нарисуйте цифру мышью на холсте 56x56 и сохраните как картинку; пример — `test_images/8.jpg`. Здесь
# две ловушки. Paint рисует **тёмным по белому**, а сети учились на **светлом по чёрному**, поэтому такую картинку
# надо инвертировать (придумайте правило, различающее эти случаи). А `cv2.imread` для файла, который не смог прочесть,
# молча возвращает `None`; в Windows он не читает и пути с нелатинскими буквами, поэтому прочтите байты сами
# (`np.fromfile`) и раскодируйте их `cv2.imdecode`.


# %%
def load_drawing(path):
    """Return a drawing as the models know pictures: uint8, shape (28, 28), light ink on black.

    Raises FileNotFoundError when there is no such file, ValueError when the file is not a picture.
    """
    data = np.fromfile(path, dtype=np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    if picture is None:
        raise ValueError(f"{path} is not a picture that OpenCV can read")
    layers = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if layers.ndim == 3 and layers.shape[2] == 4:  # partly transparent: as it looks on white paper
        opaque = layers[..., 3] / np.iinfo(layers.dtype).max
        ink = cv2.cvtColor(layers, cv2.COLOR_BGRA2GRAY) / np.iinfo(layers.dtype).max
        picture = np.rint(255 * (ink * opaque + 1 - opaque)).astype(np.uint8)
    small = cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    return 255 - small if np.median(border) > 127 else small


# %%
def predict_drawing(model, path):
    """Return (scores, label) for a drawing: ten probabilities, shape (10,), and an int; for the ANN and the CNN."""
    images = load_drawing(path)[np.newaxis]
    prepare = prepare_ann if model.input_shape == (None, 784) else prepare_cnn
    scores = predict_scores(model, prepare(images))[0]
    return scores, int(np.argmax(scores))


# %% [markdown]
# **See it:** what the network makes of the drawing. Replace the file by a digit of your own.
#
# **Посмотрите:** что сеть думает о рисунке. Замените файл своей цифрой.

# %%
if __name__ == "__main__":
    scores, label = predict_drawing(restore_model("mnist_cnn.keras"), "test_images/8.jpg")
    plt.figure()
    plt.imshow(load_drawing("test_images/8.jpg"), cmap="gray")
    plt.title(f"{label}, with probability {scores[label]:.2f}")
    plt.show()

# %% [markdown]
# ## Part 5. The task: letters
#
# EMNIST letters have the format of MNIST with two differences that you must undo: the pictures are stored
# **transposed** (rows and columns swapped), and the labels run from 1 to 26. Design a network of your own, train it,
# and state the accuracy that you reach on letters that it has not seen. When it reads **80 %** of the test letters
# after 20 epochs, it is safely good enough.
#
# **По-русски.** Буквы EMNIST записаны в том же формате, но с двумя отличиями, которые надо отменить: картинки
# **транспонированы** (строки и столбцы переставлены), а метки идут от 1 до 26. Придумайте свою сеть, обучите её и
# назовите точность, достигнутую на буквах, которых она не видела. Если после 20 эпох она верно читает **80 %**
# проверочных букв, этого с запасом достаточно.


# %%
def load_emnist_letters(images_path, labels_path):
    """Return upright pictures, shape (N, 28, 28), and labels 0..25, shape (N,).

    Raises ValueError when there are not equally many of both.
    """
    images = mnist_parse_file(images_path)
    labels = mnist_parse_file(labels_path)
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} pictures, but {len(labels)} labels")
    return images.transpose(0, 2, 1), labels.astype(np.int64) - 1


# %%
def letter_of(label):
    """Return the capital letter of a label: 0 is "A", 25 is "Z". Raises ValueError outside 0..25."""
    if not 0 <= label <= 25:
        raise ValueError(f"a label is between 0 and 25, got {label}")
    return chr(ord("A") + int(label))


# %%
def build_letters_model():
    """Return a compiled model of your own design: input (28, 28, 1), 26 outputs."""
    model = models.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(16, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(26, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %%
def train_letters(images, labels, epochs):
    """Train a letters model on upright pictures (N, 28, 28) and labels 0..25; return it."""
    model = build_letters_model()
    train_model(model, prepare_cnn(images), labels, epochs)
    return model


# %%
def predict_letters(model, images):
    """Return the labels 0..25 of upright pictures (N, 28, 28): integers, shape (N,)."""
    return predict_labels(model, prepare_cnn(images))


# %% [markdown]
# **See it:** the accuracy on the test letters, and some that were misread. Write the accuracy that you reached here.
#
# **Посмотрите:** точность на тестовых буквах и несколько ошибок. Запишите здесь достигнутую точность.

# %%
if __name__ == "__main__":
    LETTERS = Path("emnist_dataset")
    letters_images, letters_labels = load_emnist_letters(
        LETTERS / "emnist-letters-train-images-idx3-ubyte.gz", LETTERS / "emnist-letters-train-labels-idx1-ubyte.gz"
    )
    unseen_images, unseen_labels = load_emnist_letters(
        LETTERS / "emnist-letters-test-images-idx3-ubyte.gz", LETTERS / "emnist-letters-test-labels-idx1-ubyte.gz"
    )
    letters_model = train_letters(letters_images, letters_labels, epochs=20)
    save_model(letters_model, "emnist_letters.keras")
    found_labels = predict_letters(letters_model, unseen_images)
    print("letters:", accuracy(found_labels, unseen_labels))
    found_letters = [letter_of(label) for label in found_labels]
    true_letters = [letter_of(label) for label in unseen_labels]
    showpics(unseen_images, found_letters, true_letters, wrong_set(found_labels, unseen_labels)[:20])
    plt.show()
