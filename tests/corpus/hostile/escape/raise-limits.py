# hopes: to raise its own limits, or to set those of the grader so low that the kernel kills it
# stopped by: seccomp: prlimit may look and not change; namespaces (no other process is there)

import ctypes
import os
import platform
import resource

_PRLIMIT, _SETRLIMIT = {"x86_64": (302, 160), "aarch64": (261, 164)}.get(platform.machine(), (-1, -1))
_PRIVATE_ANONYMOUS_FIXED, _READ_WRITE = 0x100022, 3  # not over what is there
_LOW_BITS_ZERO = 0x5_0000_0000  # an address that is 0 for who looks at 32 bits of it
_KINDS = [resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE,
          resource.RLIMIT_CORE, resource.RLIMIT_NPROC, resource.RLIMIT_MEMLOCK, resource.RLIMIT_NICE]  # fmt: skip
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_size_t


def _call(number, *args):
    return _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(arg) for arg in args))


def _pair_at_a_round_address():
    """Return the address of a place for two numbers, or 0."""
    place = _libc.mmap(
        ctypes.c_void_p(_LOW_BITS_ZERO), ctypes.c_size_t(4096), _READ_WRITE, _PRIVATE_ANONYMOUS_FIXED, -1, 0
    )
    return place if place == _LOW_BITS_ZERO else 0


_place = _pair_at_a_round_address()
_more = (ctypes.c_uint64 * 2)(2**64 - 1, 2**64 - 1)
for _kind in _KINDS:
    _soft, _hard = resource.getrlimit(_kind)
    if _hard == resource.RLIM_INFINITY:
        continue
    for _raised in ((resource.RLIM_INFINITY,) * 2, (_hard + 1, _hard + 1)):
        try:
            resource.setrlimit(_kind, _raised)
        except (OSError, ValueError):
            continue
        if resource.getrlimit(_kind) != (_soft, _hard):
            it_worked(f"limit {_kind} was raised from {_hard}")
    for _number, _arguments in (
        (_PRLIMIT, (0, _kind, ctypes.addressof(_more), 0)),
        (_SETRLIMIT, (_kind, ctypes.addressof(_more))),
    ):
        if _call(_number, *_arguments) == 0:
            it_worked(f"limit {_kind} was raised by call {_number}")

# The limits of others are set to what they are: that it can be done is enough.
for _pid in sorted({*range(1, 32_768)} - {os.getpid()}):
    _now = (ctypes.c_uint64 * 2)()
    if _call(_PRLIMIT, _pid, resource.RLIMIT_CORE, 0, ctypes.addressof(_now)) != 0:
        continue
    if _call(_PRLIMIT, _pid, resource.RLIMIT_CORE, ctypes.addressof(_now), 0) == 0:
        it_worked(f"a limit of process {_pid} was set")
    if _place:
        (ctypes.c_uint64 * 2).from_address(_place)[:] = list(_now)
        if _call(_PRLIMIT, _pid, resource.RLIMIT_CORE, _place, 0) == 0:
            it_worked(f"a limit of process {_pid} was set, from a round address")
if _place:
    (ctypes.c_uint64 * 2).from_address(_place)[:] = [2**64 - 1, 2**64 - 1]
    if _call(_PRLIMIT, 0, resource.RLIMIT_NOFILE, _place, 0) == 0:
        it_worked("its own limit was raised, from a round address")
    (ctypes.c_uint64 * 2).from_address(_place)[:] = list(resource.getrlimit(resource.RLIMIT_NOFILE))
    if _call(_PRLIMIT, 0, resource.RLIMIT_NOFILE, _place, 0) == 0:
        it_worked("prlimit changes: the filter did not see the address")
