"""State what a matplotlib figure shows: its subplots, their pictures, texts and marks."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

MAX_AXES = 200


def figure_facts(figure: Any) -> dict[str, Any]:
    """Return the facts of a figure's subplots, in order; a subplot without pictures and text does not count.

    ``{"subplots": [{"picture": array or None, "texts": [...], "marks": [...]}]}``: ``marks`` describes every drawn
    part by kind, colour and width, and its text with numbers and letters taken out, so that a right and a wrong
    prediction that differ only in the label itself have the same marks.
    """
    subplots = [_subplot(axes) for axes in figure.axes[:MAX_AXES]]
    return {"subplots": [subplot for subplot in subplots if subplot["picture"] is not None or subplot["texts"]]}


def _subplot(axes: Any) -> dict[str, Any]:
    pictures = [np.asarray(image.get_array(), float) for image in axes.get_images()]
    titles = [axes.get_title(place) for place in ("left", "center", "right")]
    written = [*titles, axes.get_xlabel(), axes.get_ylabel(), *(text.get_text() for text in axes.texts)]
    texts = [text for text in written if text]
    marks = [_mark(part) for part in axes.findobj() if part.get_visible()]
    return {"picture": pictures[0] if pictures else None, "texts": texts, "marks": sorted(marks)}


def _mark(part: Any) -> str:
    colours = []
    for getter in ("get_color", "get_facecolor", "get_edgecolor"):
        if hasattr(part, getter):
            colours.append(_colour(getattr(part, getter)()))
    words = re.sub(r"[\w.-]+", "#", part.get_text()) if hasattr(part, "get_text") else ""
    kept = _words(part.get_text()) if hasattr(part, "get_text") else ""
    width = getattr(part, "get_linewidth", lambda: "")()
    weight = part.get_fontweight() if hasattr(part, "get_fontweight") else ""
    cmap = part.get_cmap().name if hasattr(part, "get_cmap") and part.get_array() is not None else ""
    return "|".join(str(item) for item in (type(part).__name__, *colours, words, kept, width, weight, cmap))


def _words(text: str) -> str:
    """Keep words of two and more letters ("wrong", "is"): a label is one digit or one letter."""
    return " ".join(re.findall(r"[^\W\d_]{2,}", text))


def _colour(value: Any) -> str:
    try:
        return str(np.round(np.asarray(value, float), 3).tolist())
    except (TypeError, ValueError):
        return str(value)
