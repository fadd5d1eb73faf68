"""Direct calls into the kernel for which Python has no function."""

from __future__ import annotations

import ctypes
import os

PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

NEW_MOUNTS, NEW_HOST_NAME, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USERS, NEW_PIDS, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
NO_SUID, NO_DEVICES, NO_PROGRAMS = 0x2, 0x4, 0x8
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
_DETACH = 2
_MOUNT_SETATTR = 442  # the same on every architecture
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_READ_ONLY, _ATTR_NO_SUID = 0x1, 0x2


def prctl(option: int, *values: int) -> None:
    """Change something about this process: prctl, section 2 of the manual.

    Raises:
        OSError: the kernel refuses.
    """
    filled = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _check(libc.prctl(ctypes.c_int(option), *filled), f"prctl({option})")


def syscall(number: int, *values: object) -> int:
    """Call a system call by its number.

    Raises:
        OSError: it failed.
    """
    return _check(int(libc.syscall(ctypes.c_long(number), *values)), f"system call {number}")


def unshare(kinds: int) -> None:
    """Leave the namespaces of these kinds for new ones; a new one for processes holds the next child only.

    Raises:
        OSError: the kernel refuses.
    """
    _check(libc.unshare(ctypes.c_int(kinds)), "unshare")


def enter_namespace(descriptor: int, kind: int) -> None:
    """Enter the namespace that a descriptor of ``/proc/*/ns/*`` stands for.

    Raises:
        OSError: the kernel refuses.
    """
    _check(libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system: mount, section 2 of the manual.

    Raises:
        OSError: the kernel refuses.
    """
    known = None if kind is None else kind.encode()
    result = libc.mount(
        source.encode(), os.fsencode(target), known, ctypes.c_ulong(flags), options.encode() if options else None
    )
    _check(result, f"mount {kind or source} on {target}")


def make_read_only(target: str) -> None:
    """Make a mount and all mounts below it read-only, without set-uid programs; their other flags stay.

    Raises:
        OSError: the kernel refuses, or is older than 5.12.
    """
    attributes = (ctypes.c_uint64 * 4)(_ATTR_READ_ONLY | _ATTR_NO_SUID, 0, 0, 0)
    path = ctypes.c_char_p(os.fsencode(target))
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    syscall(_MOUNT_SETATTR, ctypes.c_int(_AT_FDCWD), path, ctypes.c_uint(_AT_RECURSIVE), attributes, size)


def change_root(new_root: str, pivot_root_number: int) -> None:
    """Make a mount the root of this mount namespace, and let go of the old one.

    Raises:
        OSError: the kernel refuses.
    """
    os.chdir(new_root)
    here = ctypes.c_char_p(b".")
    syscall(pivot_root_number, here, here)  # the old root now lies over the new one: pivot_root, section 2
    _check(libc.umount2(b".", ctypes.c_int(_DETACH)), "umount the old root")
    os.chdir("/")


def set_host_name(name: str) -> None:
    """Name this host, in its namespace.

    Raises:
        OSError: the kernel refuses.
    """
    _check(libc.sethostname(name.encode(), ctypes.c_size_t(len(name))), "sethostname")


def _check(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result
