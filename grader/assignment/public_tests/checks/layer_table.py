"""Two networks side by side, layer by layer: the first wrong layer marked, with the arithmetic of its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .language import tr
from .model_facts import LayerFacts

if TYPE_CHECKING:
    from .networks import Network

Layers = Sequence[LayerFacts]
IsSame = Callable[[LayerFacts, LayerFacts], bool]
MARK = ">"
MORE_LAYERS = 4
"""So many are shown beyond those that the handout has."""


def layer_table(layers: Layers, network: Network, is_same: IsSame) -> list[str]:
    """Return the student's layers and those of the handout, a mark at the first pair that differs, its arithmetic."""
    count = min(max(len(layers), len(network.layers)), len(network.layers) + MORE_LAYERS)
    rows = [(tr("your network"), tr("the handout's"))]
    rows += [(_short(_at(layers, place)), _short(_at(network.layers, place))) for place in range(count)]
    width = max(len(one) for one, _other in rows) + 2
    wrong = _first_difference(layers, network.layers, is_same)
    lines = [
        f"{MARK if wrong is not None and place == wrong + 1 else ' '} {place or '':>2} {one:<{width}}{other}"
        for place, (one, other) in enumerate(rows)
    ]
    return [*lines, *layer_arithmetic(layers, network, is_same)]


def layer_arithmetic(layers: Layers, network: Network, is_same: IsSame) -> list[str]:
    """Return how many parameters the two layers have that differ first, and why; nothing when they have none."""
    wrong = _first_difference(layers, network.layers, is_same)
    if wrong is None:
        return []
    came = arithmetic(layers, wrong, network.input_shape)
    wanted = arithmetic(network.layers, wrong, network.input_shape)
    if not came and not wanted:
        return []
    names = [tr("yours:"), tr("the handout's:")]
    width = max(len(name) for name in names) + 1
    head = tr("parameters of layer {number}:", number=wrong + 1)
    return [head, *(f"  {name:<{width}}{text or '-'}" for name, text in zip(names, (came, wanted), strict=True))]


def _first_difference(layers: Layers, wanted: Layers, is_same: IsSame) -> int | None:
    for place in range(max(len(layers), len(wanted))):
        one, other = _at(layers, place), _at(wanted, place)
        if one is None or other is None or not is_same(one, other):
            return place
    return None


def _at(layers: Layers, place: int) -> LayerFacts | None:
    return layers[place] if place < len(layers) else None


def _short(layer: LayerFacts | None) -> str:
    """Return a layer in few signs: kind, size, window, output shape."""
    return tr("(none)") if layer is None else str(layer).partition(",")[0]


def arithmetic(layers: Layers, place: int, input_shape: tuple[int, ...]) -> str:
    """Return how the number of a layer's parameters comes about: ``784*128 + 128 = 100,480``.

    Nothing for a layer that is not there or that has none; the bare number for one whose sizes are not known.
    """
    layer = _at(layers, place)
    if layer is None or not layer.parameters:
        return ""
    before = layers[place - 1].output_shape if place else input_shape
    number = f"{layer.parameters:,}"
    if layer.kind == "Dense" and before:
        factors, outputs = [before[-1]], layer.output_shape[-1:]
    elif layer.kind == "Conv2D" and len(before) == 3:
        window = layer.settings.get("kernel_size")
        factors, outputs = [*(window if isinstance(window, list) else ()), before[-1]], layer.output_shape[-1:]
    else:
        return number
    terms = [*factors, *outputs]
    bias = layer.parameters - math.prod(terms)
    text = "*".join(str(term) for term in terms)
    return f"{text} + {bias} = {number}" if bias in outputs else (f"{text} = {number}" if not bias else number)
