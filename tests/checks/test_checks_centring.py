"""A network that is not trained gives labels that tell something, once its last biases are shifted."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from grader.assignment.public_tests.checks.centring import centre_outputs

PICTURES = np.random.default_rng(3).random((64, 12), dtype=np.float32)


def network(*ends: Any, seed: int = 5) -> Any:
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input((12,)), keras.layers.Dense(16, activation="relu"), *ends])


def labels(model: Any, pictures: np.ndarray) -> np.ndarray:
    return np.asarray(model(pictures)).argmax(axis=1)


@pytest.mark.parametrize(
    "ends",
    [
        lambda: [keras.layers.Dense(10)],
        lambda: [keras.layers.Dense(10, activation="softmax")],
        lambda: [keras.layers.Dense(10), keras.layers.Activation("softmax")],
    ],
)
def test_labels_differ_and_hang_on_the_scale(ends: Any) -> None:
    model = network(*ends())
    before = labels(model, PICTURES)
    assert (labels(model, PICTURES / 255) == before).all(), "without biases a scale is not seen"
    centre_outputs(model, PICTURES)
    after = labels(model, PICTURES)
    assert len(set(after)) > len(set(before))
    assert np.bincount(after).max() < len(after) / 2
    assert (labels(model, PICTURES / 255) != after).mean() > 0.5


def test_the_biases_can_be_put_back() -> None:
    model = network(keras.layers.Dense(10))
    before = model.get_weights()
    put_back = centre_outputs(model, PICTURES)
    assert not np.array_equal(model.get_weights()[-1], before[-1])
    put_back()
    assert all(map(np.array_equal, before, model.get_weights()))


@pytest.mark.parametrize(
    "model",
    [
        network(keras.layers.Dense(10, use_bias=False)),
        network(keras.layers.Dense(10), keras.layers.Dense(10, use_bias=False)),
        network(keras.layers.Dense(10, kernel_initializer=keras.initializers.Constant(np.inf))),
    ],
    ids=["no bias", "the bias of another layer", "not finite"],
)
def test_a_network_without_such_biases_stays_as_it_is(model: Any) -> None:
    before = [np.array(weight) for weight in model.get_weights()]
    centre_outputs(model, PICTURES)()
    assert all(map(np.array_equal, before, model.get_weights()))


@pytest.mark.parametrize("model", [None, "text", lambda _pictures, training: 1 / 0])
def test_what_is_no_network_is_left_to_the_checks(model: Any) -> None:
    centre_outputs(model, PICTURES)()
