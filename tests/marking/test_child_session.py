"""The scorer's hold on one child: whatever it does, there is an answer or a reason, and nothing is left."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from processes import children_of, is_running, wait_until

from grader.marking import child_session
from grader.marking.child_session import (
    ChildEnded,
    ChildSession,
    ChildSettings,
    KilledFromOutside,
    OutOfMemory,
    OutOfTime,
)
from grader.sandbox.warm_process import WarmProcess
from grader.system.errors import ForkServerLost, GraderFault

Start = Callable[..., ChildSession]


@pytest.fixture
def start(tiny_server: WarmProcess, tmp_path: Path) -> Iterator[Start]:
    """Start a child; afterwards check that neither a process nor a scratch directory is left."""
    sessions: list[ChildSession] = []

    def start(role: str, memory_mib: int = 500) -> ChildSession:
        sessions.append(ChildSession(tiny_server.requests, ChildSettings(role, memory_mib, 10), tmp_path))
        return sessions[-1]

    yield start
    for session in sessions:
        session.kill()
        assert not session.scratch.exists()
    assert children_of(tiny_server.pid) == []
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_requests_are_answered_in_turn(start: Start) -> None:
    session = start("echo")
    for text in ("a", "b"):
        answer = session.ask({"x": text}, [text.encode()], time_s=10)
        assert (answer.header["x"], answer.buffers) == (text, (text.encode(),))
    assert session.is_alive


def test_a_child_has_a_scratch_directory_of_its_own_for_its_life(start: Start) -> None:
    first, second = start("echo"), start("echo")
    assert first.scratch != second.scratch
    (first.scratch / "folder").mkdir()
    (first.scratch / "folder" / "file").write_bytes(b"x")
    first.kill()
    assert not first.scratch.exists()
    assert second.scratch.is_dir()


def test_a_context_ends_with_the_childs_life(start: Start) -> None:
    with start("echo") as session:
        pid = session.ask({}, time_s=10).header["pid"]
    assert not session.is_alive
    assert not is_running(pid)


def test_killing_twice_is_killing_once(start: Start) -> None:
    session = start("echo")
    session.kill()
    session.kill()


def test_a_dead_child_is_not_asked(start: Start) -> None:
    session = start("echo")
    session.kill()
    with pytest.raises(AssertionError, match="a dead child cannot be asked"):
        session.ask({}, time_s=1)


@pytest.mark.parametrize("role", ["hang", "stubborn", "half-frame"])
def test_no_answer_in_time_kills_the_child(start: Start, role: str) -> None:
    session = start(role)
    with pytest.raises(OutOfTime, match=r"0\.6 s on the clock"):
        session.ask({}, time_s=0.2)
    assert not session.is_alive


def test_processor_time_has_a_limit_of_its_own(start: Start) -> None:
    with pytest.raises(OutOfTime, match=r"used 0\.[3-9] s of processor time, 0\.3 s are allowed"):
        start("spin").ask({}, time_s=0.3, wall_s=60)


def test_processor_time_of_earlier_requests_does_not_count(start: Start) -> None:
    session = start("busy")
    for _ in range(3):
        session.ask({}, time_s=5)
        assert 0.2 <= session.last_cpu_s < 0.5


def test_a_child_that_does_not_read_is_killed_in_time(start: Start) -> None:
    """The request is larger than what the socket holds, so sending it blocks."""
    session = start("never-read")
    with pytest.raises(OutOfTime):
        session.ask({}, [bytes(8 << 20)], time_s=0.3)
    assert not session.is_alive


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("exit", "ended by itself with exit status 7"),
        ("segfault", "was ended by SIGSEGV"),
        ("nameless", "was ended by signal 36"),
        ("close", "was ended by SIGKILL"),
        ("junk", "something that is no answer"),
        ("wrong-number", "an answer that nobody asked for"),
        ("no-number", "an answer that nobody asked for"),
    ],
)
def test_a_child_that_makes_no_sense_has_ended(start: Start, role: str, words: str) -> None:
    session = start(role)
    with pytest.raises(ChildEnded, match=words):
        session.ask({}, time_s=10)
    assert not session.is_alive


def test_a_second_answer_is_not_taken_for_the_next_one(start: Start) -> None:
    session = start("twice")
    session.ask({}, time_s=10)
    wait_until(session._has_unread)
    with pytest.raises(ChildEnded, match="nobody asked for"):
        session.ask({}, time_s=10)


def test_a_child_that_died_between_requests_has_ended(start: Start) -> None:
    """It leaves a request unread, so that its end resets the connection."""
    session = start("reset")
    session.ask({}, time_s=10)
    session.ask({}, time_s=10)
    wait_until(lambda: not is_running(session.pid))
    with pytest.raises(ChildEnded, match="ended by itself with exit status 0"):
        session.ask({}, time_s=10)


def test_an_answer_larger_than_asked_for_is_refused(start: Start) -> None:
    with pytest.raises(ChildEnded, match="larger than"):
        start("large").ask({}, time_s=10, max_answer_bytes=999)
    assert start("large").ask({}, time_s=10, max_answer_bytes=1000).buffers == (bytes(1000),)


def test_a_memory_hog_is_killed(start: Start) -> None:
    session = start("eat", memory_mib=60)
    with pytest.raises(OutOfMemory, match="60 MiB are allowed"):
        session.ask({}, time_s=20)
    assert not session.is_alive


def test_a_request_may_allow_less_memory_than_the_child(start: Start) -> None:
    with pytest.raises(OutOfMemory, match="30 MiB are allowed"):
        start("eat").ask({}, time_s=20, memory_mib=30)


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("fault", "could not be confined:\nno prctl here"),
        ("dies-unready", "ended before it was ready"),
        ("junk-unready", "ended before it was ready"),
        ("no-such-role", "ended before it was ready"),
    ],
)
def test_a_fault_before_ready_is_ours(tiny_server: WarmProcess, tmp_path: Path, role: str, words: str) -> None:
    with pytest.raises(GraderFault, match=words):
        ChildSession(tiny_server.requests, ChildSettings(role, 500, 10), tmp_path)
    assert children_of(tiny_server.pid) == []
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_server_that_does_not_answer_is_a_fault_of_ours(
    tiny_server: WarmProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ChildSession(tiny_server.requests, ChildSettings("echo", 500, 10), tmp_path).kill()
    monkeypatch.setattr(child_session, "START_WAIT_S", 0.2)
    os.kill(tiny_server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(ForkServerLost, match=r"did not answer within 0\.2 s"):
            ChildSession(tiny_server.requests, ChildSettings("echo", 500, 10), tmp_path)
    finally:
        os.kill(tiny_server.pid, signal.SIGCONT)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_child_that_somebody_killed_is_told_apart(start: Start) -> None:
    session = start("hang")
    killer = threading.Timer(0.2, os.kill, (session.pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(KilledFromOutside, match="perhaps this machine had no memory left"):
        session.ask({}, time_s=20)
    killer.join()


def test_a_child_at_the_end_of_all_its_processor_time_is_out_of_time(tiny_server: WarmProcess, tmp_path: Path) -> None:
    session = ChildSession(tiny_server.requests, ChildSettings("limited", 500, 1), tmp_path)
    with pytest.raises(OutOfTime, match=r"used \d\.\d s of processor time since it was started"):
        session.ask({}, time_s=20)


def test_a_child_is_watched_until_its_answer_is_whole(start: Start) -> None:
    """One byte of an answer in time does not buy the rest of the time on the clock."""
    with pytest.raises(OutOfTime, match=r"of processor time, 0\.3 s are allowed"):
        start("first-byte").ask({}, time_s=0.3, wall_s=60)


def test_time_that_was_used_counts_when_the_answer_is_there_too(start: Start) -> None:
    with pytest.raises(OutOfTime, match=r"of processor time, 0\.1 s are allowed"):
        start("busy").ask({}, time_s=0.1, wall_s=60)


def test_threads_are_counted(start: Start) -> None:
    with pytest.raises(OutOfMemory, match=r"it started \d+ threads, 256 are allowed"):
        start("threads").ask({}, time_s=20)


def test_files_that_nobody_can_see_count_too(start: Start) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can look at another process' open files when it hides them")
    with pytest.raises(OutOfMemory, match="wrote more into its folder than the 256 MiB"):
        start("hidden-file").ask({}, time_s=60)
