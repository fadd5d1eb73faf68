"""The fork server: a child for each request, none left behind, whoever dies first."""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import children_of, is_running, wait_until

from grader.sandbox.forkserver import MAX_REQUEST_BYTES, start_child
from grader.sandbox.frames import ChannelClosed, receive_frame, send_frame

SERVER = Path(__file__).parents[1] / "tiny_server.py"


class Server:
    """A fork server in a process of its own, without anything that replaces it."""

    def __init__(self, log: Path) -> None:
        self.requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, log.open("wb") as stream:
            command = [sys.executable, str(SERVER), str(theirs.fileno()), "no set-up"]
            self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=stream)

    def start(self, role: str) -> tuple[socket.socket, socket.socket, int]:
        channel, lifeline = start_child(self.requests, {"role": role})
        return channel, lifeline, heard(lifeline)["pid"]

    def end(self) -> None:
        self.requests.close()
        assert self.process.wait(20) == 0


def heard(lifeline: socket.socket) -> dict[str, float]:
    lifeline.settimeout(20)
    return json.loads(lifeline.recv(4096))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "server.log")
    yield server
    if server.process.poll() is None:
        server.end()
    server.requests.close()


def test_a_child_is_forked_and_its_pid_is_told(server: Server) -> None:
    channel, lifeline, pid = server.start("echo")
    with channel, lifeline:
        assert children_of(server.process.pid) == [pid]
        assert receive_frame(channel).header == {"is": "ready"}
        send_frame(channel, {"x": 1}, [b"y"])
        answer = receive_frame(channel)
        assert (answer.header, answer.buffers) == ({"x": 1, "pid": pid}, (b"y",))


def test_children_live_side_by_side(server: Server) -> None:
    started = [server.start("echo") for _ in range(5)]
    pids = {pid for _, _, pid in started}
    assert len(pids) == 5
    assert set(children_of(server.process.pid)) == pids
    for channel, lifeline, pid in started:
        with lifeline, channel:
            receive_frame(channel)
            send_frame(channel, {})
            assert receive_frame(channel).header["pid"] == pid
            lifeline.shutdown(socket.SHUT_WR)
            assert "status" in heard(lifeline)
    assert children_of(server.process.pid) == []


def test_closing_the_lifeline_kills_and_reaps_the_child(server: Server) -> None:
    channel, lifeline, pid = server.start("stubborn")
    with channel:
        receive_frame(channel)
        send_frame(channel, {"request": 1})
        lifeline.close()
        wait_until(lambda: not is_running(pid))
        wait_until(lambda: children_of(server.process.pid) == [])


def test_the_end_of_a_child_is_told_with_its_usage(server: Server) -> None:
    channel, lifeline, _pid = server.start("exit")
    with channel, lifeline:
        receive_frame(channel)
        send_frame(channel, {"request": 1})
        end = heard(lifeline)
        assert os.waitstatus_to_exitcode(int(end["status"])) == 7
        assert end["maxrss_kib"] > 1000
        assert end["cpu_s"] >= 0
        assert lifeline.recv(10) == b""


def test_the_signal_that_ended_a_child_is_told(server: Server) -> None:
    channel, lifeline, _pid = server.start("segfault")
    with channel, lifeline:
        receive_frame(channel)
        send_frame(channel, {"request": 1})
        assert os.waitstatus_to_exitcode(int(heard(lifeline)["status"])) == -signal.SIGSEGV


def test_a_child_that_raises_never_returns_into_the_servers_loop(server: Server, tmp_path: Path) -> None:
    channel, lifeline, _pid = server.start("raises")
    with channel, lifeline:
        assert os.waitstatus_to_exitcode(int(heard(lifeline)["status"])) == os.EX_SOFTWARE
    assert "ValueError: on purpose" in (tmp_path / "server.log").read_text()
    for end in server.start("echo")[:2]:
        end.close()
    assert is_running(server.process.pid)


def test_a_child_that_returns_ends_with_status_zero(server: Server) -> None:
    channel, lifeline, _pid = server.start("fault")
    with channel, lifeline:
        assert heard(lifeline)["status"] == 0


def test_the_server_keeps_no_copy_of_a_childs_channel(server: Server) -> None:
    channel, lifeline, _pid = server.start("dies-unready")
    with channel, lifeline, pytest.raises(ChannelClosed):
        receive_frame(channel)


def test_a_requester_that_is_gone_at_once_leaves_no_child(server: Server) -> None:
    for _ in range(3):
        for end in start_child(server.requests, {"role": "stubborn"}):
            end.close()
    channel, lifeline, pid = server.start("echo")
    with channel, lifeline:
        wait_until(lambda: children_of(server.process.pid) == [pid])


def test_a_requester_that_dies_leaves_no_child(server: Server) -> None:
    read, write = os.pipe()
    requester = os.fork()
    if requester == 0:
        try:
            _channel, lifeline = start_child(server.requests, {"role": "echo"})
            os.write(write, lifeline.recv(100))
            signal.pause()
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        pid = json.loads(os.read(pipe.fileno(), 100))["pid"]
    os.kill(requester, signal.SIGKILL)
    os.waitpid(requester, 0)
    wait_until(lambda: not is_running(pid))


def test_the_last_requesters_end_ends_the_server_and_all_children(server: Server) -> None:
    started = [server.start("stubborn") for _ in range(3)]
    server.end()
    for channel, lifeline, pid in started:
        with channel, lifeline:
            assert not is_running(pid)
            assert os.waitstatus_to_exitcode(int(heard(lifeline)["status"])) == -signal.SIGKILL


def test_no_descriptor_is_left_in_the_server(server: Server) -> None:
    def descriptors() -> int:
        return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))

    before = descriptors()
    for _ in range(20):
        channel, lifeline, _pid = server.start("exit")
        channel.close()
        lifeline.close()
    wait_until(lambda: descriptors() == before)


def test_a_request_that_carries_data_is_our_own_mistake() -> None:
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with left, right, pytest.raises(AssertionError, match="a request carries settings"):
        start_child(left, {"data": "x" * MAX_REQUEST_BYTES})


THREADED = """
import socket, threading
from grader.sandbox.forkserver import ForkServer, start_child
left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
threading.Thread(target=threading.Event().wait, daemon=True).start()
ends = start_child(left, {})
ForkServer(right, lambda _channel, _request: print("forked", flush=True)).serve()
"""


def test_a_process_with_threads_never_forks() -> None:
    """A forked child of a threaded process may hold a lock that nobody will ever release."""
    done = subprocess.run([sys.executable, "-c", THREADED], capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "must be single-threaded, but has 2 threads" in done.stderr


def lost(server: Server) -> bool:
    """Ask for a child; tell whether the server let go of the request at once, without one."""
    channel, lifeline = start_child(server.requests, {"role": "echo"})
    with channel, lifeline:
        lifeline.settimeout(20)
        return lifeline.recv(4096) == b""


@pytest.mark.parametrize("more", range(5))
def test_without_descriptors_a_request_is_let_go_and_the_children_live(server: Server, more: int) -> None:
    """However many are left: the request's own two may not arrive, or the child's may not be had."""
    channel, lifeline, pid = server.start("echo")
    with channel, lifeline:
        used = {int(entry.name) for entry in Path(f"/proc/{server.process.pid}/fd").iterdir()}
        free = (number for number in itertools.count() if number not in used)
        _soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        limit = next(itertools.islice(free, more, None))
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (limit, hard))
        is_lost = lost(server)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
        assert is_lost == (more < 3), "two come with a request, one more is of the child"
        wait_until(lambda: children_of(server.process.pid) == [pid])
        assert receive_frame(channel).header == {"is": "ready"}
        assert not lost(server)


FORKS_AT_THE_SECOND_TRY = """
import errno, os, socket, sys
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.frames import send_frame
tries = []
def fork():
    tries.append(1)
    if len(tries) == 1:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    return os.fork()
ForkServer(socket.socket(fileno=int(sys.argv[1])), lambda channel, request: send_frame(channel, {}), fork=fork).serve()
"""


def test_a_fork_that_fails_costs_its_request_alone(tmp_path: Path) -> None:
    requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with requests, theirs, (tmp_path / "log").open("w") as log:
        command = [sys.executable, "-c", FORKS_AT_THE_SECOND_TRY, str(theirs.fileno())]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=log) as process:
            theirs.close()
            said = []
            for _ in range(2):
                channel, lifeline = start_child(requests, {})
                with channel, lifeline:
                    lifeline.settimeout(20)
                    said.append(lifeline.recv(4096))
            requests.close()
        assert process.returncode == 0
    assert said[0] == b""
    assert json.loads(said[1])["pid"] > 0
    assert "BlockingIOError" in (tmp_path / "log").read_text()
