"""Submissions are read by real children of a real fork server, under real limits."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import submission_of
from processes import children_of, wait_until

from grader.errors import ForkServerLost, GraderFault, SubmissionError, UsageError
from grader.marking import intake
from grader.marking.intake import IntakeLimits, take_in
from grader.marking.job import pack_submission, unpack_submission
from grader.submission import Submission, read_submission

SOURCE = "def f():\n    return 'ж'\n\n\nprint(f())\n"
SERVER = """
import os, resource, signal, socket, sys, time
from grader.marking.intake import read_as_child, warm_up
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.frames import receive_frame
def child(channel, request):
    {act}
warm_up()
ForkServer(socket.socket(fileno=int(sys.argv[1])), child).serve()
"""
READ = "read_as_child(channel, request)"

StartServer = Callable[[str], tuple[socket.socket, int]]


def as_sent(submission: Submission) -> Submission:
    """Return a submission as its child sends it: without the text that its plans are made of."""
    return dataclasses.replace(submission, text="")


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start a fork server whose children do what a line of Python says; return its socket and pid."""
    started: list[tuple[socket.socket, socket.socket, subprocess.Popen[bytes]]] = []

    def start(act: str) -> tuple[socket.socket, int]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-c", SERVER.format(act=act), str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        started.append((ours, theirs, process))
        return ours, process.pid

    yield start
    for requests, server_end, process in started:
        requests.close()
        server_end.close()
        process.wait(30)


@pytest.fixture
def requests(start_server: StartServer) -> socket.socket:
    """A server whose children read."""
    return start_server(READ)[0]


def written(folder: Path, text: str, name: str = "lab.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def notebook(*cells: str) -> str:
    codes = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c} for c in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": codes})


@pytest.mark.parametrize(
    ("text", "file_name"), [(SOURCE, "lab.py"), (notebook("x = 1\n\n", "!ls\n" + SOURCE), "mnist_all_models.ipynb")]
)
def test_a_child_reads_what_is_read_here(requests, tmp_path, text, file_name):
    path = written(tmp_path, text, file_name)
    packed = take_in(requests, path, "Иванова")
    assert unpack_submission(packed) == as_sent(read_submission(path, name="Иванова"))
    assert (packed.name, packed.sha256) == ("Иванова", read_submission(path).sha256)


def test_a_path_that_is_no_text_is_read(requests, tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/lab\xff.py"))
    path.write_text(SOURCE, encoding="utf-8")
    assert unpack_submission(take_in(requests, path)) == as_sent(read_submission(path))


def test_a_path_is_taken_from_where_the_supervisor_stands(requests, tmp_path, monkeypatch):
    written(tmp_path, SOURCE)
    monkeypatch.chdir(tmp_path)
    assert take_in(requests, Path("lab.py")).name == "lab"


def test_a_chain_is_as_deep_as_it_may_be_here(start_server, tmp_path):
    """The server's own stack, which is deep, is not counted."""
    deep = start_server("deep = lambda n: deep(n - 1) if n else read_as_child(channel, request); deep(600)")[0]
    path = written(tmp_path, "x = " + "-" * 600 + "1\n")
    assert unpack_submission(take_in(deep, path)) == as_sent(read_submission(path))


def test_a_notebook_of_very_many_lines_is_taken(requests, tmp_path):
    path = written(tmp_path, notebook("\n" * 500_000 + "x = 1"), "lab.ipynb")
    assert unpack_submission(take_in(requests, path)).place(500_002) == "cell 1, line 500001"


def test_a_rejected_submission_is_rejected_in_the_same_words(requests, tmp_path):
    path = written(tmp_path, "def (")
    with pytest.raises(SubmissionError) as here:
        read_submission(path)
    with pytest.raises(SubmissionError) as there:
        take_in(requests, path)
    assert str(there.value) == str(here.value)


def test_a_path_with_nothing_there_is_the_callers_mistake(requests, tmp_path):
    with pytest.raises(UsageError, match="gone: there is no such file or folder"):
        take_in(requests, tmp_path / "gone")


def test_too_much_memory_is_a_reason(requests, tmp_path):
    path = written(tmp_path, notebook("\n" * 1_900_000 + "x = 1"), "lab.ipynb")
    with pytest.raises(SubmissionError, match=r"^lab.ipynb: reading it takes more than 0.0625 GiB of memory\. Take"):
        take_in(requests, path, limits=IntakeLimits(memory_mib=64))


def test_too_much_processor_time_is_a_reason(requests, tmp_path):
    """IPython reads a cell anew for each command: with this many lines, for minutes."""
    commands = notebook("x = 1\n" * 10_000 + "!ls\n" * 40)
    path = written(tmp_path, commands, "lab.ipynb")
    with pytest.raises(SubmissionError, match=r"^lab.ipynb: reading it takes more than 1 s of processor time\. Take"):
        take_in(requests, path, limits=IntakeLimits(cpu_s=1))


def test_too_much_time_on_the_clock_is_a_reason_and_the_child_goes(start_server, tmp_path):
    requests, server = start_server("time.sleep(600)")
    with pytest.raises(SubmissionError, match=r"^lab.py: reading it takes more than 1 s\. Take"):
        take_in(requests, written(tmp_path, SOURCE), limits=IntakeLimits(clock_s=1))
    wait_until(lambda: not children_of(server))


def test_a_child_that_is_killed_again_is_a_reason(start_server, tmp_path):
    requests = start_server("receive_frame(channel); os.kill(os.getpid(), signal.SIGKILL)")[0]
    with pytest.raises(SubmissionError, match="reading it takes more memory than this machine has"):
        take_in(requests, written(tmp_path, SOURCE))


def test_a_child_that_is_killed_once_is_replaced(start_server, tmp_path):
    mark = tmp_path / "mark"
    once = f"os.path.exists({str(mark)!r}) or (open({str(mark)!r}, 'w'), os.kill(os.getpid(), signal.SIGKILL)); "
    requests = start_server(once + READ)[0]
    assert take_in(requests, written(tmp_path, SOURCE)).name == "lab"
    assert mark.exists()


def test_python_that_crashes_over_a_text_is_a_reason(start_server, tmp_path):
    requests = start_server("receive_frame(channel); resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()")[0]
    with pytest.raises(SubmissionError, match=r"makes Python crash \(signal 6\)"):
        take_in(requests, written(tmp_path, SOURCE))


def test_a_child_that_fails_by_itself_is_our_fault(start_server, tmp_path):
    requests = start_server("receive_frame(channel); os._exit(7)")[0]
    with pytest.raises(GraderFault, match="reading the submission ended with exit status 7"):
        take_in(requests, written(tmp_path, SOURCE))


def test_a_broken_answer_is_our_fault(start_server, tmp_path):
    requests = start_server("receive_frame(channel); channel.sendall(b'x' * 100)")[0]
    with pytest.raises(GraderFault, match="gave a broken answer"):
        take_in(requests, written(tmp_path, SOURCE))


def test_a_server_that_dies_meanwhile_is_no_reason(start_server, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "START_WAIT_S", 20)
    requests = start_server("os.kill(os.getppid(), signal.SIGKILL)")[0]
    with pytest.raises(ForkServerLost, match=r"is gone|does not answer"):
        take_in(requests, written(tmp_path, SOURCE))


def test_a_server_that_does_not_answer_is_no_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "START_WAIT_S", 0.1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, pytest.raises(ForkServerLost, match="does not answer"):
        take_in(ours, written(tmp_path, SOURCE))


def test_packing_keeps_everything():
    submission = submission_of("x = '\ud800'\n", "y = 1\n", origins=((1, 1), (70_000, 2)))
    assert unpack_submission(pack_submission(submission)) == submission
