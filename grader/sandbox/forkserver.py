"""A warm process that forks a child for each request: the mechanism of the zygote and of the scorer's server.

Who talks to whom:
    requests   a SOCK_SEQPACKET pair; any number of requesters send, one server reads. A request is one small JSON
               object with two descriptors: the child's *channel* and its *lifeline*.
    channel    a stream between the requester and the child; the server closes its copy at once.
    lifeline   a SOCK_SEQPACKET pair between the requester and the server. The server says ``{"pid": ...}`` after the
               fork, with a descriptor of the child, because its number of it may mean nothing to the requester, and
               ``{"status": ..., "maxrss_kib": ..., "cpu_s": ...}`` when the child has ended. A requester that closes
               its end, or dies, has the child killed: nobody can leave a child behind.
The server is single-threaded before every fork (asserted), so a child starts in a sound state.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from grader.sandbox.layers.privileges import die_with_parent

MAX_REQUEST_BYTES = 64 * 1024

Request = dict[str, Any]
ChildMain = Callable[[socket.socket, Request], None]


@dataclass(frozen=True)
class _Child:
    pid: int
    pidfd: int
    lifeline: socket.socket
    slot: int
    """No two living children have the same one."""


class ForkServer:
    """The server's side. `serve` returns when the last holder of the request socket's other end is gone."""

    def __init__(self, requests: socket.socket, child_main: ChildMain, *, fork: Callable[[], int] = os.fork) -> None:
        self._fork_process = fork
        self._requests = requests
        self._child_main = child_main
        self._poll = select.poll()
        self._poll.register(requests, select.POLLIN)
        self._by_fd: dict[int, _Child] = {}

    def serve(self) -> None:
        """Fork a child for each request until the requesters are gone; then kill what is left."""
        while True:
            for fd, _event in self._poll.poll():
                if fd != self._requests.fileno():
                    self._attend(fd)
                elif not self._accept():
                    for child in {child.pid: child for child in self._by_fd.values()}.values():
                        self._end(child)
                    return

    def _accept(self) -> bool:
        """Take one request. False: nobody can send another one."""
        data, fds, _flags, _address = socket.recv_fds(self._requests, MAX_REQUEST_BYTES, 2)
        if not data:
            return False
        ends = [socket.socket(fileno=fd) for fd in fds]
        try:
            channel, lifeline = ends
            self._fork(json.loads(data), channel, lifeline)
        except (OSError, ValueError):
            # No process, memory or descriptor to be had (a descriptor that did not arrive is missing above), or a
            # broken request: the requester sees its channel end, the children that live go on.
            traceback.print_exc()
            for end in ends:
                end.close()
        return True

    def _fork(self, request: Request, channel: socket.socket, lifeline: socket.socket) -> None:
        threads = sum(1 for _task in Path("/proc/self/task").iterdir())
        assert threads == 1, f"a fork server must be single-threaded, but has {threads} threads"
        sys.stdout.flush()
        slot = self._free_slot()
        pid = self._fork_process()
        if pid == 0:
            self._become_child(request | {"slot": slot}, channel)
        try:
            child = _Child(pid, os.pidfd_open(pid), lifeline, slot)
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        channel.close()
        for fd in (child.pidfd, lifeline.fileno()):
            self._by_fd[fd] = child
            self._poll.register(fd, select.POLLIN)
        _say(lifeline, {"pid": pid}, [child.pidfd])

    def _free_slot(self) -> int:
        """Return the lowest number that no living child has."""
        taken = {child.slot for child in self._by_fd.values()}
        return next(slot for slot in itertools.count() if slot not in taken)

    def _become_child(self, request: Request, channel: socket.socket) -> NoReturn:
        status = 70  # EX_SOFTWARE: the child's own main failed before or around untrusted code
        try:
            die_with_parent()
            self._child_main(channel, request)
            status = 0
        except BaseException:  # the last border of a forked child: it must never return into the server's loop
            traceback.print_exc()
        finally:
            os._exit(status)

    def _attend(self, fd: int) -> None:
        """A child ended (its pidfd is readable), or its requester closed the lifeline."""
        child = self._by_fd.get(fd)
        if child is not None:
            self._end(child)

    def _end(self, child: _Child) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)
        _pid, status, usage = os.wait4(child.pid, 0)
        for fd in (child.pidfd, child.lifeline.fileno()):
            del self._by_fd[fd]
            self._poll.unregister(fd)
        report = {"status": status, "maxrss_kib": usage.ru_maxrss, "cpu_s": usage.ru_utime + usage.ru_stime}
        _say(child.lifeline, report)
        child.lifeline.close()
        os.close(child.pidfd)


def _say(lifeline: socket.socket, message: Request, descriptors: Sequence[int] = ()) -> None:
    with contextlib.suppress(OSError):  # the requester may be gone; then nobody needs to know
        socket.send_fds(lifeline, [json.dumps(message).encode()], descriptors)


def settle() -> None:
    """Get ready to fork: what exists now is never collected, so that children share its pages."""
    gc.collect()
    gc.freeze()


def start_child(requests: socket.socket, request: Request) -> tuple[socket.socket, socket.socket]:
    """Ask a fork server for a child; return the requester's ends of its channel and its lifeline.

    The child's pid comes on the lifeline, as do its end and its usage (see the module's head).
    """
    data = json.dumps(request).encode()
    assert len(data) <= MAX_REQUEST_BYTES, "a request carries settings; data go through the channel"
    channel, child_channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    lifeline, server_lifeline = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with child_channel, server_lifeline:
        socket.send_fds(requests, [data], [child_channel.fileno(), server_lifeline.fileno()])
    return channel, lifeline
