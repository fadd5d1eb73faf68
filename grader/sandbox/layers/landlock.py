"""Landlock: a child reads the interpreter, its libraries and a few files of the system, and writes its scratch folder.

Source: the kernel's Documentation/userspace-api/landlock.rst. Landlock does not cover stat, chmod, chown and utime:
the seccomp layer refuses what matters of these.
"""

from __future__ import annotations

import ctypes
import os

from grader.sandbox.layers.kernel import syscall
from grader.sandbox.layers.readable import PROC_FILES, SYSTEM_PATHS, is_inside, kit_folders, library_folders

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG, _MAKE_SYM = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 12
_TRUNCATE = 1 << 14
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_RIGHTS = 0b11  # bind and connect, from ABI 4
_SCOPES = 0b11  # abstract unix sockets and signals, from ABI 6

READ = _READ_FILE | _READ_DIR
WRITE = READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM | _TRUNCATE


class _RulesetAttr(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneathAttr(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def abi() -> int:
    """Return the version of Landlock that this kernel offers; 0: none."""
    try:
        return syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    except OSError:
        return 0


def restrict(scratch: str) -> None:
    """Restrict the calling process for good.

    Raises:
        OSError: the kernel has no Landlock, or refuses.
    """
    version = abi()
    rights = _RIGHTS_BY_ABI[max((number for number in _RIGHTS_BY_ABI if number <= version), default=1)]
    attr = _RulesetAttr(rights, _TCP_RIGHTS if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24  # older kernels refuse a struct with fields unknown to them
    ruleset = syscall(_CREATE_RULESET, ctypes.byref(attr), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for path in (*SYSTEM_PATHS, *PROC_FILES):
            _allow(ruleset, path, READ & rights)
        for folder in library_folders():
            _allow_without_kit(ruleset, folder, READ & rights)
        _allow(ruleset, os.devnull, (READ | _WRITE_FILE | _TRUNCATE) & rights)
        _allow(ruleset, scratch, WRITE & rights)
        syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow_without_kit(ruleset: int, path: str, rights: int) -> None:
    """Allow rights beneath a folder, but not beneath the kit's own, which may be installed in it.

    Landlock cannot take a right back further down, so the folders on the way are opened up entry by entry.
    """
    if path in kit_folders():
        return
    if not any(is_inside(kit, path) for kit in kit_folders()):
        _allow(ruleset, path, rights)
        return
    _allow(ruleset, path, _READ_DIR & rights)
    for entry in os.scandir(path):
        _allow_without_kit(ruleset, entry.path, rights)


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Allow rights beneath a path; one that does not exist on this machine needs no rule."""
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112
            rights &= _FILE_RIGHTS  # the kernel refuses rights on folders for a file
        attr = _PathBeneathAttr(rights, fd)
        syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), ctypes.byref(attr), ctypes.c_uint32(0))
    finally:
        os.close(fd)
