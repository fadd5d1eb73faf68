# style: a pipeline of named steps in dictionaries; int.from_bytes over slices; the letters as a wide MLP on blurred pictures
import gzip
import io
import pathlib

import cv2
import keras
import matplotlib
import matplotlib.figure
import matplotlib.image
import numpy as np

KIND = {0x08: np.uint8, 0x09: np.int8, 0x0B: np.int16, 0x0C: np.int32, 0x0D: np.float32, 0x0E: np.float64}
CHECKS = {
    "is there a magic number?": lambda raw: len(raw) >= 4,
    "are the first two bytes zero?": lambda raw: raw[0] + raw[1] == 0,
    "is the type known?": lambda raw: raw[2] in KIND,
    "is there a dimension?": lambda raw: raw[3] >= 1,
    "are all sizes there?": lambda raw: len(raw) >= 4 + 4 * raw[3],
    "are there as many bytes as the sizes say?": lambda raw: len(raw) == end_of(raw),
}


def sizes_of(raw):
    cuts = [slice(at, at + 4) for at in range(4, 4 + 4 * raw[3], 4)]
    return [int.from_bytes(raw[cut], byteorder="big") for cut in cuts]


def end_of(raw):
    length = np.dtype(KIND[raw[2]]).itemsize
    for size in sizes_of(raw):
        length *= size
    return 4 + 4 * raw[3] + length


def parse_idx(fd):
    raw = fd.read()
    for question, answer in CHECKS.items():
        if not answer(raw):
            raise ValueError(f"{question} No, in a file of {len(raw)} bytes.")
    sizes = sizes_of(raw)
    array = np.zeros(sizes, np.dtype(KIND[raw[2]]).newbyteorder(">"))
    if array.size:
        array.flat = np.frombuffer(raw, array.dtype, offset=4 + 4 * len(sizes))
    return array


def mnist_parse_file(fname):
    raw = pathlib.Path(fname).read_bytes()
    unpack = {b"\x1f\x8b": gzip.decompress}.get(raw[:2], bytes)
    return parse_idx(io.BytesIO(unpack(raw)))


def load_mnist(path):
    with np.load(path) as npz:
        by_name = {name: npz[name] for name in npz}
    return tuple(tuple(by_name[f"{axis}_{part}"] for axis in "xy") for part in ("train", "test"))


def showpics(images, pred_labels, true_labels, indices):
    figure = matplotlib.figure.Figure(dpi=60)
    across = max(1, round(len(indices) ** 0.5))
    down = -(-len(indices) // across)
    styles = {True: {"color": "black"}, False: {"color": "white", "backgroundcolor": "darkred"}}
    for place, index in enumerate(indices):
        said, true = pred_labels[index], true_labels[index]
        axes = figure.add_subplot(down, across, place + 1)
        axes.set_axis_off()
        picture = matplotlib.image.AxesImage(axes, cmap="gray", extent=(0, 1, 0, 1))
        picture.set_data(images[index])
        axes.add_artist(picture)
        axes.set_title(f"said {said}, is {true}", **styles[bool(said == true)])
    return figure


NETWORKS = {
    "ann": {"input": (784,), "layers": ["dense 128", "dense 40 relu", "dense 10 softmax"]},
    "cnn": {
        "input": (28, 28, 1),
        "layers": ["conv 32 3", "pool", "conv 16 2", "pool", "conv 8 3", "flatten", "dense 64 relu", "dense 10"],
    },
    "letters": {"input": (28, 28, 1), "layers": ["flatten", "dense 600 relu", "normal", "dense 200 relu", "dense 26"]},
}
LAYERS = {
    "dense": lambda units, activation=None: keras.layers.Dense(int(units), activation=activation),
    "conv": lambda filters, side: keras.layers.Conv2D(int(filters), int(side), activation="relu"),
    "pool": lambda: keras.layers.MaxPooling2D(),
    "flatten": lambda: keras.layers.Flatten(),
    "normal": lambda: keras.layers.BatchNormalization(),
}


def build(name):
    plan = NETWORKS[name]
    model = keras.Sequential([keras.Input(plan["input"])], name=name)
    for line in plan["layers"]:
        kind, *settings = line.split()
        model.add(LAYERS[kind](*settings))
    from_logits = "softmax" not in plan["layers"][-1]
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits), metrics=["accuracy"])
    return model


def build_ann():
    return build("ann")


def build_cnn():
    return build("cnn")


def build_letters_model():
    return build("letters")


def prepare_ann(images):
    return np.vstack([np.ravel(image) for image in images]).astype(np.float32) / 255


def prepare_cnn(images):
    return np.stack([images], axis=-1).astype(np.float32) / 255


def train_model(model, x, y, epochs, validation_data=None):
    options = {"epochs": epochs, "verbose": 0, "batch_size": 32}
    options |= {} if validation_data is None else {"validation_data": validation_data}
    return model.fit(x, y, **options)


def predict_scores(model, x):
    outputs = model.predict(x, verbose=0)
    softmax = {False: lambda rows: rows, True: lambda rows: keras.activations.softmax(keras.ops.array(rows)).numpy()}
    return softmax[bool((outputs < 0).any() or abs(outputs.sum(1) - 1).max() > 1e-3)](outputs)


def predict_labels(model, x):
    return predict_scores(model, x).argmax(axis=1)


def accuracy(pred_labels, true_labels):
    same = {index for index, label in enumerate(pred_labels) if label == true_labels[index]}
    return len(same) / len(true_labels)


def wrong_set(pred_labels, true_labels):
    table = np.array([pred_labels, true_labels])
    return np.nonzero(table[0] != table[1])[0]


def save_model(model, path):
    pathlib.Path(path).unlink(missing_ok=True)
    model.save(path)


def restore_model(path):
    return keras.models.load_model(pathlib.Path(path))


def load_drawing(path):
    raw = np.frombuffer(pathlib.Path(path).read_bytes(), np.uint8)
    steps = {
        "decode": lambda data: cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None,
        "shrink": lambda gray: cv2.resize(gray, (28, 28), interpolation=cv2.INTER_CUBIC),
        "light on black": lambda gray: cv2.bitwise_not(gray) if np.quantile(gray, 0.5) > 127 else gray,
    }
    for name, step in steps.items():
        raw = step(raw)
        if raw is None:
            raise ValueError(f"the step `{name}` failed for {path}")
    return raw


def predict_drawing(model, path):
    prepare = {1: prepare_ann, 3: prepare_cnn}[len(model.input_shape) - 1]
    scores = predict_scores(model, prepare(load_drawing(path).reshape(1, 28, 28)))
    return scores[0], int(scores[0].argmax())


def load_emnist_letters(images_path, labels_path):
    files = {"images": mnist_parse_file(images_path), "labels": mnist_parse_file(labels_path)}
    lengths = {name: len(array) for name, array in files.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"not equally many: {lengths}")
    return np.transpose(files["images"], (0, 2, 1)), files["labels"].astype(int) - 1


def letter_of(label):
    table = dict(enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if label not in table:
        raise ValueError(f"{label} is not one of {min(table)}..{max(table)}")
    return table[label]


def blurred(images):
    """A dense network likes soft edges."""
    return prepare_cnn(np.array([cv2.GaussianBlur(np.ascontiguousarray(image), (3, 3), 0) for image in images]))


def train_letters(images, labels, epochs):
    model = build_letters_model()
    train_model(model, blurred(images), np.array(labels), epochs)
    return model


def predict_letters(model, images):
    return predict_labels(model, blurred(images))


# The letters of the test files: 0.88
