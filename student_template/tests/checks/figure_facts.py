"""State what a matplotlib figure shows: its subplots, their pictures, texts and marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

MAX_AXES = 200
LOOKS = ("color", "facecolor", "edgecolor", "linewidth", "linestyle", "alpha", "fontweight", "fontsize", "fontstyle")


def figure_facts(figure: Any) -> dict[str, Any]:
    """Return the facts of a figure's subplots, in order; a subplot without pictures and text does not count.

    ``{"subplots": [{"picture": array or None, "texts": [...], "marks": [...]}]}``: ``marks`` describes what is drawn by
    kind, colour and width, and its text with numbers and single letters taken out, so that a right and a wrong
    prediction that differ only in the label itself have the same marks. Ticks and the axis lines' visibility are left
    aside: they may depend on a subplot's place.
    """
    axes = figure.axes[:MAX_AXES]
    for text in figure.findobj(lambda part: hasattr(part, "set_usetex")):
        text.set_usetex(False)  # nobody has LaTeX here
    figure.draw_without_rendering()  # places the subplots
    loose = [*figure.patches, *figure.lines, *figure.texts, *figure.artists]
    subplots = [_subplot(one, [part for part in loose if _overlap(part, one)]) for one in axes]
    return {"subplots": [subplot for subplot in subplots if subplot["picture"] is not None or subplot["texts"]]}


def _subplot(axes: Any, loose: list[Any]) -> dict[str, Any]:
    pictures = [np.asarray(image.get_array(), float) for image in axes.get_images()]
    written = [str(text.get_text()) for text in _texts(axes, loose)]
    marks = sorted(_mark(part) for part in _parts(axes, loose) if part.get_visible())
    return {"picture": pictures[0] if pictures else None, "texts": [text for text in written if text], "marks": marks}


def _texts(axes: Any, loose: list[Any]) -> list[Any]:
    titles = [child for child in axes.get_children() if hasattr(child, "get_text")]
    return [*titles, axes.xaxis.label, axes.yaxis.label, *(part for part in loose if hasattr(part, "get_text"))]


def _parts(axes: Any, loose: list[Any]) -> Iterator[Any]:
    """Yield everything that can tell a picture apart: its frame, colours, texts, and what lies over it."""
    kinds = (axes.patch, *axes.patches, *axes.lines, *axes.collections, *axes.images, *axes.artists, *loose)
    yield from kinds
    if axes.axison:
        yield from axes.spines.values()
    for text in _texts(axes, []):
        yield text
        if text.get_bbox_patch() is not None:
            yield text.get_bbox_patch()


def _mark(part: Any) -> str:
    looks = [_look(part, name) for name in LOOKS]
    text = part.get_text() if hasattr(part, "get_text") else ""
    shape = re.sub(r"[\w.-]+", "#", text)
    cmap, channels = "", ""
    if hasattr(part, "get_cmap") and part.get_array() is not None:
        cmap, channels = part.get_cmap().name, _channels(np.asarray(part.get_array()))
    return "|".join((type(part).__name__, *looks, shape, _words(text), cmap, channels))


def _channels(array: np.ndarray) -> str:
    """Return the mean of each colour of a picture, which a tint or a painted frame changes; nothing without colours."""
    return str(np.round(array.mean(axis=(0, 1), dtype=float), 3).tolist()) if array.ndim == 3 else ""


def _look(part: Any, name: str) -> str:
    getter = getattr(part, f"get_{name}", None)
    value = getter() if getter is not None else ""
    try:
        return str(np.round(np.asarray(value, float), 3).tolist())
    except (TypeError, ValueError):
        return str(value)


def _words(text: str) -> str:
    """Keep words of two and more letters ("wrong", "is"): a label is one digit or one letter."""
    return " ".join(re.findall(r"[^\W\d_]{2,}", text))


def _overlap(part: Any, axes: Any) -> bool:
    """Tell whether something drawn on the figure itself lies over a subplot."""
    return bool(part.get_visible() and part.get_window_extent().overlaps(axes.get_window_extent()))
