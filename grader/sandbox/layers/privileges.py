"""A child has no capability, gains none, dies with its server, and starts a session of its own."""

from __future__ import annotations

import ctypes
import os
import signal

from grader.sandbox.layers.kernel import PR_SET_PDEATHSIG, libc, prctl

_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAP_SETPCAP = 8
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY_FILE = "/proc/sys/kernel/cap_last_cap"


def leave_terminal() -> None:
    """Start a session without a terminal, with signals as a fresh process has them."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


def bar_capabilities() -> None:
    """Give up what a set-uid program would give; who has no capability could not do so, and need not.

    Raises:
        OSError: the kernel refuses.
    """
    if not _may_change_capabilities():
        return
    with open(_LAST_CAPABILITY_FILE, encoding="ascii") as file:  # noqa: PTH123 -- no pathlib in a child's path
        last = int(file.read())
    for capability in range(last + 1):
        prctl(_PR_CAPBSET_DROP, capability)


def _may_change_capabilities() -> bool:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 -- no pathlib in a child's path
        effective = next(line for line in status if line.startswith("CapEff:")).split()[1]
    return bool(int(effective, 16) >> _CAP_SETPCAP & 1)


def drop_capabilities() -> None:
    """Give up every capability for good.

    Raises:
        OSError: the kernel refuses.
    """
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if libc.capset(ctypes.byref(header), ctypes.byref(nothing)) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"capset: {os.strerror(error)}")


def die_with_parent() -> None:
    """Be killed when the process dies that forked this one. A change of the user undoes it."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def die_with_server() -> None:
    """Be killed when the server dies, gain no privileges."""
    die_with_parent()
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def be_invisible() -> None:
    """Let no process of the same user look at this one's memory and open files."""
    prctl(_PR_SET_DUMPABLE, 0)
