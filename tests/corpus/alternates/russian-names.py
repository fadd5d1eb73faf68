# style: русские имена и комментарии везде, где их не задаёт условие; array вместо NumPy при разборе
import array
import gzip
import sys

import cv2
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential, layers as слои

# код типа -> буква модуля array и размер элемента в байтах
ТИПЫ = {0x08: ("B", 1), 0x09: ("b", 1), 0x0B: ("h", 2), 0x0C: ("i", 4), 0x0D: ("f", 4), 0x0E: ("d", 8)}
АЛФАВИТ = [chr(код) for код in range(ord("A"), ord("Z") + 1)]


class ОшибкаФайла(ValueError):
    """Файл не таков, каким назвался."""


def проверить(условие, *слова):
    if not условие:
        raise ОшибкаФайла(" ".join(map(str, слова)))


def из_байтов(буква, данные):
    """Разбирает числа, записанные старшим байтом вперёд."""
    числа = array.array(буква, данные)
    if sys.byteorder == "little":
        числа.byteswap()
    return числа


def parse_idx(fd):
    """Читает массив IDX."""
    магия = fd.read(4)
    проверить(len(магия) == 4, "файл обрывается на магическом числе:", len(магия), "байтов")
    проверить(магия[:2] == b"\0\0", "первые два байта не нули:", магия[:2].hex())
    код, измерений = магия[2:]
    проверить(код in ТИПЫ, "неизвестный код типа", код)
    проверить(измерений > 0, "у массива нет измерений")
    заголовок = fd.read(4 * измерений)
    проверить(len(заголовок) == 4 * измерений, "заголовок обрывается")
    форма = tuple(из_байтов("I", заголовок))

    буква, ширина = ТИПЫ[код]
    нужно = ширина
    for сторона in форма:
        нужно *= сторона
    данные = fd.read()
    проверить(len(данные) >= нужно, "данных не хватает:", len(данные), "байтов вместо", нужно)
    проверить(len(данные) == нужно, "в конце файла лишние байты:", len(данные) - нужно)
    return np.array(из_байтов(буква, данные), dtype=буква).reshape(форма)


def mnist_parse_file(fname):
    """Сначала пробуем как gzip; если это не он, читаем как есть."""
    try:
        with gzip.open(fname) as файл:
            return parse_idx(файл)
    except gzip.BadGzipFile:
        with open(fname, "rb") as файл:
            return parse_idx(файл)


def load_mnist(path):
    with np.load(path) as архив:
        обучающие = архив["x_train"], архив["y_train"]
        тестовые = архив["x_test"], архив["y_test"]
    return обучающие, тестовые


def showpics(images, pred_labels, true_labels, indices):
    """Рисует картинки; у ошибочных подпись на русском «неверно»."""
    холст = plt.figure("Картинки")
    холст.clf()
    for место, номер in enumerate(indices):
        строка, столбец = divmod(место, 7)
        оси = plt.subplot2grid((len(indices) // 7 + 1, 7), (строка, столбец))
        оси.matshow(images[номер])
        оси.set_axis_off()
        предсказано, правда = pred_labels[номер], true_labels[номер]
        if предсказано == правда:
            оси.set_title(f"{предсказано}, верно {правда}")
        else:
            оси.set_title(f"{предсказано}, неверно: это {правда}")
    return холст


def build_ann():
    сеть = Sequential(name="plotnaya")
    for слой in (слои.Dense(128, input_shape=(784,)), слои.Dense(40, activation="relu"), слои.Dense(10, activation="softmax")):
        сеть.add(слой)
    сеть.compile(loss="sparse_categorical_crossentropy", optimizer=tf.keras.optimizers.Adam(), metrics=["sparse_categorical_accuracy"])
    return сеть


def build_cnn():
    сеть = Sequential(name="svyortochnaya")
    сеть.add(слои.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)))
    for ядер, сторона in ((16, 2), (8, 3)):
        сеть.add(слои.MaxPool2D((2, 2)))
        сеть.add(слои.Conv2D(ядер, (сторона, сторона), activation="relu"))
    сеть.add(слои.Flatten())
    сеть.add(слои.Dense(64, activation="relu"))
    сеть.add(слои.Dense(10))  # логиты
    сеть.compile(
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=tf.keras.optimizers.Adam(),
        metrics=["sparse_categorical_accuracy"],
    )
    return сеть


def в_единицы(картинки, *форма):
    return (картинки / 255.0).astype("float32").reshape(len(картинки), *форма)


def prepare_ann(images):
    return в_единицы(images, 784)


def prepare_cnn(images):
    return в_единицы(images, 28, 28, 1)


def train_model(model, x, y, epochs, validation_data=None):
    print("Обучение:", len(x), "картинок,", epochs, "эпох")
    return model.fit(x, y, epochs=epochs, validation_data=validation_data, shuffle=True, verbose=1)


def выходы(сеть, x):
    return сеть.predict_on_batch(x)


def predict_scores(model, x):
    ответы = tf.constant(выходы(model, x))
    это_вероятности = tf.reduce_all(ответы >= 0) and tf.reduce_all(tf.abs(tf.reduce_sum(ответы, 1) - 1) < 1e-3)
    return (ответы if это_вероятности else tf.nn.softmax(ответы)).numpy()


def predict_labels(model, x):
    return tf.argmax(выходы(model, x), axis=1).numpy()


def accuracy(pred_labels, true_labels):
    верных = [один == другой for один, другой in zip(pred_labels, true_labels)]
    return верных.count(True) / len(верных)


def wrong_set(pred_labels, true_labels):
    пары = zip(pred_labels, true_labels)
    return np.array([номер for номер, (один, другой) in enumerate(пары) if один != другой], dtype=int)


def save_model(model, path):
    tf.keras.models.save_model(model, path)


def restore_model(path):
    return tf.keras.models.load_model(path)


def load_drawing(path):
    with open(path, "rb") as файл:
        байты = bytearray(файл.read())
    картинка = cv2.imdecode(np.asarray(байты, dtype=np.uint8), cv2.IMREAD_GRAYSCALE) if байты else None
    if картинка is None:
        raise ValueError(f"Файл {path} не похож на картинку")
    картинка = cv2.resize(картинка, (28, 28), interpolation=cv2.INTER_CUBIC)
    рамка = картинка.copy()
    рамка[2:-2, 2:-2] = 0
    средняя_яркость_рамки = рамка.sum() / (28 * 28 - 24 * 24)
    if средняя_яркость_рамки > 128:  # бумага белая
        картинка = 255 - картинка
    return картинка


def predict_drawing(model, path):
    готовить = {2: prepare_ann, 4: prepare_cnn}[len(model.input_shape)]
    оценки = predict_scores(model, готовить(load_drawing(path)[None]))[0]
    return оценки, int(оценки.argmax())


def load_emnist_letters(images_path, labels_path):
    буквы = mnist_parse_file(images_path)
    метки = mnist_parse_file(labels_path)
    if len(буквы) != len(метки):
        raise ValueError(f"Картинок {len(буквы)}, а меток {len(метки)}")
    return np.stack([буква.T for буква in буквы]), метки.astype(int) - 1


def letter_of(label):
    if label in range(26):
        return АЛФАВИТ[label]
    raise ValueError(f"Метка {label} не от 0 до 25")


def build_letters_model():
    """Полносвязная сеть: и она справляется."""
    сеть = Sequential([
        слои.Input(shape=(28, 28, 1)),
        слои.Flatten(),
        слои.Dense(512, activation="relu"),
        слои.Dense(128, activation="relu"),
        слои.Dense(26, activation="softmax"),
    ])
    сеть.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return сеть


def train_letters(images, labels, epochs):
    сеть = build_letters_model()
    сеть.fit(prepare_cnn(images), np.asarray(labels), epochs=epochs, batch_size=128, verbose=2)
    return сеть


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


if __name__ == "__main__":
    картинки, метки = mnist_parse_file("mnist_dataset/t10k-images-idx3-ubyte.gz"), mnist_parse_file("mnist_dataset/t10k-labels-idx1-ubyte.gz")
    showpics(картинки, метки, метки, range(14))
    plt.show()
# Точность на тестовых буквах: 0,88
