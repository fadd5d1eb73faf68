"""The distribution of scores as the shapes of a small SVG picture; ``templates/class.html.j2`` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.assignment.public_tests.checks.language import tr
from grader.reports.summary import has_mark, share
from grader.results.models import SubmissionResult

BIN_COUNT = 10
WIDTH = 360
HEIGHT = 150
_TOP = 16
_BASELINE = 128
_BAR_GAP = 4
_MARGIN = 12
"""Left and right, so that the tick labels below the first and the last edge are not cut."""


@dataclass(frozen=True)
class Bar:
    """One bin: percent of the maximum from ``low`` up to ``high``, and its rectangle in SVG units."""

    low: int
    high: int
    count: int
    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def left_edge(self) -> float:
        return round(self.x - _BAR_GAP / 2, 2)


@dataclass(frozen=True)
class Histogram:
    """Ten bars, and the same in words for who cannot see them."""

    bars: tuple[Bar, ...]
    description: str
    width: int = WIDTH
    height: int = HEIGHT
    baseline: int = _BASELINE
    left: int = _MARGIN
    right: int = WIDTH - _MARGIN


def score_histogram(results: Sequence[SubmissionResult]) -> Histogram:
    """Count the marks in tenths of the maximum; a full score belongs to the last bin."""
    counts = [0] * BIN_COUNT
    for result in results:
        if result.score is not None and has_mark(result):
            counts[min(int(share(result.score, result.max_score) * BIN_COUNT), BIN_COUNT - 1)] += 1
    bars = tuple(_bar(index, count, max(counts)) for index, count in enumerate(counts))
    said = [
        tr("{low} to {high} percent: {count}", low=bar.low, high=bar.high, count=bar.count) for bar in bars if bar.count
    ]
    return Histogram(bars, "; ".join(said) + "." if said else tr("No submission has a mark."))


def _bar(index: int, count: int, highest: int) -> Bar:
    pitch = (WIDTH - 2 * _MARGIN) / BIN_COUNT
    height = round((_BASELINE - _TOP) * count / highest, 2) if highest else 0.0
    step = 100 // BIN_COUNT
    return Bar(
        low=index * step,
        high=(index + 1) * step,
        count=count,
        x=round(_MARGIN + index * pitch + _BAR_GAP / 2, 2),
        y=round(_BASELINE - height, 2),
        width=round(pitch - _BAR_GAP, 2),
        height=height,
    )
