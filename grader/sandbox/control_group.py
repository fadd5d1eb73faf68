"""Control groups: the kernel's own limit on the memory of a child, where the one who grades may set it.

They count what a process limit misses: shared memory, files in memory, the kernel's own pages. Both versions are
known: v1, and v2 where the command has a group to itself (``systemd-run --user --scope -p Delegate=yes digitlab ...``).
Source: the kernel's admin-guide/cgroup-v1/memory.rst and admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MOUNT_TABLE = Path("/proc/self/mountinfo")
OWN_GROUPS = Path("/proc/self/cgroup")
_PREFIX = "digitlab-"
_REMOVE_TRIES, _REMOVE_WAIT_S = 50, 0.01


@dataclass(frozen=True)
class _Files:
    """How one version calls its files."""

    limit: str
    swap_limit: str
    events: str


_FILES = {
    1: _Files("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control"),
    2: _Files("memory.max", "memory.swap.max", "memory.events"),
}


class ControlGroups:
    """A group of this run, below which each child gets one. Use as a context manager."""

    def __init__(self, folder: Path, version: int) -> None:
        self.folder = folder
        self.version = version

    @classmethod
    def create(cls, parent: Path, version: int) -> Self:
        """Make this run's group below a group that is ours to divide.

        Raises:
            OSError: it is not.
        """
        _remove_stale(parent)
        folder = parent / f"{_PREFIX}{os.getpid()}"
        folder.mkdir()
        try:
            if version == 2:
                _divide(parent, folder)
            groups = cls(folder, version)
            groups.new("trial", 1 << 30).remove()
        except OSError:
            with contextlib.suppress(OSError):
                _move_own_process(folder / "supervisor", parent)
            _remove(folder)
            raise
        return groups

    def new(self, name: str, limit_bytes: int) -> ControlGroup:
        """Make a group for one child.

        Raises:
            OSError: the kernel refuses.
        """
        return ControlGroup.create(self.folder / name, _FILES[self.version], limit_bytes)

    def close(self) -> None:
        """Remove the group; the children's ones are gone by then. In version 2 one part stays as long as we live."""
        _remove(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


@dataclass(frozen=True)
class ControlGroup:
    """The group of one child."""

    folder: Path
    files: _Files
    limit_bytes: int

    @classmethod
    def create(cls, folder: Path, files: _Files, limit_bytes: int) -> Self:
        folder.mkdir()
        (folder / files.limit).write_text(str(limit_bytes), encoding="ascii")
        with contextlib.suppress(OSError):  # a kernel that does not count swap has no such file
            (folder / files.swap_limit).write_text("0" if files is _FILES[2] else str(limit_bytes), encoding="ascii")
        return cls(folder, files, limit_bytes)

    def add(self, pid: int) -> None:
        """Put a process into the group; what it allocates from now on counts.

        Raises:
            OSError: it is gone, or the kernel refuses.
        """
        (self.folder / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def was_struck(self) -> bool:
        """Tell whether the kernel killed a process of the group for its memory."""
        with contextlib.suppress(OSError, ValueError):
            for line in (self.folder / self.files.events).read_text(encoding="ascii").splitlines():
                name, _, count = line.partition(" ")
                if name == "oom_kill":
                    return int(count) > 0
        return False

    def remove(self) -> None:
        _remove(self.folder)


def find_groups() -> ControlGroups | None:
    """Return a group of this run, or None where the one who grades may not set the kernel's limits."""
    for parent, version in _candidates():
        with contextlib.suppress(OSError):
            return ControlGroups.create(parent, version)
    return None


def _candidates() -> list[tuple[Path, int]]:
    """Return the group that this process is in, in each hierarchy that may hold the memory controller."""
    mounts = {}
    for line in MOUNT_TABLE.read_text(encoding="utf-8", errors="replace").splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _source, options = rest.split(" ", 2)
        root, place = fields.split()[3:5]
        if kind == "cgroup" and "memory" in options.split(","):
            mounts["memory"] = (root, place, 1)
        elif kind == "cgroup2":
            mounts[""] = (root, place, 2)
    found = []
    for line in OWN_GROUPS.read_text(encoding="utf-8", errors="replace").splitlines():
        _number, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            if controller in mounts:
                root, place, version = mounts[controller]
                found.append((Path(place, os.path.relpath(path, root)), version))
    return found


def _divide(parent: Path, folder: Path) -> None:
    """Version 2: only a group without processes of its own can give limits to groups below it."""
    (folder / "supervisor").mkdir()
    _move_own_process(parent, folder / "supervisor")
    for group in (parent, folder):
        (group / "cgroup.subtree_control").write_text("+memory", encoding="ascii")


def _move_own_process(source: Path, target: Path) -> None:
    """Move this process alone: a group in which others live is not ours to divide, and the kernel will say so."""
    if str(os.getpid()) in (source / "cgroup.procs").read_text(encoding="ascii").split():
        (target / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")


def _remove_stale(parent: Path) -> None:
    """Remove the groups of runs that were killed."""
    for folder in parent.glob(_PREFIX + "*"):
        if not Path("/proc", folder.name.removeprefix(_PREFIX)).exists():
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a group and those below it; one whose process has just ended is busy for a moment."""
    for below in [entry for entry in folder.glob("*") if entry.is_dir()]:
        _remove(below)
    for _try in itertools.repeat(None, _REMOVE_TRIES):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_REMOVE_WAIT_S)
        else:
            return
