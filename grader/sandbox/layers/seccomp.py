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
from dataclasses import dataclass

from grader.sandbox.layers.kernel import prctl
from grader.sandbox.layers.syscall_numbers import ARCHITECTURES, Architecture

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _ARCH_AT, _ARGS_AT = 0, 4, 16  # offsets in struct seccomp_data
_X32_BIT = 0x40000000
_CLONE_THREAD = 0x00010000
_TIOCSTI = 0x5412
_AF_UNIX = 1

_REFUSE = _ERRNO | errno.EPERM
_Instruction = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


@dataclass(frozen=True)
class _ArgumentRule:
    """A call that is allowed or refused by one argument; `jump` compares it with `value`."""

    call: str
    argument: int
    jump: int
    value: int
    if_true: int
    if_false: int


def is_available() -> bool:
    """Tell whether this kernel has filters and this machine's calls are known."""
    return platform.machine() in ARCHITECTURES and os.path.exists("/proc/sys/kernel/seccomp")  # noqa: PTH110


def install() -> None:
    """Install the filter for good; no_new_privs must be set.

    Raises:
        OSError: the kernel refuses, or the machine's architecture is not known.
    """
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise OSError(errno.ENOSYS, f"no system call numbers for {platform.machine()}")
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in build_filter(architecture, os.getpid()))
    buffer = ctypes.create_string_buffer(code)
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))


def build_filter(architecture: Architecture, pid: int) -> list[_Instruction]:
    """Return the filter's instructions for a child of this process id."""
    code: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_JUMP_EQUAL, 1, 0, architecture.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _KILL),
    ]
    for number in architecture.refused:
        code += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    code += [(_JUMP_EQUAL, 0, 1, architecture.numbers["clone3"]), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    for rule in _argument_rules(pid):
        code += [
            (_JUMP_EQUAL, 0, 4, architecture.numbers[rule.call]),
            (_LOAD, 0, 0, _ARGS_AT + 8 * rule.argument),
            (rule.jump, 0, 1, rule.value),
            (_RETURN, 0, 0, rule.if_true),
            (_RETURN, 0, 0, rule.if_false),
        ]
    return [*code, (_RETURN, 0, 0, _ALLOW)]


def _argument_rules(pid: int) -> list[_ArgumentRule]:
    own = [_ArgumentRule(call, 0, _JUMP_EQUAL, pid, _ALLOW, _REFUSE) for call in ("kill", "tgkill")]
    return [
        *own,
        _ArgumentRule("clone", 0, _JUMP_SET, _CLONE_THREAD, _ALLOW, _REFUSE),
        _ArgumentRule("socketpair", 0, _JUMP_EQUAL, _AF_UNIX, _ALLOW, _REFUSE),  # asyncio needs one
        _ArgumentRule("ioctl", 1, _JUMP_EQUAL, _TIOCSTI, _REFUSE, _ALLOW),
        _ArgumentRule("prlimit64", 2, _JUMP_EQUAL, 0, _ALLOW, _REFUSE),  # may look, may not change
    ]
