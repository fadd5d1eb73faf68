"""Take in a submission within bounds: a forked child reads it, so that no text can stop or fill the supervisor.

Who does what:
    child       forked from the scorers' server, trusted, under limits of its own; it parses text, runs none of it, and
                answers with the packed submission or with why it is not taken.
    supervisor  names the path, waits, and passes on what comes; a child that ends early is the submission's doing.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.assignment.public_tests.checks.language import tr
from grader.errors import ForkServerLost, GraderFault, SubmissionError, UsageError
from grader.marking.job import PackedSubmission, pack_submission
from grader.sandbox.forkserver import Request, start_child
from grader.sandbox.frames import BrokenFrame, ChannelClosed, DeadlinePassed, Frame, receive_frame, send_frame
from grader.submission import read_submission
from grader.submission.shown_text import shown

ROLE = "intake"
START_WAIT_S = 300.0
"""For a server that is busy, or being started."""
END_WAIT_S = 10.0
_MIB = 1 << 20


@dataclass(frozen=True)
class IntakeLimits:
    """What reading one submission may take."""

    cpu_s: int = 30
    memory_mib: int = 1024
    """Above what the child shares with its server."""
    clock_s: float = 90.0


class _Killed(Exception):
    """The child was killed from outside, perhaps because the machine's memory was full."""


def warm_up() -> None:
    """Import in the server what reading a notebook takes: no child has to wait for it."""
    import nbformat  # noqa: F401


def read_as_child(channel: socket.socket, request: Request) -> None:
    """Read the submission that the channel names, within the limits that the request names; answer on the channel."""
    job = receive_frame(channel)
    _limit(int(request["cpu_s"]), int(request["memory_mib"]))
    # As deep an expression is taken as in a fresh interpreter, however deep the server's own stack is by now.
    sys.setrecursionlimit(sys.getrecursionlimit() + len(traceback.extract_stack()))
    try:
        packed = pack_submission(read_submission(Path(os.fsdecode(job.buffers[0])), name=job.header["name"]))
    except SubmissionError as error:
        send_frame(channel, {"rejected": str(error)})
    except UsageError as error:
        send_frame(channel, {"usage": str(error)})
    except MemoryError:
        send_frame(channel, {"is": "out of memory"})
    else:
        send_frame(channel, {"submission": packed.table}, packed.buffers)


def _limit(cpu_s: int, memory_mib: int) -> None:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    data_bytes = int(status["VmData"].split()[0]) * 1024 + memory_mib * _MIB
    limits = {
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 1),  # the soft one ends it by a signal that tells why
        resource.RLIMIT_DATA: (data_bytes, data_bytes),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, pair in limits.items():
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, pair if hard == resource.RLIM_INFINITY else (min(pair[0], hard), min(pair[1], hard)))


def take_in(
    requests: socket.socket, path: Path, name: str | None = None, limits: IntakeLimits = IntakeLimits()
) -> PackedSubmission:
    """Have a child of the scorers' server read a submission; see `read_submission`.

    A child that was killed from outside, or lost with its server, gets one more try.

    Raises:
        SubmissionError: it cannot be graded, or reading it takes more than is allowed.
        UsageError: nothing is there.
        GraderFault: the child failed by itself; `ForkServerLost` when its server is gone.
    """
    try:
        return _take_in_once(requests, path, name, limits)
    except (_Killed, ForkServerLost):
        pass
    try:
        return _take_in_once(requests, path, name, limits)
    except _Killed as error:
        raise _too_much(path, tr("reading it takes more memory than this machine has")) from error


def _take_in_once(requests: socket.socket, path: Path, name: str | None, limits: IntakeLimits) -> PackedSubmission:
    channel, lifeline = start_child(requests, {"role": ROLE} | asdict(limits))
    with channel, lifeline:  # closing the lifeline kills a child that is late
        _hear(lifeline, START_WAIT_S)  # the child is there: only now its time begins
        try:
            send_frame(channel, {"name": name}, [os.fsencode(path.absolute())])
            answer = receive_frame(channel, deadline=time.monotonic() + limits.clock_s)
        except DeadlinePassed as error:
            raise _too_much(path, tr("reading it takes more than {seconds:.0f} s", seconds=limits.clock_s)) from error
        except ChannelClosed as error:
            raise _why_ended(lifeline, path, limits) from error
        except BrokenFrame as error:
            raise GraderFault(f"the process that read the submission gave a broken answer ({error})") from error
    return _taken(answer, path, limits)


def _taken(answer: Frame, path: Path, limits: IntakeLimits) -> PackedSubmission:
    header = answer.header
    if "submission" in header:
        return PackedSubmission(header["submission"], answer.buffers)
    if "usage" in header:
        raise UsageError(header["usage"])
    if "rejected" in header:
        raise SubmissionError(header["rejected"])
    raise _too_much(path, tr("reading it takes more than {size:g} GiB of memory", size=limits.memory_mib / 1024))


def _why_ended(lifeline: socket.socket, path: Path, limits: IntakeLimits) -> Exception:
    """Return what to raise for a child that ended without an answer."""
    status = _hear(lifeline, END_WAIT_S)["status"]
    if not os.WIFSIGNALED(status):
        return GraderFault(f"reading the submission ended with exit status {os.WEXITSTATUS(status)}")
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return _too_much(path, tr("reading it takes more than {seconds} s of processor time", seconds=limits.cpu_s))
    if number == signal.SIGKILL:
        return _Killed()
    return _too_much(path, tr("reading it makes Python crash (signal {number})", number=number))


def _hear(lifeline: socket.socket, wait_s: float) -> dict[str, Any]:
    """Return the server's next message about the child.

    Raises:
        ForkServerLost: there is none; the server is gone.
    """
    lifeline.settimeout(wait_s)
    try:
        data = lifeline.recv(4096)
    except OSError as error:
        raise ForkServerLost(f"the scorers' server does not answer ({error})") from error
    if not data:
        raise ForkServerLost("the scorers' server is gone")
    message: dict[str, Any] = json.loads(data)
    return message


def _too_much(path: Path, what: str) -> SubmissionError:
    return SubmissionError(
        tr(
            "{name}: {what}. Take data and generated code out of it and hand in the code alone.",
            name=shown(path.absolute().name) or tr("the submission"),
            what=what,
        )
    )
