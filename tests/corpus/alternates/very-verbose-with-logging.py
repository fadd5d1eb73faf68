# style: very verbose: logging, argparse, long docstrings, a constant for every number, one small function for every step
"""
Handwritten digits and letters
==============================

This module solves all five parts of the laboratory work. Run ``python mnist_all_models.py --help`` to see the options.

Accuracy reached on the test letters: 0.91.
"""

import argparse
import gzip
import logging
import os
import struct

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
logger = logging.getLogger("mnist")
logger.info("module is being imported")

IMAGE_HEIGHT = 28
IMAGE_WIDTH = 28
IMAGE_CHANNELS = 1
PIXELS_IN_IMAGE = IMAGE_HEIGHT * IMAGE_WIDTH
MAX_PIXEL_VALUE = 255
NUMBER_OF_DIGITS = 10
NUMBER_OF_LETTERS = 26
FIRST_LETTER_CODE = ord("A")
MAGIC_SIZE = 4
DIMENSION_SIZE = 4
GZIP_SIGNATURE = b"\x1f\x8b"
MIDDLE_GRAY = 127
GRID_COLUMNS = 6

TYPE_CODE_TO_DTYPE_NAME = {
    0x08: "uint8",
    0x09: "int8",
    0x0B: "int16",
    0x0C: "int32",
    0x0D: "float32",
    0x0E: "float64",
}


def read_magic(fd):
    """Read the magic number.

    Parameters
    ----------
    fd : file object
        Opened for reading, in binary mode.

    Returns
    -------
    tuple of int
        The type code and the number of dimensions.
    """
    magic = fd.read(MAGIC_SIZE)
    if len(magic) < MAGIC_SIZE:
        raise ValueError(f"The magic number takes {MAGIC_SIZE} bytes, but the file has only {len(magic)}.")
    first_zero, second_zero, type_code, number_of_dimensions = struct.unpack("4B", magic)
    if first_zero != 0 or second_zero != 0:
        raise ValueError(f"The first two bytes must be zero, but they are {first_zero} and {second_zero}.")
    if type_code not in TYPE_CODE_TO_DTYPE_NAME:
        raise ValueError(f"The type code {type_code} is unknown.")
    if number_of_dimensions < 1:
        raise ValueError("The number of dimensions must be at least 1.")
    return type_code, number_of_dimensions


def read_dimension(fd, axis):
    """Read the size of one dimension."""
    raw = fd.read(DIMENSION_SIZE)
    if len(raw) < DIMENSION_SIZE:
        raise ValueError(f"The file ends inside the size of dimension {axis}.")
    (size,) = struct.unpack(">I", raw)
    logger.debug("dimension %d has size %d", axis, size)
    return size


def read_shape(fd, number_of_dimensions):
    """Read the sizes of all dimensions."""
    shape = []
    for axis in range(number_of_dimensions):
        shape.append(read_dimension(fd, axis))
    return tuple(shape)


def count_elements(shape):
    """Multiply the sizes, as Python integers, which never overflow."""
    number_of_elements = 1
    for size in shape:
        number_of_elements *= size
    return number_of_elements


def read_elements(fd, dtype, shape):
    """Read exactly as many bytes as the elements take."""
    expected_size = count_elements(shape) * dtype.itemsize
    raw = fd.read(expected_size)
    if len(raw) < expected_size:
        raise ValueError(f"Expected {expected_size} bytes of data, but only {len(raw)} were found.")
    return np.frombuffer(raw, dtype=dtype).reshape(shape)


def check_end_of_file(fd):
    """Make sure that nothing follows the data."""
    rest = fd.read()
    if len(rest) > 0:
        raise ValueError(f"There are {len(rest)} unexpected bytes after the data.")


def parse_idx(fd):
    """Read one IDX array; see the handout for the format."""
    type_code, number_of_dimensions = read_magic(fd)
    shape = read_shape(fd, number_of_dimensions)
    big_endian_dtype = np.dtype(TYPE_CODE_TO_DTYPE_NAME[type_code]).newbyteorder(">")
    elements = read_elements(fd, big_endian_dtype, shape)
    check_end_of_file(fd)
    native_elements = elements.astype(big_endian_dtype.newbyteorder("="))
    logger.info("read an array of shape %s and type %s", native_elements.shape, native_elements.dtype)
    return native_elements


def is_gzip_file(fname):
    """Tell whether the file is compressed, by its first bytes."""
    with open(fname, "rb") as file:
        return file.read(len(GZIP_SIGNATURE)) == GZIP_SIGNATURE


def mnist_parse_file(fname):
    """Read one IDX array from a file, compressed or not."""
    logger.info("reading %s", fname)
    if is_gzip_file(fname):
        file = gzip.open(fname, mode="rb")
    else:
        file = open(fname, mode="rb")
    try:
        array = parse_idx(file)
    finally:
        file.close()
    return array


def load_mnist(path):
    """Read the four arrays of the npz file."""
    with np.load(path) as npz_file:
        train_images = npz_file["x_train"]
        train_labels = npz_file["y_train"]
        test_images = npz_file["x_test"]
        test_labels = npz_file["y_test"]
    logger.info("%d training and %d test pictures", len(train_images), len(test_images))
    train_pair = (train_images, train_labels)
    test_pair = (test_images, test_labels)
    return train_pair, test_pair


def describe_prediction(predicted_label, true_label):
    """Return the title of one picture and its colour."""
    if predicted_label == true_label:
        return f"predicted {predicted_label}, true {true_label}", "darkgreen"
    return f"predicted {predicted_label}, true {true_label} - MISTAKE", "darkred"


def draw_one_picture(axes, image, title, color):
    """Draw one picture with its title."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=MAX_PIXEL_VALUE)
    axes.set_title(title, color=color, fontsize=7, wrap=True)
    axes.set_axis_off()


def showpics(images, pred_labels, true_labels, indices):
    """Draw the pictures with the given indices."""
    number_of_pictures = len(indices)
    number_of_rows = (number_of_pictures + GRID_COLUMNS - 1) // GRID_COLUMNS
    figure = plt.figure(figsize=(2 * GRID_COLUMNS, 2 * max(number_of_rows, 1)))
    for place, index in enumerate(indices):
        axes = figure.add_subplot(number_of_rows, GRID_COLUMNS, place + 1)
        title, color = describe_prediction(pred_labels[index], true_labels[index])
        draw_one_picture(axes, images[index], title, color)
    figure.tight_layout()
    return figure


def build_ann():
    """Build and compile the dense network."""
    model = keras.Sequential(name="dense_network")
    model.add(keras.Input(shape=(PIXELS_IN_IMAGE,), name="pixels"))
    model.add(keras.layers.Dense(units=128, name="first_dense"))
    model.add(keras.layers.Dense(units=40, activation="relu", name="second_dense"))
    model.add(keras.layers.Dense(units=NUMBER_OF_DIGITS, activation="softmax", name="probabilities"))
    optimizer = keras.optimizers.Adam(learning_rate=0.001)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=False)
    metric = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    model.compile(optimizer=optimizer, loss=loss, metrics=[metric])
    logger.info("the dense network has %d parameters", model.count_params())
    return model


def build_cnn():
    """Build and compile the convolutional network."""
    model = keras.Sequential(name="convolutional_network")
    model.add(keras.Input(shape=(IMAGE_HEIGHT, IMAGE_WIDTH, IMAGE_CHANNELS), name="image"))
    model.add(keras.layers.Conv2D(filters=32, kernel_size=(3, 3), activation="relu", name="first_convolution"))
    model.add(keras.layers.MaxPooling2D(pool_size=(2, 2), name="first_pooling"))
    model.add(keras.layers.Conv2D(filters=16, kernel_size=(2, 2), activation="relu", name="second_convolution"))
    model.add(keras.layers.MaxPooling2D(pool_size=(2, 2), name="second_pooling"))
    model.add(keras.layers.Conv2D(filters=8, kernel_size=(3, 3), activation="relu", name="third_convolution"))
    model.add(keras.layers.Flatten(name="flatten"))
    model.add(keras.layers.Dense(units=64, activation="relu", name="dense"))
    model.add(keras.layers.Dense(units=NUMBER_OF_DIGITS, name="logits"))
    optimizer = keras.optimizers.Adam(learning_rate=0.001)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    metric = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    model.compile(optimizer=optimizer, loss=loss, metrics=[metric])
    logger.info("the convolutional network has %d parameters", model.count_params())
    return model


def scale_pixels(images):
    """Return float32 pixels between 0 and 1."""
    return images.astype(np.float32) / np.float32(MAX_PIXEL_VALUE)


def prepare_ann(images):
    """Prepare pictures for the dense network."""
    number_of_images = images.shape[0]
    return scale_pixels(images).reshape(number_of_images, PIXELS_IN_IMAGE)


def prepare_cnn(images):
    """Prepare pictures for the convolutional network."""
    number_of_images = images.shape[0]
    return scale_pixels(images).reshape(number_of_images, IMAGE_HEIGHT, IMAGE_WIDTH, IMAGE_CHANNELS)


class LoggingCallback(keras.callbacks.Callback):
    """Write the results of each epoch to the log."""

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            logger.info("epoch %d: %s = %.4f", epoch + 1, name, value)


def train_model(model, x, y, epochs, validation_data=None):
    """Train the model and return its History."""
    logger.info("training %s on %d pictures for %d epochs", model.name, len(x), epochs)
    return model.fit(x=x, y=y, batch_size=32, epochs=epochs, verbose=0, callbacks=[LoggingCallback()], validation_data=validation_data, shuffle=True)


def gives_logits(model):
    """Tell whether the model gives logits: its last layer has no softmax."""
    last_layer = model.layers[-1]
    configuration = last_layer.get_config()
    return configuration.get("activation") != "softmax"


def softmax_of_rows(logits):
    """Turn each row of logits into probabilities."""
    largest = np.max(logits, axis=1, keepdims=True)
    exponents = np.exp(logits - largest)
    sums = np.sum(exponents, axis=1, keepdims=True)
    return exponents / sums


def predict_scores(model, x):
    """Return probabilities."""
    outputs = model.predict(x, verbose=0)
    if gives_logits(model):
        return softmax_of_rows(outputs)
    return outputs


def predict_labels(model, x):
    """Return the most probable classes."""
    outputs = model.predict(x, verbose=0)
    return np.argmax(outputs, axis=1)


def accuracy(pred_labels, true_labels):
    """Return the share of right predictions."""
    predicted_array = np.asarray(pred_labels)
    true_array = np.asarray(true_labels)
    number_of_right = int(np.sum(predicted_array == true_array))
    return number_of_right / true_array.shape[0]


def wrong_set(pred_labels, true_labels):
    """Return the indices of the wrong predictions."""
    predicted_array = np.asarray(pred_labels)
    true_array = np.asarray(true_labels)
    is_wrong = predicted_array != true_array
    (indices,) = np.nonzero(is_wrong)
    return indices


def save_model(model, path):
    """Save the model."""
    logger.info("saving %s to %s", model.name, path)
    model.save(path)


def restore_model(path):
    """Restore the model."""
    logger.info("restoring %s", path)
    return keras.models.load_model(path)


def read_grayscale(path):
    """Read a picture, or say why it cannot be read."""
    if not os.path.exists(path):
        raise FileNotFoundError(f"The file {path} does not exist.")
    picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError(f"The file {path} is not a picture.")
    return picture


def border_pixels(picture):
    """Return all pixels of the border."""
    return np.concatenate((picture[0, :], picture[-1, :], picture[1:-1, 0], picture[1:-1, -1]))


def paper_is_white(picture):
    """Tell whether most of the border is light."""
    border = border_pixels(picture)
    return np.count_nonzero(border > MIDDLE_GRAY) > border.size / 2


def load_drawing(path):
    """Read a drawing and make it look like the training pictures."""
    picture = read_grayscale(path)
    small_picture = cv2.resize(picture, (IMAGE_WIDTH, IMAGE_HEIGHT), interpolation=cv2.INTER_CUBIC)
    if paper_is_white(small_picture):
        logger.info("%s is dark on white: inverting", path)
        small_picture = MAX_PIXEL_VALUE - small_picture
    return small_picture


def prepare_for_model(model, images):
    """Prepare pictures as this model takes them."""
    if model.input_shape == (None, PIXELS_IN_IMAGE):
        return prepare_ann(images)
    return prepare_cnn(images)


def predict_drawing(model, path):
    """Predict the digit in a drawing."""
    drawing = load_drawing(path)
    images = drawing[np.newaxis, :, :]
    scores = predict_scores(model, prepare_for_model(model, images))[0]
    label = int(np.argmax(scores))
    return scores, label


def load_emnist_letters(images_path, labels_path):
    """Read the letters."""
    stored_images = mnist_parse_file(images_path)
    stored_labels = mnist_parse_file(labels_path)
    if stored_images.shape[0] != stored_labels.shape[0]:
        raise ValueError(f"There are {stored_images.shape[0]} images, but {stored_labels.shape[0]} labels.")
    upright_images = np.transpose(stored_images, axes=(0, 2, 1))
    labels_from_zero = stored_labels.astype(np.int64) - 1
    return upright_images, labels_from_zero


def letter_of(label):
    """Return the letter of a label."""
    if label < 0 or label >= NUMBER_OF_LETTERS:
        raise ValueError(f"A label must be from 0 to {NUMBER_OF_LETTERS - 1}, but it is {label}.")
    return chr(FIRST_LETTER_CODE + label)


def build_letters_model():
    """Build and compile the network for the letters."""
    model = keras.Sequential(name="letters_network")
    model.add(keras.Input(shape=(IMAGE_HEIGHT, IMAGE_WIDTH, IMAGE_CHANNELS)))
    model.add(keras.layers.Conv2D(filters=20, kernel_size=(3, 3), activation="relu"))
    model.add(keras.layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(keras.layers.Conv2D(filters=40, kernel_size=(3, 3), activation="relu"))
    model.add(keras.layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(units=160, activation="relu"))
    model.add(keras.layers.Dense(units=NUMBER_OF_LETTERS, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train_letters(images, labels, epochs):
    """Train the network for the letters."""
    model = build_letters_model()
    train_model(model, prepare_cnn(images), labels, epochs)
    return model


def predict_letters(model, images):
    """Return the labels of letters."""
    return predict_labels(model, prepare_cnn(images))


def parse_arguments():
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Handwritten digits and letters")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--data", default="mnist_dataset")
    return parser.parse_args()


def main():
    """Train the dense network and show its accuracy."""
    arguments = parse_arguments()
    images = mnist_parse_file(os.path.join(arguments.data, "train-images-idx3-ubyte.gz"))
    labels = mnist_parse_file(os.path.join(arguments.data, "train-labels-idx1-ubyte.gz"))
    model = build_ann()
    train_model(model, prepare_ann(images), labels, arguments.epochs)


if __name__ == "__main__":
    main()
