"""Draw labelled sets of digits and letters by many writers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from grader.assignment.handwriting.errors import HandwritingError
from grader.assignment.handwriting.glyphs import Glyph, load_glyphs
from grader.assignment.handwriting.ink import make_paper
from grader.assignment.handwriting.motion import Curves, move_pen
from grader.assignment.handwriting.normalise import SIDE, ink_digits, ink_letters
from grader.assignment.handwriting.seeds import make_rng
from grader.assignment.handwriting.writers import LETTERS, Writers, choose_ways, make_writers, own_shapes, pen_widths

GENERATOR_VERSION = 3  # raise it when the same seed gives other images

_LABELS, _SAMPLES, _PAPER = 10, 11, 12  # names of random streams, apart from those of writers
_BATCH = 512  # samples drawn at once: bounds the memory of the large canvases

Finish = Callable[[np.ndarray, Curves, np.ndarray, np.random.Generator], np.ndarray]
"""``ink_digits`` or ``ink_letters``: from paper, curves, widths of pens and a stream to images."""


def _even_labels(count: int, classes: int, rng: np.random.Generator) -> np.ndarray:
    """Return labels, each class as often as any other, the odd ones spread by chance."""
    labels = np.arange(count) % classes
    return np.asarray(rng.permutation(classes))[labels]


def _check_weights(weights: Sequence[float], classes: int) -> np.ndarray:
    values = np.asarray(weights, dtype=np.float64)
    if values.shape != (classes,):
        raise HandwritingError(f"class_weights must hold {classes} numbers, got the shape {values.shape}")
    if not np.isfinite(values).all() or (values < 0).any():
        raise HandwritingError(f"class_weights must be finite and 0 or more, got {values.tolist()}")
    if not values.any():
        raise HandwritingError(f"class_weights must have one above 0, got {classes} zeros")
    return np.asarray(values / values.sum())


def make_labels(count: int, classes: int, weights: Sequence[float] | None, seed: int | bytes) -> np.ndarray:
    """Return ``count`` shuffled labels, uint8 (N,): even without weights, drawn by the weights otherwise.

    Raises:
        HandwritingError: ``count`` is below 0, or the weights cannot be probabilities.
    """
    if count < 0:
        raise HandwritingError(f"count must be 0 or more, got {count}")
    rng = make_rng(seed, _LABELS)
    if weights is None:
        labels = _even_labels(count, classes, rng)
    else:
        labels = rng.choice(classes, count, p=_check_weights(weights, classes))
    return rng.permutation(labels).astype(np.uint8)


def _draw_way(
    glyph: Glyph,
    key: tuple[int, int],
    writer: np.ndarray,
    writers: Writers,
    finish: Callable[[Curves, np.ndarray, np.random.Generator], np.ndarray],
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw one glyph for each entry of ``writer`` (K,); return images (K, 28, 28) uint8."""
    shapes = own_shapes(glyph, key, writers)
    images = np.empty((len(writer), SIDE, SIDE), np.uint8)
    for start in range(0, len(writer), _BATCH):
        who = writer[start : start + _BATCH]
        curves = move_pen(glyph, shapes[who], who, writers, rng)
        images[start : start + _BATCH] = finish(curves, pen_widths(glyph, writers, who, rng), rng)
    return images


def draw_set(classes: Sequence[Sequence[Glyph]], labels: np.ndarray, writers: Writers, finish: Finish) -> np.ndarray:
    """Draw a character of class ``labels[n]`` for each n; return images (N, 28, 28) uint8.

    Each class is a list of glyphs to choose from. ``finish`` turns curves into images: ``ink_digits`` or
    ``ink_letters``.
    """
    images = np.empty((len(labels), SIDE, SIDE), np.uint8)
    on_paper = partial(finish, make_paper(make_rng(writers.seed, _PAPER)))
    for label, ways in enumerate(classes):
        where = np.flatnonzero(labels == label)
        rng = make_rng(writers.seed, _SAMPLES, label)
        writer = rng.integers(0, writers.count, len(where))
        way = choose_ways(ways, label, writer, writers, rng)
        for index, glyph in enumerate(ways):
            mine = way == index
            images[where[mine]] = _draw_way(glyph, (label, index), writer[mine], writers, on_paper, rng)
    return images


def draw_digits(
    count: int, *, seed: int | bytes, writers: int = 200, class_weights: Sequence[float] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return shuffled digits in the form of MNIST: images (N, 28, 28) uint8, labels (N,) uint8 from 0 to 9.

    0 is paper and 255 is ink. The same arguments and ``GENERATOR_VERSION`` give the same bytes.

    Args:
        seed: decides the writers and everything they draw; another seed gives other people.
        writers: how many people share the work.
        class_weights: 10 numbers; the labels are drawn by them. Without them the classes are as even as possible.
    Raises:
        HandwritingError: an argument is out of range.
    """
    labels = make_labels(count, 10, class_weights, seed)
    glyphs = load_glyphs()
    classes = [glyphs[character] for character in "0123456789"]
    return draw_set(classes, labels, make_writers(writers, seed), ink_digits), labels


def letter_ways(label: int) -> list[Glyph]:
    """Return the ways of a letter: upper and lower case, each half of the weight."""
    ways = []
    for first in "Aa":
        cases = load_glyphs()[chr(ord(first) + label)]
        total = sum(glyph.weight for glyph in cases)
        ways += [replace(glyph, weight=glyph.weight / total) for glyph in cases]
    return ways


def draw_letters(
    count: int, *, seed: int | bytes, writers: int = 200, class_weights: Sequence[float] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return shuffled letters in the form of EMNIST: images (N, 28, 28) uint8, labels (N,) uint8, 0 for A to 25 for Z.

    A class holds upper and lower case. The images are upright: EMNIST's own files are transposed. Otherwise
    as ``draw_digits``, with 26 ``class_weights``.

    Raises:
        HandwritingError: an argument is out of range.
    """
    labels = make_labels(count, 26, class_weights, seed)
    classes = [letter_ways(label) for label in range(26)]
    return draw_set(classes, labels, make_writers(writers, seed, LETTERS), ink_letters), labels
