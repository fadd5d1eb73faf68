"""An activation counts whether it is a name, a function, a layer of its own, or a layer inside another one."""

from __future__ import annotations

import pytest
from conftest import OpenWorker

from grader.marking.student import Student

MODELS = """
import keras
import tensorflow as tf
from keras import layers

ACTIVATIONS = {
    "name": "relu",
    "function": keras.activations.relu,
    "tensorflow": tf.nn.relu,
    "operation": keras.ops.relu,
    "layer": layers.ReLU(),
    "layer of a function": layers.Activation(keras.ops.relu),
    "other layer": layers.LeakyReLU(),
    "softmax layer": layers.Softmax(),
}

def model(activation):
    made = keras.Sequential([layers.Input((784,)), layers.Dense(10, activation=ACTIVATIONS[activation])])
    made.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return made
"""


@pytest.mark.parametrize(
    ("activation", "told"),
    [
        *[(way, "relu") for way in ("name", "function", "tensorflow", "operation", "layer", "layer of a function")],
        ("other layer", "LeakyReLU"),
        ("softmax layer", "softmax"),
    ],
)
def test_an_activation_is_told_by_its_usual_name(open_worker: OpenWorker, activation: str, told: str) -> None:
    worker = open_worker(MODELS)
    (layer,) = worker.facts(Student(worker).model(activation))["layers"]
    assert layer["activation"] == told
