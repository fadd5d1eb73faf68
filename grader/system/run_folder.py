"""The temporary folder of one run. A run that was killed cannot remove its folder; the next run does."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.system.safe_rmtree import safe_rmtree

PASSABLE = 0o711
"""A child of another user gets through to its own folder, and sees nothing on the way."""
_PREFIX = "digitlab-"
_LOCK = "in-use"


class RunFolder:
    """A folder below the system's one for temporary files, held by a lock as long as its run lives."""

    def __init__(self) -> None:
        _remove_stale(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self.path.chmod(PASSABLE)
        being_made = self.path / "lock"
        self._lock = os.open(being_made, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        being_made.rename(self.path / _LOCK)  # under this name it is always held: no moment for another run to take it

    def close(self) -> None:
        """Remove the folder."""
        safe_rmtree(self.path)
        os.close(self._lock)


def _remove_stale(parent: Path) -> None:
    """Remove the folders of this user's runs that nobody holds any more."""
    for folder in parent.glob(_PREFIX + "*"):
        with contextlib.suppress(OSError), _held(folder):
            safe_rmtree(folder)


def is_in_use(folder: Path) -> bool:
    """Tell whether a folder is that of a run which lives."""
    try:
        with _held(folder):
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the lock of a run's folder.

    Raises:
        BlockingIOError: its run lives.
        OSError: it is somebody else's, or no run's, or another run removes it now.
    """
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder}: is not ours")
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)
