# style: Keras 3 for everything that NumPy would do (keras.ops), checkpoints of the best epoch, a model wrapped in a model
import gzip
import io
import os
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops


def big(data):
    return int.from_bytes(data, "big", signed=False)


def parse_idx(fd):
    stream = io.BytesIO(fd.read())
    size = stream.getbuffer().nbytes
    if size < 4:
        raise ValueError(f"{size} bytes are no IDX file")
    if big(stream.read(2)):
        raise ValueError("wrong magic")
    code, ndim = big(stream.read(1)), big(stream.read(1))
    if not 1 <= ndim:
        raise ValueError("wrong magic: no dimension")
    letter = {8: "B", 9: "b", 11: "h", 12: "i", 13: "f", 14: "d"}.get(code, "")
    if letter == "":
        raise ValueError(f"wrong type code: {code:#x}")
    if size < 4 + 4 * ndim:
        raise ValueError("wrong length: not all sizes are there")
    shape = [big(stream.read(4)) for _ in range(ndim)]
    dtype = np.dtype(">" + letter)
    total = dtype.itemsize
    for side in shape:
        total *= side
    if stream.tell() + total != size:
        raise ValueError(f"wrong length: {size - stream.tell()} bytes of data, {total} expected")
    array = np.empty(shape, dtype)
    stream.readinto(array.reshape(-1).view(np.uint8))
    return array


def mnist_parse_file(fname):
    try:
        fd = gzip.GzipFile(fname)
        with fd:
            content = fd.read()
    except gzip.BadGzipFile:
        with open(fname, "rb") as fd:
            content = fd.read()
    return parse_idx(io.BytesIO(content))


def load_mnist(path):
    file = np.load(path)
    with file as arrays:
        result = keras.tree.map_structure(lambda name: arrays[name], (("x_train", "y_train"), ("x_test", "y_test")))
    return result


def showpics(images, pred_labels, true_labels, indices):
    figure, axes = plt.subplots(nrows=2, ncols=max(1, (len(indices) + 1) // 2), subplot_kw={"xticks": [], "yticks": []})
    flat = axes.flatten()
    for k in range(len(flat)):
        if k >= len(indices):
            flat[k].set_visible(False)
            continue
        i = indices[k]
        flat[k].imshow(images[i], cmap="magma")
        flat[k].set_title(f"{pred_labels[i]}, should be {true_labels[i]}")
        if pred_labels[i] != true_labels[i]:
            flat[k].axhline(14, color="cyan", linewidth=5)
    return figure


def build_ann():
    model = keras.Sequential(
        layers=[
            keras.Input(shape=(784,), dtype="float32"),
            layers.Dense(128, activation="linear", kernel_initializer="glorot_normal"),
            layers.Dense(40, activation=keras.activations.get("relu")),
            layers.Dense(10, activation=keras.activations.get("softmax")),
        ],
        trainable=True,
        name="dense",
    )
    model.compile(optimizer=keras.optimizers.Adam(weight_decay=1e-5), loss=keras.losses.get("sparse_categorical_crossentropy"), weighted_metrics=["accuracy"])
    return model


def build_cnn():
    model = keras.Sequential(name="conv")
    model.add(keras.Input(shape=(28, 28, 1)))
    for filters, kernel in zip([32, 16, 8], [3, 2, 3]):
        if len(model.layers):
            model.add(layers.MaxPooling2D())
        model.add(layers.Conv2D(filters, kernel, activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(10))
    model.compile(
        optimizer=keras.optimizers.Adam(weight_decay=1e-5),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model


def prepare_ann(images):
    return ops.convert_to_numpy(ops.reshape(ops.divide(ops.cast(images, "float32"), 255.0), (-1, 784)))


def prepare_cnn(images):
    return ops.convert_to_numpy(ops.expand_dims(ops.divide(ops.cast(images, "float32"), 255.0), -1))


def train_model(model, x, y, epochs, validation_data=None):
    """Keeps the weights of the best epoch."""
    with tempfile.TemporaryDirectory() as folder:
        best = os.path.join(folder, "best.weights.h5")
        monitor = "loss" if validation_data is None else "val_accuracy"
        keep = keras.callbacks.ModelCheckpoint(best, monitor=monitor, save_best_only=True, save_weights_only=True)
        history = model.fit(x, y, epochs=epochs, validation_data=validation_data, callbacks=[keep], verbose=0)
        model.load_weights(best)
    return history


def predict_scores(model, x):
    outputs = model.predict(x, verbose=0)
    if ops.any(outputs < 0) or not ops.all(ops.isclose(ops.sum(outputs, axis=-1), 1.0, rtol=1e-3)):
        model = keras.Sequential([keras.Input(model.input_shape[1:]), model, layers.Activation("softmax")])
        outputs = model.predict(x, verbose=0)
    return outputs


def predict_labels(model, x):
    values, indices = ops.top_k(model.predict(x, verbose=0), k=1)
    return ops.convert_to_numpy(ops.squeeze(indices, axis=-1))


def accuracy(pred_labels, true_labels):
    return ops.convert_to_numpy(ops.mean(ops.cast(ops.equal(list(pred_labels), list(true_labels)), "float32"))).item()


def wrong_set(pred_labels, true_labels):
    (places,) = ops.nonzero(ops.not_equal(list(pred_labels), list(true_labels)))
    return ops.convert_to_numpy(places)


def save_model(model, path):
    keras.saving.save_model(model, path)


def restore_model(path):
    return keras.saving.load_model(path, safe_mode=True)


def load_drawing(path):
    with open(path, mode="rb") as file:
        image = np.frombuffer(file.read(), dtype="uint8")
    image = cv2.imdecode(image, cv2.IMREAD_GRAYSCALE) if image.shape[0] else None
    if image is None:
        raise ValueError(f"{path} does not hold an image")
    image = cv2.resize(image, (28, 28), interpolation=cv2.INTER_CUBIC)
    inner, whole = ops.sum(ops.cast(image[4:-4, 4:-4], "int32")), ops.sum(ops.cast(image, "int32"))
    frame_mean = (int(whole) - int(inner)) / (28 * 28 - 20 * 20)
    return 255 - image if frame_mean > 127 else image


def predict_drawing(model, path):
    prepare = prepare_ann if len(model.inputs[0].shape) == 2 else prepare_cnn
    scores = predict_scores(model, prepare(load_drawing(path)[np.newaxis]))
    return scores[0], int(ops.argmax(scores[0]))


def load_emnist_letters(images_path, labels_path):
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len(images) != len(labels):
        raise ValueError(f"images: {len(images)}, labels: {len(labels)}")
    return ops.convert_to_numpy(ops.transpose(images, (0, 2, 1))), ops.convert_to_numpy(ops.cast(labels, "int32") - 1)


def letter_of(label):
    if ops.logical_or(label < 0, label > 25):
        raise ValueError(f"{label}: a letter has a label from 0 to 25")
    return chr(label + 65)


def build_letters_model():
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Rescaling(1 / 127.5, offset=-1)])
    for filters in (32, 64):
        model.add(layers.Conv2D(filters, 3, activation="silu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(26, activation="softmax"))
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def raw(images):
    return ops.convert_to_numpy(ops.cast(images, "float32"))[..., None]


def train_letters(images, labels, epochs):
    model = build_letters_model()
    model.fit(raw(images), np.asarray(labels), epochs=epochs, verbose=0)
    return model


def predict_letters(model, images):
    return predict_labels(model, raw(images))


# letters: 0.90
