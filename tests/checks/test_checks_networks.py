"""How a network differs from the one that is asked for, in words; and facts that come from elsewhere."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.assignment.public_tests.checks.model_facts import LayerFacts, ModelFacts
from grader.assignment.public_tests.checks.networks import (
    ANN,
    CNN,
    Network,
    expect_activations,
    expect_adam_and_accuracy,
    expect_built,
    expect_layers,
    expect_loss,
    expect_parameters,
)

CHECKS = (expect_built, expect_parameters, expect_layers, expect_activations)


def right(network: Network = ANN) -> ModelFacts:
    return ModelFacts(
        kind="Sequential",
        input_shape=network.input_shape,
        output_shape=(10,),
        layers=network.layers,
        parameters=network.parameters,
        compiled=True,
        loss="sparse_categorical_crossentropy",
        from_logits=False,
        optimizer="Adam",
        metrics=("accuracy",),
    )


def with_layer(number: int, network: Network = ANN, **changes: Any) -> ModelFacts:
    layers = list(network.layers)
    layers[number] = replace(layers[number], **changes)
    return replace(right(network), layers=tuple(layers), parameters=sum(layer.parameters for layer in layers))


def told(check: Callable[[ModelFacts, Network], None], facts: ModelFacts, network: Network = ANN) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(facts, network)
    return str(caught.value)


def test_the_networks_have_the_parameters_of_the_handout() -> None:
    assert (ANN.parameters, CNN.parameters) == (106_050, 12_450)


@pytest.mark.parametrize("network", [ANN, CNN], ids=lambda network: network.function)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_right_network_passes(network: Network, check: Callable[[ModelFacts, Network], None]) -> None:
    check(right(network), network)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "Functional"}, "a Functional"),
        ({"input_shape": (28, 28)}, "a model with input (28, 28)"),
        ({"output_shape": (1,)}, "a model with output (1,)"),
        ({"compiled": False}, "a model that is not compiled"),
    ],
    ids=["kind", "input", "output", "compiled"],
)
def test_another_kind_of_model_is_told(changes: dict[str, Any], words: str) -> None:
    text = told(expect_built, replace(right(), **changes))
    assert f"got:      {words}" in text
    assert "expected: a compiled Sequential, input (784,), 10 outputs" in text
    assert ("model.compile" in text) is (words == "a model that is not compiled")


@pytest.mark.parametrize(
    ("network", "shape", "cause"),
    [
        (CNN, (1, 28, 28), "the channel stands before rows and columns"),
        (CNN, (28, 28), "the last dimension, the one channel, is missing"),
        (ANN, (28, 28), "each picture is still a table of rows"),
        (CNN, (14, 14, 1), ""),
        (CNN, None, ""),
    ],
)
def test_another_input_is_told_with_its_cause(network: Network, shape: Any, cause: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        expect_built(replace(right(network), input_shape=shape), network)
    text = str(caught.value)
    assert f"cause:    {cause}" in text if cause else "cause:" not in text
    assert f"make layers.Input({network.input_shape}) the first layer" in text


def test_the_sum_of_the_parameters_is_shown_term_by_term() -> None:
    text = told(expect_parameters, with_layer(1, parameters=5_200))
    assert "got:      106,090 = 100,480 + 5,200 + 410" in text
    assert "expected: 106,050 = 100,480 + 5,160 + 410" in text
    assert "0 = 0" in told(expect_parameters, replace(right(), layers=(), parameters=0))


@pytest.mark.parametrize(
    ("facts", "network", "words"),
    [
        (with_layer(1, kind="Conv2D"), ANN, "layer 2 of 3"),
        (with_layer(1, kind="Dropout"), ANN, "this layer should be a Dense"),
        (with_layer(0, output_shape=(64,)), ANN, "layer 1 of 3"),
        (with_layer(0, settings={"units": 64}), ANN, "compare the sizes"),
        (with_layer(0, CNN, output_shape=(28, 28, 32), settings={"filters": 32, "padding": "same"}), CNN, "valid"),
        (replace(right(), layers=ANN.layers[:2]), ANN, "got:      2: Dense, Dense"),
        (replace(right(), layers=(*ANN.layers, ANN.layers[2])), ANN, "got:      4: "),
        (replace(right(), layers=()), ANN, "expected: 3: Dense, Dense, Dense"),
    ],
)  # fmt: skip
def test_the_first_layer_that_differs_is_told(facts: ModelFacts, network: Network, words: str) -> None:
    assert words in told(expect_layers, facts, network)


DROPOUT = LayerFacts("Dropout", "", (128,), 0)


@pytest.mark.parametrize(
    ("layers", "cause"),
    [
        ((ANN.layers[0], DROPOUT, *ANN.layers[1:]), "too many: layer 2 (Dropout)"),
        ((ANN.layers[0], DROPOUT, ANN.layers[1], DROPOUT, ANN.layers[2]), "layer 2 (Dropout), layer 4 (Dropout)"),
        ((*ANN.layers, DROPOUT), "too many: layer 4 (Dropout)"),
        ((*ANN.layers, *[DROPOUT] * 300), "layer 6 (Dropout), layer 7 (Dropout), ..."),
        ((ANN.layers[0], ANN.layers[2]), "missing: layer 2 (Dense)"),
        ((ANN.layers[1], DROPOUT, ANN.layers[0], ANN.layers[2]), ""),
        ((ANN.layers[0], DROPOUT, ANN.layers[2]), ""),
        ((ANN.layers[0], replace(ANN.layers[1], settings={"units": 41}), DROPOUT, ANN.layers[2]), ""),
    ],
)
def test_layers_too_many_or_missing_are_named(layers: tuple[LayerFacts, ...], cause: str) -> None:
    text = told(expect_layers, replace(right(), layers=layers))
    assert ("cause:" in text) is bool(cause)
    assert cause in text


def test_settings_that_are_not_at_their_default_are_named() -> None:
    strides = with_layer(1, CNN, output_shape=(25, 25, 32), settings={"pool_size": [2, 2], "strides": [1, 1]})
    assert "leave `strides` at its default" in told(expect_layers, strides, CNN)
    table = with_layer(0, output_shape=(28, 128), settings={"units": 128})
    assert "strides" not in told(expect_layers, table), "which a dense layer has not"
    bias = with_layer(0, parameters=100_352, settings={"units": 128, "use_bias": False})
    assert "leave `use_bias` at its default" in told(expect_parameters, bias)


def test_a_missing_pooling_layer_is_named() -> None:
    text = told(expect_layers, replace(right(CNN), layers=(CNN.layers[0], *CNN.layers[2:])), CNN)
    assert "missing: layer 2 (MaxPooling2D)" in text


def test_layers_are_compared_without_their_activations() -> None:
    expect_layers(with_layer(1, activation="tanh"), ANN)


@pytest.mark.parametrize(
    ("number", "activation", "came", "expected", "hint"),
    [
        (0, "relu", "relu", "no activation", "leave `activation` out"),
        (1, "linear", "no activation", "relu", '`activation="relu"`'),
        (1, "", "no activation", "relu", '`activation="relu"`'),
        (2, "sigmoid", "sigmoid", "softmax", '`activation="softmax"`'),
    ],
)
def test_another_activation_is_told(number: int, activation: str, came: str, expected: str, hint: str) -> None:
    text = told(expect_activations, with_layer(number, activation=activation))
    assert f"got:      {came}" in text
    assert f"expected: {expected}" in text
    assert hint in text


@pytest.mark.parametrize("network", [ANN, CNN], ids=lambda network: network.function)
def test_a_layer_too_many_has_no_wrong_activation_and_a_missing_one_has_none(network: Network) -> None:
    flatten = replace(network.layers[0], kind="Flatten", parameters=0, activation="")
    another = replace(network.layers[0], activation="tanh", parameters=9, settings={"units": 9})
    for layers in ((flatten, *network.layers), (another, *network.layers), network.layers + network.layers[-1:]):
        expect_activations(replace(right(network), layers=layers), network)
    for layers in (network.layers[:-2] + network.layers[-1:], ()):
        with pytest.raises(CheckFailed, match="layers are missing"):
            expect_activations(replace(right(network), layers=layers), network)
    with pytest.raises(CheckFailed, match=f"layer {len(network.layers)} "):
        expect_activations(with_layer(len(network.layers) - 1, network, activation="tanh"), network)
    expect_activations(with_layer(len(network.layers) - 1, network, activation="tanh"), network, last=False)


def test_a_layer_is_shown_in_words() -> None:
    assert str(CNN.layers[0]) == "Conv2D 32 3x3 relu -> 26x26x32, 320 parameters"
    assert str(ANN.layers[0]) == "Dense 128 -> 128, 100,480 parameters"


def test_facts_survive_the_way_as_plain_lists_and_dicts() -> None:
    for network in (ANN, CNN):
        assert ModelFacts.from_dict(right(network).to_dict()) == right(network)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kind", 5), ("kind", None), ("input_shape", 5), ("input_shape", ["784"]), ("input_shape", [784.0]),
        ("output_shape", [True]), ("parameters", "106050"), ("parameters", True), ("parameters", 1.0), ("loss", None),
        ("optimizer", []), ("metrics", 5), ("metrics", [5]), ("layers", 5), ("layers", [5]), ("layers", [{}]),
        ("layers", None), ("layers", [np.zeros(3)]), ("metrics", np.zeros(2)),
    ],
)  # fmt: skip
def test_facts_of_another_type_are_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError, match="not the facts of a model"):
        ModelFacts.from_dict(right().to_dict() | {key: value})


@pytest.mark.parametrize("facts", [None, [], np.zeros(3), "text"], ids=str)
def test_facts_that_are_no_dict_are_refused(facts: Any) -> None:
    with pytest.raises(ValueError, match="not the facts of a model"):
        ModelFacts.from_dict(facts)


@pytest.mark.parametrize("key", list(right().to_dict()))
def test_facts_without_a_key_are_refused(key: str) -> None:
    facts = right().to_dict()
    del facts[key]
    with pytest.raises(ValueError, match="not the facts of a model"):
        ModelFacts.from_dict(facts)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kind", 5), ("activation", None), ("output_shape", "x"), ("parameters", "5"), ("settings", 5),
        ("settings", np.zeros(1)),
        ("settings", {"units": {}}), ("settings", {"kernel_size": ["x"]}), ("settings", {"units": 1.5}),
    ],
)  # fmt: skip
def test_a_layer_of_another_type_is_refused(key: str, value: object) -> None:
    facts = copy.deepcopy(right().to_dict())
    facts["layers"][0][key] = value
    with pytest.raises(ValueError, match="not the facts of a model"):
        ModelFacts.from_dict(facts)


def test_a_forged_window_is_shown_and_not_a_crash() -> None:
    """Facts of an own design come from the worker; whatever they say, words can be made of them."""
    facts = right().to_dict()
    facts["layers"] = [facts["layers"][0] | {"settings": {"kernel_size": 5, "units": [3], "other": object()}}]
    layer = ModelFacts.from_dict(facts).layers[0]
    assert "other" not in layer.settings
    assert str(layer)


def test_a_long_name_is_cut() -> None:
    assert ModelFacts.from_dict(right().to_dict() | {"kind": "x" * 1000}).kind == "x" * 200


def test_a_layer_without_settings_has_words() -> None:
    assert str(LayerFacts("Flatten", "", (128,), 0)) == "Flatten -> 128, 0 parameters"


@pytest.mark.parametrize("check", [expect_loss, expect_adam_and_accuracy])
def test_a_network_that_is_not_compiled_is_not_said_to_be_compiled_wrongly(
    check: Callable[[ModelFacts, Network], None],
) -> None:
    facts = replace(right(), compiled=False, loss="", optimizer="", metrics=())
    assert told(check, facts).startswith("build_ann does not compile its model.")
    check(right(), ANN)
