"""People with habits: how far each writer leans, presses and trembles, and which ways of writing they prefer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.assignment.handwriting.errors import HandwritingError
from grader.assignment.handwriting.glyphs import Glyph
from grader.assignment.handwriting.seeds import make_rng

_HABITS, _WAYS, _SHAPES = 0, 1, 2  # names of random streams
_FAITHFULNESS = 1.2  # 0: every writer mixes ways as the weights say; large: each keeps to one way
_SHAPE_SPREAD = 0.036  # how far a writer's own shapes lie from the skeleton, in heights of a character
_PEN_SPREAD = 0.14  # of the log of the pen's width, between samples of one writer
_USUAL_LENGTH = 2.8  # of a character's line, in its heights: the pen of such a shape is the writer's


@dataclass(frozen=True)
class Manner:
    """How far people differ when they write one kind of characters: (mean, standard deviation) of each habit.

    ``slant``, ``aspect``, ``pen``, ``stature`` and ``body`` are those of ``Writers``. ``freedom`` multiplies the
    variation of shape, within and between writers. With ``crowding`` 0 the pen is as wide for all shapes, with 1 all
    shapes have as much ink. ``reach`` is how far a stroke starts or stops early or late, as a part of the way to the
    neighbouring point.
    """

    freedom: float
    slant: tuple[float, float]
    aspect: tuple[float, float]
    pen: tuple[float, float]
    stature: tuple[float, float] = (0.0, 0.0)
    body: tuple[float, float] = (0.0, 0.0)
    crowding: float = 0.0
    reach: float = 0.3


DIGITS = Manner(freedom=1.0, slant=(0.08, 0.21), aspect=(0.02, 0.145), pen=(np.log(1.95), 0.27), crowding=0.22)
LETTERS = Manner(
    freedom=0.85,
    slant=(0.08, 0.27),
    aspect=(0.07, 0.12),
    pen=(np.log(0.094), 0.25),
    stature=(0.0, 0.12),
    body=(0.0, 0.14),
    reach=0.15,
)
NEAT = replace(DIGITS, freedom=0.7)  # for a single picture: with more freedom, one is sometimes not readable


@dataclass(frozen=True, eq=False)
class Writers:
    """The habits of W writers, each an array (W,) float64.

    ``slant`` is the shear to the right, ``aspect`` the log of width over height, ``pen`` the log of the pen's width
    (of digits in pixels of the image, of letters in heights of a capital), ``tremor`` in heights of a character,
    ``care`` multiplies all variation between samples. ``stature`` is the log of how large they write, ``body`` the
    exponent of the heights of small letters: above 1, an a is smaller than usual beside an A.
    """

    seed: int | bytes
    manner: Manner
    slant: np.ndarray
    aspect: np.ndarray
    pen: np.ndarray
    tremor: np.ndarray
    care: np.ndarray
    stature: np.ndarray
    body: np.ndarray

    @property
    def count(self) -> int:
        """How many writers there are."""
        return len(self.slant)


def make_writers(count: int, seed: int | bytes, manner: Manner = DIGITS) -> Writers:
    """Return ``count`` writers; another seed gives other people.

    Raises:
        HandwritingError: ``count`` is below 1.
    """
    if count < 1:
        raise HandwritingError(f"writers must be 1 or more, got {count}")
    rng = make_rng(seed, _HABITS)
    return Writers(
        seed=seed,
        manner=manner,
        slant=rng.normal(*manner.slant, count),
        aspect=rng.normal(*manner.aspect, count),
        pen=rng.normal(*manner.pen, count),
        tremor=rng.gamma(2.0, 0.002, count),
        care=rng.lognormal(0.0, 0.25, count) * manner.freedom,
        stature=rng.normal(*manner.stature, count),
        body=rng.lognormal(*manner.body, count),
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
    return smooth_noise(glyph, writers.count, _SHAPE_SPREAD * writers.manner.freedom, rng)


def pen_widths(glyph: Glyph, writers: Writers, writer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the pen's width of each sample of a glyph in the units of the writers' pens, (K,) float64.

    A digit of much line is written larger, so when all are brought to one size, its line is thinner.
    """
    habit = np.exp(writers.pen[writer] + rng.normal(0.0, _PEN_SPREAD, len(writer)))
    width: np.ndarray = habit * (_USUAL_LENGTH / glyph.length) ** writers.manner.crowding
    return width
