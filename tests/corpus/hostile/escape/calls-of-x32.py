# hopes: that calls with the bit of the x32 interface, which have other numbers, are not filtered
# stopped by: seccomp ends a process that calls in another architecture's way; the whole module cannot be imported then
# import: fails

import ctypes
import os
import platform

_X32, _SOCKET, _FORK, _UNSHARE, _EXECVE = 0x40000000, 41, 57, 272, 520
_libc = ctypes.CDLL(None, use_errno=True)


def _call(number, *args):
    return _libc.syscall(ctypes.c_long(_X32 | number), *(ctypes.c_long(arg) for arg in args))


def _attack():
    if _call(_SOCKET, 2, 1, 0) >= 0:
        it_worked("a socket")
    if _call(_UNSHARE, 0x10000000) >= 0:
        it_worked("a namespace")
    pid = _call(_FORK)
    if pid == 0:
        os._exit(0)
    if pid > 0:
        it_worked("fork")
    if _call(-1) != -1 or _call(_EXECVE, 0, 0, 0) != -1:
        it_worked("a call of x32")


if platform.machine() == "x86_64":
    _attack()
