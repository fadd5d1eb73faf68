"""What a test sees of other processes, through /proc."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def is_running(pid: int) -> bool:
    """Tell whether a process lives; one that is dead and not yet reaped does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def children_of(pid: int) -> list[int]:
    """Return the processes whose parent this is, dead ones that nobody reaped included."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="ascii", errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def wait_until(condition: Callable[[], bool], *, wait_s: float = 20) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: it still does not after `wait_s`.
    """
    end = time.monotonic() + wait_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
