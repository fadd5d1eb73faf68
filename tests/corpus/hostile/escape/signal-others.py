# hopes: to end the grader, its servers or other students' processes, by every call that sends a signal
# stopped by: namespaces (no other process is there), seccomp, Landlock's scopes

import ctypes
import fcntl
import os
import signal
import socket
import struct

_MAX_PID, _F_SETOWN_EX, _F_SETSIG = 32_768, 15, 10
_SYSTEM_CALLS = {"x86_64": (200, 129, 297), "aarch64": (130, 138, 240)}
_TKILL, _SIGQUEUE, _TSIGQUEUE = _SYSTEM_CALLS.get(os.uname().machine, (-1, -1, -1))
_PIDFD_OPEN, _PIDFD_SEND = 434, 424
_HARMLESS = signal.SIGURG  # ignored by who does not ask for it: to reach somebody is enough
_libc = ctypes.CDLL(None, use_errno=True)
_info = ctypes.create_string_buffer(struct.pack("iiiiii", _HARMLESS, 0, -1, 0, os.getpid(), os.getuid()), 128)


def _call(number, *args):
    return _libc.syscall(ctypes.c_long(number), *args)


_WAYS = {
    "kill": lambda pid: _libc.kill(pid, _HARMLESS),
    "kill of a group": lambda pid: _libc.kill(-pid, 0) if pid > 1 else -1,
    "tkill": lambda pid: _call(_TKILL, pid, _HARMLESS),
    "tgkill": lambda pid: _libc.tgkill(pid, pid, _HARMLESS),
    "tgkill from its own group": lambda pid: _libc.tgkill(os.getpid(), pid, _HARMLESS),
    "rt_sigqueueinfo": lambda pid: _call(_SIGQUEUE, pid, _HARMLESS, _info),
    "rt_tgsigqueueinfo": lambda pid: _call(_TSIGQUEUE, pid, pid, _HARMLESS, _info),
    "sigqueue": lambda pid: _libc.sigqueue(pid, _HARMLESS, ctypes.c_void_p()),
    "pidfd": lambda pid: _call(_PIDFD_SEND, _call(_PIDFD_OPEN, pid, 0), _HARMLESS, None, 0),
}
for _pid in sorted({*range(1, _MAX_PID)} - {os.getpid()}):
    for _name, _way in _WAYS.items():
        if _way(_pid) >= 0:
            it_worked(f"{_name} of process {_pid}")
for _everybody in (-1, 0, -os.getpgid(0)):
    if _libc.kill(_everybody, 0) >= 0:
        it_worked(f"kill({_everybody})")


def _by_a_socket(kind, pid):
    """Let the kernel send SIGKILL when data come: to a process that is named as the socket's owner."""
    ours, theirs = socket.socketpair()
    fcntl.fcntl(ours, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(ours, _F_SETOWN_EX, struct.pack("ii", kind, pid))
    fcntl.fcntl(ours, fcntl.F_SETFL, fcntl.fcntl(ours, fcntl.F_GETFL) | os.O_ASYNC)
    theirs.send(b"x")


for _kind, _pid in ((1, os.getppid()), (2, os.getpgid(0)), (0, os.getppid())):  # the grader's server, not others
    if _pid not in (0, os.getpid()):
        try:
            _by_a_socket(_kind, _pid)
        except OSError:
            pass
