"""Look at the machine while hostile submissions are graded: what they must not reach, and what they must not leave."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
from pathlib import Path
from typing import Self

from grader.sandbox.layers import user
from grader.system.errors import UsageError
from grader.system.run_folder import is_in_use

PORT = 47_811
"""Attacks that reach for the network reach for this port of 127.0.0.1, by TCP and UDP."""
ABSTRACT_SOCKET = "\0digitlab-canary"
ABSTRACT_PACKETS = "\0digitlab-canary-packets"
PATH_PACKETS = Path("/tmp/digitlab-canary-packets")  # noqa: S108 -- as a system's log: everybody may send to it
CANARY = Path("/tmp/digitlab-canary")  # noqa: S108 -- a fixed name, so that attacks can aim at it
_CANARY_TEXT = "nobody may read or change this"
_WATCHED = (Path("/dev/shm"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108


class HostMonitor:
    """Listens and remembers. Use as a context manager around the gradings; then ask `problems`."""

    def __init__(self) -> None:
        self._reached: list[str] = []
        self._sockets: list[tuple[str, socket.socket]] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start listening.

        Raises:
            UsageError: somebody else uses the port: another validation, perhaps; or the files cannot be made.
        """
        try:
            self._listen_apart()
        except OSError as error:
            self._stop_listening()
            raise UsageError(
                f"port {PORT} of 127.0.0.1 cannot be watched ({error}). Does another validation run? Wait until it has "
                "ended."
            ) from None
        try:  # the port is ours alone: what lies here was left by a validation that was killed
            self._listen_at_a_path()
            CANARY.unlink(missing_ok=True)
            with CANARY.open("x", encoding="utf-8") as file:
                file.write(_CANARY_TEXT)
        except OSError as error:
            self._stop_listening()
            raise UsageError(f"{error.filename or PATH_PACKETS}: cannot be made ({error}). Remove it.") from None
        self._before = _entries()
        self._children_before = _children()
        return self

    def _listen_apart(self) -> None:
        for name, family, kind, address in (
            ("a TCP connection", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
            ("a UDP packet", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
            ("an abstract unix socket's connection", socket.AF_UNIX, socket.SOCK_STREAM, ABSTRACT_SOCKET),
            ("a packet to an abstract unix socket", socket.AF_UNIX, socket.SOCK_DGRAM, ABSTRACT_PACKETS),
        ):
            self._listen(name, family, kind, address)

    def _listen_at_a_path(self) -> None:
        PATH_PACKETS.unlink(missing_ok=True)
        self._listen("a packet to a unix socket", socket.AF_UNIX, socket.SOCK_DGRAM, str(PATH_PACKETS))
        PATH_PACKETS.chmod(0o777)

    def _listen(self, name: str, family: int, kind: int, address: str | tuple[str, int]) -> None:
        listening = socket.socket(family, kind)
        self._sockets.append((name, listening))
        listening.bind(address)
        if kind == socket.SOCK_STREAM:
            listening.listen()
        listening.settimeout(0.2)
        thread = threading.Thread(target=self._wait, args=(name, listening), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _wait(self, name: str, listening: socket.socket) -> None:
        while listening.fileno() >= 0:
            try:
                if listening.type == socket.SOCK_STREAM:
                    listening.accept()[0].close()
                else:
                    listening.recv(100)
            except TimeoutError:
                continue
            except OSError:
                return
            self._reached.append(f"{name} came out of a submission")

    def problems(self) -> list[str]:
        """Return what was reached, changed or left, in words."""
        found = list(self._reached)
        if not CANARY.exists() or CANARY.read_text(encoding="utf-8") != _CANARY_TEXT:
            found.append(f"{CANARY} was changed")
        found += [f"{entry} was left behind" for entry in sorted(_entries() - self._before)]
        found += [f"process {pid} was left behind" for pid in sorted(_children() - self._children_before)]
        return found

    def _stop_listening(self) -> None:
        for _name, listening in self._sockets:
            listening.close()
        for thread in self._threads:
            thread.join()

    def _close(self) -> None:
        self._stop_listening()
        CANARY.unlink(missing_ok=True)
        PATH_PACKETS.unlink(missing_ok=True)

    def __exit__(self, *_exception: object) -> None:
        self._close()


def _entries() -> set[str]:
    """Return what lies in the folders that everybody may write, but for what other programs make meanwhile."""
    found = set()
    for folder in {*_WATCHED, Path(tempfile.gettempdir())}:
        for entry in folder.iterdir() if folder.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):  # somebody's, gone meanwhile
                of_a_child = user.FIRST_ID <= entry.lstat().st_uid < user.FIRST_ID + 1024
                left_by_a_run = entry.name.startswith("digitlab-") and not is_in_use(entry)
                if of_a_child or left_by_a_run or "attack" in entry.name:
                    found.add(str(entry))
    return found


def _children() -> set[int]:
    """Return the processes that this one started, and those of theirs."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return ours - {os.getpid()}
