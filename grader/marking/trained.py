"""A model that the student's code made: kept as its file, which outlives the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.checks.messages import CheckFailed, describe
from grader.marking.line_limits import LineLimits
from grader.marking.saved import Saved
from grader.marking.student import StudentWorker
from grader.marking.student_errors import StudentException
from grader.sandbox.values import Handle

LONGER_FACTOR, LONGER_LEAST_S = 3.0, 20.0
"""A second, longer training may take so many times its share of the first one's processor time, and so many seconds."""

Training = Callable[[int], tuple[Any, Any]]
"""Has the student's code train a new network for so many epochs; returns the network and its History."""


class Trained:
    """A model that the student's code trained, kept as its saved file, and the History that came with it."""

    def __init__(self, worker: StudentWorker, train: Training, epochs: int) -> None:
        self._worker = worker
        self._train = train
        self.epochs = epochs
        self._limits, used_s = worker.limits, worker.limits.used_cpu_s
        model, self.history = train(epochs)
        self._used_s = self._limits.used_cpu_s - used_s
        self.is_model = isinstance(model, Handle) and model.type_name != "History"
        self.type_name = getattr(model, "type_name", type(model).__name__)
        self._saved = Saved(saved_file(worker, model), model) if self.is_model else None

    def train_longer(self, epochs: int) -> Trained:
        """Have another network trained from the start, in the same way."""
        return Trained(self._worker, self._train, epochs)

    def limits_for(self, epochs: int) -> LineLimits | None:
        """Return what a longer training may use: some times what this one leads to expect.

        None when that is more than the line of this one has: whoever is so slow has had the time for a training.
        """
        expected_s = self._used_s * epochs / self.epochs
        if expected_s > self._limits.time_s:
            return None
        time_s = min(max(LONGER_FACTOR * expected_s, LONGER_LEAST_S), self._limits.time_s)
        return LineLimits(time_s, self._limits.memory_mib)

    @property
    def saved(self) -> bytes | None:
        """The bytes of the model's file; None when there is no model."""
        return self._saved.data if self._saved else None

    @property
    def model(self) -> Handle:
        """The model, in the present worker."""
        if self._saved is None:
            raise CheckFailed(tr("There is no trained model."), came=self.type_name, expected=tr("a Keras model"))
        return self._worker.present(self._saved)


def expect_model(model: Any) -> None:
    """Check that a function returned a Keras model."""
    if not isinstance(model, Handle) or model.type_name in {"History", "Figure"}:
        raise CheckFailed(
            tr("The function returned something that is not a Keras model."),
            came=describe(model),
            expected=tr("a Keras model"),
            hint=tr("is there a `return model`?"),
        )


def saved_file(worker: StudentWorker, model: Any) -> bytes:
    """Return a model's `.keras` file, or say that it is none."""
    expect_model(model)
    try:
        return worker.save(model)
    except StudentException as error:
        raise CheckFailed(
            tr("What the function returned cannot be saved as a Keras model."),
            came=tr("{kind}; saving it raised: {message}", kind=describe(model), message=error.message[:300]),
            expected=tr("a Keras model"),
            hint=tr("return the model itself"),
        ) from None
