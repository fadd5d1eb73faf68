"""What a child may read: the interpreter, its packages and a few files of the system, without the kit itself."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig

import grader.sandbox

SYSTEM_PATHS = (
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo",
    "/dev/urandom", "/sys/devices/system/cpu",
)  # fmt: skip
"""What the C library, NumPy and TensorFlow read; without /dev/urandom TensorFlow aborts."""
PROC_FILES = (
    "/proc/cpuinfo", "/proc/meminfo",
    *(f"/proc/self/{name}" for name in ("cmdline", "comm", "fd", "maps", "stat", "statm", "status")),
)  # fmt: skip
"""Without its own command line TensorFlow aborts. Other files of `/proc/self` tell of the machine: groups, networks."""
KIT = os.path.dirname(os.path.abspath(grader.sandbox.__path__[0]))  # noqa: PTH100, PTH120 -- no pathlib in a child's path


@functools.cache
def library_folders() -> list[str]:
    """Return the folders of the interpreter and its packages; a folder inside another one of them is left out.

    In a clone the kit's own folder is on the path, but holds no packages: it is not among them. Where the kit, or a
    part of it, is installed among the packages, it lies inside one of them, and whoever allows the folder takes out
    what `kit_folders` names.
    """
    clone = os.path.dirname(KIT)  # noqa: PTH120
    schemes = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    found = {*schemes, os.path.join(sys.base_prefix, "lib"), *filter(os.path.isabs, sys.path)}  # noqa: PTH118
    there = sorted(path for path in found if os.path.exists(path) and (path != clone or clone in schemes))  # noqa: PTH110
    return [path for path in there if not any(is_inside(path, other) for other in there)]


@functools.cache
def kit_folders() -> tuple[str, ...]:
    """Return every folder that holds the kit or a part of it: beside a clone in use, an install puts its data files."""
    name = os.path.basename(KIT)  # noqa: PTH119
    places = {sysconfig.get_path("platlib"), sysconfig.get_path("purelib"), *filter(os.path.isabs, sys.path)}
    beside = {os.path.join(place, name) for place in places}  # noqa: PTH118
    return tuple(sorted({KIT, *filter(os.path.isdir, beside)}))


def is_inside(path: str, folder: str) -> bool:
    """Tell whether a path lies below a folder, and is not the folder itself."""
    return path.startswith(folder.rstrip("/") + "/")
