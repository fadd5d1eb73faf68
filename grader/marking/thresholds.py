"""What accuracy is worth which share of the points. The figures behind the numbers stand in datasets/README.md."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Threshold:
    """No points up to `floor`, all from `full` on, a straight line between."""

    floor: float
    full: float
    epochs: int
    """How many epochs the grader asks the student's code to train."""
    longer: int | None = None
    """How many in a second training, for who did not get all points by the first; None: there is none."""

    def share(self, accuracy: float) -> float:
        """Return the share of the points, from 0 to 1, in steps of a quarter."""
        share = (accuracy - self.floor) / (self.full - self.floor)
        return 1.0 if share >= 1 else max(0, int(share * 4)) / 4


@dataclass(frozen=True)
class Mode:
    """What holds when submissions are trained and scored on one kind of pictures."""

    thresholds: dict[str, Threshold]
    limits: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Seconds and MiB for the lines that train or score a network; instead of what the rubric says."""


FIXTURE = {
    "ann": Threshold(floor=0.40, full=0.71, epochs=6, longer=20),
    "cnn": Threshold(floor=0.40, full=0.66, epochs=5, longer=20),
    "letters": Threshold(floor=0.40, full=0.65, epochs=5, longer=20),
}
"""Wrong ones stay below `floor` however long they train; right ones reach `full`, slow ones in the longer training."""

MNIST = {
    "ann": Threshold(floor=0.90, full=0.95, epochs=20),
    "cnn": Threshold(floor=0.93, full=0.965, epochs=10),
    "letters": Threshold(floor=0.25, full=0.70, epochs=5),
}
"""The epochs of the digits are the handout's. The letters' figures are for EMNIST and were never measured on it."""

_DENSE, _CONVOLUTIONAL, _LETTERS = (900.0, 3000), (1800.0, 3000), (3600.0, 3000)
"""Over ten times what the reference takes on one core. 60,000 prepared pictures are 180 MiB, held several times."""

MODES = {
    "fixture": Mode(FIXTURE),
    "mnist": Mode(
        MNIST,
        limits={
            "training.trains_ann": _DENSE,
            "training.ann_accuracy": _DENSE,
            "training.trains_cnn": _CONVOLUTIONAL,
            "training.cnn_accuracy": _CONVOLUTIONAL,
            "save.restores_trained": _CONVOLUTIONAL,
            "letters.train": _LETTERS,
            "letters.accuracy": (300.0, 3000),
        },
    ),
}
"""By the names that `--dataset` takes."""
