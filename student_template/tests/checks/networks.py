"""The two networks that the assignment asks for, and words for how a network differs from them."""

from __future__ import annotations

from dataclasses import dataclass

from .differences import shape_cause
from .language import tr
from .layer_table import IsSame, Layers, layer_arithmetic, layer_table
from .messages import CheckFailed, describe_kind
from .model_facts import CROSSENTROPY, LayerFacts, ModelFacts

Numbered = list[tuple[int, LayerFacts]]
MAX_NAMED = 4
"""Layers that are too many or missing."""


@dataclass(frozen=True)
class Network:
    """An expected network, layer by layer."""

    function: str
    input_shape: tuple[int, ...]
    layers: tuple[LayerFacts, ...]
    from_logits: bool = False
    """Whether its outputs, and so its loss, are logits."""

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
    from_logits=True,
)


def expect_built(facts: ModelFacts, network: Network) -> None:
    """Check that the function returned a compiled Sequential with the right input and ten outputs."""
    hint, cause = tr("look at the first and the last layer"), ""
    if facts.kind != "Sequential":
        came = describe_kind(facts.kind)
    elif facts.input_shape != network.input_shape:
        came = tr("a model with input {shape}", shape=facts.input_shape)
        cause = shape_cause((1, *facts.input_shape), (1, *network.input_shape)) if facts.input_shape else ""
        hint = tr("make layers.Input({shape}) the first layer", shape=network.input_shape)
    elif facts.output_shape != (10,):
        came = tr("a model with output {shape}", shape=facts.output_shape)
    elif not facts.compiled:
        came, hint = tr("a model that is not compiled"), tr("call `model.compile(...)` before you return it")
    else:
        return
    raise CheckFailed(
        tr("{function} returned the wrong kind of model.", function=network.function),
        came=came,
        expected=tr("a compiled Sequential, input {shape}, 10 outputs", shape=network.input_shape),
        cause=cause,
        hint=hint,
    )


def expect_parameters(facts: ModelFacts, network: Network) -> None:
    """Check the number of parameters; the message shows the arithmetic layer by layer."""
    if facts.parameters != network.parameters:
        raise CheckFailed(
            tr("{function} has the wrong number of parameters.", function=network.function),
            came=f"{facts.parameters:,} = {_sum(facts.layers)}",
            expected=f"{network.parameters:,} = {_sum(network.layers)}",
            hint=tr("leave `use_bias` at its default, True")
            if any(layer.settings.get("use_bias") is False for layer in facts.layers)
            else tr("compare the two sums: the first term that differs is the layer to look at"),
            details=layer_arithmetic(facts.layers, network, _same_parameters),
        )


def expect_layers(facts: ModelFacts, network: Network) -> None:
    """Check kinds, sizes and output shapes of all layers, leaving activations aside."""
    if cause := _count_cause(facts.layers, network.layers):
        raise _wrong_number(facts, network, cause)
    for number, (came, wanted) in enumerate(zip(facts.layers, network.layers, strict=False), start=1):
        if not _same_layer(came, wanted):
            raise CheckFailed(
                tr(
                    "{function}: layer {number} of {count} is not the expected layer.",
                    function=network.function,
                    number=number,
                    count=len(network.layers),
                ),
                came=came,
                expected=wanted,
                hint=_layer_hint(came, wanted),
                details=layer_table(facts.layers, network, _same_layer),
            )
    if len(facts.layers) != len(network.layers):
        raise _wrong_number(facts, network, "")


def _wrong_number(facts: ModelFacts, network: Network, cause: str) -> CheckFailed:
    return CheckFailed(
        tr("{function} has the wrong number of layers.", function=network.function),
        came=f"{len(facts.layers)}: " + ", ".join(layer.kind for layer in facts.layers),
        expected=f"{len(network.layers)}: " + ", ".join(layer.kind for layer in network.layers),
        cause=cause,
        hint=tr("go through the list of layers in the handout one by one"),
        details=layer_table(facts.layers, network, _same_layer),
    )


def _count_cause(came: Layers, wanted: Layers) -> str:
    """Name the layers that are too many, or that are missing, where all the others are there, in their order."""
    if extra := _left_over(came, wanted, _same_settings):
        return tr("too many: {layers}", layers=extra)
    missing = _left_over(wanted, came, lambda layer, own: _same_settings(own, layer))
    return tr("missing: {layers}", layers=missing) if missing else ""


def _left_over(longer: Layers, shorter: Layers, is_same: IsSame) -> str:
    """Tell which layers have to go from the longer list to leave the shorter one; nothing when that makes another."""
    rest, left_over = list(shorter), []
    for number, layer in enumerate(longer, start=1):
        if rest and is_same(layer, rest[0]):
            del rest[0]
        else:
            left_over.append(tr("layer {number} ({kind})", number=number, kind=layer.kind))
    more = ["..."] if len(left_over) > MAX_NAMED else []
    return "" if rest else ", ".join(left_over[:MAX_NAMED] + more)


def expect_activations(facts: ModelFacts, network: Network, *, last: bool = True) -> None:
    """Check the activations of the layers with weights; the last one's with `last` alone.

    Layers of other sizes, and layers too many, are told by `expect_layers`: the rest have no wrong activation for that.
    Of a layer that is missing the activation is missing, too.
    """
    came, wanted = (
        [(number, layer) for number, layer in enumerate(layers, start=1) if layer.parameters]
        for layers in (facts.layers, network.layers)
    )
    if len(came) < len(wanted):
        raise CheckFailed(
            tr("{function}: layers are missing, and their activations with them.", function=network.function),
            came=", ".join(_activation_words(layer) for _place, layer in came) or tr("no layers with weights"),
            expected=", ".join(_activation_words(layer) for _place, layer in wanted),
            hint=tr("go through the list of layers in the handout one by one"),
        )
    pairs = _partners(came, wanted)
    for (number, layer), (_place, other) in pairs if last else pairs[:-1]:
        if _activation(layer) != _activation(other):
            raise _wrong_activation(network, number, layer, other)


def expect_compiled(facts: ModelFacts, network: Network) -> None:
    """Check that there is a loss and an optimizer to speak of."""
    if not facts.compiled:
        raise CheckFailed(
            tr("{function} does not compile its model.", function=network.function),
            came=tr("a model that is not compiled"),
            expected=tr("a compiled model"),
            hint=tr("call `model.compile(...)` before you return it"),
        )


def expect_loss(facts: ModelFacts, network: Network) -> None:
    """Check that the loss is the crossentropy of whole-number labels, from what the network gives."""
    expect_compiled(facts, network)
    wanted = (
        tr("{loss} from logits", loss=CROSSENTROPY)
        if network.from_logits
        else tr("{loss} from probabilities", loss=CROSSENTROPY)
    )
    if facts.loss == CROSSENTROPY and facts.from_logits is network.from_logits:
        return
    came = facts.loss or tr("no loss")
    raise CheckFailed(
        tr("{function} is compiled with the wrong loss.", function=network.function),
        came=tr("{loss} from logits", loss=came) if facts.from_logits else came,
        expected=wanted,
        hint=tr("keras.losses.SparseCategoricalCrossentropy(from_logits=True): the last layer gives logits")
        if network.from_logits
        else tr('loss="sparse_categorical_crossentropy": the labels are whole numbers, the outputs probabilities'),
    )


def is_accuracy(metric: str) -> bool:
    """Tell whether a metric counts right labels; it may have any name that says so."""
    other = any(word in metric for word in ("binary", "top_k", "topk"))
    return "acc" in metric and not other and metric != "categorical_accuracy"


def expect_adam_and_accuracy(facts: ModelFacts, network: Network) -> None:
    """Check the optimizer and the metrics."""
    expect_compiled(facts, network)
    if facts.optimizer != "Adam":
        raise CheckFailed(
            tr("{function} is compiled with the wrong optimizer.", function=network.function),
            came=facts.optimizer or tr("none"),
            expected="Adam",
            hint='optimizer="adam"',
        )
    if not any(is_accuracy(metric) for metric in facts.metrics):
        raise CheckFailed(
            tr("{function} is compiled without accuracy.", function=network.function),
            came=", ".join(facts.metrics) or tr("no metrics"),
            expected=tr("a metric that is accuracy"),
            hint='metrics=["accuracy"]',
        )


def is_as_asked(facts: ModelFacts, network: Network) -> bool:
    """Tell whether nothing at all is wrong with a network."""
    checks = (
        expect_built,
        expect_parameters,
        expect_layers,
        expect_activations,
        expect_loss,
        expect_adam_and_accuracy,
    )
    try:
        for check in checks:
            check(facts, network)
    except CheckFailed:
        return False
    return True


def _partners(came: Numbered, wanted: Numbered) -> list[tuple[tuple[int, LayerFacts], tuple[int, LayerFacts]]]:
    """Pair the layers by their settings where all that are wanted are found, in their order; else by their places."""
    rest, pairs = list(came), []
    for layer in wanted:
        while rest and not _same_settings(rest[0][1], layer[1]):
            del rest[0]
        if rest:
            pairs.append((rest.pop(0), layer))
    places = [*zip(came[:-1], wanted[:-1], strict=False), (came[-1], wanted[-1])]
    return pairs if len(pairs) == len(wanted) else places


def _same_layer(came: LayerFacts, wanted: LayerFacts) -> bool:
    return came.output_shape == wanted.output_shape and _same_settings(came, wanted)


def _same_settings(came: LayerFacts, wanted: LayerFacts) -> bool:
    settings = all(came.settings.get(key) == value for key, value in wanted.settings.items())
    return came.kind == wanted.kind and settings


def _same_parameters(came: LayerFacts, wanted: LayerFacts) -> bool:
    return came.parameters == wanted.parameters


def _layer_hint(came: LayerFacts, wanted: LayerFacts) -> str:
    if came.kind != wanted.kind:
        return tr("this layer should be a {kind}", kind=wanted.kind)
    if came.settings.get("padding") == "same":
        return tr('leave `padding` at its default, "valid"')
    strides = came.settings.get("strides")
    if strides and _same_settings(came, wanted) and strides != came.settings.get("pool_size", [1, 1]):
        return tr("leave `strides` at its default")
    return tr("compare the sizes in the two descriptions")


def _activation(layer: LayerFacts) -> str:
    return layer.activation or "linear"


def _activation_words(layer: LayerFacts) -> str:
    return tr("no activation") if _activation(layer) == "linear" else _activation(layer)


def _wrong_activation(network: Network, number: int, came: LayerFacts, wanted: LayerFacts) -> CheckFailed:
    ask = _activation(wanted)
    return CheckFailed(
        tr(
            "{function}: layer {number} ({kind}) has the wrong activation.",
            function=network.function,
            number=number,
            kind=came.kind,
        ),
        came=_activation_words(came),
        expected=_activation_words(wanted),
        hint=tr("leave `activation` out") if ask == "linear" else f'`activation="{ask}"`',
    )


def _sum(layers: tuple[LayerFacts, ...]) -> str:
    return " + ".join(f"{layer.parameters:,}" for layer in layers if layer.parameters) or "0"
