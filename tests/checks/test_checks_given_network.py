"""Which network a function is tested with: the student's own, and a ready one where that is not as asked."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignment.public_tests.checks.given_network import GivenNetwork
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.assignment.public_tests.checks.model_facts import model_facts
from grader.assignment.public_tests.checks.networks import ANN, CNN, expect_loss, is_as_asked
from grader.assignment.public_tests.checks.ready_networks import NETWORKS, ready_network

OURS = KeyError("a mistake of the tests")


def network(*, there: bool = True, right: bool = True, trains: bool = True) -> GivenNetwork:
    def trained() -> Any:
        if not trains:
            raise CheckFailed("train_model fails")
        return SimpleNamespace(model="own, trained")

    return GivenNetwork(
        own=lambda: "own",
        is_there=lambda: there,
        is_as_asked=lambda: there and right,
        ready=lambda: "ready",
        own_words="yours",
        ready_words="ours",
        own_trained=trained,
        ready_trained=lambda: SimpleNamespace(model="ready, trained"),
        is_students=lambda error: error is not OURS,
    )


def seen(check: Callable[[Callable[[Any, str], None]], None], *, fails_with: tuple[str, ...] = ()) -> list[str]:
    """Return the networks that a check was made with; the check fails with some of them."""
    used: list[str] = []

    def look(given: Any, what: str) -> None:
        name = getattr(given, "model", given)
        used.append(f"{name} ({what})")
        if name in fails_with:
            raise CheckFailed(f"wrong with {name}")

    try:
        check(look)
    except CheckFailed as error:
        used.append(str(error))
    return used


def test_a_function_is_tested_with_the_students_own_network() -> None:
    assert seen(network().check) == ["own (yours)"]
    assert seen(network(right=False).check) == ["own (yours)"], "wrong, and the function works with it all the same"


def test_a_function_that_fails_with_a_network_as_asked_is_wrong() -> None:
    assert seen(network().check, fails_with=("own",)) == ["own (yours)", "wrong with own"]


def test_a_function_that_fails_with_a_wrong_network_is_tested_with_a_ready_one() -> None:
    wrong = network(right=False)
    assert seen(wrong.check, fails_with=("own",)) == ["own (yours)", "ready (ours)"]
    assert seen(wrong.check, fails_with=("own", "ready")) == ["own (yours)", "ready (ours)", "wrong with ready"]


def test_a_function_is_tested_with_a_ready_network_when_there_is_no_other() -> None:
    assert seen(network(there=False).check) == ["ready (ours)"]
    assert seen(network(there=False).check, fails_with=("ready",)) == ["ready (ours)", "wrong with ready"]


def test_saving_a_trained_network_needs_no_training_that_works() -> None:
    assert seen(network().check_trained) == ["own, trained (yours)"]
    assert seen(network(trains=False).check_trained) == ["ready (ours)"]
    assert seen(network(there=False).check_trained) == ["ready (ours)"]
    assert seen(network(right=False).check_trained, fails_with=("own, trained",))[1:] == ["ready (ours)"]
    assert seen(network().check_trained, fails_with=("own, trained",))[1:] == ["wrong with own, trained"]


def test_training_is_judged_by_a_ready_network_where_the_own_one_is_wrong_and_does_not_train() -> None:
    assert seen(network().check_training) == ["own, trained (yours)"]
    assert seen(network(trains=False).check_training) == ["train_model fails"]
    assert seen(network(trains=False, right=False).check_training) == ["ready, trained (ours)"]
    assert seen(network(there=False).check_training) == ["ready, trained (ours)"]


def test_a_mistake_of_the_tests_is_not_hidden_by_a_second_attempt() -> None:
    def fail(*_given: object) -> None:
        raise OURS

    wrong = network(right=False)
    for check in (wrong.check, wrong.check_trained, wrong.check_training):
        with pytest.raises(KeyError):
            check(fail)
    lost = GivenNetwork(**vars(network()) | {"own_trained": fail, "is_as_asked": lambda: False})
    with pytest.raises(KeyError):
        lost.check_trained(lambda *_given: None)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_ready_network_takes_and_gives_what_it_must_and_is_not_the_solution(name: str) -> None:
    facts = model_facts(ready_network(name))
    shape, classes, _activation = NETWORKS[name]
    assert (facts.input_shape, facts.output_shape, facts.compiled) == (shape, (classes,), True)
    for asked in (ANN, CNN):
        assert not is_as_asked(facts, asked)
        assert facts.parameters != asked.parameters
    expect_loss(facts, CNN if name == "cnn" else ANN)


def test_a_ready_network_has_the_same_weights_each_time_and_no_initialisers() -> None:
    first, second = (ready_network("cnn").get_weights() for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
    assert all(weight.any() for weight in first), "Keras begins with biases of 0"
