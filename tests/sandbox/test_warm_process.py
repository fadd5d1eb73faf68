"""A warm process is replaced when it dies, and given up when it dies too often; requests never hang."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from processes import is_running, wait_until

from grader.marking.child_session import ChildEnded, ChildSession, ChildSettings
from grader.sandbox import warm_process
from grader.sandbox.frames import ChannelClosed
from grader.sandbox.warm_process import MAX_RESTARTS, WarmProcess, expect_own_package
from grader.system.errors import ForkServerLost, UsageError

ECHO = ChildSettings("echo", 500, 10)


def ask_once(process: WarmProcess, folder: Path) -> int:
    """Return the pid of a fresh child that answered."""
    with ChildSession(process.requests, ECHO, folder) as session:
        return int(session.ask({}, time_s=10).header["pid"])


def kill(process: WarmProcess) -> None:
    """Kill the server, and wait until the watcher has seen it."""
    pid = process.pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: process.pid != pid)


def test_a_killed_server_is_replaced_and_requests_go_on(tiny_server: WarmProcess, tmp_path: Path) -> None:
    first, first_child = tiny_server.pid, ask_once(tiny_server, tmp_path)
    kill(tiny_server)
    assert ask_once(tiny_server, tmp_path) != first_child
    assert tiny_server.pid != first
    assert tiny_server.restarts == 1


def test_a_request_waits_while_the_server_is_replaced(tiny_server: WarmProcess, tmp_path: Path) -> None:
    ask_once(tiny_server, tmp_path)
    os.kill(tiny_server.pid, signal.SIGKILL)
    assert ask_once(tiny_server, tmp_path) > 0


def test_a_child_in_use_is_lost_with_its_server_as_a_fault_of_ours(tiny_server: WarmProcess, tmp_path: Path) -> None:
    session = ChildSession(tiny_server.requests, ChildSettings("exit", 500, 10), tmp_path)
    kill(tiny_server)
    with pytest.raises(ForkServerLost):
        session.ask({}, time_s=10)
    assert not session.scratch.exists()


def test_a_server_that_dies_too_often_is_given_up_without_a_hang(tiny_server: WarmProcess, tmp_path: Path) -> None:
    for _ in range(MAX_RESTARTS):
        kill(tiny_server)
    assert ask_once(tiny_server, tmp_path) > 0
    os.kill(tiny_server.pid, signal.SIGKILL)
    for _ in range(3):
        with pytest.raises(ForkServerLost, match="the warm process is gone"):
            ChildSession(tiny_server.requests, ECHO, tmp_path)
    assert tiny_server.restarts == MAX_RESTARTS
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_module_that_cannot_be_started_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_process, "MAX_RESTARTS", 1)
    log = tmp_path / "log"
    process = WarmProcess("grader.no_such_module", environment={}, log=log)
    process.start()
    try:
        with pytest.raises(ForkServerLost):
            ChildSession(process.requests, ECHO, tmp_path)
    finally:
        process.stop()
    assert log.read_text().count("No module named") == 2


def test_stopping_ends_the_server_and_its_children(tiny_interpreter: None, tmp_path: Path) -> None:
    process = WarmProcess("tiny", environment={}, log=tmp_path / "log")
    process.start()
    session = ChildSession(process.requests, ECHO, tmp_path)
    server, child = process.pid, session.ask({}, time_s=10).header["pid"]
    process.stop()
    assert not is_running(server)
    assert not is_running(child)
    assert process.restarts == 0
    with pytest.raises(ChildEnded, match="killed from outside"):
        session.ask({}, time_s=10)


def test_a_server_that_ignores_the_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "deaf"
    script.write_text("#!/bin/sh\nexec sleep 600\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(warm_process, "STOP_WAIT_S", 0.2)
    process = WarmProcess("deaf", environment=dict(os.environ), log=tmp_path / "log")
    process.start()
    pid = process.pid
    process.stop()
    wait_until(lambda: not is_running(pid))


def test_a_process_that_was_never_started_can_be_stopped(tmp_path: Path) -> None:
    WarmProcess("tiny", environment={}, log=tmp_path / "log").stop()


def test_the_pid_of_what_was_never_started_is_our_own_mistake(tmp_path: Path) -> None:
    process = WarmProcess("tiny", environment={}, log=tmp_path / "log")
    with pytest.raises(AssertionError, match="start it first"):
        _ = process.pid
    process.stop()


@pytest.mark.usefixtures("tiny_interpreter")
def test_every_server_is_set_up_anew(tmp_path: Path) -> None:
    calls: list[int] = []

    def set_up(stream: socket.socket) -> None:
        calls.append(stream.fileno())
        raise ChannelClosed("it was dead already")

    process = WarmProcess("tiny", environment={}, log=tmp_path / "log", setup=set_up)
    process.start()
    try:
        kill(process)
        assert ask_once(process, tmp_path) > 0
        assert len(calls) == 2
    finally:
        process.stop()


def test_the_environment_is_what_was_given_and_nothing_else(tiny_server: WarmProcess, tmp_path: Path) -> None:
    ask_once(tiny_server, tmp_path)
    names = {entry.partition(b"=")[0] for entry in Path(f"/proc/{tiny_server.pid}/environ").read_bytes().split(b"\0")}
    assert names <= {b"", b"PWD", b"SHLVL", b"OLDPWD", b"_"}, "the shell between adds these and nothing else"


@pytest.mark.parametrize("found", ["/elsewhere/grader/__init__.py", ""])
def test_a_copy_that_is_not_installed_does_not_grade_with_the_installed_one(monkeypatch, found: str) -> None:
    """As with PYTHONPATH, which an isolated Python ignores."""
    expect_own_package.cache_clear()
    expect_own_package()
    expect_own_package.cache_clear()
    monkeypatch.setattr(warm_process, "_FIND_PACKAGE", [sys.executable, "-c", f"print({found!r})"])
    with pytest.raises(UsageError, match=r"they do not read PYTHONPATH\. Install this copy: "):
        expect_own_package()


@pytest.mark.parametrize("failures", [1, MAX_RESTARTS])
@pytest.mark.parametrize("error", [errno.ENOMEM, errno.EMFILE, errno.EAGAIN])
def test_a_server_that_cannot_be_started_anew_keeps_nobody_waiting(
    tiny_server: WarmProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, error: int
) -> None:
    """A passing shortage delays the request; a lasting one is a fault of ours, told within seconds."""
    start, failed = subprocess.Popen, []

    def scarce(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        if len(failed) < failures:
            failed.append(error)
            raise OSError(error, os.strerror(error))
        return start(*arguments, **options)

    monkeypatch.setattr(warm_process, "RESTART_WAIT_S", 0.01)
    monkeypatch.setattr(subprocess, "Popen", scarce)
    os.kill(tiny_server.pid, signal.SIGKILL)
    if failures < MAX_RESTARTS:
        assert ask_once(tiny_server, tmp_path) > 0
    else:
        with pytest.raises(ForkServerLost, match="the warm process is gone"):
            ChildSession(tiny_server.requests, ECHO, tmp_path)
    log = (tmp_path / "tiny.log").read_text()
    assert log.count(f"cannot be started anew: [Errno {error}]") == failures


def test_a_server_that_nobody_can_watch_is_ended(tiny_interpreter: None, tmp_path: Path, monkeypatch) -> None:
    def no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    process = WarmProcess("tiny", environment={}, log=tmp_path / "tiny.log")
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        process.start()
    assert not is_running(process.pid)
    process.stop()
