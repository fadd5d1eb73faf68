"""The driver: what it may spend on one submission's models."""

from __future__ import annotations

import pytest

from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.marking.driver import EXAMINERS_TIME_S, Driver


def test_models_that_hold_up_the_class_are_not_examined_further() -> None:
    driver = Driver()
    driver.start_child = lambda role: pytest.fail(f"no {role} is started")
    driver._examined_s = EXAMINERS_TIME_S + 1
    with pytest.raises(CheckFailed, match="take too long to examine"):
        driver._examined(b"", None)
