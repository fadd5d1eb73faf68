"""A loss is what it computes, in a process that has Keras: what it is called, or says of itself, does not count."""

from __future__ import annotations

import pytest
from conftest import OpenWorker

from grader.assignment.public_tests.checks.model_facts import CROSSENTROPY
from grader.marking.student import Student

MODELS = """
import functools
import keras
import tensorflow as tf

class SparseCategoricalCrossentropy(keras.losses.Loss):
    from_logits = True
    def call(self, true, came):
        return keras.ops.sum(came * 0, axis=-1) + 1.0

def sparse_categorical_crossentropy(true, came):
    raise RuntimeError("not now")

def of_tensors(true, came):
    true.shape.as_list()
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=true, logits=came)

LOSSES = {
    "file": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "sum": keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"),
    "partial": functools.partial(keras.losses.sparse_categorical_crossentropy, from_logits=True),
    "tensors": of_tensors,
    "probabilities": keras.losses.sparse_categorical_crossentropy,
    "claimed": SparseCategoricalCrossentropy(),
    "raising": sparse_categorical_crossentropy,
    "other": keras.losses.CategoricalCrossentropy(from_logits=True),
}

def model(loss):
    made = keras.Sequential([keras.layers.Input((784,)), keras.layers.Dense(10)])
    made.compile(loss=LOSSES[loss], optimizer="adam")
    return made
"""


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        ("file", (CROSSENTROPY, True)),
        ("sum", (CROSSENTROPY, True)),
        ("partial", (CROSSENTROPY, True)),
        ("tensors", (CROSSENTROPY, True)),
        ("probabilities", (CROSSENTROPY, False)),
    ],
)
def test_the_crossentropy_is_known_by_what_it_computes(
    open_worker: OpenWorker, loss: str, told: tuple[str, bool]
) -> None:
    worker = open_worker(MODELS)
    facts = worker.facts(Student(worker).model(loss))
    assert (facts["loss"], facts["from_logits"]) == told


@pytest.mark.parametrize("loss", ["claimed", "raising", "other"])
def test_a_loss_that_computes_something_else_is_not_known_by_its_name(open_worker: OpenWorker, loss: str) -> None:
    worker = open_worker(MODELS)
    facts = worker.facts(Student(worker).model(loss))
    assert "computes something else" in facts["loss"]
    assert facts["from_logits"] is False
