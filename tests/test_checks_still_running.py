"""A test that does not end says so after a while, and after Ctrl-C where it stood."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from grader.assignment.public_tests.checks import still_running
from grader.assignment.public_tests.checks.still_running import told_when_it_lasts


def interrupted() -> None:
    """Fail as after Ctrl-C in the third line of the student's file."""
    exec(compile("\n\nraise KeyboardInterrupt", "/home/x/mnist_all_models.py", "exec"), {})


def noted(work: Callable[[], None], said: list[str] | None = None) -> list[str]:
    notes: list[str] = []
    say = (lambda _text: None) if said is None else said.append
    with pytest.raises(KeyboardInterrupt), told_when_it_lasts("a title", say, notes.append):
        work()
    return notes


def test_a_test_that_lasts_is_named_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still_running, "WAIT_S", 0.01)
    said = threading.Event()
    texts = []

    def say(text: str) -> None:
        texts.append(text)
        said.set()

    with told_when_it_lasts("a title", say, lambda _text: None):
        assert said.wait(60)
    assert texts == ["This test runs for 0 s already: a title. Ctrl-C stops it."]


def test_a_test_that_ends_is_not_named() -> None:
    threads = threading.active_count()
    with told_when_it_lasts("a title", pytest.fail, pytest.fail):
        assert threading.active_count() == threads + 1
    while threading.active_count() > threads:
        time.sleep(0.01)


def test_where_ctrl_c_stopped_it_is_noted() -> None:
    assert noted(interrupted) == ["it still ran when Ctrl-C stopped it (line 3): is there a loop without an end?"]

    def elsewhere() -> None:
        raise KeyboardInterrupt

    assert noted(elsewhere) == ["it still ran when Ctrl-C stopped it: is there a loop without an end?"]
