"""A seccomp filter: a child creates no process and no socket, and has no way to the kernel's exotic doors.

Refused calls give EPERM, so that a library can say what it missed; a foreign architecture's calls kill the process.
Threads are allowed: clone must carry CLONE_THREAD. clone3 passes its flags in memory, which a filter cannot read, so it
"does not exist" (ENOSYS) and the C library falls back to clone. Source: the kernel's seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from grader.sandbox.layers.kernel import PR_SET_PDEATHSIG, prctl
from grader.sandbox.layers.syscall_numbers import ARCHITECTURES, Architecture

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_LOAD, _AND, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_JUMP_UNEQUAL = -1  # our own: a jump that is equal, with its ways exchanged
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _ARCH_AT, _ARGS_AT = 0, 4, 16  # offsets in struct seccomp_data
_X32_BIT = 0x40000000
_CLONE_THREAD = 0x00010000
_IOCTLS_REFUSED = (0x5412, 0x40086602, 0x40046602, 0x401C5820, 0x8901, 0x8902)
"""TIOCSTI types into a terminal; FS_IOC_SETFLAGS (64 and 32 bits) and FS_IOC_FSSETXATTR change a file's flags;
FIOSETOWN and SIOCSPGRP have the kernel send signals to others, as the refused commands of fcntl do."""
_FCNTL_REFUSED = (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX."""
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE = 1, 1, 0xF

_REFUSE = _ERRNO | errno.EPERM
_Instruction = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def is_available() -> bool:
    """Tell whether this kernel has filters and this machine's calls are known."""
    return platform.machine() in ARCHITECTURES and os.path.exists("/proc/sys/kernel/seccomp")  # noqa: PTH110


def install(*, own_view: bool) -> None:
    """Install the filter for good; no_new_privs must be set.

    Args:
        own_view: the child sees no files but its own and read-only ones; else it may not change any by its path.

    Raises:
        OSError: the kernel refuses, or the machine's architecture is not known.
    """
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise OSError(errno.ENOSYS, f"no system call numbers for {platform.machine()}")
    instructions = build_filter(architecture, os.getpid(), own_view=own_view)
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
    buffer = ctypes.create_string_buffer(code)
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))


def build_filter(architecture: Architecture, pid: int, *, own_view: bool) -> list[_Instruction]:
    """Return the filter's instructions for a child of this process id."""
    code: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_JUMP_EQUAL, 1, 0, architecture.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _KILL),
    ]
    for number in (*architecture.refused, *([] if own_view else architecture.changes_by_path)):
        code += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    code += [(_JUMP_EQUAL, 0, 1, architecture.numbers["clone3"]), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    for call, conditions in _argument_rules(pid).items():
        block = _allow_when(conditions)
        code += [(_JUMP_EQUAL, 0, len(block), architecture.numbers[call]), *block]
    return [*code, (_RETURN, 0, 0, _ALLOW)]


_Condition = list[_Instruction]
"""Loads an argument and ends in a jump that is taken when the call may go on: one step on if true."""


def _argument_rules(pid: int) -> dict[str, list[_Condition]]:
    """Return, for each call that its arguments decide, what must hold of them."""
    own = _equal(0, pid)
    return {
        "kill": [own],
        "tgkill": [own],
        "clone": [[(_LOAD, 0, 0, _low(0)), (_JUMP_SET, 0, 0, _CLONE_THREAD)]],
        # asyncio needs a pair of streams; out of a pair of datagram sockets packets could be sent to any address
        "socketpair": [_equal(0, _AF_UNIX), _equal(1, _SOCK_STREAM, mask=_SOCK_TYPE)],
        "ioctl": [_differs(1, number) for number in _IOCTLS_REFUSED],
        "fcntl": [_differs(1, command) for command in _FCNTL_REFUSED],
        "prctl": [_differs(0, PR_SET_PDEATHSIG)],  # it stays bound to die with its server
        # may look, may not change: the whole pointer is zero, not only its lower half
        "prlimit64": [_equal(2, 0), [(_LOAD, 0, 0, _low(2) + 4), (_JUMP_EQUAL, 0, 0, 0)]],
    }


def _low(argument: int) -> int:
    """Return where the lower half of an argument stands: these architectures are little-endian."""
    return _ARGS_AT + 8 * argument


def _equal(argument: int, value: int, *, mask: int | None = None) -> _Condition:
    masked = [] if mask is None else [(_AND, 0, 0, mask)]
    return [(_LOAD, 0, 0, _low(argument)), *masked, (_JUMP_EQUAL, 0, 0, value)]


def _differs(argument: int, value: int) -> _Condition:
    return [(_LOAD, 0, 0, _low(argument)), (_JUMP_UNEQUAL, 0, 0, value)]


def _allow_when(conditions: list[_Condition]) -> list[_Instruction]:
    """Return a block that allows a call when all conditions hold and refuses it otherwise; it always returns."""
    block: list[_Instruction] = [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    for condition in reversed(conditions):
        *before, (jump, _if_true, _if_false, value) = condition
        to_refuse = len(block) - 1
        decision = (_JUMP_EQUAL, to_refuse, 0, value) if jump == _JUMP_UNEQUAL else (jump, 0, to_refuse, value)
        block = [*before, decision, *block]
    return block
