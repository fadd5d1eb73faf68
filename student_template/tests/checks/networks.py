"""The two networks that the assignment asks for, and words for how a network differs from them."""

from __future__ import annotations

from dataclasses import dataclass

from .messages import CheckFailed
from .model_facts import LayerFacts, ModelFacts


@dataclass(frozen=True)
class Network:
    """An expected network, layer by layer."""

    function: str
    input_shape: tuple[int, ...]
    layers: tuple[LayerFacts, ...]

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)


def _dense(units: int, activation: str, parameters: int) -> LayerFacts:
    return LayerFacts("Dense", activation, (units,), parameters, {"units": units})


def _conv(filters: int, side: int, shape: tuple[int, int, int], parameters: int) -> LayerFacts:
    return LayerFacts("Conv2D", "relu", shape, parameters, {"filters": filters, "kernel_size": [side, side]})


def _pool(shape: tuple[int, int, int]) -> LayerFacts:
    return LayerFacts("MaxPooling2D", "", shape, 0, {"pool_size": [2, 2]})


ANN = Network(
    "build_ann",
    (784,),
    (_dense(128, "linear", 100_480), _dense(40, "relu", 5_160), _dense(10, "softmax", 410)),
)
CNN = Network(
    "build_cnn",
    (28, 28, 1),
    (
        _conv(32, 3, (26, 26, 32), 320),
        _pool((13, 13, 32)),
        _conv(16, 2, (12, 12, 16), 2_064),
        _pool((6, 6, 16)),
        _conv(8, 3, (4, 4, 8), 1_160),
        LayerFacts("Flatten", "", (128,), 0),
        _dense(64, "relu", 8_256),
        _dense(10, "linear", 650),
    ),
)


def expect_built(facts: ModelFacts, network: Network) -> None:
    """Check that the function returned a compiled Sequential with the right input and ten outputs."""
    wanted = f"a compiled Sequential, input {network.input_shape}, 10 outputs"
    problem = ""
    if facts.kind != "Sequential":
        problem = f"a {facts.kind}"
    elif facts.input_shape != network.input_shape:
        problem = f"a model with input {facts.input_shape}"
    elif facts.output_shape != (10,):
        problem = f"a model with output {facts.output_shape}"
    elif not facts.compiled:
        problem = "a model that is not compiled"
    if problem:
        raise CheckFailed(
            f"{network.function} returned another kind of model.",
            came=problem,
            expected=wanted,
            hint="call `model.compile(...)` before you return it"
            if "compiled" in problem
            else "look at the first and the last layer",
        )


def expect_parameters(facts: ModelFacts, network: Network) -> None:
    """Check the number of parameters; the message shows the arithmetic layer by layer."""
    if facts.parameters != network.parameters:
        raise CheckFailed(
            f"{network.function} has another number of parameters.",
            came=f"{facts.parameters:,} = {_sum(facts.layers)}",
            expected=f"{network.parameters:,} = {_sum(network.layers)}",
            hint="compare the two sums: the first term that differs is the layer to look at",
        )


def expect_layers(facts: ModelFacts, network: Network) -> None:
    """Check kinds, sizes and output shapes of all layers, leaving activations aside."""
    for number, (came, wanted) in enumerate(zip(facts.layers, network.layers, strict=False), start=1):
        if not _same_layer(came, wanted):
            raise _wrong_layer(network, number, came, wanted, _layer_hint(came, wanted))
    if len(facts.layers) != len(network.layers):
        raise CheckFailed(
            f"{network.function} has another number of layers.",
            came=f"{len(facts.layers)}: " + ", ".join(layer.kind for layer in facts.layers),
            expected=f"{len(network.layers)}: " + ", ".join(layer.kind for layer in network.layers),
            hint="go through the list of layers in the handout one by one",
        )


def expect_activations(facts: ModelFacts, network: Network) -> None:
    """Check every layer's activation but the last one's, and that no dense layer misses one."""
    for number, (came, wanted) in enumerate(zip(facts.layers, network.layers, strict=False), start=1):
        if _activation(came) != _activation(wanted):
            raise _wrong_activation(network, number, came, wanted)


def _same_layer(came: LayerFacts, wanted: LayerFacts) -> bool:
    settings = all(came.settings.get(key) == value for key, value in wanted.settings.items())
    return came.kind == wanted.kind and came.output_shape == wanted.output_shape and settings


def _layer_hint(came: LayerFacts, wanted: LayerFacts) -> str:
    if came.kind != wanted.kind:
        return f"this layer should be a {wanted.kind}"
    if came.settings.get("padding") == "same":
        return 'leave `padding` at its default, "valid"'
    return "compare the sizes in the two descriptions"


def _wrong_layer(network: Network, number: int, came: LayerFacts, wanted: LayerFacts, hint: str) -> CheckFailed:
    return CheckFailed(
        f"{network.function}: layer {number} of {len(network.layers)} is another one.",
        came=came,
        expected=wanted,
        hint=hint,
    )


def _activation(layer: LayerFacts) -> str:
    return layer.activation or "linear"


def _wrong_activation(network: Network, number: int, came: LayerFacts, wanted: LayerFacts) -> CheckFailed:
    words = {"linear": "no activation"}
    ask = _activation(wanted)
    return CheckFailed(
        f"{network.function}: layer {number} ({came.kind}) has another activation.",
        came=words.get(_activation(came), _activation(came)),
        expected=words.get(ask, ask),
        hint="leave `activation` out" if ask == "linear" else f'`activation="{ask}"`',
    )


def _sum(layers: tuple[LayerFacts, ...]) -> str:
    return " + ".join(f"{layer.parameters:,}" for layer in layers if layer.parameters) or "0"
