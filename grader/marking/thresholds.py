"""What accuracy is worth which share of the points. The figures behind the numbers stand in datasets/README.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """No points up to `floor`, all from `full` on, a straight line between."""

    floor: float
    full: float
    epochs: int
    """How many epochs the grader asks the student's code to train."""

    def share(self, accuracy: float) -> float:
        """Return the share of the points, from 0 to 1, in steps of a quarter."""
        share = (accuracy - self.floor) / (self.full - self.floor)
        return 1.0 if share >= 1 else max(0, int(share * 4)) / 4


FIXTURE = {
    "ann": Threshold(floor=0.50, full=0.80, epochs=6),
    "cnn": Threshold(floor=0.50, full=0.80, epochs=5),
    "letters": Threshold(floor=0.25, full=0.70, epochs=5),
}
