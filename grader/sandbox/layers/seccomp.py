"""A seccomp filter: a child makes the calls of an ordinary program of one process, and no others.

Calls that are not in the table of `syscall_numbers` give EPERM, so that a library can say what it missed. Those that
are newer than the table "do not exist" (ENOSYS), so that a library does without. A foreign architecture's calls kill
the process. ThreadExecutor are allowed: clone must carry CLONE_THREAD, and nothing that a thread does not need. clone3
passes its flags in memory, which a filter cannot read, so it "does not exist" and the C library falls back to clone.
Memory may be made executable: XLA and oneDNN write the code that they run. Source: the kernel's seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence

from grader.sandbox.layers.kernel import prctl
from grader.sandbox.layers.syscall_numbers import ARCHITECTURES, HIGHEST_REVIEWED, Architecture

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_LOAD, _AND, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _ARCH_AT, _ARGS_AT = 0, 4, 16  # offsets in struct seccomp_data
_X32_BIT = 0x40000000
_CLONE_THREAD = 0x00010000
_CLONE_OF_A_THREAD = 0x017D0F00
"""CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID, DETACHED, CHILD_SETTID."""
_IOCTLS = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TCGETS2 and TIOCGWINSZ (is it a terminal, how wide), FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 9, 36, 37, 38, 1030, 1032, 1034)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_GETOWN, F_OFD_GETLK, F_OFD_SETLK,
F_OFD_SETLKW, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS. Not what has the kernel send signals to others."""
_PRCTLS = (2, 3, 15, 16, 21, 23, 30, 39, 41, 42, 0x53564D41)
"""PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_CAPBSET_READ, PR_GET_TIMERSLACK,
PR_GET_NO_NEW_PRIVS, PR_SET_THP_DISABLE, PR_GET_THP_DISABLE, PR_SET_VMA (the C library names its memory). A child stays
bound to die with its server, and invisible."""
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE = 1, 1, 0xF

_REFUSE = _ERRNO | errno.EPERM
_NO_SUCH_CALL = _ERRNO | errno.ENOSYS
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
        (_JUMP_EQUAL, 0, 1, architecture.number("clone3")),
        (_RETURN, 0, 0, _NO_SUCH_CALL),
        (_JUMP_AT_LEAST, 0, 1, HIGHEST_REVIEWED + 1),
        (_RETURN, 0, 0, _NO_SUCH_CALL),
    ]
    for call, checks in _argument_rules(pid).items():
        block = [step for check in checks for step in check] + [(_RETURN, 0, 0, _ALLOW)]
        code += [(_JUMP_EQUAL, 0, len(block), architecture.number(call)), *block]
    return [*code, *_search(_runs(architecture.allowed(own_view=own_view)))]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return sorted numbers as runs: the first one, and the one behind the last."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = runs[-1][0], number + 1
        else:
            runs.append((number, number + 1))
    return runs


def _search(runs: Sequence[tuple[int, int]]) -> list[_Instruction]:
    """Return a binary search for the number that is loaded: allowed in one of the runs, else refused."""
    if len(runs) == 1:
        first, behind = runs[0]
        return [
            (_JUMP_AT_LEAST, 0, 1, first),
            (_JUMP_AT_LEAST, 0, 1, behind),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        ]
    middle = len(runs) // 2
    below, above = _search(runs[:middle]), _search(runs[middle:])
    return [(_JUMP_AT_LEAST, len(below), 0, runs[middle][0]), *below, *above]


_Check = list[_Instruction]
"""Returns unless an argument is as it must be."""


def _argument_rules(pid: int) -> dict[str, list[_Check]]:
    """Return, for each call that its arguments decide, what must hold of them."""
    return {
        "kill": [_one_of(0, pid)],
        "tgkill": [_one_of(0, pid)],
        "clone": [_has_all(0, _CLONE_THREAD), _has_only(0, _CLONE_OF_A_THREAD)],
        # asyncio needs a pair of streams; out of a pair of datagram sockets packets could be sent to any address
        "socketpair": [_one_of(0, _AF_UNIX), _one_of(1, _SOCK_STREAM, mask=_SOCK_TYPE)],
        "ioctl": [_one_of(1, *_IOCTLS)],
        "fcntl": [_one_of(1, *_FCNTLS)],
        "prctl": [_one_of(0, *_PRCTLS)],
        # may look, may not change: the whole pointer is zero, not only its lower half
        "prlimit64": [_one_of(2, 0), [(_LOAD, 0, 0, _low(2) + 4), (_JUMP_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _REFUSE)]],
    }


def _low(argument: int) -> int:
    """Return where the lower half of an argument stands: these architectures are little-endian."""
    return _ARGS_AT + 8 * argument


def _one_of(argument: int, *values: int, mask: int | None = None) -> _Check:
    masked = [] if mask is None else [(_AND, 0, 0, mask)]
    tests = [(_JUMP_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [(_LOAD, 0, 0, _low(argument)), *masked, *tests, (_RETURN, 0, 0, _REFUSE)]


def _has_all(argument: int, bit: int) -> _Check:
    return [(_LOAD, 0, 0, _low(argument)), (_JUMP_SET, 1, 0, bit), (_RETURN, 0, 0, _REFUSE)]


def _has_only(argument: int, bits: int) -> _Check:
    return [(_LOAD, 0, 0, _low(argument)), (_JUMP_SET, 0, 1, ~bits & 0xFFFFFFFF), (_RETURN, 0, 0, _REFUSE)]
