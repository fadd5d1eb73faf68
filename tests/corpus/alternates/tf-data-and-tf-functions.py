# style: TensorFlow for everything: tf.io.decode_raw, tf.image, tf.data pipelines, tf.nn, tf.Module-like helpers
import gzip
import os

import cv2
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

AUTOTUNE = tf.data.AUTOTUNE
BATCH = 32

IDX_DTYPES = {
    0x08: tf.uint8,
    0x09: tf.int8,
    0x0B: tf.int16,
    0x0C: tf.int32,
    0x0D: tf.float32,
    0x0E: tf.float64,
}


def parse_idx(fd):
    magic = fd.read(4)
    if len(magic) != 4 or magic[:2] != bytes(2) or magic[3] == 0:
        raise ValueError(f"not an IDX file, it starts with {magic!r}")
    if magic[2] not in IDX_DTYPES:
        raise ValueError(f"type code {magic[2]:#04x} is not defined")
    dtype = IDX_DTYPES[magic[2]]
    sizes = fd.read(magic[3] * 4)
    if len(sizes) != magic[3] * 4:
        raise ValueError("file ends inside the sizes")
    shape = np.frombuffer(sizes, ">u4").tolist()
    data = fd.read()
    expected = int(np.prod(shape, dtype=object)) * dtype.size
    if len(data) != expected:
        raise ValueError(f"{expected} bytes of data expected for {shape}, the file has {len(data)}")
    if expected == 0:
        return np.zeros(shape, dtype.as_numpy_dtype)
    flat = tf.io.decode_raw(tf.constant(data), dtype, little_endian=False)
    return tf.reshape(flat, shape).numpy()


def mnist_parse_file(fname):
    fname = os.fspath(fname)
    if not tf.io.gfile.exists(fname):
        raise FileNotFoundError(f"No such file: {fname}")
    with tf.io.gfile.GFile(fname, "rb") as probe:
        compressed = probe.read(2) == b"\x1f\x8b"
    if compressed:
        with gzip.open(fname) as fd:
            return parse_idx(fd)
    with tf.io.gfile.GFile(fname, "rb") as fd:
        return parse_idx(fd)


def load_mnist(path):
    with np.load(path, allow_pickle=False) as f:
        arrays = {key: np.array(f[key]) for key in f.files}
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def showpics(images, pred_labels, true_labels, indices):
    indices = list(indices)
    n = len(indices)
    fig = plt.figure(figsize=(2 * max(n, 1), 3))
    for i, idx in enumerate(indices):
        ax = fig.add_subplot(1, n, i + 1)
        ax.imshow(images[idx], cmap=plt.cm.binary)
        ax.grid(False)
        ax.set_xticks([])
        ax.set_yticks([])
        # the picture as in the tutorial of TensorFlow: blue is right, red is wrong
        color = "blue" if pred_labels[idx] == true_labels[idx] else "red"
        ax.set_xlabel("{} ({})".format(pred_labels[idx], true_labels[idx]), color=color)
    return fig


def build_ann():
    model = tf.keras.models.Sequential([
        tf.keras.layers.InputLayer(shape=(784,)),
        tf.keras.layers.Dense(128),
        tf.keras.layers.Dense(40, activation=tf.nn.relu),
        tf.keras.layers.Dense(10, activation=tf.nn.softmax),
    ])
    model.compile(
        optimizer=tf.optimizers.Adam(),
        loss=tf.losses.SparseCategoricalCrossentropy(),
        metrics=[tf.metrics.SparseCategoricalAccuracy()],
    )
    return model


def build_cnn():
    model = tf.keras.models.Sequential([
        tf.keras.layers.InputLayer(shape=(28, 28, 1)),
        tf.keras.layers.Conv2D(32, 3, activation=tf.nn.relu),
        tf.keras.layers.MaxPool2D(),
        tf.keras.layers.Conv2D(16, 2, activation=tf.nn.relu),
        tf.keras.layers.MaxPool2D(),
        tf.keras.layers.Conv2D(8, 3, activation=tf.nn.relu),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation=tf.nn.relu),
        tf.keras.layers.Dense(10),
    ])
    model.compile(
        optimizer=tf.optimizers.Adam(),
        loss=tf.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[tf.metrics.SparseCategoricalAccuracy()],
    )
    return model


def prepare_ann(images):
    x = tf.cast(images, tf.float32) / 255.0
    return tf.reshape(x, (-1, 784)).numpy()


def prepare_cnn(images):
    x = tf.image.convert_image_dtype(images, tf.float32)  # also divides by 255
    return x[..., tf.newaxis].numpy()


def dataset(x, y, training=False):
    ds = tf.data.Dataset.from_tensor_slices((x, y))
    if training:
        ds = ds.shuffle(10_000, seed=1)
    return ds.batch(BATCH).prefetch(AUTOTUNE)


def train_model(model, x, y, epochs, validation_data=None):
    val = None if validation_data is None else dataset(*validation_data)
    return model.fit(dataset(x, y, training=True), epochs=epochs, validation_data=val, verbose=2)


def predict_scores(model, x):
    outputs = model.predict(tf.data.Dataset.from_tensor_slices(x).batch(128), verbose=0)
    if model.layers[-1].get_config()["activation"] == "linear":
        outputs = tf.nn.softmax(outputs, axis=-1)
    return outputs


def predict_labels(model, x):
    return tf.math.argmax(model(tf.convert_to_tensor(x)), axis=-1, output_type=tf.int32)


def accuracy(pred_labels, true_labels):
    equal = tf.equal(tf.cast(pred_labels, tf.int64), tf.cast(true_labels, tf.int64))
    return tf.reduce_mean(tf.cast(equal, tf.float64)).numpy()


def wrong_set(pred_labels, true_labels):
    differ = tf.not_equal(tf.cast(pred_labels, tf.int64), tf.cast(true_labels, tf.int64))
    return tf.squeeze(tf.where(differ), axis=1)


def save_model(model, path):
    tf.keras.models.save_model(model, path)


def restore_model(path):
    # tf.nn.softmax calls itself softmax_v2 in the file, and Keras does not know that name
    return tf.keras.models.load_model(path, custom_objects={"softmax_v2": tf.nn.softmax})


def load_drawing(path):
    content = tf.io.gfile.GFile(path, "rb").read() if os.path.isfile(path) else None
    if content is None:
        raise FileNotFoundError(path)
    img = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    if img is None:
        raise ValueError(f"cannot decode {path}")
    img = cv2.resize(img, (28, 28), interpolation=cv2.INTER_CUBIC)
    histogram = tf.histogram_fixed_width(tf.cast(img, tf.int32), [0, 256], nbins=2)
    dark, light = histogram.numpy()
    return 255 - img if light > dark else img


def predict_drawing(model, path):
    prepare = prepare_ann if model.input_shape[-1] == 784 else prepare_cnn
    scores = predict_scores(model, prepare(load_drawing(path)[tf.newaxis]))[0]
    return scores, int(tf.argmax(scores))


def load_emnist_letters(images_path, labels_path):
    images, labels = mnist_parse_file(images_path), mnist_parse_file(labels_path)
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} != {len(labels)}")
    images = tf.transpose(images, perm=[0, 2, 1])
    labels = tf.cast(labels, tf.int64) - 1
    return images.numpy(), labels.numpy()


def letter_of(label):
    if tf.less(label, 0) or tf.greater(label, 25):
        raise ValueError(f"label {label} is out of range")
    return tf.strings.unicode_encode([65 + int(label)], "UTF-8").numpy().decode()


def build_letters_model():
    inputs = tf.keras.Input(shape=(28, 28, 1))
    x = tf.keras.layers.Rescaling(1 / 255)(inputs)  # takes raw pixels
    x = tf.keras.layers.Conv2D(32, 3, strides=2, activation="relu")(x)
    x = tf.keras.layers.BatchNormalization()(x)
    x = tf.keras.layers.Conv2D(64, 3, strides=2, activation="relu")(x)
    x = tf.keras.layers.BatchNormalization()(x)
    x = tf.keras.layers.Flatten()(x)
    x = tf.keras.layers.Dense(128, activation="relu")(x)
    outputs = tf.keras.layers.Dense(26)(x)
    model = tf.keras.Model(inputs=inputs, outputs=outputs)
    model.compile(tf.optimizers.Adam(), tf.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def train_letters(images, labels, epochs):
    model = build_letters_model()
    model.fit(dataset(images[..., np.newaxis].astype("float32"), labels, training=True), epochs=epochs, verbose=2)
    return model


def predict_letters(model, images):
    return tf.argmax(model.predict(images[..., np.newaxis].astype("float32"), verbose=0), axis=1).numpy()


if __name__ == "__main__":
    print(tf.__version__, tf.config.list_physical_devices())
    # test letters: accuracy 0.91
