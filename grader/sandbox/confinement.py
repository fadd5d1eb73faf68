"""Confine a freshly forked child before any untrusted code runs in it: the layers, in their order, and the proof.

What a machine does not offer is named in every result. Levels: ``full``; ``reduced`` in an ordinary container, where
namespaces (and perhaps a user of its own) are missing; ``none`` without Landlock or without seccomp: then nothing is
graded unless the instructor says so (``--unsafe``).
"""

from __future__ import annotations

import contextlib
import functools
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from grader.sandbox.layers import (
    descriptors,
    environment,
    landlock,
    limits,
    namespaces,
    privileges,
    seccomp,
    user,
    view,
)
from grader.sandbox.layers.readable import kit_folders, library_folders

ALWAYS = ("process", "environment", "descriptors", "capabilities", "no-new-privileges", "resource-limits")
NAMESPACES, USER, LANDLOCK, SECCOMP = "namespaces", "user", "landlock", "seccomp"
OPTIONAL = (NAMESPACES, USER, LANDLOCK, SECCOMP)
_FORBIDDEN_FILE = "/etc/passwd"

Layers = tuple[str, ...]


class NotConfinedError(Exception):
    """A layer that should hold does not."""


@dataclass(frozen=True)
class ChildPlace:
    """Where a child lives: which layers hold it, its folder on the machine, its number among its server's children."""

    layers: Layers
    scratch: str
    slot: int


def level_of(layers: Layers) -> str:
    """Return what a set of layers amounts to for the one who grades: ``full``, ``reduced`` or ``none``."""
    if LANDLOCK not in layers or SECCOMP not in layers:
        return "none"
    own_user_possible = os.geteuid() == 0
    return "full" if NAMESPACES in layers and (USER in layers or not own_user_possible) else "reduced"


def prepare_server(layers: Layers) -> None:
    """Take the server that forks the children apart from the machine. Before it imports anything large.

    Raises:
        OSError: the kernel refuses.
    """
    for find in (library_folders, kit_folders):
        find()  # now, and kept: a child of another user may not look everywhere
    if NAMESPACES in layers:
        namespaces.live_apart()


def narrow_server(layers: Layers) -> None:
    """Take away from the server what its children may not see. After it imported all that it needs.

    Raises:
        OSError: the kernel refuses.
    """
    if NAMESPACES in layers:
        view.enter_view()


def fork_for(layers: Layers) -> Callable[[], int]:
    """Return the function by which the server forks a child."""
    return namespaces.fork_first_process if NAMESPACES in layers else os.fork


def enter(channel: socket.socket, place: ChildPlace, child_limits: limits.ChildLimits) -> str:
    """Confine the calling process: its channel is its only descriptor beside stdin, stdout and stderr.

    Returns:
        the folder that it may write.

    Raises:
        OSError: a layer cannot be entered; the channel is still usable to say so.
        NotConfinedError: a layer was entered, but does not hold.
    """
    layers = place.layers
    privileges.leave_terminal()
    descriptors.keep_only(channel)
    scratch = _own_scratch(place)
    environment.enter_scratch(scratch)
    limits.limit_resources(child_limits, own_user=USER in layers)
    privileges.bar_capabilities()
    if USER in layers:
        user.become(user.user_id(place.slot))
        user.check_libraries()
    privileges.drop_capabilities()
    privileges.die_with_server()
    if NAMESPACES in layers or USER in layers or LANDLOCK not in layers:
        privileges.be_invisible()  # otherwise Landlock keeps others out; the scorer must see the deleted files it holds
    if LANDLOCK in layers:
        landlock.restrict(scratch)
    if SECCOMP in layers:
        seccomp.install(own_view=NAMESPACES in layers)
    prove(layers)
    return scratch


def _own_scratch(place: ChildPlace) -> str:
    """Return the child's folder: one in memory where it has its own mounts, else the given one."""
    owner = (user.user_id(place.slot),) * 2 if USER in place.layers else (os.geteuid(), os.getegid())
    if NAMESPACES in place.layers:
        namespaces.enter()
        namespaces.mount_proc()
        view.mount_scratch(*owner)
        return view.SCRATCH
    if USER in place.layers:
        os.chown(place.scratch, *owner)
    return place.scratch


def prove(layers: Layers) -> None:
    """Try what must not work.

    Raises:
        NotConfinedError: something of it works.
    """
    if NAMESPACES in layers and os.getpid() != 1:
        raise NotConfinedError("other processes share its namespace")
    if USER in layers and 0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()):
        raise NotConfinedError("it is still root")
    if LANDLOCK in layers and _works(lambda: os.close(os.open(_FORBIDDEN_FILE, os.O_RDONLY))):
        raise NotConfinedError(f"{_FORBIDDEN_FILE} can be read")
    for kit in kit_folders() if LANDLOCK in layers else ():
        if _works(functools.partial(_open_first_file, kit)):
            raise NotConfinedError(f"{kit} can be read")
    if SECCOMP not in layers:
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


def _open_first_file(folder: str) -> None:
    """Open the first file below a folder, or fail as the kernel does."""
    for entry in sorted(os.listdir(folder)):  # noqa: PTH208 -- no pathlib in a child's path
        path = os.path.join(folder, entry)  # noqa: PTH118
        if not os.path.isdir(path):  # noqa: PTH112
            os.close(os.open(path, os.O_RDONLY))
            return
    raise OSError(f"{folder}: there is no file")


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
