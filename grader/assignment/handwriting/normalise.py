"""Bring drawings to the form of MNIST (digits) and EMNIST (letters), 28 x 28."""

import cv2
import numpy as np

from grader.assignment.handwriting.ink import cut_paper, draw_strokes, roughen, to_fixed
from grader.assignment.handwriting.motion import Curves

SIDE = 28
_DIGIT_BOX = 20  # MNIST: the ink's box fits 20 x 20
_CENTRE = 14  # row and column of the centre of mass in MNIST, counted from 0 (measured: 14.00; not 13.5)
_LETTER_BOX = (22.0, 23.4)  # EMNIST: 28 less a border of 2 pixels and the fringe of the blur, cropped with the ink
_FAINT = 0.86  # longer side of a letter, in heights of a capital: up to it the scan was small, and is blurred more
_FULLEST = 0.30  # at most so much ink, beside one straight line, for the area of the upright character
_NARROWEST = 0.6  # of the pen's width: what is left when that limit is passed by far
_SCALE = 4  # pixels of the canvas for one of the image
_LETTER_SCALE = 3  # the same for letters: EMNIST's own sources seem to be scaled by 3, small ones by 2
_LETTER_BLUR = (1.45, 0.85)  # sigma on the canvas, for small sources and for others: with what the mean of 3 x 3 adds


def fit_box(points: np.ndarray, pen: np.ndarray, box: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale curves so that their ink fits a box, and move them so that the ink's box starts at (0, 0).

    Args:
        points: shape (K, T, 2).
        pen: shape (K,), the width of the pen in the units of ``box``.
    Returns:
        The points, in the units of ``box``, and the sizes (K, 2) of the ink (width, height).
    """
    low = points.min(axis=1, keepdims=True)
    extent = points.max(axis=1, keepdims=True) - low  # (K, 1, 2)
    scale = (box - pen)[:, None, None] / np.maximum(extent.max(axis=2, keepdims=True), 1e-6)
    return (points - low) * scale + pen[:, None, None] / 2, extent[:, 0] * scale[:, 0] + pen[:, None]


def legible_pen(curves: Curves, pen: np.ndarray, box: float | np.ndarray) -> np.ndarray:
    """Return ``pen`` (K,), narrowed where the ink would fill the character: nobody writes a blot.

    Args:
        pen: shape (K,), the width of the pen in the units of ``box``, the size that the curves will be brought to.
    """
    steps = np.hypot(*np.moveaxis(np.diff(curves.points, axis=1), -1, 0))  # (K, T - 1)
    steps[:, np.array(curves.bounds[1:-1], np.intp) - 1] = 0  # from a stroke to the next the pen is in the air
    extent = np.ptp(curves.points, axis=1)  # (K, 2)
    scale = (box - pen) / np.maximum(extent.max(axis=1), 1e-6)
    line = np.maximum(steps.sum(axis=1) - np.hypot(*extent.T), 0) * scale  # beside a straight one, which is no blot
    room = (upright_width(curves.points) * scale + pen) * (extent[:, 1] * scale + pen)
    narrowed: np.ndarray = pen * np.clip(_FULLEST * room / np.maximum(line * pen, 1e-6), _NARROWEST, 1.0)
    return narrowed


def upright_width(points: np.ndarray) -> np.ndarray:
    """Return how wide each of the curves (K, T, 2) is when it is sheared upright, (K,)."""
    x, y = np.moveaxis(points - points.mean(axis=1, keepdims=True), -1, 0)  # (K, T)
    shear = (x * y).sum(axis=1) / np.maximum((y * y).sum(axis=1), 1e-6)
    width: np.ndarray = np.ptp(x - shear[:, None] * y, axis=1)
    return width


def shrink(canvases: np.ndarray, scale: int) -> np.ndarray:
    """Return the mean of each ``scale`` x ``scale`` block: (K, H * scale, W * scale) uint8 to (K, H, W) uint8."""
    count, height, width = (canvases.shape[0], canvases.shape[1] // scale, canvases.shape[2] // scale)
    if count == 0:
        return np.zeros((0, height, width), np.uint8)
    tall = canvases.reshape(-1, canvases.shape[2])
    return cv2.resize(tall, (width, count * height), interpolation=cv2.INTER_AREA).reshape(count, height, width)


def centre_by_mass(boxes: np.ndarray) -> np.ndarray:
    """Place (K, H, W) uint8 boxes into (K, 28, 28) with the centre of mass on the centre, by whole pixels."""
    weight = boxes.astype(np.int64)
    total = np.maximum(weight.sum(axis=(1, 2)), 1)
    height, width = boxes.shape[1:]
    row = (weight.sum(axis=2) * np.arange(height)).sum(axis=1) / total
    column = (weight.sum(axis=1) * np.arange(width)).sum(axis=1) / total
    top = np.clip(np.round(_CENTRE - row), 0, SIDE - height).astype(int)
    left = np.clip(np.round(_CENTRE - column), 0, SIDE - width).astype(int)
    images = np.zeros((len(boxes), SIDE, SIDE), np.uint8)
    for image, box, y, x in zip(images, boxes, top, left, strict=True):
        image[y : y + height, x : x + width] = box
    return images


def _draw_curves(
    paper: np.ndarray, curves: Curves, pen: np.ndarray, box: np.ndarray, side: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw each curve with its ink filling ``box`` (K,), centred on a ``side``; return (K, side, side) uint8."""
    thickness = np.clip(np.round(legible_pen(curves, pen, box)), 3, box // 3)
    placed, size = fit_box(curves.points, thickness, box)
    placed += np.round((side - size) / 2)[:, None] - 0.5
    canvases = np.zeros((len(pen), side, side), np.uint8)
    papers = cut_paper(paper, len(pen), side, rng)
    for canvas, points, width, piece in zip(
        canvases, to_fixed(placed), thickness.astype(int).tolist(), papers, strict=True
    ):
        draw_strokes(canvas, points, curves.bounds, width, smooth=False)
        canvas[:] = roughen(canvas, piece)
    return canvases


def ink_digits(paper: np.ndarray, curves: Curves, pen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the curves as MNIST images, (K, 28, 28) uint8; ``pen`` (K,) is in pixels of the image.

    MNIST scales the ink's box into 20 x 20 and puts the centre of mass on the centre. The box is known from the
    curve, so it is drawn at that size at once.
    """
    side = _DIGIT_BOX * _SCALE
    box = np.full(len(pen), side)
    return centre_by_mass(shrink(_draw_curves(paper, curves, pen * _SCALE, box, side, rng), _SCALE))


def ink_letters(paper: np.ndarray, curves: Curves, pen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the curves as upright EMNIST images, (K, 28, 28) uint8; ``pen`` (K,) is in heights of a capital.

    EMNIST blurs the 128 x 128 scan (sigma 1), crops to the ink, centres it in a square with a border of 2 pixels,
    scales to 28 x 28 (bicubic) and stretches to 0..255. So a small letter gets more blur and a thicker line than a
    capital of the same hand. Here the letter is drawn at 4 times its final size and blurred as much; the mean of
    4 x 4 blocks stands for the bicubic filter.
    """
    ink = np.ptp(curves.points, axis=1).max(axis=1) + pen  # (K,) its longer side, in heights of a capital
    faint = ink < _FAINT
    box = np.round(np.where(faint, *_LETTER_BOX) * _LETTER_SCALE)
    canvases = _draw_curves(paper, curves, pen / ink * box, box, SIDE * _LETTER_SCALE, rng)
    for index, sigma in enumerate(np.where(faint, *_LETTER_BLUR).tolist()):
        canvases[index] = cv2.GaussianBlur(canvases[index], (7, 7), sigma)
    grey = shrink(canvases, _LETTER_SCALE).astype(np.uint32)
    images: np.ndarray = (grey * 255 // np.maximum(grey.max(axis=(1, 2), keepdims=True), 1)).astype(np.uint8)
    return images
