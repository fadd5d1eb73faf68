"""Put ink on paper: draw fixed-point curves with OpenCV's anti-aliased lines."""

from collections.abc import Sequence

import cv2
import numpy as np

_SHIFT = 5  # coordinates are whole numbers of 1/32 pixel, so the last bit of a sine cannot change an image
_SOFT = 2.2  # sigma in pixels of the canvas: how wide an edge the paper can move
_CONTRAST = 2.2  # of the scanner: how sharp the soft edge becomes again
_DEEPEST = 64  # limit of the noise: 128 - 64 >= 128 / _CONTRAST, or bare paper would turn grey and full ink pale
_GRAIN = ((14, 20.0), (4, 20.0))  # size in pixels of the canvas and standard deviation of each noise of the paper


def to_fixed(points: np.ndarray) -> np.ndarray:
    """Return pixel coordinates as fixed-point int32, the form that ``draw_strokes`` takes."""
    return np.round(points * (1 << _SHIFT)).astype(np.int32)


def draw_strokes(canvas: np.ndarray, points: np.ndarray, bounds: Sequence[int], thickness: int) -> None:
    """Draw the strokes of one character in white on ``canvas``, a uint8 image, in place.

    Args:
        points: shape (T, 2) int32, from ``to_fixed``.
        bounds: stroke s is ``points[bounds[s] : bounds[s + 1]]``.
        thickness: of the pen, in pixels of the canvas, at least 1.
    """
    strokes = [points[first:last] for first, last in zip(bounds[:-1], bounds[1:], strict=True)]
    cv2.polylines(canvas, strokes, False, 255, thickness, cv2.LINE_AA, _SHIFT)


def make_paper(side: int, rng: np.random.Generator) -> np.ndarray:
    """Return how hard ink takes on each pixel: smooth noise around 128, (4 * side, 4 * side) uint8.

    Coarse noise is the uneven pressure of the pen, fine noise the grain of paper and scanner.
    """
    whole = 4 * side
    paper = np.full((whole, whole), 128.0)
    for cell, strength in _GRAIN:
        coarse = rng.normal(0.0, strength, (whole // cell + 1, whole // cell + 1)).astype(np.float32)
        paper += cv2.resize(coarse, (whole, whole), interpolation=cv2.INTER_CUBIC)
    return np.clip(paper, 128 - _DEEPEST, 128 + _DEEPEST).astype(np.uint8)


def roughen(canvas: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Let the ink's edges follow the paper; both are uint8 of one shape."""
    soft = cv2.GaussianBlur(canvas, (0, 0), _SOFT)
    return cv2.addWeighted(soft, _CONTRAST, paper, -_CONTRAST, 128.0)
