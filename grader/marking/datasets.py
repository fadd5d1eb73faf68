"""The pictures that a submission is trained and scored on: drawn from a secret, or the real ones.

Drawn ones live in the scorer's memory and nowhere else.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.assignment.realdata import load_real_pictures
from grader.marking.thresholds import FIXTURE, MNIST, Threshold

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8]

DIGITS_TRAIN, DIGITS_TEST = 6_000, 2_000
LETTERS_TRAIN, LETTERS_TEST = 5_200, 1_950


@dataclass(frozen=True)
class Pictures:
    """One task's pictures: uint8 (N, 28, 28), and labels (N,); letters are upright, their labels 0..25.

    The scored ones are by other writers than the training ones, shuffled, and unbalanced.
    """

    train_images: Images
    train_labels: Labels
    test_images: Images
    test_labels: Labels


@dataclass(frozen=True)
class GradingData:
    """All that the tests draw on, made from one secret."""

    name: str
    digits: Pictures
    letters: Pictures
    secret: bytes = field(repr=False)
    thresholds: dict[str, Threshold]

    def seed(self, purpose: str) -> bytes:
        """Return a seed of its own for one purpose; knowing one tells nothing of the secret or of another."""
        return purpose_seed(self.secret, purpose)

    def rng(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng(np.frombuffer(self.seed(purpose), np.uint32))

    def drawing(self, character: str, *, size: int = 56) -> Images:
        """Return a drawing, dark on white, uint8 (size, size)."""
        from grader.assignment.handwriting import draw_picture

        return draw_picture(character, seed=self.seed(f"drawing {character} {size}"), size=size)


def purpose_seed(secret: bytes, purpose: str) -> bytes:
    return hashlib.sha256(b"digit-lab\0" + purpose.encode() + b"\0" + secret).digest()


def fixture_data(secret: bytes) -> GradingData:
    """Draw the fixture set of one secret."""
    from grader.assignment.handwriting import draw_digits, draw_letters

    def draw(draw_set: Any, name: str, classes: int, sizes: tuple[int, int]) -> Pictures:
        weights = np.random.default_rng(np.frombuffer(purpose_seed(secret, name), np.uint32)).uniform(0.7, 1.3, classes)
        train = draw_set(sizes[0], seed=purpose_seed(secret, name + " train"))
        test = draw_set(sizes[1], seed=purpose_seed(secret, name + " test"), class_weights=weights)
        return Pictures(*train, *test)

    return GradingData(
        name="fixture",
        digits=draw(draw_digits, "digits", 10, (DIGITS_TRAIN, DIGITS_TEST)),
        letters=draw(draw_letters, "letters", 26, (LETTERS_TRAIN, LETTERS_TEST)),
        secret=secret,
        thresholds=FIXTURE,
    )


def real_data(secret: bytes, folder: Path) -> GradingData:
    """Read the real pictures in `folder`, in full; letters are drawn as for the fixture set where EMNIST is not there.

    Raises:
        UsageError: the files are not there, or wrong.
    """
    real, drawn = load_real_pictures(folder), fixture_data(secret)
    letters_threshold = FIXTURE["letters"] if real.letters is None else MNIST["letters"]
    return GradingData(
        name=real.name,
        digits=_shuffled(Pictures(*real.digits), purpose_seed(secret, "digits order")),
        letters=drawn.letters
        if real.letters is None
        else _shuffled(Pictures(*real.letters), purpose_seed(secret, "letters order")),
        secret=secret,
        thresholds=MNIST | {"letters": letters_threshold},
    )


def _shuffled(pictures: Pictures, seed: bytes) -> Pictures:
    """Return the same pictures with the scored ones in another order: the order of the files is public."""
    order = np.random.default_rng(np.frombuffer(seed, np.uint32)).permutation(len(pictures.test_labels))
    return dataclasses.replace(
        pictures, test_images=pictures.test_images[order], test_labels=pictures.test_labels[order]
    )
