# hopes: that the socket to the grader gives a hold on the process at its other end
# stopped by: seccomp: such a hold can be had, but nothing can be done with it; namespaces hide the number

import ctypes
import fcntl
import os
import signal
import socket
import struct

_SO_PEERPIDFD, _SO_PEERGROUPS, _OPEN_FILES = 77, 59, 128
_PIDFD_GETFD, _PROCESS_MADVISE, _PROCESS_MRELEASE = 438, 440, 448
_PIDFD_NAMESPACES = range(0xFF01, 0xFF0B)
_libc = ctypes.CDLL(None, use_errno=True)


def _channel():
    for number in range(3, _OPEN_FILES):
        try:
            return socket.socket(fileno=os.dup(number))
        except OSError:
            continue
    raise AssertionError("no channel found")


def _check(result, name):
    if result < 0:
        raise OSError(ctypes.get_errno(), name)


_own = _channel()
_pid = struct.unpack("iii", _own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
_holds = [_own.fileno()]
try:
    _holds.append(struct.unpack("i", _own.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD, 4))[0])
except OSError:
    pass
_WAYS = {
    "a signal": lambda hold: signal.pidfd_send_signal(hold, 0),
    "a signal to its group": lambda hold: signal.pidfd_send_signal(hold, 0, None, 4),
    "its files": lambda hold: _check(_libc.syscall(ctypes.c_long(_PIDFD_GETFD), hold, 1, 0), "pidfd_getfd"),
    "its namespaces": lambda hold: _check(_libc.setns(hold, 0x7E020080), "setns"),
    "its user namespace": lambda hold: _check(_libc.setns(hold, 0x10000000), "setns"),
    "its end": lambda hold: os.waitid(os.P_PIDFD, hold, os.WEXITED | os.WNOHANG),
    "its memory": lambda hold: _check(_libc.syscall(ctypes.c_long(_PROCESS_MADVISE), hold, None, 0, 21, 0), "madvise"),
    "its memory's end": lambda hold: _check(_libc.syscall(ctypes.c_long(_PROCESS_MRELEASE), hold, 0), "mrelease"),
    "its folder in /proc": lambda hold: os.listdir(f"/proc/self/fd/{hold}"),
}
for _hold in _holds:
    for _name, _way in _WAYS.items():
        try:
            _way(_hold)
        except OSError:
            continue
        it_worked(f"{_name}, by the channel's other end")
    for _request in _PIDFD_NAMESPACES:
        try:
            _namespace = fcntl.ioctl(_hold, _request)
            _check(_libc.setns(_namespace, 0), "setns")
        except OSError:
            continue
        it_worked("a namespace was entered")
if _pid > 0:
    for _act in (
        lambda: os.kill(_pid, 0),
        lambda: open(f"/proc/{_pid}/environ"),
        lambda: os.listdir(f"/proc/{_pid}/fd"),
    ):
        try:
            _act()
        except OSError:
            continue
        it_worked(f"the grader's process {_pid}")
