"""What a History tells of its training: real ones of Keras, and some that no `fit` made."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignment.public_tests.checks.history_facts import history_facts

X = np.random.default_rng(3).random((40, 6), dtype=np.float32)
Y = np.arange(40) % 3


@pytest.fixture
def network() -> Any:
    import keras

    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def test_one_call_tells_its_epochs(network: Any) -> None:
    facts = history_facts(network.fit(X, Y, epochs=3, batch_size=8, verbose=0))
    assert facts["epochs"] == 3
    assert not facts["part"]
    assert len(facts["history"]["loss"]) == 3


def test_a_training_that_stops_early_was_asked_for_more(network: Any) -> None:
    import keras

    stop = keras.callbacks.EarlyStopping("loss", patience=1, min_delta=1e9)
    facts = history_facts(network.fit(X, Y, epochs=5, callbacks=[stop], verbose=0))
    assert facts["epochs"] == 5
    assert not facts["part"]
    assert len(facts["history"]["loss"]) == 2


def test_several_calls_count_together(network: Any) -> None:
    for _ in range(4):
        history = network.fit(X, Y, epochs=1, batch_size=8, verbose=0)
    assert history_facts(history)["epochs"] == 4
    assert history_facts(history)["part"]


def test_the_history_of_the_last_of_several_calls_is_a_part_however_they_count(network: Any) -> None:
    for epoch in range(3):
        history = network.fit(X, Y, epochs=epoch + 1, initial_epoch=epoch, batch_size=8, verbose=0)
    assert history_facts(history)["part"]


def test_figures_of_all_calls_in_one_history_are_whole(network: Any) -> None:
    first = network.fit(X, Y, epochs=1, batch_size=8, verbose=0)
    for _ in range(3):
        rest = network.fit(X, Y, epochs=1, batch_size=8, verbose=0)
        first.history["loss"] += rest.history["loss"]
    assert not history_facts(first)["part"]


def test_a_call_that_stops_early_after_another_one_is_whole(network: Any) -> None:
    import keras

    network.fit(X, Y, epochs=2, batch_size=8, verbose=0)
    stop = keras.callbacks.EarlyStopping("loss", patience=1, min_delta=1e9)
    assert not history_facts(network.fit(X, Y, epochs=5, batch_size=8, callbacks=[stop], verbose=0))["part"]


def test_calls_with_batches_of_two_sizes_count_by_their_figures(network: Any) -> None:
    history = network.fit(X, Y, epochs=2, batch_size=8, verbose=0)
    rest = network.fit(X, Y, epochs=3, initial_epoch=2, batch_size=20, verbose=0)
    history.history["loss"] += rest.history["loss"]
    assert history_facts(history)["epochs"] == 3
    assert not history_facts(history)["part"]


@pytest.mark.parametrize(
    "made",
    [
        SimpleNamespace(history={"loss": [1.0]}),
        SimpleNamespace(history={"loss": [1.0]}, params=None, model=None),
        SimpleNamespace(history={"loss": [1.0]}, params={"epochs": "two", "steps": 0}, model=5),
    ],
)
def test_a_history_that_no_fit_made_tells_no_epochs(made: Any) -> None:
    assert history_facts(made) == {"history": {"loss": [1.0]}, "epochs": 0, "part": False}


def test_a_figure_that_is_no_number_is_left_out(network: Any) -> None:
    import keras

    network.compile("adam", "categorical_crossentropy", metrics=[keras.metrics.F1Score(average=None)])
    facts = history_facts(network.fit(X, np.eye(3)[Y], epochs=2, verbose=0))
    assert facts["epochs"] == 2
    assert set(facts["history"]) == {"loss"}


@pytest.mark.parametrize("other", [None, 5, SimpleNamespace(history=[1.0])])
def test_anything_else_tells_nothing(other: Any) -> None:
    assert history_facts(other) == {"history": {}, "epochs": 0, "part": False}
