"""What a student page shows of a network: layers beside the expected ones, and public pictures that it reads wrongly.

Pictures are drawn again from the published seed; a result names the hash of those that it is about, and pictures of
another version of the generator are not shown in their place. Hidden pictures cannot get here: no result holds them.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from grader.assignment.public_tests.checks.language import later, tr
from grader.assignment.public_tests.checks.networks import ANN, CNN, Network
from grader.marking.network_summary import layer_summary
from grader.results.models import LayerSummary, NetworkSummary, PublicDigits

_TITLES = {"ann": later("The dense network"), "cnn": later("The convolutional network")}
_EXPECTED: dict[str, Network] = {"ann": ANN, "cnn": CNN}


@dataclass(frozen=True)
class LayerRow:
    """A layer and the one that was expected in its place; None where there is none."""

    came: LayerSummary | None
    wanted: LayerSummary | None
    differs: bool
    """Is this the first that differs? Those behind it often differ only because of it."""


@dataclass(frozen=True)
class Picture:
    """A picture that was read wrongly; ``source`` is a data URI of its PNG."""

    index: int
    digit: int
    read: int
    source: str


@dataclass(frozen=True)
class NetworkPage:
    """All that the template needs for one network."""

    name: str
    title: str
    rows: tuple[LayerRow, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    wrong: tuple[Picture, ...] = ()

    @property
    def verdict(self) -> str:
        first = next((number for number, row in enumerate(self.rows, start=1) if row.differs), None)
        if first is None:
            return tr("All layers are as expected.")
        return tr("Layer {number} is the first that differs.", number=first)

    @property
    def count(self) -> int:
        return sum(map(sum, self.confusion))

    @property
    def right(self) -> int:
        return sum(row[digit] for digit, row in enumerate(self.confusion))


def show_network(look: NetworkSummary) -> NetworkPage:
    """Return what the page shows of one network; a name that this kit does not know has nothing expected of it."""
    expected = _EXPECTED.get(look.name)
    wanted = tuple(layer_summary(layer) for layer in expected.layers) if expected else ()
    digits = look.public_digits
    return NetworkPage(
        name=look.name if expected else "other",
        title=tr(_TITLES[look.name]) if expected else look.name,
        rows=tuple(_rows(look.layers, wanted)) if look.layers else (),
        confusion=digits.confusion if digits else (),
        wrong=_pictures(digits) if digits else (),
    )


def _rows(came: tuple[LayerSummary, ...], wanted: tuple[LayerSummary, ...]) -> list[LayerRow]:
    rows: list[LayerRow] = []
    differed = False
    for one, other in zip_longest(came, wanted):
        rows.append(LayerRow(one, other, differs=not differed and one != other))
        differed = differed or one != other
    return rows


def _pictures(digits: PublicDigits) -> tuple[Picture, ...]:
    from grader.assignment.handwriting.public_set import public_test_digits, public_test_sha256

    if digits.pictures_sha256 != public_test_sha256():
        return ()
    labels = public_test_digits()[1]
    return tuple(
        Picture(index, int(labels[index]), read, _data_uri(index))
        for index, read in digits.wrong
        if 0 <= index < len(labels)
    )


@cache
def _data_uri(index: int) -> str:
    import cv2

    from grader.assignment.handwriting.public_set import public_test_digits

    done, png = cv2.imencode(".png", 255 - public_test_digits()[0][index])  # dark on white, as it was written
    assert done, "OpenCV refuses a picture of our own"
    return f"data:image/png;base64,{base64.b64encode(png.tobytes()).decode()}"
