"""The driver: what it may spend on one submission's models, and what no mark may hang on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from conftest import OpenWorker, StartChild

from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.marking.child_session import ChildEnded
from grader.marking.datasets import Pictures
from grader.marking.driver import EXAMINERS_TIME_S, Driver
from grader.marking.line_limits import LineLimits
from grader.marking.network_summary import PUBLIC_COUNT, NetworkSummaries
from grader.marking.outcomes import PartialCredit
from grader.marking.student import Student, StudentWorker
from grader.marking.thresholds import Threshold
from grader.marking.trained import LONGER_LEAST_S, Trained
from grader.system.errors import ForkServerLost, GraderFault

MODELS = """
import keras
from keras import layers

def ann():
    return keras.Sequential([layers.Input((784,)), layers.Dense(10, activation="softmax")])

def another_input():
    return keras.Sequential([layers.Input((5,)), layers.Dense(10)])

def another_width():
    return keras.Sequential([layers.Input((784,)), layers.Dense(3)])
"""


def test_models_that_hold_up_the_class_are_not_examined_further() -> None:
    driver = Driver()
    driver.start_child = lambda role: pytest.fail(f"no {role} is started")
    driver._examined_s = EXAMINERS_TIME_S + 1
    with pytest.raises(CheckFailed, match="take too long to examine"):
        driver._examined(b"", None)
    driver.begin_examining()  # another section has all the time again
    with pytest.raises(pytest.fail.Exception, match="no examiner is started"):
        driver._examined(b"", None)


def test_public_digits_are_read_and_networks_that_cannot_are_passed_over(
    open_worker: OpenWorker, start_child: StartChild
) -> None:
    worker = open_worker(MODELS)
    files = {name: worker.save(worker.call(name, (), {})) for name in ("another_input", "another_width", "ann")}
    driver = Driver()
    driver.start_child = start_child
    driver.summaries = NetworkSummaries(trained={"damaged": b"no model", **files})
    driver.look_at_public_digits()
    driver.close_examiner()
    assert set(driver.summaries.public_digits) == {"ann"}
    assert np.array(driver.summaries.public_digits["ann"].confusion).sum() == PUBLIC_COUNT


def test_a_ready_network_is_made_once_and_works_in_the_worker(open_worker: OpenWorker, start_child: StartChild) -> None:
    worker = open_worker("def labels(model, x):\n    return model.predict(x, verbose=0).argmax(axis=1)\n")
    started = []
    driver = Driver()
    driver.worker = worker
    driver.start_child = lambda role: (started.append(role), start_child(role))[1]
    for _ in range(2):
        model = driver._ready_network("ann")
        assert worker.call("labels", (model, np.zeros((3, 784), np.float32)), {}).shape == (3,)
    assert started == ["examiner"]


def test_a_ready_network_that_cannot_be_made_is_a_fault_of_ours(start_child: StartChild) -> None:
    driver = Driver()
    driver.start_child = start_child
    with pytest.raises(GraderFault, match="the network 'nobody' could not be made"):
        driver._made("nobody")
    child = Mock()
    child.ask.side_effect = ChildEnded("killed")
    driver.start_child = lambda role: child
    with pytest.raises(GraderFault, match="the network 'ann' could not be made: killed"):
        driver._made("ann")
    child.kill.assert_called_once()


def test_a_lost_zygote_costs_no_more_than_the_look_at_public_digits() -> None:
    def lost(role: str) -> None:
        raise ForkServerLost(role)

    driver = Driver()
    driver.start_child = lost
    driver.summaries = NetworkSummaries(trained={"ann": b""})
    driver.look_at_public_digits()
    assert driver.summaries.public_digits == {}


LETTERS = """
import time
import keras
import numpy as np

trainings = []

def train_letters(images, labels, epochs):
    trainings.append(epochs)
    {longer}
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.build()
    model.set_weights([np.full((1, 1), epochs), np.full(1, len(trainings))])
    return model

def predict_letters(model, images):
    epochs, trained = (int(weight.ravel()[0]) for weight in model.get_weights())
    assert trained == 1, "the process is not a fresh one"
    right = {right}
    return np.where(np.arange(len(images)) < right, 0, 1)

def times():
    return len(trainings)
"""
BLANK = np.zeros((100, 28, 28), np.uint8)


class Letters:
    """A driver with one submission whose network reads a known share of the letters after so many epochs."""

    def __init__(self, worker: StudentWorker, threshold: Threshold) -> None:
        self.worker = worker
        self.driver = Driver()
        self.driver.worker = worker
        self.driver.thresholds = {"letters": threshold}
        self.driver.data = SimpleNamespace(letters=Pictures(BLANK, np.zeros(100, np.uint8), BLANK, np.zeros(100)))
        self.student = Student(worker)
        self.trained: Trained = Driver.trained_letters.__wrapped__(self.driver, self.student)

    def give_credit(self) -> None:
        def reached(trained: Any) -> float:
            return float(np.mean(self.student.predict_letters(trained.model, BLANK) == 0))

        self.driver.give_credit(self.trained, reached, "letters", "the letters model")


@pytest.fixture
def letters(open_worker: OpenWorker) -> Any:
    def letters(right: str, *, longer: str = "", threshold: Threshold | None = None, time_s: float = 20) -> Letters:
        worker = open_worker(LETTERS.replace("{longer}", longer).replace("{right}", right), time_s=time_s)
        return Letters(worker, threshold or Threshold(floor=0.3, full=0.7, epochs=5, longer=20))

    return letters


def test_a_network_with_all_points_is_trained_once(letters: Any) -> None:
    found = letters("90 if epochs == 5 else 0", longer="assert epochs == 5")
    found.give_credit()


def test_a_network_that_needs_more_steps_is_trained_anew_for_longer(letters: Any) -> None:
    found = letters("8 if epochs == 5 else 90")
    found.give_credit()
    assert found.student.times() == 1  # the process that waited is in its place again
    assert found.trained.model.generation == found.worker.generation


def test_the_better_one_of_two_trainings_counts(letters: Any) -> None:
    with pytest.raises(PartialCredit, match="right in 50% of the cases") as caught:
        letters("50 if epochs == 5 else 40").give_credit()
    assert caught.value.share == 0.5
    assert "50% after epoch 5, and 40% after epoch 20 in a second training" in str(caught.value)


def test_a_network_that_stays_wrong_has_no_points(letters: Any) -> None:
    with pytest.raises(CheckFailed, match="4% after epoch 5, and 5% after epoch 20"):
        letters("4 if epochs == 5 else 5").give_credit()


@pytest.mark.parametrize(
    ("longer", "problem"),
    [
        ("if epochs > 5: raise RuntimeError('no more')", "raised RuntimeError: no more"),
        ("if epochs > 5: import os; os._exit(3)", "ended the program"),
        ("if epochs > 5: bytearray(1 << 31)", "used too much"),
        ("if epochs > 5: return None", "There is no trained model"),
    ],
)
def test_what_fails_in_the_second_training_costs_nothing(letters: Any, longer: str, problem: str) -> None:
    found = letters("60 if epochs == 5 else 90", longer=longer)
    with pytest.raises(PartialCredit, match="60% after epoch 5; a second training up to epoch 20 failed") as caught:
        found.give_credit()
    assert caught.value.share == 0.75
    assert problem in str(caught.value)
    assert found.student.times() == 1


def test_a_second_training_has_some_times_its_share_of_the_first_ones_time(letters: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("grader.marking.trained.LONGER_LEAST_S", 0.5)
    found = letters("60", longer="while epochs > 5: pass")
    found.trained._used_s = 0.25
    with pytest.raises(PartialCredit, match=r"took too long: it (used 3|took the 9)\.\d s "):
        found.give_credit()
    assert found.worker.limits.used_s > 1  # the line shows the time of both
    assert found.worker.limits.used_cpu_s < 1


def test_limits_of_the_second_training(letters: Any) -> None:
    trained = letters("60", time_s=300).trained
    for used_s, wanted_s in ((0.1, LONGER_LEAST_S), (10, 120), (50, 300), (75, 300)):
        trained._used_s = used_s
        assert trained.limits_for(20) == LineLimits(wanted_s, 1500)
    trained._used_s = 75.1
    assert trained.limits_for(20) is None


def test_a_first_training_that_took_too_long_is_the_only_one(letters: Any) -> None:
    found = letters("60 if epochs == 5 else 90", time_s=300)
    found.trained._used_s = 200
    with pytest.raises(PartialCredit, match="60% after epoch 5; too slow for a second training up to epoch 20"):
        found.give_credit()


def test_real_pictures_have_no_second_training(letters: Any) -> None:
    found = letters("60 if epochs == 5 else 90", threshold=Threshold(floor=0.3, full=0.7, epochs=5))
    with pytest.raises(PartialCredit) as caught:
        found.give_credit()
    assert "epoch" not in str(caught.value).partition("try")[0]


def test_a_fault_of_ours_in_the_second_training_is_no_mark(letters: Any) -> None:
    found = letters("60")

    def lost(_role: str = "") -> None:
        raise GraderFault("no child")

    found.worker.start_child = lost
    with pytest.raises(GraderFault):
        found.give_credit()
