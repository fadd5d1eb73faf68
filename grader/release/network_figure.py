"""Draw a network's layers: a box each, as wide as its output has channels, with shape and parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

FACES = {"Conv2D": "#d7e5f5", "MaxPooling2D": "#e6efe0", "Flatten": "#eeeeee", "Dense": "#f8e3d3"}
STEP, HEIGHT = 1.0, 0.62


def draw_network(model: Any) -> Figure:
    """Return a figure of a Sequential model's layers, from the input at the top down."""
    rows = [
        ("Input", model.input_shape[1:], None),
        *((_title(layer), layer.output.shape[1:], layer.count_params()) for layer in model.layers),
    ]
    figure = Figure(figsize=(5, 0.46 * len(rows)), layout="constrained")
    axes = figure.subplots()
    axes.set_xlim(-4.2, 5)
    axes.set_ylim(-STEP * len(rows) - 0.3, 0.6)
    axes.axis("off")
    for number, (title, shape, parameters) in enumerate(rows):
        y = -STEP * number
        half = 1.1 + 0.2 * np.log2(np.prod(shape))
        kind = title.partition(" ")[0]
        box = FancyBboxPatch(
            (-half, y - HEIGHT / 2), 2 * half, HEIGHT, boxstyle="round,pad=0.02", linewidth=0.8,
            edgecolor="#444444", facecolor=FACES.get(kind, "white"),
        )  # fmt: skip
        axes.add_patch(box)
        size = "x".join(str(side) for side in shape)
        axes.text(0, y, f"{title}  \N{RIGHTWARDS ARROW}  {size}", ha="center", va="center", fontsize=8)
        axes.text(4.9, y, f"{parameters:,}" if parameters else "", ha="right", va="center", fontsize=8)
        if number:
            arrow = ((0, y + STEP - HEIGHT / 2 - 0.03), (0, y + HEIGHT / 2 + 0.03))
            axes.add_patch(FancyArrowPatch(*arrow, arrowstyle="-|>", mutation_scale=7, color="#444444", linewidth=0.8))
    total = f"{model.count_params():,}"
    axes.text(4.9, -STEP * len(rows) + 0.1, total, ha="right", va="center", fontsize=8, fontweight="bold")
    return figure


def _title(layer: Any) -> str:
    """Return a layer as the handout's tables name it: `Conv2D 32 3x3 relu`."""
    config = layer.get_config()
    words = [type(layer).__name__]
    for key in ("filters", "units", "kernel_size", "pool_size"):
        value = config.get(key)
        if value is not None:
            words.append("x".join(str(side) for side in value) if isinstance(value, list | tuple) else str(value))
    if config.get("activation") not in (None, "linear"):
        words.append(config["activation"])
    return " ".join(words)
