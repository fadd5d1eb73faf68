"""What this machine offers to a run."""

from __future__ import annotations

import os

WARM_MIB = 1_500
"""What the warm processes and the system take before the first submission."""


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def sensible_jobs(memory_each_mib: int) -> int:
    """Return how many submissions this machine can grade side by side: a core and the memory for each."""
    return max(1, min(usable_cores(), (memory_mib() - WARM_MIB) // memory_each_mib))


def memory_mib() -> int:
    """Return the machine's memory in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
