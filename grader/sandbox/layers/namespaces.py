"""Namespaces: a child sees no other process, no network, no other mount and no host, only a small read-only view.

The zygote enters namespaces of its own once, before it imports anything large (`live_apart`); its user namespace is
what allows an ordinary user to make the other ones. Each child is then born into a process namespace of its own
(`fork_first_process`) and enters the rest by itself (`enter`). Source: namespaces, user_namespaces and
pid_namespaces, section 7 of the manual.
"""

from __future__ import annotations

import contextlib
import os
from typing import NoReturn

from grader.sandbox.layers import kernel
from grader.sandbox.layers.privileges import die_with_parent

_OTHERS = kernel.NEW_MOUNTS | kernel.NEW_NETWORK | kernel.NEW_IPC | kernel.NEW_HOST_NAME
HOST_NAME = "digitlab"


def live_apart() -> None:
    """Go on in a new process, the first of its own namespaces; the calling process stays behind as its guard.

    The guard ends with the status of the new process, which dies with the guard. Call it single-threaded.

    Raises:
        OSError: the kernel refuses.
    """
    _enter_user_namespace()
    kernel.unshare(kernel.NEW_PIDS | _OTHERS)
    pid = os.fork()
    if pid:
        _guard(pid)
    die_with_parent()
    kernel.mount("none", "/", None, kernel.RECURSIVE | kernel.PRIVATE)
    mount_proc()


def _guard(pid: int) -> NoReturn:
    """Hold nothing, wait for the process, end as it ended."""
    os.closerange(3, 1 << 16)
    _pid, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) % 256)


def _enter_user_namespace() -> None:
    """Enter a user namespace in which root keeps all user ids and anybody else the own one.

    Only a process outside may give more than one id, so a helper stays there to write the maps.
    """
    target = os.getpid()
    ready_end, ready = os.pipe()
    helper = os.fork()
    if helper == 0:
        _map_ids(target, ready_end, ready)
    os.close(ready_end)
    try:
        kernel.unshare(kernel.NEW_USERS)
        os.write(ready, b"!")
    finally:
        os.close(ready)
        _pid, status = os.waitpid(helper, 0)
    if status != 0:
        raise OSError("the ids of the user namespace cannot be mapped")


def _map_ids(target: int, ready_end: int, ready: int) -> NoReturn:
    os.close(ready)
    if not os.read(ready_end, 1):
        os._exit(0)  # there is no new namespace
    with contextlib.suppress(OSError):
        _write_maps(target, _same_ids("/proc/self/uid_map"), _same_ids("/proc/self/gid_map"))
        os._exit(0)
    with contextlib.suppress(OSError):  # not root: one's own ids, and no further groups
        _write(f"/proc/{target}/setgroups", "deny")
        _write_maps(target, f"{os.geteuid()} {os.geteuid()} 1", f"{os.getegid()} {os.getegid()} 1")
        os._exit(0)
    os._exit(1)


def _same_ids(own_map: str) -> str:
    """Return the map by which every id that exists here is the same inside."""
    with open(own_map, encoding="ascii") as file:  # noqa: PTH123 -- no pathlib in a child's path
        ranges = [line.split() for line in file]
    return "".join(f"{inside} {inside} {count}\n" for inside, _outside, count in ranges)


def _write_maps(target: int, user_ids: str, group_ids: str) -> None:
    _write(f"/proc/{target}/uid_map", user_ids)
    _write(f"/proc/{target}/gid_map", group_ids)


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())  # in one call: the kernel takes a map once
    finally:
        os.close(fd)


def fork_first_process() -> int:
    """Fork; the child is the first process of a new process namespace, which dies with it.

    Raises:
        OSError: the kernel refuses.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    try:
        kernel.unshare(kernel.NEW_PIDS)
        pid = os.fork()
        if pid:
            kernel.enter_namespace(own, kernel.NEW_PIDS)  # what the server forks next is in a new one again
        return pid
    finally:
        os.close(own)


def enter() -> None:
    """Enter new namespaces for everything but users and processes; nothing is mounted yet.

    Raises:
        OSError: the kernel refuses.
    """
    kernel.unshare(_OTHERS)
    kernel.set_host_name(HOST_NAME)


def mount_proc() -> None:
    """Show the processes of the own namespace, which is one, instead of those of the machine.

    Raises:
        OSError: the kernel refuses.
    """
    kernel.mount("proc", "/proc", "proc", kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_PROGRAMS)
