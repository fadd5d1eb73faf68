"""Confine a freshly forked child before any untrusted code runs in it.

This is the place where each layer of the sandbox is entered, in order; `enter` returns the names of the layers that
hold. What is missing is named in every result (see docs/security.md).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_MIB = 1 << 20
MAX_FILE_BYTES = 256 * _MIB
MAX_OPEN_FILES = 128

LAYERS = ("process", "environment", "descriptors", "no-new-privileges", "resource-limits")
MISSING_LAYERS = ("namespaces", "user", "landlock", "seccomp")
LEVEL = "basic"


@dataclass(frozen=True)
class ChildLimits:
    """What one child may use."""

    memory_mib: int
    """Above what it shares with the warm process at the fork."""
    cpu_s: int


def enter(channel: socket.socket, *, scratch: str, limits: ChildLimits) -> None:
    """Confine the calling process: its channel is its only descriptor beside stdin, stdout and stderr.

    Raises:
        OSError: a layer cannot be entered; the channel is still usable to say so.
    """
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    _keep_only(channel)
    _set_environment(scratch)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_DUMPABLE, 0)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _limit_resources(limits)


def _keep_only(channel: socket.socket) -> None:
    """Point stdin, stdout and stderr at /dev/null and close everything else but the channel."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.closerange(3, channel.fileno())
    os.closerange(channel.fileno() + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def _set_environment(scratch: str) -> None:
    """Leave in the environment only what libraries need to find a place to write."""
    os.environ.clear()
    for name in ("HOME", "TMPDIR", "KERAS_HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME"):
        os.environ[name] = scratch
    os.environ.update(KERAS_BACKEND="tensorflow", MPLBACKEND="Agg", TF_CPP_MIN_LOG_LEVEL="3", LANG="C.UTF-8")
    os.chdir(scratch)
    sys.path[:] = [entry for entry in sys.path if entry]


def _limit_resources(limits: ChildLimits) -> None:
    data_bytes = _status_kib("VmData") * 1024 + limits.memory_mib * _MIB
    address_bytes = _status_kib("VmSize") * 1024 + 4 * limits.memory_mib * _MIB
    for kind, value in (
        (resource.RLIMIT_DATA, data_bytes),
        (resource.RLIMIT_AS, address_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, MAX_FILE_BYTES),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))


def _status_kib(key: str) -> int:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 -- no pathlib in a child's path
        for line in status:
            if line.startswith(key + ":"):
                return int(line.split()[1])
    raise OSError(f"/proc/self/status has no {key}")


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl({option}): {os.strerror(error)}")
