"""Small networks, ready made, for tests of functions that take a network: a builder's mistake is not theirs."""

from __future__ import annotations

from typing import Any

import numpy as np

from .sure_letters import sure_network

SEED = 28
SURE = "sure letters"
"""The network that knows its letters; see `sure_letters`."""
NETWORKS = {"ann": ((784,), 10, "softmax"), "cnn": ((28, 28, 1), 10, None), "letters": ((28, 28, 1), 26, "softmax")}
"""Input, number of classes, last activation."""


def ready_network(name: str) -> Any:
    """Return a compiled network that takes and gives what the one of this name does; its layers are others.

    The weights are always the same, and no initialiser makes such: what was saved can be told from what is new.
    """
    import keras  # slow, and not needed while the functions are stubs

    if name == SURE:
        return sure_network()
    shape, classes, activation = NETWORKS[name]
    dense, convolutional = keras.layers.Dense, keras.layers.Conv2D
    first = (
        [dense(12, activation="relu")]
        if len(shape) == 1
        else [convolutional(4, 7, strides=3, activation="relu"), keras.layers.Flatten()]
    )
    model = keras.Sequential([keras.Input(shape), *first, dense(classes, activation=activation)])
    rng = np.random.default_rng(SEED)
    for weight in model.weights:
        fan_in = np.prod(weight.shape[:-1]) if len(weight.shape) > 1 else 25
        weight.assign(rng.normal(0.01, fan_in**-0.5, weight.shape).astype(np.float32))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=activation is None)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model
