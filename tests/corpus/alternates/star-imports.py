# style: star imports of numpy, keras.layers, keras.models and pylab-like names; global constants computed at import
from gzip import *
from numpy import *
from tensorflow.keras.layers import *
from tensorflow.keras.models import *
from tensorflow.keras.losses import *
from tensorflow.keras.optimizers import *
from tensorflow.keras.callbacks import *
from tensorflow.keras.activations import *
from matplotlib.pyplot import *
import builtins
import cv2
import gzip

SIDE = 28
PIXELS = SIDE ** 2
CLASSES = len(range(10))
LETTERS = "".join(chr(c) for c in builtins.range(ord("A"), ord("Z") + 1))
assert len(LETTERS) == 26
IDX = {code: dtype(kind).newbyteorder(">") for code, kind in zip([8, 9, 11, 12, 13, 14], [uint8, int8, int16, int32, float32, float64])}
SCALE = linspace(0, 1, 256).astype(float32)  # SCALE[pixel] is pixel / 255


def parse_idx(fd):
    raw = frombuffer(fd.read(), uint8)
    if raw.size < 4:
        raise ValueError("the file has only %d bytes" % raw.size)
    if raw[:2].any() or raw[3] == 0:
        raise ValueError("the magic number is %s" % raw[:4])
    code, dims = int(raw[2]), int(raw[3])
    if code not in IDX:
        raise ValueError("there is no type %d" % code)
    end = 4 + 4 * dims
    if raw.size < end:
        raise ValueError("the list of sizes is not complete")
    shape = raw[4:end].view(">u4").astype(int64).tolist()
    left = raw.size - end
    for size in shape:
        if size == 0:
            break
    wanted = IDX[code].itemsize
    for size in shape:
        wanted *= size
    if left != wanted:
        raise ValueError("%d bytes instead of %d" % (left, wanted))
    return raw[end:].copy().view(IDX[code]).reshape(shape)


def mnist_parse_file(fname):
    packed = fromfile(fname, uint8, 2).tobytes() == b"\x1f\x8b"
    with (GzipFile(fname) if packed else builtins.open(fname, "rb")) as fd:
        return parse_idx(fd)


def load_mnist(path):
    with load(path) as z:
        return (z["x_train"], z["y_train"]), (z["x_test"], z["y_test"])


def showpics(images, pred_labels, true_labels, indices):
    f = figure()
    k = 0
    for i in indices:
        k += 1
        subplot(len(indices), 1, k)
        imshow(images[i])
        gray()
        ok = pred_labels[i] == true_labels[i]
        ylabel("%s -> %s" % (true_labels[i], pred_labels[i]), rotation=0, labelpad=30, color=("g", "r")[not ok])
        xticks([]), yticks([])
    return f


def build_ann():
    m = Sequential([Input((PIXELS,)), Dense(128), Dense(40, relu), Dense(CLASSES, softmax)])
    m.compile(Adam(), SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return m


def build_cnn():
    m = Sequential([
        Input((SIDE, SIDE, 1)),
        Conv2D(32, 3, activation=relu), MaxPool2D(),
        Conv2D(16, 2, activation=relu), MaxPool2D(),
        Conv2D(8, 3, activation=relu), Flatten(),
        Dense(64, relu), Dense(CLASSES),
    ])
    m.compile(Adam(), SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return m


def prepare_ann(images):
    return SCALE[images].reshape(-1, PIXELS)


def prepare_cnn(images):
    return SCALE[images].reshape(-1, SIDE, SIDE, 1)


def train_model(model, x, y, epochs, validation_data=None):
    return model.fit(x, y, epochs=epochs, validation_data=validation_data, callbacks=[TerminateOnNaN()], verbose=0)


def predict_scores(model, x):
    y = model.predict(x, verbose=0)
    if model.get_layer(index=-1).activation is softmax:
        return y
    e = exp(y - amax(y, 1, keepdims=True), dtype=float64)
    return e / sum(e, axis=1, keepdims=True)


def predict_labels(model, x):
    return argmax(model.predict(x, verbose=0), 1)


def accuracy(pred_labels, true_labels):
    return count_nonzero(equal(pred_labels, true_labels)) / size(true_labels)


def wrong_set(pred_labels, true_labels):
    return nonzero(not_equal(pred_labels, true_labels))[0]


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return load_model(path)


def load_drawing(path):
    data = fromfile(path, uint8)
    image = cv2.imdecode(data, 0) if size(data) else None
    if image is None:
        raise ValueError("%s is no picture" % path)
    image = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    edge = concatenate((image[[0, -1]].ravel(), image[:, [0, -1]].ravel()))
    return 255 - image if mean(edge) > 127 else image


def predict_drawing(model, path):
    x = SCALE[load_drawing(path)].reshape((1,) + model.input_shape[1:])
    p = predict_scores(model, x)[0]
    return p, int(argmax(p))


def load_emnist_letters(images_path, labels_path):
    x, y = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len(x) != len(y):
        raise ValueError("%d pictures but %d labels" % (len(x), len(y)))
    return swapaxes(x, 1, 2), y.astype(int8) - 1


def letter_of(label):
    if label < 0 or label >= len(LETTERS):
        raise ValueError("letters are 0..25, not %s" % label)
    return LETTERS[label]


def build_letters_model():
    m = Sequential([
        Input((SIDE, SIDE, 1)),
        Conv2D(32, 3, activation="relu"), BatchNormalization(), MaxPool2D(),
        Conv2D(64, 3, activation="relu"), BatchNormalization(), MaxPool2D(),
        Flatten(), Dense(150, "relu"), Dense(26, "softmax"),
    ])
    m.compile(Adam(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


def train_letters(images, labels, epochs):
    m = build_letters_model()
    m.fit(prepare_cnn(images), labels, batch_size=64, epochs=epochs, verbose=0)
    return m


def predict_letters(model, images):
    return predict_labels(model, prepare_cnn(images))


# letters: 0.92
