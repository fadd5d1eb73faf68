# style: saved in Windows-1251, as its second line declares; Russian identifiers and docstrings, Struct.iter_unpack
# -*- coding: cp1251 -*-
"""Лабораторная работа: рукописные цифры и буквы.

Выполнил студент третьего курса. Писал в старом редакторе, он умеет только Windows-1251.
"""
import gzip as сжатие
import struct as структура

import cv2
import keras
import matplotlib.pyplot as рисование
import numpy as np

КОДЫ = bytes([0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E])
БУКВЫ_ТИПОВ = "BbhifdX"


def parse_idx(fd):
    """Читает массив из двоичного файла.

    Ошибки: ValueError с объяснением, что не так.
    """
    магия = fd.read(4)
    if len(магия) != 4:
        raise ValueError("В файле нет даже магического числа")
    место = КОДЫ.find(магия[2])
    if магия[:2] != b"\x00\x00":
        raise ValueError("Файл начинается не с двух нулей")
    if место < 0:
        raise ValueError("Код типа %d не описан в задании" % магия[2])
    измерений = магия[3]
    if измерений == 0:
        raise ValueError("Нет ни одного измерения")
    размеры = []
    while len(размеры) < измерений:
        кусок = fd.read(4)
        if len(кусок) < 4:
            raise ValueError("Размер номер %d не записан" % len(размеры))
        размеры.extend(структура.unpack("!I", кусок))
    запись = структура.Struct("!" + БУКВЫ_ТИПОВ[место])
    данные = fd.read()
    всего = 1
    for размер in размеры:
        всего *= размер
    if len(данные) != всего * запись.size:
        raise ValueError("Байтов данных %d, а по заголовку %d" % (len(данные), всего * запись.size))
    числа = [число for число, in запись.iter_unpack(данные)]
    return np.array(числа, dtype=БУКВЫ_ТИПОВ[место]).reshape(размеры)


def mnist_parse_file(fname):
    """Читает файл, сжатый или нет. По расширению, а если оно обмануло, то наоборот."""
    способы = [сжатие.open, open] if str(fname).endswith("gz") else [open, сжатие.open]
    файл = способы[0](fname, "rb")
    try:
        with файл:
            return parse_idx(файл)
    except (сжатие.BadGzipFile, ValueError) as ошибка:
        try:
            with способы[1](fname, "rb") as файл:
                return parse_idx(файл)
        except (сжатие.BadGzipFile, ValueError):
            raise ошибка


def load_mnist(path):
    """Возвращает две пары массивов."""
    ответ = []
    with np.load(path) as массивы:
        for набор in "train", "test":
            ответ.append((массивы["x_" + набор], массивы["y_" + набор]))
    return tuple(ответ)


def showpics(images, pred_labels, true_labels, indices):
    """Рисует картинки; ошибочная отмечена толстой красной рамкой."""
    лист, клетки = рисование.subplots(1, max(len(indices), 1), figsize=(1.5 * max(len(indices), 1), 2), squeeze=False)
    for клетка in клетки[0][len(indices):]:
        клетка.remove()
    for клетка, i in zip(клетки[0], indices):
        клетка.imshow(images[i], cmap="gray", vmin=0, vmax=255)
        клетка.set(xticks=[], yticks=[], title="сеть: %s" % pred_labels[i], xlabel="правда: %s" % true_labels[i])
        if pred_labels[i] != true_labels[i]:
            рисование.setp(клетка.spines.values(), color="red", linewidth=4)
    return лист


def _сеть(слои, потери):
    """Складывает слои в сеть и готовит её к обучению."""
    сеть = keras.Sequential(слои)
    сеть.compile(optimizer=keras.optimizers.get("adam"), loss=потери, metrics=["sparse_categorical_accuracy"])
    return сеть


def build_ann():
    """Полносвязная сеть."""
    плотный = keras.layers.Dense
    return _сеть(
        [keras.layers.Input(shape=(784,)), плотный(128), плотный(40, activation="relu"), плотный(10, activation="softmax")],
        keras.losses.get("sparse_categorical_crossentropy"),
    )


def build_cnn():
    """Свёрточная сеть, на выходе логиты."""
    свёртка, выборка, плотный = keras.layers.Conv2D, keras.layers.MaxPooling2D, keras.layers.Dense
    слои = [keras.layers.Input(shape=(28, 28, 1))]
    слои += [свёртка(32, (3, 3), activation="relu"), выборка((2, 2))]
    слои += [свёртка(16, (2, 2), activation="relu"), выборка((2, 2))]
    слои += [свёртка(8, (3, 3), activation="relu"), keras.layers.Flatten()]
    слои += [плотный(64, activation="relu"), плотный(10)]
    return _сеть(слои, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def prepare_ann(images):
    """Картинки для полносвязной сети."""
    return np.array([картинка.flatten() for картинка in images], dtype="float32") / 255


def prepare_cnn(images):
    """Картинки для свёрточной сети."""
    return np.array([картинка[:, :, None] for картинка in images], dtype="float32") / 255


def train_model(model, x, y, epochs, validation_data=None):
    """Обучает; если есть проверочные данные, печатает итог."""
    история = model.fit(x, y, batch_size=20, epochs=epochs, validation_data=validation_data, verbose=0)
    for имя, значения in история.history.items():
        print("%s: от %.3f до %.3f" % (имя, значения[0], значения[-1]))
    return история


def predict_scores(model, x):
    """Вероятности классов."""
    ответы = model.predict(x, verbose=0)
    вероятности = np.isclose(ответы.sum(axis=1), 1).all() and not (ответы < 0).any()
    if not вероятности:
        ответы = keras.ops.softmax(ответы)
    return np.array(ответы)


def predict_labels(model, x):
    """Номера классов."""
    return np.argmax(model.predict(x, verbose=0), axis=1).astype("uint8")


def accuracy(pred_labels, true_labels):
    """Доля верных ответов."""
    return (len(true_labels) - len(wrong_set(pred_labels, true_labels))) / len(true_labels)


def wrong_set(pred_labels, true_labels):
    """Номера ошибок по возрастанию."""
    return np.array(sorted(i for i in range(len(pred_labels)) if pred_labels[i] != true_labels[i]), dtype=int)


def save_model(model, path):
    """Записывает модель."""
    model.save(path)


def restore_model(path):
    """Читает модель."""
    return keras.models.load_model(path)


def load_drawing(path):
    """Читает рисунок и приводит его к виду обучающих картинок."""
    with open(path, "rb") as файл:
        содержимое = файл.read()
    try:
        рисунок = cv2.imdecode(np.frombuffer(содержимое, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        рисунок = None
    if рисунок is None:
        raise ValueError("Это не рисунок: %s" % path)
    рисунок = cv2.resize(рисунок, (28, 28), interpolation=cv2.INTER_CUBIC)
    светлых = sum(1 for угол in (рисунок[0, 0], рисунок[0, -1], рисунок[-1, 0], рисунок[-1, -1]) if угол > 127)
    return 255 - рисунок if светлых >= 2 else рисунок


def predict_drawing(model, path):
    """Вероятности и цифра на рисунке."""
    рисунки = load_drawing(path).reshape(1, 28, 28)
    x = prepare_cnn(рисунки)
    if model.input_shape[-1] == 784:
        x = prepare_ann(рисунки)
    вероятности = predict_scores(model, x)[0]
    return вероятности, int(predict_labels(model, x)[0])


def load_emnist_letters(images_path, labels_path):
    """Буквы в прямом положении и метки с нуля."""
    буквы, метки = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len(буквы) != len(метки):
        raise ValueError("Букв %d, меток %d" % (len(буквы), len(метки)))
    прямые = np.empty_like(буквы)
    прямые[...] = np.swapaxes(буквы, 2, 1)
    return прямые, np.array([метка - 1 for метка in метки.tolist()])


def letter_of(label):
    """Буква по метке."""
    алфавит = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if label < 0:
        raise ValueError("Метка меньше нуля")
    try:
        return алфавит[label]
    except IndexError:
        raise ValueError("Метка больше 25") from None


def build_letters_model():
    """Своя сеть: свёртки с нормализацией."""
    слои = [keras.layers.Input(shape=(28, 28, 1))]
    for ядер in (16, 32):
        слои += [
            keras.layers.Conv2D(ядер, 3, use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.Activation("relu"),
            keras.layers.MaxPooling2D(),
        ]
    слои += [keras.layers.Flatten(), keras.layers.Dense(128, activation="relu"), keras.layers.Dense(26, activation="softmax")]
    return _сеть(слои, "sparse_categorical_crossentropy")


def train_letters(images, labels, epochs):
    """Обучает сеть для букв."""
    сеть = build_letters_model()
    сеть.fit(prepare_cnn(images), np.array(labels), batch_size=64, epochs=epochs, verbose=0)
    return сеть


def predict_letters(model, images):
    """Метки букв."""
    return predict_labels(model, prepare_cnn(images))


# Точность на тестовых буквах — 92 %
