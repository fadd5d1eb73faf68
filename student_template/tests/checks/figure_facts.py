"""State what a matplotlib figure shows: its subplots, their pictures, texts and marks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

MAX_AXES = 200
LEAST_SIDE = 28
"""Of a picture that is drawn by something else than an image: less may be anything."""
LOOKS = ("color", "facecolor", "edgecolor", "linewidth", "linestyle", "alpha", "fontweight", "fontsize", "fontstyle")


def figure_facts(figure: Any) -> dict[str, Any]:
    """Return the facts of a figure's subplots, in order; a subplot without pictures and text does not count.

    ``{"subplots": [{"pictures": [array], "texts": [...], "marks": [...]}]}``: ``pictures`` holds the picture as it is
    stored, and, where its first row is drawn lowest, also the other way round; it is empty where there is none.
    ``marks`` describes what is drawn by kind, colour and width, and its text with numbers and single letters taken out,
    so that a right and a wrong prediction that differ only in the label itself have the same marks. Ticks and the axis
    lines' visibility are left aside: they may depend on a subplot's place. A picture that lies on the figure itself,
    beside all subplots, counts as one; the texts nearest to it are its own.
    """
    axes = figure.axes[:MAX_AXES]
    for text in figure.findobj(lambda part: hasattr(part, "set_usetex")):
        text.set_usetex(False)  # nobody has LaTeX here
    figure.draw_without_rendering()  # places the subplots
    sheets = [figure, *_inner_figures(figure)]
    loose = [part for sheet in sheets for part in (*sheet.patches, *sheet.lines, *sheet.texts, *sheet.artists)]
    images = [image for sheet in sheets for image in sheet.images][:MAX_AXES]
    subplots = [_subplot(one, [part for part in (*loose, *images) if _overlap(part, one)]) for one in axes]
    alone = [image for image in images if not any(_overlap(image, one) for one in axes)]
    texts = [part for part in loose if _is_text(part) and not any(_overlap(part, one) for one in axes)]
    subplots += [_picture_alone(image, [text for text in texts if _nearest(text, alone) is image]) for image in alone]
    return {"subplots": [subplot for subplot in subplots if subplot["pictures"] or subplot["texts"]]}


def _inner_figures(figure: Any) -> Iterator[Any]:
    for inner in getattr(figure, "subfigs", []):
        yield inner
        yield from _inner_figures(inner)


def _subplot(axes: Any, loose: list[Any]) -> dict[str, Any]:
    images = axes.get_images()
    others = [*axes.findobj(lambda part: hasattr(part, "get_array") and part not in images), *loose]
    pictures = [*map(_pixels, images), *filter(_is_large, map(_pixels, others))]
    found = [picture for picture in pictures if picture is not None][:1]
    found += [picture[::-1] for picture in found if _is_upward(axes)]
    written = [str(text.get_text()) for text in _texts(axes, loose)]
    marks = sorted(_mark(part) for part in _parts(axes, loose) if part.get_visible())
    return {"pictures": found, "texts": [text for text in written if text], "marks": marks}


def _picture_alone(image: Any, texts: list[Any]) -> dict[str, Any]:
    picture = _pixels(image)
    marks = sorted(_mark(part) for part in (image, *texts))
    written = [str(text.get_text()) for text in texts if text.get_text()]
    return {"pictures": [] if picture is None else [picture, picture[::-1]], "texts": written, "marks": marks}


def _pixels(part: Any) -> np.ndarray | None:
    """Return the array (rows, columns) or (rows, columns, colours) that an artist is drawn from; None for no picture.

    `pcolor` and `scatter` keep it as one row of numbers.
    """
    data = part.get_array() if hasattr(part, "get_array") else None
    if data is None:
        return None
    array = np.asarray(data, float)
    side = math.isqrt(array.size)
    if array.ndim == 1 and side * side == array.size:
        places = part.get_offsets() if hasattr(part, "get_offsets") else ()
        order = np.lexsort(np.asarray(places).T) if len(places) == array.size else slice(None)
        array = array[order].reshape(side, side)
    return array if array.ndim in (2, 3) else None


def _is_large(picture: np.ndarray | None) -> bool:
    """Tell whether an array that no image is drawn from may be a picture: a colour bar and contours have small ones."""
    return picture is not None and min(picture.shape[:2]) >= LEAST_SIDE


def _is_upward(axes: Any) -> bool:
    """Tell whether the first row of a picture in this subplot is drawn lowest: by `pcolormesh`, or origin="lower"."""
    lower = any(getattr(image, "origin", "upper") == "lower" for image in axes.get_images())
    return lower or not (axes.yaxis_inverted() or axes.get_images())


def _texts(axes: Any, loose: list[Any]) -> list[Any]:
    titles = [child for child in axes.get_children() if _is_text(child)]
    return [*titles, axes.xaxis.label, axes.yaxis.label, *(part for part in loose if _is_text(part))]


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
    text = part.get_text() if _is_text(part) else ""
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
    return bool(part.get_visible() and _extent(part).overlaps(axes.get_window_extent()))


def _extent(part: Any) -> Any:
    """Return where an artist lies, in pixels of the figure; `figimage` makes one that states it in its own way."""
    if not hasattr(part, "ox"):
        return part.get_window_extent()
    left, right, low, high = part.get_extent()
    box = part.get_window_extent().frozen()
    box.set_points(np.array([[left, low], [right, high]], float))
    return box


def _is_text(part: Any) -> bool:
    """Tell whether an artist is a text: contours have a `get_text` of another meaning."""
    return hasattr(part, "get_text") and hasattr(part, "get_fontsize")


def _nearest(text: Any, images: list[Any]) -> Any:
    """Return the picture whose middle is nearest to that of a text; None when there is none."""

    def distance(image: Any) -> float:
        (x0, y0), (x1, y1) = (box.get_points().mean(axis=0) for box in (_extent(text), _extent(image)))
        return float(np.hypot(x1 - x0, y1 - y0))

    return min(images, key=distance, default=None)
