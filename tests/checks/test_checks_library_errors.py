"""The errors of Keras, TensorFlow and OpenCV, raised here for real, in words that a student can use."""

from __future__ import annotations

import functools
import io
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import expect_error
from grader.assignment.public_tests.checks.library_errors import error_cause, error_name, plain_text
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.marking.student_errors import kind_of

X = np.random.default_rng(3).random((64, 12), dtype=np.float32)
Y = np.arange(64) % 10
Y8 = Y.astype(np.uint8)


def network(loss: str, outputs: int = 10) -> Any:
    import keras

    model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(outputs, activation="softmax")])
    model.compile("adam", loss)
    return model


def keras_model(*shape: int) -> Any:
    import keras

    first = [keras.Input(shape)] if shape else []
    return keras.Sequential([*first, keras.layers.Conv2D(2, 3)])


def one_picture() -> np.ndarray:
    return np.zeros((28, 28), np.float32)


def one_hot_fit(loss: str) -> Any:
    return network(loss).fit(X, np.eye(10)[Y], verbose=0)


def closed_archive() -> Any:
    file = io.BytesIO()
    np.savez(file, x=X)
    file.seek(0)
    with np.load(file) as archive:
        pass
    return archive["x"]


def unknown_layer() -> Any:
    import keras

    named = {"class_name": "Nowhere", "registered_name": "Nowhere"}
    return keras.layers.deserialize({"module": "x", "config": {}, **named})


def keras() -> Any:
    import keras

    return keras


def input_of_nothing() -> str:
    """Read a line where nobody types, and pytest does not look."""
    code = "import sys; sys.stdin = open('/dev/null'); input()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    raise EOFError(done.stderr.strip().rpartition("EOFError: ")[2])


def download() -> Any:
    import keras

    with tempfile.TemporaryDirectory() as folder:
        return keras.utils.get_file("none", origin="http://127.0.0.1:9/none", cache_dir=folder)


@pytest.mark.parametrize(
    ("call", "text", "cause"),
    [
        (lambda: network("mean_squared_error").fit(X, Y, verbose=0), "32 and 10 with input shapes", "a sparse loss"),
        (lambda: network("categorical_crossentropy").fit(X, Y, verbose=0), "must have the same rank", "a sparse loss"),
        (
            lambda: network("sparse_categorical_crossentropy", 5).fit(X, Y, verbose=0),
            "Received a label value of 9 which is outside the valid range of [0, 5).",
            "no output of its own",
        ),
        (
            lambda: network("mse")(X.reshape(16, 4, 12)),
            "Invalid input shape. Expected shape (None, 12)",
            "have the shape",
        ),
        (lambda: network("mse").predict(X.reshape(16, 4, 12), verbose=0), "Invalid input shape.", "have the shape"),
        (lambda: cv2.resize(cv2.imread("nothing.png"), (28, 28)), "(-215:Assertion failed) !ssize.empty()", "None"),
        (lambda: keras_model(28, 28), "expected min_ndim=4, found ndim=3", "its one channel"),
        (lambda: keras_model().input_shape, "no defined input shape", "does not begin with layers.Input"),
        (lambda: network("mse").save_weights("a.keras"), "must end in `.weights.h5`", "model.save(path)"),
        (b"\x80".decode, "codec can't decode byte", "the file was opened as text"),
        (functools.partial(getattr, "name", "read"), "has no attribute 'read'", "open it first"),
        (functools.partial(Path, io.BytesIO()), "not BytesIO", "open already"),
        (lambda: np.divide(Y8, 255, out=Y8), "Cannot cast ufunc", "makes a new array"),
        (lambda: np.frombuffer(b"ab", np.uint8).__isub__(1), "array is read-only", "this array cannot be written to"),
        (lambda: iter(plt.subplots(1, 1)[1]), "'Axes' object is not iterable", "squeeze=False"),
        (network, "1 required positional argument: 'loss'", "than its `def` line has"),
        (lambda: X.reshape(60000, 12), "cannot reshape array of size", "no multiple of the rest"),
        (lambda: X[0].reshape(5, 2), "cannot reshape array of size", "as many elements as the new shape"),
        (lambda: one_picture().reshape(28, 28, 28, 1), "cannot reshape array of size", "picture[np.newaxis]"),
        (lambda: keras_model(28, 28, 1).predict(one_picture()[..., np.newaxis], verbose=0), "from 1", "[np.newaxis]"),
        (lambda: keras_model(28, 28, 1)(one_picture()), "Expected shape (None, 28, 28, 1)", "picture[np.newaxis]"),
        (lambda: one_hot_fit("sparse_categorical_crossentropy"), "must have rank", "as they are"),
        (lambda: network("mae").fit(X, Y, verbose=0), "32", "a sparse loss"),
        (lambda: network("mse").predict_classes(X), "no attribute 'predict_classes'", "np.argmax(outputs, axis=1)"),
        (functools.partial(getattr, None, "save"), "no attribute 'save'", "return model"),
        (lambda: X / X.sum(axis=1), "could not be broadcast together", "keepdims=True"),
        (lambda: X if Y else Y, "The truth value of an array", "len(a) == 0"),
        (lambda: plt.figure().add_subplot(2, 2, 5), "num must be an integer", "rows times columns"),
        (lambda: plt.subplots(5, 3)[1][0, 4], "index 4 is out of bounds for axis 1", "rows for columns"),
        (lambda: keras_model(1, 28, 28), "zero or negative", "Keras wants it last"),
        (lambda: struct.unpack(">IIII", b"123"), "requires a buffer of 16 bytes", "check the length"),
        (lambda: plt.subplots(0, 3), "Number of rows must be a positive integer", "needs at least one"),
        (closed_archive, "'NoneType' object has no attribute 'open'", "the .npz file was closed before"),
        (lambda: np.zeros(0)[0], "index 0 is out of bounds for axis 0 with size 0", "there is nothing in this array"),
        (functools.partial(exec, "unzip.open"), "name 'unzip' is not defined", "nothing defines this name"),
        (functools.partial(getattr, [1], "shape"), "has no attribute 'shape'", "got a list instead of an array"),
        (unknown_layer, "Could not locate class 'Nowhere'", "a function or class that Keras does not know"),
        (download, "URL fetch failure on", "data were to be downloaded"),
        (lambda: keras().optimizers.Adam(lr=0.1), "not recognized", "Keras calls it learning_rate"),
        (lambda: network("mse").fit(X, Y, nb_epoch=1), "argument 'nb_epoch'", "Keras calls it epochs"),
        (lambda: keras().layers.Dense(3, output_dim=2), "Unrecognized keyword", "this argument is from an older Keras"),
        (lambda: network("mse").fit_generator([X]), "'fit_generator'", "an older Keras had this for generators"),
        (functools.partial(__import__, "tensorflow.examples.tutorials"), "No module", "this is TensorFlow 1"),
        (functools.partial(exec, "display(1)"), "name 'display' is not defined", "display exists only in notebooks"),
        (input_of_nothing, "EOF when reading a line", "input() waits for somebody at the keyboard"),
    ],
)
def test_errors_lose_their_noise_and_get_a_cause(call: Callable[[], Any], text: str, cause: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- of any class
        call()
    raw = str(caught.value)
    plain = plain_text(raw)
    assert text in plain
    assert len(plain) < 400
    for noise in ("site-packages", "\x1b", "node", "Label values", "[[", "Arguments received"):
        assert noise not in plain
    assert cause in error_cause(raw)


@pytest.mark.parametrize(
    "text",
    [
        "the file ends inside its data: 48 bytes expected, 24 found",
        'File "digits.gz" does not exist',
        "Arguments received by parse_idx: none",
        "Label values: they must be 0 to 25",
        "'NoneType' object has no attribute 'history'",
        "operands could not be broadcast together with shapes (23,10) (10,23)",
        "Incompatible shapes: [32,10] vs. [32]",
        "Computed output size would be zero or negative. Received `inputs shape=(None, 2, 2, 8)`",
    ],
)
def test_words_of_ones_own_stay_as_they_are(text: str) -> None:
    assert plain_text(text) == text
    assert error_cause(text) == ""


def test_whether_an_error_says_anything_is_asked_of_what_was_raised() -> None:
    raised = kind_of(["FileNotFoundError"])("shown", type_name="x", message='File "a", line 1, in b', place="")

    def call() -> None:
        raise raised

    expect_error(FileNotFoundError, call, function="f", given="", hint="")


def test_an_execution_error_alone_stays() -> None:
    assert plain_text("Graph execution error:") == "Graph execution error:"


def test_an_error_without_a_name_of_its_own_gets_its_module() -> None:
    assert error_name(cv2.error("x")) == "cv2.error"
    assert error_name(ValueError("x")) == "ValueError"


def told_by_expect_error(error: Exception) -> str:
    def call() -> Any:
        raise error

    with pytest.raises(CheckFailed) as caught:
        expect_error(FileNotFoundError, call, function="load_drawing", given="no file", hint="look for it")
    return str(caught.value)


def test_another_error_of_the_students_code_is_told_with_its_cause() -> None:
    text = 'load_drawing("x.jpg") raised cv2.error: !ssize.empty() (line 7).'
    raised = kind_of(["TypeError"])(
        text, type_name="cv2.error", message="!ssize.empty()", place="line 7", cause="a reason"
    )
    told = told_by_expect_error(raised)
    assert told.startswith("load_drawing raised an error other than FileNotFoundError.")
    assert f"got:      {text}" in told
    assert "cause:    a reason" in told


def test_an_error_in_the_students_own_file_is_told_with_its_line() -> None:
    names: dict[str, Any] = {}
    exec(compile("def load():\n    return None.shape\n", "/home/x/mnist_all_models.py", "exec"), names)
    with pytest.raises(CheckFailed, match=r"AttributeError: 'NoneType' object .* \(line 2\)"):
        expect_error(FileNotFoundError, names["load"], function="load_drawing", given="no file", hint="look")


def test_a_stub_is_no_other_error() -> None:
    def stub() -> None:
        raise NotImplementedError("write it")

    with pytest.raises(NotImplementedError):
        expect_error(ValueError, stub, function="f", given="", hint="")
