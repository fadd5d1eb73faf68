"""Lectures and answers on the net are older than Keras 3: what of them fails here gets its cause, nothing else does."""

from __future__ import annotations

import keras
import pytest

from grader.assignment.public_tests.checks.import_words import describe_import
from grader.assignment.public_tests.checks.library_errors import OLD_KERAS, error_cause

NAMES = {"keras": keras}


def cause_of(statement: str) -> tuple[Exception, str]:
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- of any class
        exec(statement, dict(NAMES))
    return caught.value, error_cause(str(caught.value))


@pytest.mark.parametrize(
    "statement",
    [
        "from keras.utils import np_utils",
        "from tensorflow.keras.utils import np_utils",
        "import keras.utils.np_utils",
        "from keras.utils.vis_utils import plot_model",
        "from keras.layers.convolutional import Conv2D",
        "from keras.layers.core import Dense",
        "from keras.layers.normalization import BatchNormalization",
        "from keras.layers.advanced_activations import LeakyReLU",
        "from tensorflow.keras.layers.experimental import preprocessing",
        "from keras.layers import Merge",
        "from keras.engine.topology import Layer",
        "from keras.wrappers.scikit_learn import KerasClassifier",
        "from keras.optimizers import adam",
        "from keras.optimizers.legacy import Adam; Adam()",
        "from keras.preprocessing.image import ImageDataGenerator",
        "keras.backend.set_image_dim_ordering('th')",
        "keras.experimental",
    ],
)
def test_a_name_of_an_older_keras_is_called_so(statement: str) -> None:
    error, cause = cause_of(statement)
    assert cause == OLD_KERAS
    assert OLD_KERAS in describe_import(error, notebook=False)


MODEL = "m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]); m.compile('adam', 'mse'); "


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("keras.optimizers.Adam(lr=0.01)", "learning_rate"),
        ("keras.optimizers.SGD(momentum=0.9, lr=0.01)", "learning_rate"),
        (MODEL + "m.fit([[1, 2, 3]], [[1, 2]], nb_epoch=3)", "calls it epochs"),
        ("keras.layers.Conv2D(8, 3, border_mode='same')", "padding"),
        ("keras.layers.Conv2D(8, 3, subsample=(2, 2))", "strides"),
        ("keras.layers.Dense(8, init='uniform')", "an older Keras"),
        (MODEL + "m.fit_generator(None)", "accept them"),
        (MODEL + "m.predict_classes([[1, 2, 3]])", "np.argmax"),
        ("import tensorflow as tf; tf.placeholder", "TensorFlow 1"),
        ("import tensorflow as tf; tf.Session()", "TensorFlow 1"),
        ("from tensorflow.examples.tutorials.mnist import input_data", "TensorFlow 1"),
        ("import tensorflow.contrib", "TensorFlow 1"),
        ("display(3)", "only in notebooks"),
        ("raise EOFError('EOF when reading a line')", "nobody answers"),
        ("keras.datasets.mnist.load_data('/data/mnist.npz')", "no network"),
        ("raise OSError(30, 'Read-only file system', '/nonexistent')", "no network"),
        ("raise OSError(30, 'Read-only file system', '/tmp/.keras')", "no network"),
        ("raise PermissionError(13, 'Permission denied', '/home/a/.keras/datasets')", "no network"),
        ("import urllib.request as u; u.urlopen('http://127.0.0.1:9')", "no network"),
    ],
)
def test_what_an_older_course_writes_gets_its_cause(statement: str, words: str) -> None:
    assert words in cause_of(statement)[1]


@pytest.mark.parametrize(
    "statement",
    [
        "import keras.layer",
        "from keras.layers import Convolution",
        "from keras.optimizers import Adm",
        "keras.layers.Conv2D(8, 3, colour=3)",
        "keras.optimizers.Adam(rate=0.1)",
        "import tensorflow as tf; tf.Sesion",
        "raise OSError(30, 'Read-only file system', '/usr/lib/x')",
        "raise PermissionError(13, 'Permission denied', 'mnist.npz')",
    ],
)
def test_a_slip_of_the_pen_is_no_older_keras(statement: str) -> None:
    assert cause_of(statement)[1] == ""
