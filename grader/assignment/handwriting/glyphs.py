"""Read the skeletons in ``datasets/glyphs``: how each character may be written, as strokes of control points.

The format is explained at the top of ``datasets/glyphs/digits.toml``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from grader.assignment.handwriting.errors import GlyphError
from grader.assignment.handwriting.splines import stroke_matrix
from grader.system.assets import datasets_dir

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEYS = {"character", "name", "weight", "strokes"}
_HEIGHTS = {0.56: "acemnorsuvwxz", 0.80: "i", 0.85: "t", 0.95: "gpqy", 1.10: "j"}
"""How tall a character stands on paper, in heights of a capital letter; those not named are as tall as a capital."""
_WIDER = 1.18  # small letters without a long stem are that much wider for their height than the unit box shows them


@dataclass(frozen=True, eq=False)
class Glyph:
    """One way of writing a character.

    ``control`` is (P, 2) float64 in the unit box, y down, all strokes in a row. ``matrix`` is (T, P): ``matrix @
    control`` is the curve. Stroke s is rows ``bounds[s] : bounds[s + 1]`` of the curve. ``leader`` (P,) is the index
    of the point that each point moves with: itself, or the first of two that make a corner. ``blend``
    (P, P) mixes the noise of neighbours. ``stroke_of`` (P,) is the number of the stroke of each point, and ``ends``
    (S, 2, 2) holds the indexes (end point, its neighbour) of both ends of each stroke. ``length`` is that of all
    strokes together, in heights of a character. ``height`` is how tall the character stands among others, in heights
    of a capital letter, and ``unit`` (2,) how many of them the unit box is wide and high.
    """

    character: str
    name: str
    weight: float
    control: np.ndarray
    matrix: np.ndarray
    bounds: tuple[int, ...]
    leader: np.ndarray
    blend: np.ndarray
    stroke_of: np.ndarray
    ends: np.ndarray
    length: float
    height: float
    unit: np.ndarray


def _check_stroke(stroke: object, where: str) -> np.ndarray:
    if not isinstance(stroke, list) or len(stroke) < 2:
        raise GlyphError(f"{where}: a stroke needs at least 2 points, got {stroke!r}")
    for point in stroke:
        if not (isinstance(point, list) and len(point) == 2 and all(type(value) in (int, float) for value in point)):
            raise GlyphError(f"{where}: a point is [x, y], two numbers, got {point!r}")
        if not all(0 <= value <= 1 for value in point):
            raise GlyphError(f"{where}: x and y of a point lie between 0 and 1, got {point!r}")
    points = np.array(stroke, dtype=np.float64)
    same = (points[1:] == points[:-1]).all(axis=1)
    if same[0] or same[-1] or (same[1:] & same[:-1]).any():
        raise GlyphError(f"{where}: a point given twice is a corner inside a stroke; no end, and no three in a row")
    return points


def _blend(stroke_of: np.ndarray) -> np.ndarray:
    """Return a matrix (P, P) that mixes each point's own noise with that of its neighbours; rows have length 1."""
    away = np.subtract.outer(np.arange(len(stroke_of)), np.arange(len(stroke_of)))
    smooth = np.exp(-(away**2) / 3.0) * (stroke_of[:, None] == stroke_of)
    mixed = smooth / np.linalg.norm(smooth, axis=1, keepdims=True) + 0.4 * np.eye(len(stroke_of))
    blend: np.ndarray = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return blend


def _length(curve: np.ndarray, bounds: list[int]) -> float:
    """Return how long the strokes of a curve (T, 2) are together."""
    return float(sum(np.hypot(*np.diff(curve[first:last], axis=0).T).sum() for first, last in pairwise(bounds)))


def _build(character: str, name: str, weight: float, strokes: list[np.ndarray]) -> Glyph:
    matrices = [stroke_matrix(points) for points in strokes]
    starts = np.cumsum([0, *(len(points) for points in strokes)])
    bounds = np.cumsum([0, *(len(matrix) for matrix in matrices)]).tolist()
    matrix = np.zeros((bounds[-1], starts[-1]))
    for index, block in enumerate(matrices):
        matrix[bounds[index] : bounds[index + 1], starts[index] : starts[index + 1]] = block
    control = np.vstack(strokes)
    leader = np.arange(len(control))
    stroke_of = np.repeat(np.arange(len(strokes)), np.diff(starts))
    repeats = (control[1:] == control[:-1]).all(axis=1) & (stroke_of[1:] == stroke_of[:-1])
    leader[1:][repeats] -= 1
    ends = np.array([[[first, first + 1], [last - 1, last - 2]] for first, last in pairwise(starts.tolist())])
    curve = matrix @ control
    length = _length(curve, bounds)
    height = next((height for height, characters in _HEIGHTS.items() if character in characters), 1.0)
    unit = height / float(np.ptp(curve[:, 1])) * np.array([_WIDER if height == min(_HEIGHTS) else 1.0, 1.0])
    blend = _blend(stroke_of)
    return Glyph(
        character, name, weight, control, matrix, tuple(bounds), leader, blend, stroke_of, ends, length, height, unit
    )


def _parse_glyph(entry: Mapping[str, Any], path: Path, number: int) -> Glyph:
    where = f"{path.name}, glyph {number} ({entry.get('character', '?')} {entry.get('name', '?')})"
    if set(entry) != _KEYS:
        odd = sorted(set(entry) ^ _KEYS)
        raise GlyphError(f"{where}: keys are {', '.join(sorted(_KEYS))}; unknown or missing: {', '.join(odd)}")
    if entry["character"] not in tuple(CHARACTERS):
        raise GlyphError(f"{where}: character is one of 0-9, A-Z, a-z, got {entry['character']!r}")
    weight = entry["weight"]
    if type(weight) not in (int, float) or not 0 < weight < float("inf"):
        raise GlyphError(f"{where}: weight is a number above 0, got {weight!r}")
    if not isinstance(entry["strokes"], list) or not entry["strokes"]:
        raise GlyphError(f"{where}: strokes is a list with at least one stroke, got {entry['strokes']!r}")
    strokes = [_check_stroke(stroke, where) for stroke in entry["strokes"]]
    return _build(entry["character"], str(entry["name"]), float(weight), strokes)


def load_glyph_file(path: Path) -> list[Glyph]:
    """Return the glyphs of one TOML file, in its order.

    Raises:
        GlyphError: the file is not TOML, or a glyph in it is not sound.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GlyphError(f"{path.name}: not a TOML file: {error}") from error
    if set(document) != {"glyph"} or not isinstance(document["glyph"], list):
        raise GlyphError(f"{path.name}: expected only [[glyph]] tables, got the keys {sorted(document)}")
    return [_parse_glyph(entry, path, number) for number, entry in enumerate(document["glyph"], start=1)]


@cache
def load_glyphs() -> dict[str, tuple[Glyph, ...]]:
    """Return the ways of writing of every character, from all files in ``datasets/glyphs``.

    Raises:
        GlyphError: a file is not sound, or a character has no glyph.
    """
    folder = datasets_dir() / "glyphs"
    ways: dict[str, list[Glyph]] = {character: [] for character in CHARACTERS}
    for path in sorted(folder.glob("*.toml")):
        for glyph in load_glyph_file(path):
            ways[glyph.character].append(glyph)
    missing = [character for character, found in ways.items() if not found]
    if missing:
        raise GlyphError(f"{folder.name}/*.toml: no glyph for {' '.join(missing)}; each of 0-9, A-Z, a-z needs one")
    return {character: tuple(found) for character, found in ways.items()}
