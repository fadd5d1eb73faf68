"""Confine a freshly forked child before any untrusted code runs in it: the layers, in their order, and the proof.

What a machine does not offer is named in every result. Without Landlock or without seccomp the level is ``none``:
then nothing is graded unless the instructor says so (``--unsafe``).
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from grader.sandbox.layers import descriptors, environment, landlock, limits, privileges, seccomp

ALWAYS = ("process", "environment", "descriptors", "capabilities", "no-new-privileges", "resource-limits")
NOT_BUILT = ("namespaces", "user")
_FORBIDDEN_FILE = "/etc/passwd"


class NotConfinedError(Exception):
    """A layer that should hold does not."""


@dataclass(frozen=True)
class Offer:
    """Which layers this machine offers."""

    level: str
    layers: tuple[str, ...]
    missing: tuple[str, ...]


def offer() -> Offer:
    """Return what this machine offers, without entering anything."""
    kernel = {"landlock": landlock.abi() > 0, "seccomp": seccomp.is_available()}
    layers = (*ALWAYS, *(name for name, there in kernel.items() if there))
    missing = (*NOT_BUILT, *(name for name, there in kernel.items() if not there))
    return Offer("reduced" if all(kernel.values()) else "none", layers, missing)


def enter(channel: socket.socket, *, scratch: str, child_limits: limits.ChildLimits) -> None:
    """Confine the calling process: its channel is its only descriptor beside stdin, stdout and stderr.

    Raises:
        OSError: a layer cannot be entered; the channel is still usable to say so.
        NotConfinedError: a layer was entered, but does not hold.
    """
    layers = offer().layers
    privileges.leave_terminal()
    descriptors.keep_only(channel)
    environment.enter_scratch(scratch)
    limits.limit_resources(child_limits)
    privileges.drop_capabilities()
    privileges.die_with_server()
    if "landlock" in layers:
        landlock.restrict(scratch)
    if "seccomp" in layers:
        seccomp.install()
    prove(layers)


def prove(layers: tuple[str, ...]) -> None:
    """Try what must not work.

    Raises:
        NotConfinedError: something of it works.
    """
    if "landlock" in layers and _works(lambda: os.close(os.open(_FORBIDDEN_FILE, os.O_RDONLY))):
        raise NotConfinedError(f"{_FORBIDDEN_FILE} can be read")
    if "seccomp" not in layers:
        return
    if _works(lambda: socket.socket().close()):
        raise NotConfinedError("a socket can be opened")
    if _works(lambda: os.kill(os.getppid(), 0)):
        raise NotConfinedError("the server can be signalled")
    if _works(_fork):
        raise NotConfinedError("a process can be created")


def _works(action: Callable[[], object]) -> bool:
    with contextlib.suppress(OSError):
        action()
        return True
    return False


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
