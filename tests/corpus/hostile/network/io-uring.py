# hopes: to open and connect a socket by io_uring, where no filter of system calls looks
# stopped by: seccomp: io_uring cannot be set up

import ctypes
import mmap
import os
import struct

_libc = ctypes.CDLL(None, use_errno=True)
_SETUP, _ENTER, _REGISTER = 425, 426, 427  # the same on all machines
_OP_SOCKET, _AF_INET, _SOCK_STREAM = 45, 2, 1


def _call(number, *args):
    result = _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(arg) for arg in args))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _socket_by_ring():
    """Return the descriptor of a socket that the kernel's own worker opened."""
    params = ctypes.create_string_buffer(120)
    ring = _call(_SETUP, 4, ctypes.addressof(params))
    it_worked("io_uring_setup")
    numbers = struct.unpack("30I", params.raw)
    tail_at, array_at = numbers[11], numbers[16]
    cq_head_at, cqes_at = numbers[20], numbers[25]
    queue = mmap.mmap(ring, 4096, offset=0)
    results = mmap.mmap(ring, 4096, offset=0x8000000)
    entries = mmap.mmap(ring, 4096, offset=0x10000000)
    entries[0:64] = struct.pack("BBHiQQIIQ", _OP_SOCKET, 0, 0, _AF_INET, _SOCK_STREAM, 0, 0, 0, 1).ljust(64, b"\0")
    queue[array_at : array_at + 4] = struct.pack("I", 0)
    queue[tail_at : tail_at + 4] = struct.pack("I", 1)
    _call(_ENTER, ring, 1, 1, 1, 0, 0)
    head = struct.unpack_from("I", results, cq_head_at)[0]
    return struct.unpack_from("Qi", results, cqes_at + 16 * (head % 4))[1]


try:
    if _socket_by_ring() >= 0:
        it_worked("a socket by io_uring")
except OSError:
    pass
try:
    _call(_REGISTER, 0xFFFFFFFF, 34, 0, 0)  # what needs no ring: send a message to another one
    it_worked("io_uring_register")
except OSError:
    pass
