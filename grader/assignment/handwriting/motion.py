"""Move the pen: turn a glyph and the writers' habits into the curves of many samples at once."""

from dataclasses import dataclass

import numpy as np

from grader.assignment.handwriting.glyphs import Glyph
from grader.assignment.handwriting.splines import snap
from grader.assignment.handwriting.writers import Writers, smooth_noise

# Standard deviations between samples of one writer; lengths in heights of a character.
_POINT = 0.03  # each control point
_STROKE_SHIFT = 0.035  # each stroke after the first
_BENDS = np.array([0.04, 0.35, 0.10, 0.05, 0.25, 0.035])[:, None, None]  # of the whole character: see _bend
_ASPECT = 0.10
_SLANT = 0.06
_TURN = 0.05  # radians
_SIZE = 0.10  # of the log of the size


@dataclass(frozen=True, eq=False)
class Curves:
    """K samples of one glyph: ``points`` (K, T, 2) float64, in heights of a capital letter; strokes as in the glyph."""

    points: np.ndarray
    bounds: tuple[int, ...]


def _control_points(
    glyph: Glyph, shapes: np.ndarray, care: np.ndarray, reach: float, rng: np.random.Generator
) -> np.ndarray:
    """Return the control points of each sample, (K, P, 2): ``shapes`` is (K, P, 2), ``care`` (K,), ``reach`` theirs."""
    count = len(shapes)
    offsets = shapes + smooth_noise(glyph, count, _POINT, rng) * care[:, None, None]
    control = glyph.control + offsets[:, glyph.leader]
    strokes = len(glyph.bounds) - 1
    shift = rng.normal(0.0, _STROKE_SHIFT, (count, strokes, 2)) * care[:, None, None]
    shift[:, 0] = 0
    control += shift[:, glyph.stroke_of]
    end, inner = glyph.ends[..., 0].ravel(), glyph.ends[..., 1].ravel()
    further = rng.normal(0.0, reach, (count, len(end), 1)) * care[:, None, None]
    control[:, end] += np.clip(further, -0.7, 0.7) * (control[:, end] - control[:, inner])
    return snap(control)


def _tremor(points: np.ndarray, amplitude: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Add the shaking of a hand: a wave along the stroke, other in x than in y; ``amplitude`` is (K,)."""
    count, length, _ = points.shape
    waves = rng.uniform(0.03, 0.12, (count, 1, 2)) * np.arange(length)[:, None] + rng.random((count, 1, 2))
    shaken: np.ndarray = points + amplitude[:, None, None] * np.sin(2 * np.pi * waves)
    return shaken


def _bend(points: np.ndarray, care: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bend the plane smoothly: bow, taper and shift the middle, in x and in y."""
    x, y = points[..., 0] - 0.5, points[..., 1] - 0.5  # (K, T)
    bow, taper, wave, waist, fan, arch = rng.normal(0.0, 1.0, (6, len(points), 1)) * care[:, None] * _BENDS
    middle = 1 - 4 * y * y
    bent_x = x + (bow + wave * y) * middle + taper * x * y
    bent_y = y + waist * middle + fan * x * y + arch * (1 - 4 * x * x)
    return np.stack([bent_x, bent_y], axis=-1)


def _lean(points: np.ndarray, writers: Writers, writer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Apply width, slant and rotation of each sample."""
    care = writers.care[writer]
    count = len(points)
    width = np.exp(writers.aspect[writer] + rng.normal(0.0, _ASPECT, count) * care)
    slant = writers.slant[writer] + rng.normal(0.0, _SLANT, count) * care
    turn = rng.normal(0.0, _TURN, count) * care
    x = width[:, None] * points[..., 0] - slant[:, None] * points[..., 1]
    y = points[..., 1]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)


def _size(glyph: Glyph, writers: Writers, writer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how much larger than usual each sample is, (K,)."""
    log = np.log(glyph.height) * (writers.body[writer] - 1) + writers.stature[writer]
    size: np.ndarray = np.exp(log + rng.normal(0.0, _SIZE, len(writer)))
    return size


def move_pen(
    glyph: Glyph, shapes: np.ndarray, writer: np.ndarray, writers: Writers, rng: np.random.Generator
) -> Curves:
    """Return a curve for each of K samples.

    Args:
        shapes: shape (K, P, 2), the own shape of each sample's writer.
        writer: shape (K,), the number of each sample's writer.
    """
    care = writers.care[writer]
    control = _control_points(glyph, shapes, care, writers.manner.reach, rng)
    points = np.matmul(glyph.matrix, control)  # (K, T, 2)
    points = _tremor(points, writers.tremor[writer], rng)
    points = _bend(points, care, rng) * glyph.unit
    return Curves(_lean(points, writers, writer, rng) * _size(glyph, writers, writer, rng)[:, None, None], glyph.bounds)
