"""Limits of the kernel on what one child may use; memory is counted above what it shares with its server."""

from __future__ import annotations

import resource
from dataclasses import dataclass

_MIB = 1 << 20
MAX_FILE_BYTES = 256 * _MIB
MAX_OPEN_FILES = 128
MAX_THREADS = 256


@dataclass(frozen=True)
class ChildLimits:
    """What one child may use."""

    memory_mib: int
    """Above what it shares with the warm process at the fork."""
    cpu_s: int


def limit_resources(limits: ChildLimits, *, own_user: bool) -> None:
    """Set the limits, soft and hard.

    Args:
        own_user: the child will be the only one of its user; threads are counted by user.

    Raises:
        OSError, ValueError: the kernel refuses.
    """
    data_bytes = _status_kib("VmData") * 1024 + limits.memory_mib * _MIB
    address_bytes = _status_kib("VmSize") * 1024 + 4 * limits.memory_mib * _MIB
    own = [(resource.RLIMIT_NPROC, MAX_THREADS)] if own_user else []
    for kind, value in (
        *own,
        (resource.RLIMIT_DATA, data_bytes),
        (resource.RLIMIT_AS, address_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, MAX_FILE_BYTES),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bounded, bounded))


def _status_kib(key: str) -> int:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 -- no pathlib in a child's path
        for line in status:
            if line.startswith(key + ":"):
                return int(line.split()[1])
    raise OSError(f"/proc/self/status has no {key}")
