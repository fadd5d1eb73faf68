"""A minimal read-only view: below the root there is only what a child may read, and its scratch folder.

What is not there cannot be opened, and neither can its size or its times be asked, which Landlock allows.
"""

from __future__ import annotations

import os
import platform

from grader.sandbox.layers import kernel
from grader.sandbox.layers.readable import SYSTEM_PATHS, is_inside, kit_folders, library_folders
from grader.sandbox.layers.syscall_numbers import ARCHITECTURES

SCRATCH = "/scratch"
SCRATCH_MIB = 256
SCRATCH_FILES = 10_000
_NEW_ROOT = "/tmp"  # noqa: S108 -- only a place to mount upon; nothing is written there
_DEVICES = ("/dev/null", "/dev/zero")
_CLOSED = "mode=0555,size=4k,nr_inodes=2"


def enter_view() -> None:
    """Make the view the root of this mount namespace, which is a private one. Once, in the zygote.

    Raises:
        OSError: the kernel refuses.
    """
    wanted = [*SYSTEM_PATHS, *library_folders(), *_DEVICES]
    sources = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in wanted if os.path.exists(path)}  # noqa: PTH110
    proc = os.open("/proc", os.O_PATH | os.O_CLOEXEC)
    kernel.mount("tmpfs", _NEW_ROOT, "tmpfs", kernel.NO_SUID | kernel.NO_DEVICES, "mode=0755")
    for path, source in sources.items():
        _bind(f"/proc/self/fd/{source}", _NEW_ROOT + path)  # by descriptor: a source may lie below the new root
    for kit in kit_folders():
        if any(is_inside(kit, path) for path in sources):
            kernel.mount("tmpfs", _NEW_ROOT + kit, "tmpfs", 0, _CLOSED)  # installed among the packages: hide it
    os.mkdir(_NEW_ROOT + SCRATCH, 0o755)  # noqa: PTH102 -- no pathlib in a child's path
    os.mkdir(_NEW_ROOT + "/proc", 0o555)  # noqa: PTH102
    kernel.mount(f"/proc/self/fd/{proc}", _NEW_ROOT + "/proc", None, kernel.BIND | kernel.RECURSIVE)
    for descriptor in (*sources.values(), proc):
        os.close(descriptor)
    kernel.change_root(_NEW_ROOT, ARCHITECTURES[platform.machine()].number("pivot_root"))
    kernel.make_read_only("/")


def _bind(source: str, target: str) -> None:
    """Show a file or a folder, with what is mounted below it, at its own path in the view."""
    os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)  # noqa: PTH103, PTH120
    if os.path.isdir(source):  # noqa: PTH112
        os.makedirs(target, 0o755, exist_ok=True)  # noqa: PTH103
    else:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o644))
    kernel.mount(source, target, None, kernel.BIND | kernel.RECURSIVE)


def mount_scratch(user_id: int, group_id: int) -> None:
    """Mount a private folder in memory, bounded in bytes and in files, over the view's empty one. In each child.

    Raises:
        OSError: the kernel refuses.
    """
    bounds = f"mode=0700,uid={user_id},gid={group_id},size={SCRATCH_MIB}m,nr_inodes={SCRATCH_FILES}"
    flags = kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_PROGRAMS
    kernel.mount("tmpfs", SCRATCH, "tmpfs", flags, bounds)
