"""What a child uses, as the machine sees it: memory, processor time, its folder. The child itself is not asked."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

_MIB = 1 << 20
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_NOT_AT_WORK = frozenset("STtZX")
"""States of threads (see `man 5 proc`): one that a busy machine keeps waiting is R, one that the disk does is D."""


def pid_behind(descriptor: int) -> int:
    """Return the number, as seen from here, of the process that a descriptor stands for; -1 when it has ended."""
    for line in Path(f"/proc/self/fdinfo/{descriptor}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise ValueError(f"descriptor {descriptor} stands for no process")


@dataclass(frozen=True)
class ChildUse:
    """One child, looked at through the proc file system; what has ended uses nothing."""

    pid: int

    def resident_mib(self) -> float:
        """Return the resident memory in MiB."""
        fields = self._read("statm").split()
        return int(fields[1]) * _PAGE_BYTES / _MIB if fields else 0.0

    def cpu_s(self) -> float:
        """Return the processor time of all its threads, user's and system's, in seconds."""
        fields = self._read("stat").rpartition(")")[2].split()  # the name before may hold anything
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S if fields else 0.0

    def waits(self) -> bool:
        """Tell whether none of its threads runs, wants to run or waits for the disk: each sleeps, or was stopped."""
        states = []
        with contextlib.suppress(OSError):
            for entry in os.scandir(f"/proc/{self.pid}/task"):
                fields = self._read(f"task/{entry.name}/stat").rpartition(")")[2].split()
                states += fields[:1]
        return bool(states) and not set(states) - _NOT_AT_WORK

    def threads(self) -> int:
        """Return how many threads it has."""
        fields = self._read("stat").rpartition(")")[2].split()
        return int(fields[17]) if fields else 0

    def deleted_bytes(self) -> int:
        """Return the room of files that it holds open and nobody can see; 0 where a child is invisible."""
        total = 0
        with contextlib.suppress(OSError):
            for entry in os.scandir(f"/proc/{self.pid}/fd"):
                with contextlib.suppress(OSError):
                    status = entry.stat()
                    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                        total += status.st_blocks * 512
        return total

    def _read(self, name: str) -> str:
        try:
            return Path(f"/proc/{self.pid}/{name}").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""


@dataclass(frozen=True)
class FolderUse:
    """Bytes and files, used or allowed."""

    size_bytes: int
    files: int
    is_over: bool = False


def folder_use(folder: Path, allowed: FolderUse) -> FolderUse:
    """Count what a folder holds, files by the room that they take; stop where it is more than allowed.

    The owner may change the folder meanwhile: what vanishes is passed over.
    """
    size_bytes = files = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        size_bytes += entry.stat(follow_symlinks=False).st_blocks * 512
                    if files > allowed.files or size_bytes > allowed.size_bytes:
                        return FolderUse(size_bytes, files, is_over=True)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:  # a thousand folders deep: more than anybody needs
                return FolderUse(size_bytes, files, is_over=True)
    return FolderUse(size_bytes, files)
