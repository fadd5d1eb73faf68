"""Draw one character as a person would in Paint, not normalised."""

import numpy as np

from grader.assignment.handwriting.errors import HandwritingError
from grader.assignment.handwriting.glyphs import CHARACTERS, Glyph, load_glyphs
from grader.assignment.handwriting.ink import draw_strokes, to_fixed
from grader.assignment.handwriting.motion import move_pen
from grader.assignment.handwriting.normalise import fit_box
from grader.assignment.handwriting.seeds import make_rng
from grader.assignment.handwriting.writers import NEAT, choose_ways, make_writers, own_shapes

SMALLEST, LARGEST = 28, 512
_PLACE = 20  # name of a random stream, apart from those of writers and sets
_FILL = (0.55, 0.75)  # how much of the canvas the ink's longer side takes
_PEN = 4 / 56  # width of the pen as a part of the canvas


def _check_picture(character: str, size: int) -> None:
    if not isinstance(character, str) or len(character) != 1 or character not in CHARACTERS:
        raise HandwritingError(f"character must be one of 0-9, A-Z, a-z, got {character!r}")
    if not SMALLEST <= size <= LARGEST:
        raise HandwritingError(f"size must be from {SMALLEST} to {LARGEST} pixels, got {size}")


def _draw_once(ways: tuple[Glyph, ...], key: int, seed: int | bytes) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return the curve (T, 2) of one sample by one writer, and the bounds of its strokes."""
    writers, writer = make_writers(1, seed, NEAT), np.zeros(1, np.intp)
    rng = make_rng(seed, _PLACE, key)
    way = int(choose_ways(ways, key, writer, writers, rng)[0])
    curves = move_pen(ways[way], own_shapes(ways[way], (key, way), writers)[writer], writer, writers, rng)
    return curves.points[0], curves.bounds


def draw_picture(character: str, *, seed: int | bytes, size: int = 56, invert: bool = False) -> np.ndarray:
    """Return a drawing of ``character`` with a round pen, (size, size) uint8: ink 0 on white 255.

    The border is paper all around. The place and size of the character vary; ``invert`` gives light on black.

    Raises:
        HandwritingError: the character is not one of 0-9, A-Z, a-z, or the size is not from 28 to 512.
    """
    _check_picture(character, size)
    key = CHARACTERS.index(character)
    points, bounds = _draw_once(load_glyphs()[character], key, seed)
    rng = make_rng(seed, _PLACE, key, 1)
    pen = max(round(size * _PEN * rng.uniform(0.85, 1.15)), 2)
    placed, extent = fit_box(points[None], np.array([pen], np.float64), size * rng.uniform(*_FILL))
    margin = np.maximum(size * 0.1, (size - extent[0]) / 2 * rng.uniform(0.5, 1.5, 2))
    placed = placed[0] + np.minimum(margin, size * 0.9 - extent[0])
    canvas = np.zeros((size, size), np.uint8)
    draw_strokes(canvas, to_fixed(placed), bounds, pen)
    return canvas if invert else 255 - canvas
