"""The driver: what it may spend on one submission's models, and what no mark may hang on."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import OpenWorker, StartChild

from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.errors import ForkServerLost
from grader.marking.driver import EXAMINERS_TIME_S, Driver
from grader.marking.looks import PUBLIC_COUNT, Looks

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
    driver.looks = Looks(trained={"damaged": b"no model", **files})
    driver.look_at_public_digits()
    driver.close_examiner()
    assert set(driver.looks.public_digits) == {"ann"}
    assert np.array(driver.looks.public_digits["ann"].confusion).sum() == PUBLIC_COUNT


def test_a_lost_zygote_costs_no_more_than_the_look_at_public_digits() -> None:
    def lost(role: str) -> None:
        raise ForkServerLost(role)

    driver = Driver()
    driver.start_child = lost
    driver.looks = Looks(trained={"ann": b""})
    driver.look_at_public_digits()
    assert driver.looks.public_digits == {}
