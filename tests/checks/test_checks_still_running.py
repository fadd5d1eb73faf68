"""A test that does not end says so after a while, and after Ctrl-C where it stood."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from grader.assignment.public_tests.checks import still_running
from grader.assignment.public_tests.checks.still_running import told_when_it_lasts

pytestmark = pytest.mark.usefixtures("ctrl_c")


def students(source: str) -> dict[str, Any]:
    """Return the names of a student's file with this text."""
    names: dict[str, Any] = {"signal": signal}
    exec(compile(source, "/home/x/mnist_all_models.py", "exec"), names)
    return names


PRESSED = "signal.raise_signal(signal.SIGINT)"
LOOP = f"def f():\n    {PRESSED}\n"


def noted(work: Callable[[], object]) -> list[str]:
    notes: list[str] = []
    with pytest.raises(KeyboardInterrupt), told_when_it_lasts("a title", pytest.fail, notes.append):
        work()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    return notes


def test_a_test_that_lasts_is_named_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still_running, "WAIT_S", 0.01)
    said = threading.Event()
    texts = []

    def say(text: str) -> None:
        texts.append(text)
        said.set()

    with told_when_it_lasts("a title", say, lambda _text: None):
        assert students("def f(said):\n    return said.wait(60)\n")["f"](said)
    assert texts == ["This test runs for 0 s already (f, line 2): a title. Ctrl-C stops it."]


def test_a_test_that_ends_is_not_named() -> None:
    threads = threading.active_count()
    with told_when_it_lasts("a title", pytest.fail, pytest.fail):
        assert threading.active_count() == threads + 1
    while threading.active_count() > threads:
        time.sleep(0.01)


def test_where_ctrl_c_stopped_it_is_noted() -> None:
    stopped, loop = "it still ran when Ctrl-C stopped it", "is there a loop without an end?"
    assert noted(students(LOOP)["f"]) == [f"{stopped} (f, line 2): {loop}"]
    assert noted(lambda: students(f"\n\n{PRESSED}")) == [f"{stopped} (its import, line 3): {loop}"]
    assert noted(lambda: signal.raise_signal(signal.SIGINT)) == [stopped]


@pytest.mark.parametrize("patience_s", [0.0, 60.0])
def test_a_second_ctrl_c_ends_what_caught_the_first(monkeypatch: pytest.MonkeyPatch, patience_s: float) -> None:
    said: list[str] = []
    monkeypatch.setattr(still_running, "PATIENCE_S", patience_s)
    monkeypatch.setattr(os, "_exit", lambda status: said.append(f"status {status}"))
    caught = students(f"def f():\n    try:\n        {PRESSED}\n    except:\n        {PRESSED}\n")["f"]
    ended = pytest.raises(KeyboardInterrupt) if not patience_s else contextlib.nullcontext()
    with ended, told_when_it_lasts("a title", said.append, lambda _text: None):
        caught()
    words = "Ctrl-C is caught (f, line 5), as a bare `except:` does: write `except ValueError:`."
    assert said == ([] if patience_s else [words, "status 130"])


def test_a_handler_of_somebody_else_stays() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with told_when_it_lasts("a title", pytest.fail, pytest.fail):
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
