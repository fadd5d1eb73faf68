"""The scorer's hold on one confined child: ask, wait with a deadline, watch its memory, kill, tell how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from grader.errors import ForkServerLost, GraderFault
from grader.removal import remove_tree
from grader.sandbox.forkserver import start_child
from grader.sandbox.frames import (
    MAX_BODY_BYTES,
    BrokenFrame,
    Buffer,
    ChannelClosed,
    DeadlinePassed,
    Frame,
    Header,
    receive_frame,
    send_frame,
)

START_WAIT_S = 120
"""A first child waits until its warm process has imported TensorFlow, which is slow from a cold disk."""
END_WAIT_S = 20
MEMORY_LOOK_S = 0.1


class ChildEnded(Exception):
    """The child died, or had to be killed because its answer made no sense."""


class OutOfTime(Exception):
    """No answer within the time given; the child was killed."""


class OutOfMemory(Exception):
    """The child used more memory than its limit; it was killed."""


@dataclass(frozen=True)
class ChildSettings:
    """What a child is asked for; see ``layers.limits.ChildLimits``."""

    role: str
    memory_mib: int
    cpu_s: int


class ChildSession:
    """One child from its fork to its end. Use as a context manager."""

    def __init__(self, requests: socket.socket, settings: ChildSettings, scratch_root: Path) -> None:
        """Start the child.

        Raises:
            GraderFault: the child could not be started; `ForkServerLost` when the warm process is gone for good.
        """
        self._limit_mib = settings.memory_mib
        self._count = 0
        self.is_alive = True
        self.scratch = Path(tempfile.mkdtemp(prefix=settings.role + "-", dir=scratch_root))
        request = {"role": settings.role, "memory_mib": settings.memory_mib, "cpu_s": settings.cpu_s}
        self._channel, self._lifeline = start_child(requests, request | {"scratch": str(self.scratch)})
        try:
            self._pid = self._hear(START_WAIT_S)["pid"]
        except ForkServerLost:
            self.is_alive = False
            self._close()
            raise
        self._expect_ready()
        self._baseline_mib = self._resident_mib()

    def _expect_ready(self) -> None:
        """Wait until the child is confined; it has not seen anything untrusted so far.

        Raises:
            GraderFault: the child could not get ready.
        """
        try:
            header = receive_frame(self._channel, deadline=time.monotonic() + START_WAIT_S).header
        except (DeadlinePassed, ChannelClosed, BrokenFrame) as error:
            self.kill()
            raise GraderFault(f"a child ended before it was ready ({error})") from error
        if header != {"is": "ready"}:
            self.kill()
            raise GraderFault(f"a child could not be confined:\n{header.get('text')}")

    def ask(
        self,
        header: Header,
        buffers: Sequence[Buffer] = (),
        *,
        time_s: float,
        memory_mib: int | None = None,
        max_answer_bytes: int = MAX_BODY_BYTES,
    ) -> Frame:
        """Send one request and return its answer.

        Args:
            memory_mib: resident memory above what the fresh child had; None is the child's own limit.
        Raises:
            OutOfTime, OutOfMemory, ChildEnded: the child is dead then.
        """
        assert self.is_alive, "a dead child cannot be asked"
        self._count += 1
        deadline = time.monotonic() + time_s
        if self._has_unread():
            self.kill()
            raise ChildEnded("it sent an answer that nobody asked for")
        try:
            with _send_limit(self._channel, time_s):
                send_frame(self._channel, header | {"request": self._count}, buffers)
            self._wait_for_answer(deadline, memory_mib or self._limit_mib)
            answer = receive_frame(self._channel, deadline=deadline, max_body_bytes=max_answer_bytes)
        except (DeadlinePassed, TimeoutError) as error:
            self.kill()
            raise OutOfTime(f"no answer within {time_s:.3g} s") from error
        except ChannelClosed as error:
            raise ChildEnded(self._describe_end()) from error
        except BrokenFrame as error:
            self.kill()
            raise ChildEnded(f"it answered with something that is no answer ({error})") from error
        if answer.header.get("request") != self._count:
            self.kill()
            raise ChildEnded("it sent an answer that nobody asked for")
        return answer

    def _has_unread(self) -> bool:
        try:
            return bool(self._channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except (BlockingIOError, ConnectionResetError):  # that a child is dead is found out by the next send
            return False

    def _wait_for_answer(self, deadline: float, memory_mib: int) -> None:
        """Wait until the channel is readable, looking at the child's memory now and then."""
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        while not poll.poll(MEMORY_LOOK_S * 1000):
            used_mib = self._resident_mib() - self._baseline_mib
            if used_mib > memory_mib:
                self.kill()
                raise OutOfMemory(f"it used {used_mib:.0f} MiB, {memory_mib} MiB are allowed")
            if time.monotonic() > deadline:
                raise DeadlinePassed

    def _resident_mib(self) -> float:
        """Return the child's resident memory in MiB; 0 when it is gone."""
        try:
            fields = Path(f"/proc/{self._pid}/statm").read_text(encoding="ascii").split()
        except (FileNotFoundError, ProcessLookupError):
            return 0.0
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def _hear(self, wait_s: float) -> dict[str, Any]:
        """Return the fork server's next message about this child.

        Raises:
            ForkServerLost
        """
        self._lifeline.settimeout(wait_s)
        try:
            data = self._lifeline.recv(4096)
        except TimeoutError as error:
            raise ForkServerLost(f"the warm process did not answer within {wait_s} s") from error
        except OSError as error:
            raise ForkServerLost(f"the warm process is gone ({error})") from error
        if not data:
            raise ForkServerLost("the warm process is gone")
        message: dict[str, Any] = json.loads(data)
        return message

    def _describe_end(self) -> str:
        """Say how a child ended that closed its channel by itself, and bury it."""
        self.is_alive = False
        readable, _, _ = select.select([self._lifeline], [], [], 0.5)
        if not readable:  # it closed its channel, but lives on
            self._lifeline.shutdown(socket.SHUT_WR)
        try:
            status = self._hear(END_WAIT_S)["status"]
        finally:
            self._close()
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            return f"the process was ended by {_signal_name(number)}"
        return f"the process ended by itself with exit status {os.WEXITSTATUS(status)}"

    def kill(self) -> None:
        """End the child and wait until it is gone; its scratch directory goes with it."""
        if not self.is_alive:
            return
        self.is_alive = False
        with contextlib.suppress(OSError):
            self._lifeline.shutdown(socket.SHUT_WR)  # the fork server takes this as: kill it
        with contextlib.suppress(ForkServerLost):
            self._hear(END_WAIT_S)
        self._close()

    def _close(self) -> None:
        self._channel.close()
        self._lifeline.close()
        remove_tree(self.scratch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()


def _signal_name(number: int) -> str:
    """Return a signal's name; real-time signals have none."""
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"


@contextlib.contextmanager
def _send_limit(channel: socket.socket, time_s: float) -> Any:
    """Bound the time that a child may take to read what it is sent."""
    channel.settimeout(time_s)
    try:
        yield
    finally:
        channel.settimeout(None)
