"""Remove folders that student code wrote into, however deep they are and whatever rights they have."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def safe_rmtree(folder: Path) -> None:
    """Remove a folder and all that is in it; never follows a link, never raises. What cannot be removed stays.

    `shutil.rmtree` recurses, and student code can make folders deeper than Python's stack.
    """
    with contextlib.suppress(OSError):
        parent = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _empty(parent, folder.name)
            os.rmdir(folder.name, dir_fd=parent)
        finally:
            os.close(parent)


def _empty(parent: int, name: str) -> None:
    """Empty a folder: what lies in a subfolder is moved up beside it first, so that depth does not matter."""
    folder = _open(parent, name)
    try:
        progress = True
        while progress and (entries := os.listdir(folder)):  # noqa: PTH208 -- of a descriptor
            progress = sum(_remove_or_flatten(folder, entry) for entry in entries) > 0
    finally:
        os.close(folder)


def _remove_or_flatten(folder: int, entry: str) -> bool:
    """Unlink a file, remove an empty folder, or move what is in a folder up; tell whether anything changed."""
    for remove in (os.unlink, os.rmdir):
        with contextlib.suppress(OSError):
            remove(entry, dir_fd=folder)
            return True
    changed = False
    with contextlib.suppress(OSError):
        inner = _open(folder, entry)
        try:
            for deeper in os.listdir(inner):  # noqa: PTH208 -- of a descriptor
                _allow(inner, deeper)
                os.rename(deeper, f".up-{os.urandom(8).hex()}", src_dir_fd=inner, dst_dir_fd=folder)
                changed = True
        finally:
            os.close(inner)
    return changed


def _open(parent: int, name: str) -> int:
    _allow(parent, name)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)


def _allow(parent: int, name: str) -> None:
    """Give ourselves all rights to a folder. Never to what a link points to: the descriptor is of the folder itself."""
    with contextlib.suppress(OSError):
        folder = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
        try:
            os.chmod(f"/proc/self/fd/{folder}", 0o700)  # noqa: PTH101
        finally:
            os.close(folder)
