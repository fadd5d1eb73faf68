"""Put ink on paper: draw fixed-point curves with OpenCV's lines, and roughen their edges."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

_SHIFT = 5  # coordinates are whole numbers of 1/32 pixel, so the last bit of a sine cannot change an image
_SOFT = (5, 5)  # twice this box is a blur of sigma 2 pixels of the canvas: how far the paper can move an edge
_CONTRAST = 3.2  # of the scanner: how sharp the soft edge becomes again
_DEEPEST = 64  # limit of the noise: 128 - 64 >= 128 / _CONTRAST, or bare paper would turn grey and full ink pale
_SHEET = 512  # pixels of the canvas along one side of the paper
_GRAIN = ((14, 24.0), (4, 26.0))  # size in pixels of the canvas and standard deviation of each noise of the paper


def to_fixed(points: np.ndarray) -> np.ndarray:
    """Return pixel coordinates as fixed-point int32, the form that ``draw_strokes`` takes."""
    return np.round(points * (1 << _SHIFT)).astype(np.int32)


def draw_strokes(
    canvas: np.ndarray, points: np.ndarray, bounds: Sequence[int], thickness: int, *, smooth: bool = True
) -> None:
    """Draw the strokes of one character in white on ``canvas``, a uint8 image, in place.

    Args:
        points: shape (T, 2) int32, from ``to_fixed``.
        bounds: stroke s is ``points[bounds[s] : bounds[s + 1]]``.
        thickness: of the pen, in pixels of the canvas, at least 1.
        smooth: draw anti-aliased edges; without, it takes a quarter of the time.
    """
    strokes = [points[first:last] for first, last in pairwise(bounds)]
    cv2.polylines(canvas, strokes, False, 255, thickness, cv2.LINE_AA if smooth else cv2.LINE_8, _SHIFT)


def make_paper(rng: np.random.Generator) -> np.ndarray:
    """Return how hard ink takes on each pixel of a large sheet: smooth noise around 128, (512, 512) uint8.

    Coarse noise is the uneven pressure of the pen, fine noise the grain of paper and scanner.
    """
    paper = np.full((_SHEET, _SHEET), 128, np.int32)
    for cell, strength in _GRAIN:
        knots = rng.normal(128.0, strength, (_SHEET // cell, _SHEET // cell)).clip(0, 255).astype(np.uint8)
        paper += cv2.resize(knots, (_SHEET, _SHEET), interpolation=cv2.INTER_LINEAR_EXACT).astype(np.int32) - 128
    return np.asarray(paper.clip(128 - _DEEPEST, 128 + _DEEPEST).astype(np.uint8))


def cut_paper(paper: np.ndarray, count: int, side: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return ``count`` pieces (side, side) of the sheet, from places chosen by chance, as views."""
    corners = rng.integers(0, _SHEET - side + 1, (count, 2)).tolist()
    return [paper[row : row + side, column : column + side] for row, column in corners]


def roughen(canvas: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Let the ink's edges follow the paper; both are uint8 of one shape."""
    soft = cv2.blur(cv2.blur(canvas, _SOFT), _SOFT)
    return cv2.addWeighted(soft, _CONTRAST, paper, -_CONTRAST, 128.0)
