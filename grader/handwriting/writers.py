"""People with habits: how far each writer leans, presses and trembles, and which ways of writing they prefer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.handwriting.errors import HandwritingError
from grader.handwriting.glyphs import Glyph
from grader.handwriting.seeds import make_rng

_HABITS, _WAYS, _SHAPES = 0, 1, 2  # names of random streams
_FAITHFULNESS = 1.2  # 0: every writer mixes ways as the weights say; large: each keeps to one way
_SHAPE_SPREAD = 0.036  # how far a writer's own shapes lie from the skeleton, in heights of a character
NEAT = 0.7  # freedom for letters and single pictures: with more, one is sometimes not readable
_PEN_SPREAD = 0.14  # of the log of the pen's width, between samples of one writer
_USUAL_LENGTH = 2.8  # of a character's line, in its heights: the pen of such a shape is the writer's
_CROWDING = 0.22  # 0: the pen is as wide for all shapes; 1: all shapes have as much ink


@dataclass(frozen=True, eq=False)
class Writers:
    """The habits of W writers, each an array (W,) float64.

    ``slant`` is the shear to the right, ``aspect`` the log of width over height, ``pen`` the log of the pen's width
    in final pixels, ``tremor`` in heights of a character, ``care`` multiplies all variation between samples.
    ``freedom`` multiplies both kinds of variation of shape, within and between writers, and that of pens.
    """

    seed: int | bytes
    freedom: float
    slant: np.ndarray
    aspect: np.ndarray
    pen: np.ndarray
    tremor: np.ndarray
    care: np.ndarray

    @property
    def count(self) -> int:
        """How many writers there are."""
        return len(self.slant)


def make_writers(count: int, seed: int | bytes, *, freedom: float = 1.0) -> Writers:
    """Return ``count`` writers; another seed gives other people.

    Raises:
        HandwritingError: ``count`` is below 1.
    """
    if count < 1:
        raise HandwritingError(f"writers must be 1 or more, got {count}")
    rng = make_rng(seed, _HABITS)
    return Writers(
        seed=seed,
        freedom=freedom,
        slant=rng.normal(0.08, 0.21, count),
        aspect=rng.normal(0.02, 0.145, count),
        pen=rng.normal(np.log(1.95), 0.27 * freedom, count),
        tremor=rng.gamma(2.0, 0.002, count),
        care=rng.lognormal(0.0, 0.25, count) * freedom,
    )


def choose_ways(
    ways: Sequence[Glyph], label: int, writer: np.ndarray, writers: Writers, rng: np.random.Generator
) -> np.ndarray:
    """Return which of ``ways`` each sample uses, shape (K,) intp; ``writer`` is (K,), who writes it."""
    weight = np.log([glyph.weight for glyph in ways])
    taste = make_rng(writers.seed, _WAYS, label).gumbel(0.0, _FAITHFULNESS, (writers.count, len(ways)))
    chosen: np.ndarray = np.argmax((weight + taste)[writer] + rng.gumbel(0.0, 1.0, (len(writer), len(ways))), axis=1)
    return chosen


def smooth_noise(glyph: Glyph, count: int, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Return offsets of control points, (count, P, 2): neighbours in a stroke move alike, as a hand does."""
    noise: np.ndarray = np.matmul(glyph.blend, rng.normal(0.0, spread, (count, *glyph.control.shape)))
    return noise


def own_shapes(glyph: Glyph, key: tuple[int, int], writers: Writers) -> np.ndarray:
    """Return each writer's offsets of the control points of a glyph, (W, P, 2) float64; ``key`` is (label, way)."""
    rng = make_rng(writers.seed, _SHAPES, *key)
    return smooth_noise(glyph, writers.count, _SHAPE_SPREAD * writers.freedom, rng)


def pen_widths(glyph: Glyph, writers: Writers, writer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the pen's width of each sample of a glyph in pixels of the final image, (K,) float64.

    A shape of much line is written larger, so when all are brought to one size, its line is thinner.
    """
    habit = np.exp(writers.pen[writer] + rng.normal(0.0, _PEN_SPREAD, len(writer)))
    width: np.ndarray = habit * (_USUAL_LENGTH / glyph.length) ** _CROWDING
    return width
