"""The line `training.validation`: a callback may stop early or bring back earlier weights; no other loss counts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.assignment.public_tests.test_training import expect_validation as check

OUTPUTS = np.full((32, 10), 0.1, np.float32)
OWN_LOSS = float(np.log(10))
"""The loss of ten equal probabilities, whatever the labels."""


def run(**history: list[float]) -> None:
    digits = SimpleNamespace(train_images=np.zeros((96, 28, 28), np.uint8), train_labels=np.zeros(96, np.uint8))
    student = SimpleNamespace(train_model=lambda *_, **__: SimpleNamespace(history=history))
    check(student, None, digits, lambda _model, _pictures: OUTPUTS)


@pytest.mark.parametrize("losses", [[3.0, OWN_LOSS], [OWN_LOSS, 3.0], [OWN_LOSS]])
def test_the_loss_of_any_epoch_may_be_the_models(losses: list[float]) -> None:
    run(val_loss=losses)


@pytest.mark.parametrize("losses", [[3.0, 2.0], [3.0], []])
def test_a_loss_on_other_pictures_fails(losses: list[float]) -> None:
    with pytest.raises(CheckFailed, match="validat"):
        run(val_loss=losses)


def test_more_epochs_than_asked_for_fail() -> None:
    with pytest.raises(CheckFailed, match="does not use its validation data"):
        run(val_loss=[3.0, 3.0, OWN_LOSS])


def test_a_history_without_validation_fails() -> None:
    with pytest.raises(CheckFailed, match="does not use its validation data"):
        run(loss=[1.0, 0.5])
