"""The scorer's hold on one confined child: ask, wait with a deadline, watch its memory, kill, tell how it ended."""

from __future__ import annotations

import contextlib
import functools
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

from grader.assignment.public_tests.checks.language import tr
from grader.marking.child_use import ChildUse, FolderUse, folder_use, pid_behind
from grader.sandbox.control_group import ControlGroup, ControlGroups
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
from grader.sandbox.layers.limits import MAX_THREADS
from grader.sandbox.layers.view import SCRATCH_FILES, SCRATCH_MIB
from grader.system.errors import ForkServerLost, GraderFault
from grader.system.safe_rmtree import safe_rmtree

START_WAIT_S = 120
"""A first child waits until its warm process has imported TensorFlow, which is slow from a cold disk."""
END_WAIT_S = 20
LOOK_S = 0.1
"""How often a child at work is looked at: memory and processor time each time, its folder now and then."""
LOOKS_FOR_FOLDER = 5
IDLE_S = 6.0
"""A child that owes an answer may sleep so long in all, while no thread of it runs or wants to."""
WALL_FACTOR = 3.0
"""A child may take so many times its processor time on the clock: a busy machine is not its fault."""


class ChildEnded(Exception):
    """The child died, or had to be killed because its answer made no sense."""


class EndedBySignal(ChildEnded):
    """A signal ended the child, which nobody sent from outside: it crashed."""


class LimitStruck(Exception):
    """The child used more than it may; it was killed. The text tells the use and the limit."""


class OutOfTime(LimitStruck):
    """Processor time, or time on the clock."""


class OutOfMemory(LimitStruck):
    """Memory, or its scratch folder."""


class KilledFromOutside(ChildEnded):
    """Somebody killed the child: the child itself by a detour, the machine's administrator, or the kernel."""


@dataclass(frozen=True)
class ChildSettings:
    """What a child is asked for; see ``layers.limits.ChildLimits``."""

    role: str
    memory_mib: int
    cpu_s: int
    groups: ControlGroups | None = None


@dataclass(frozen=True)
class _AskLimits:
    cpu_s: float
    wall_s: float
    idle_s: float
    memory_mib: int


class ChildSession:
    """One child from its fork to its end. Use as a context manager."""

    def __init__(self, requests: socket.socket, settings: ChildSettings, scratch_root: Path) -> None:
        """Start the child.

        Raises:
            GraderFault: the child could not be started; `ForkServerLost` when the warm process is gone for good.
        """
        self.limit_mib = settings.memory_mib
        self._cpu_limit_s = settings.cpu_s
        self._count = 0
        self.is_alive = True
        self._looks, self._looked_s = 0, time.monotonic()
        self._looked_cpu_s = self._idle_s = 0.0
        self.last_cpu_s = 0.0
        """The processor time of the last answer."""
        self.scratch = Path(tempfile.mkdtemp(prefix=settings.role + "-", dir=scratch_root))
        """The child's folder on the machine; a child with mounts of its own leaves it empty."""
        self.home = str(self.scratch)
        """How the child calls the folder that it may write."""
        self._group: ControlGroup | None = None
        request = {"role": settings.role, "memory_mib": settings.memory_mib, "cpu_s": settings.cpu_s}
        self._channel, self._lifeline = start_child(requests, request | {"scratch": str(self.scratch)})
        try:
            self._use = ChildUse(self._hear_pid())
        except ForkServerLost:
            self.is_alive = False
            self._close()
            raise
        self._join_group(settings)
        self._expect_ready()
        self._baseline_mib = self._use.resident_mib()

    @property
    def pid(self) -> int:
        """The child's process id on this machine."""
        return self._use.pid

    def _join_group(self, settings: ChildSettings) -> None:
        """Let the kernel hold the child's memory, where it can; the scratch folder may lie in memory too.

        A child that ended at once is told by what follows.
        """
        if settings.groups is None:
            return
        limit_mib = settings.memory_mib + SCRATCH_MIB
        with contextlib.suppress(OSError):
            self._group = settings.groups.new(f"{settings.role}-{self._use.pid}", limit_mib << 20)
            self._group.add(self._use.pid)

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
        if header.get("is") != "ready":
            self.kill()
            raise GraderFault(f"a child could not be confined:\n{header.get('text')}")
        self.home = header.get("scratch", self.home)

    def ask(
        self,
        header: Header,
        buffers: Sequence[Buffer] = (),
        *,
        time_s: float,
        wall_s: float | None = None,
        idle_s: float = IDLE_S,
        memory_mib: int | None = None,
        max_answer_bytes: int = MAX_BODY_BYTES,
    ) -> Frame:
        """Send one request and return its answer.

        Args:
            time_s: processor time.
            wall_s: time on the clock; None is `WALL_FACTOR` times the processor time.
            idle_s: how long it may sleep in all; a machine that is busy with others does not count.
            memory_mib: resident memory above what the fresh child had; None is the child's own limit.
        Raises:
            OutOfTime, OutOfMemory, ChildEnded: the child is dead then.
        """
        assert self.is_alive, "a dead child cannot be asked"
        self._count += 1
        limits = _AskLimits(time_s, wall_s or WALL_FACTOR * time_s, idle_s, memory_mib or self.limit_mib)
        started_cpu_s, deadline = self.cpu_s, time.monotonic() + limits.wall_s
        self._looked_s, self._looked_cpu_s, self._idle_s = time.monotonic(), started_cpu_s, 0.0
        if self._has_unread():
            self.kill()
            raise ChildEnded(tr("it sent an answer that nobody asked for"))
        try:
            with _send_limit(self._channel, limits.wall_s):
                send_frame(self._channel, header | {"request": self._count}, buffers)
            watch = functools.partial(self._look, limits, started_cpu_s)
            answer = receive_frame(self._channel, deadline=deadline, max_body_bytes=max_answer_bytes, watch=watch)
            self._check_use(limits, self.cpu_s - started_cpu_s)
            self._check_folder()
        except (DeadlinePassed, TimeoutError) as error:
            self.kill()
            raise OutOfTime(
                tr("it took the {limit} on the clock that are allowed", limit=_seconds(limits.wall_s))
            ) from error
        except ChannelClosed as error:
            raise self._ended() from error
        except BrokenFrame as error:
            self.kill()
            raise ChildEnded(tr("it answered with something that is no answer ({error})", error=error)) from error
        if answer.header.get("request") != self._count:
            self.kill()
            raise ChildEnded(tr("it sent an answer that nobody asked for"))
        self.last_cpu_s = self.cpu_s - started_cpu_s
        return answer

    def _has_unread(self) -> bool:
        try:
            return bool(self._channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except (BlockingIOError, ConnectionResetError):  # that a child is dead is found out by the next send
            return False

    def _look(self, limits: _AskLimits, started_cpu_s: float) -> float:
        """Look at the child when it is time; return the seconds until then."""
        now = time.monotonic()
        if now - self._looked_s >= LOOK_S:
            cpu_s = self.cpu_s
            self._check_idle(limits, cpu_s, now - self._looked_s)
            self._looked_s, self._looked_cpu_s = now, cpu_s
            self._looks += 1
            self._check_use(limits, cpu_s - started_cpu_s)
            if self._looks % LOOKS_FOR_FOLDER == 0:
                self._check_folder()
        return LOOK_S

    def _check_idle(self, limits: _AskLimits, cpu_s: float, since_s: float) -> None:
        """Kill a child that has slept too long, though its answer is due and nothing of it lies here unread.

        Of the time since the last look no more counts than between two looks: it may be us who had to wait.

        Raises:
            OutOfTime
        """
        if cpu_s > self._looked_cpu_s or self._has_unread() or not self._use.waits():
            return
        self._idle_s += min(since_s, 2 * LOOK_S)
        if self._idle_s > limits.idle_s:
            self.kill()
            raise OutOfTime(
                tr(
                    "it slept for {limit} without any work: is there a `sleep`, or does it wait for something?",
                    limit=_seconds(limits.idle_s),
                )
            )

    def _check_use(self, limits: _AskLimits, used_cpu_s: float) -> None:
        """Kill a child that uses too much memory, processor time or threads.

        Raises:
            OutOfMemory, OutOfTime
        """
        used_mib = self._use.resident_mib() - self._baseline_mib
        threads = self._use.threads()
        if used_mib > limits.memory_mib:
            self.kill()
            raise OutOfMemory(
                tr(
                    "it used {used:.0f} MiB of memory, {limit} MiB are allowed",
                    used=used_mib,
                    limit=limits.memory_mib,
                )
            )
        if used_cpu_s > limits.cpu_s:
            self.kill()
            raise OutOfTime(
                tr(
                    "it used {used} of processor time, {limit} are allowed",
                    used=_seconds(used_cpu_s),
                    limit=_seconds(limits.cpu_s),
                )
            )
        if threads > MAX_THREADS:
            self.kill()
            raise OutOfMemory(tr("it started {count} threads, {limit} are allowed", count=threads, limit=MAX_THREADS))

    def _check_folder(self) -> None:
        """Look at a folder that nothing else bounds: one without a mount of its own.

        Raises:
            OutOfMemory
        """
        if self.has_own_mount:
            return
        allowed = FolderUse(SCRATCH_MIB << 20, SCRATCH_FILES)
        hidden_bytes = self._use.deleted_bytes()
        found = folder_use(self.scratch, allowed)
        if found.is_over or found.size_bytes + hidden_bytes > allowed.size_bytes:
            self.kill()
            raise OutOfMemory(
                tr(
                    "it wrote more into its folder than the {size} MiB in {files:,} files that are allowed",
                    size=SCRATCH_MIB,
                    files=SCRATCH_FILES,
                )
            )

    @property
    def has_own_mount(self) -> bool:
        """Tell whether the child's folder is bounded by a mount of its own, and not on the machine's disk."""
        return self.home != str(self.scratch)

    @property
    def cpu_s(self) -> float:
        """The processor time that the child has used since it was started."""
        return self._use.cpu_s()

    def _hear_pid(self) -> int:
        """Return the child's process id, by the descriptor of it that comes with the server's first message.

        Raises:
            ForkServerLost
        """
        self._lifeline.settimeout(START_WAIT_S)
        try:
            data, descriptors, _flags, _address = socket.recv_fds(self._lifeline, 4096, 1)
        except TimeoutError as error:
            raise ForkServerLost(f"the warm process did not answer within {START_WAIT_S} s") from error
        except OSError as error:
            raise ForkServerLost(f"the warm process is gone ({error})") from error
        if not data or not descriptors:
            raise ForkServerLost("the warm process is gone")
        try:
            return pid_behind(descriptors[0])
        finally:
            os.close(descriptors[0])

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

    def _ended(self) -> Exception:
        """Return what to raise for a child that closed its channel by itself, and bury it."""
        self.is_alive = False
        readable, _, _ = select.select([self._lifeline], [], [], 0.5)
        if not readable:  # it closed its channel, but lives on
            self._lifeline.shutdown(socket.SHUT_WR)
        struck = False
        try:
            report = self._hear(END_WAIT_S)
            struck = self._group is not None and self._group.was_struck()
        finally:
            self._close()
        if struck:
            return OutOfMemory(
                tr(
                    "the kernel ended it at {size} MiB, its folder included",
                    size=self.limit_mib + SCRATCH_MIB,
                )
            )
        status = report["status"]
        if not os.WIFSIGNALED(status):
            return ChildEnded(
                tr("the process ended by itself with exit status {status}", status=os.WEXITSTATUS(status))
            )
        number = os.WTERMSIG(status)
        if number == signal.SIGKILL and report["cpu_s"] > self._cpu_limit_s - 1:
            return OutOfTime(
                tr("it used {used} of processor time since it was started", used=_seconds(report["cpu_s"]))
            )
        if number == signal.SIGKILL and readable:
            return KilledFromOutside(tr("the process was killed from outside; perhaps this machine had no memory left"))
        return EndedBySignal(tr("the process was ended by {signal}", signal=_signal_name(number)))

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
        if self._group is not None:
            self._group.remove()
        safe_rmtree(self.scratch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()


def _seconds(value: float) -> str:
    return tr("{seconds} s", seconds=f"{value:.0f}" if value >= 10 else f"{value:.1f}")


def _signal_name(number: int) -> str:
    """Return a signal's name; real-time signals have none."""
    return signal.Signals(number).name if number in set(signal.Signals) else tr("signal {number}", number=number)


@contextlib.contextmanager
def _send_limit(channel: socket.socket, time_s: float) -> Any:
    """Bound the time that a child may take to read what it is sent."""
    channel.settimeout(time_s)
    try:
        yield
    finally:
        channel.settimeout(None)
