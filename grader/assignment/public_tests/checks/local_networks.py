"""The networks of the tests in the student's own folder: the student's own, or ready ones."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from .given_network import GivenNetwork, given_words
from .language import tr
from .networks import ANN, CNN, Network, is_as_asked
from .ready_networks import SURE, ready_network

INPUTS = {"ann": ANN.input_shape, "cnn": CNN.input_shape}
EPOCHS = {"ann": 4, "cnn": 3, "letters": 3}


def given_network(student: Any, request: Any, network: Network) -> GivenNetwork:
    """Return a network for tests of functions that take one: the student's own, or else a ready one of these tests'."""
    name, own_words, ready_words = given_words(network)

    def facts() -> Any:
        try:
            return request.getfixturevalue(f"{name}_facts")
        except Exception:  # the border to the student's code: its own test tells it
            return None

    def trained() -> Any:
        return request.getfixturevalue(f"trained_{name}")

    def own() -> Any:
        return getattr(student, network.function)()

    return GivenNetwork(
        own=own,
        is_there=lambda: facts() is not None,
        is_as_asked=lambda: facts() is not None and is_as_asked(facts(), network),
        ready=lambda: ready_network(name),
        own_words=own_words,
        ready_words=ready_words,
        own_trained=trained,
        ready_trained=lambda: train_digits(student, request.getfixturevalue("digits"), ready_network(name), name),
    )


def given_letters_network(student: Any, request: Any) -> GivenNetwork:
    """Return a network for the test of predict_letters: trained with `--train`, else as build_letters_model gives."""

    def trained() -> Any:
        return _trained_letters(request) if request.config.getoption("--train") else None

    return GivenNetwork(
        own=lambda: trained() or student.build_letters_model(),
        is_there=lambda: True,
        is_as_asked=lambda: trained() is not None,
        ready=lambda: ready_network("letters"),
        own_words=tr("the letters model"),
        ready_words=tr("a letters model of these tests"),
    )


def given_sure_letters(request: Any) -> GivenNetwork:
    """Return a network that knows letters, for a test of predict_letters; where it gives others, the student's decides.

    What somebody keeps of a training to predict with is not there without one: then it is left to `--train`.
    """

    def trained() -> Any:
        if not request.config.getoption("--train"):
            pytest.skip(tr("It reads a network of these tests wrongly; `pytest --train` tries your own."))
        return _trained_letters(request)

    return GivenNetwork(
        own=lambda: ready_network(SURE),
        is_there=lambda: True,
        is_as_asked=lambda: trained() is None,
        ready=trained,
        own_words=tr("a network of these tests"),
        ready_words=tr("the letters model"),
        is_students=lambda error: not isinstance(error, NotImplementedError),
    )


def _trained_letters(request: Any) -> Any:
    try:
        return request.getfixturevalue("trained_letters").model
    except Exception:  # the border to the student's code: its own test tells it
        return None


def train_digits(student: Any, digits: Any, model: Any, name: str) -> SimpleNamespace:
    """Have train_model train a network with the lab's own digits."""
    pictures = digits.train_images.reshape(-1, *INPUTS[name]).astype(np.float32) / 255
    history = student.train_model(model, pictures, digits.train_labels.astype(np.int64), EPOCHS[name])
    return SimpleNamespace(model=model, history=history, epochs=EPOCHS[name])
