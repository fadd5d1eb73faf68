"""Start, watch and replace a warm process (the zygote, the scorer's server) from the supervisor."""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import grader
from grader.sandbox.frames import ChannelClosed
from grader.system.errors import UsageError

MAX_RESTARTS = 3
"""In a row: a server that lived for `STEADY_S` has shown that it can."""
STEADY_S = 10.0
STOP_WAIT_S = 10
RESTART_WAIT_S = 0.5
"""Before the next try, when the machine has no process, memory or descriptor to give."""
_FIND_PACKAGE = [sys.executable, "-I", "-c", "import grader; print(grader.__file__)"]


@functools.cache
def expect_own_package() -> None:
    """Check that warm processes, which ignore the environment (``-I``), run the code that runs here.

    Raises:
        UsageError: they would run another copy of the kit.
    """
    found = subprocess.run(_FIND_PACKAGE, cwd="/", capture_output=True, text=True, check=False).stdout.strip()
    here = Path(grader.__file__).resolve()
    if not found or Path(found).resolve() != here:
        raise UsageError(
            f"this command runs from {here.parent}, but the processes that grade would run from "
            f"{Path(found).resolve().parent if found else 'nowhere'}: they do not read PYTHONPATH. "
            f"Install this copy: {sys.executable} -m pip install -e {here.parent.parent}"
        )


class WarmProcess:
    """A fork server that is started anew when it dies.

    The supervisor holds both ends of the request socket, so requests wait in it while a dead server is replaced. When
    it dies too often, requests are answered by closing their descriptors: the requester sees its lifeline end.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        *,
        environment: dict[str, str],
        log: Path,
        setup: Callable[[socket.socket], None] = lambda _stream: None,
    ) -> None:
        """Prepare to run ``python -I -m module REQUESTS SETUP ARGUMENTS``.

        Args:
            log: where the process writes its warnings and its tracebacks.
            setup: called with a stream to the fresh process, to tell it what does not belong on a command line.
        """
        self._module = module
        self._arguments = arguments
        self._log = log
        self._environment = environment
        self._setup = setup
        self.requests, self._server_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._stopping = False
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name=f"watch {module}", daemon=True)
        self.restarts = 0
        self.restarts_in_a_row = 0

    def start(self) -> None:
        """Start the server and the thread that watches it.

        Raises:
            OSError: there is no process, memory or descriptor to be had.
            RuntimeError: there is no thread to be had.
        """
        process = self._spawn()
        try:
            self._watcher.start()
        except RuntimeError:
            process.kill()
            process.wait()
            raise

    @property
    def pid(self) -> int:
        """The process id of the server that runs now."""
        assert self._process is not None, "start it first"
        return self._process.pid

    def _spawn(self) -> subprocess.Popen[bytes]:
        """Start a server, and keep it as the one that runs now.

        Raises:
            OSError: there is no process, memory or descriptor to be had.
        """
        self._started = time.monotonic()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with ours:
            fds = (self._server_end.fileno(), theirs.fileno())
            with theirs, self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-m", self._module, *(str(fd) for fd in fds), *self._arguments],
                    pass_fds=fds,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C in the terminal is the supervisor's business
                )
            with contextlib.suppress(OSError, ChannelClosed):  # a server that died at once is seen by the watcher
                self._setup(ours)
        return self._process

    def _watch(self) -> None:
        while True:
            assert self._process is not None
            self._process.wait()
            if self._stopping:
                return
            if time.monotonic() - self._started > STEADY_S:
                self.restarts_in_a_row = 0
            if self.restarts_in_a_row >= MAX_RESTARTS:
                self._refuse_requests()
                return
            self.restarts += 1
            self.restarts_in_a_row += 1
            try:
                self._spawn()
            except OSError as error:
                # The dead one is waited for again at once, so that a lasting shortage uses the restarts up.
                with contextlib.suppress(OSError), self._log.open("a", encoding="utf-8") as log:
                    log.write(f"{self._module} cannot be started anew: {error}\n")
                time.sleep(RESTART_WAIT_S)

    def _refuse_requests(self) -> None:
        """Close what every requester sends, until we stop."""
        while True:
            data, fds, _flags, _address = socket.recv_fds(self._server_end, 1 << 16, 2)
            for fd in fds:
                os.close(fd)
            if not data:
                return

    def stop(self) -> None:
        """End the server; its children end with it."""
        self._stopping = True
        self.requests.shutdown(socket.SHUT_RDWR)
        if self._process is not None:
            try:
                self._process.wait(STOP_WAIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
            if self._watcher.ident is not None:
                self._watcher.join(STOP_WAIT_S)
        self.requests.close()
        self._server_end.close()
