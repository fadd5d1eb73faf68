"""What this machine, or the container that the run is in, offers to a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

WARM_MIB = 1_500
"""What the warm processes and the system take before the first submission."""
NEEDED_MEMORY_MIB = 3_000
"""With less a lack of memory could look like a submission's own."""
_GROUPS = Path("/sys/fs/cgroup")
_LIMITS = {"": ("memory.max",), "memory": ("memory.limit_in_bytes",)}
"""The files that bound memory, by the controller's folder: of version 2, and of version 1."""


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def sensible_jobs(memory_each_mib: int) -> int:
    """Return how many submissions this machine can grade side by side: a core and the memory for each."""
    return max(1, min(usable_cores(), (memory_mib() - WARM_MIB) // memory_each_mib))


def memory_mib() -> int:
    """Return the machine's memory in MiB, or what a container leaves of it."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([physical, *_limits_of_groups(_GROUPS, Path("/proc/self/cgroup"))]) >> 20


def find_shortage(needed_mib: int = NEEDED_MEMORY_MIB) -> str:
    """Say that there is too little memory to grade with; nothing where there is enough."""
    found = memory_mib()
    if found >= needed_mib:
        return ""
    return f"not graded: this machine or container has {found:,} MiB of memory, grading needs {needed_mib:,}"


def _limits_of_groups(mounted: Path, own: Path) -> Iterator[int]:
    """Yield the bytes that each control group around this process allows; nothing where none can be read."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        controller = "memory" if "memory" in controllers.split(",") else controllers
        for name in _LIMITS.get(controller, ()):
            inside = Path(path.lstrip("/"))
            for folder in (inside, *inside.parents):
                try:
                    text = (mounted / controller / folder / name).read_text(encoding="utf-8").strip()
                except OSError:
                    continue
                if text.isdigit():  # without a limit it says "max"
                    yield int(text)
