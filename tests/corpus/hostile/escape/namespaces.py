# hopes: to be root in a namespace of its own, where the kernel opens more doors, or to enter the grader's
# stopped by: seccomp

import ctypes
import os
import platform

_NAMES = {
    "time": 0x80, "mount": 0x20000, "control group": 0x2000000, "host name": 0x4000000, "IPC": 0x8000000,
    "user": 0x10000000, "process": 0x20000000, "network": 0x40000000,
}  # fmt: skip
_CLONE = {"x86_64": 56, "aarch64": 220}.get(platform.machine(), -1)
_CLONE3, _SIGCHLD, _SIGNAL_BITS, _THREAD = 435, 17, 0xFF, 0x10000 | 0x800 | 0x100  # a thread shares signals and memory
_libc = ctypes.CDLL(None, use_errno=True)


def _clone(flags, stack=0):
    pid = _libc.syscall(ctypes.c_long(_CLONE), ctypes.c_ulong(flags), ctypes.c_ulong(stack), None, None, None)
    if pid == 0:
        os._exit(0)
    return pid


def _clone3(flags):
    arguments = (ctypes.c_uint64 * 11)(flags, 0, 0, 0, _SIGCHLD)
    pid = _libc.syscall(ctypes.c_long(_CLONE3), arguments, ctypes.c_size_t(88))
    if pid == 0:
        os._exit(0)
    return pid


def _thread_stack():
    """Return a stack from which a thread returns into pause(), for ever."""
    memory = ctypes.create_string_buffer(1 << 16)
    top = (ctypes.addressof(memory) + (1 << 16) - 64) & ~15
    ctypes.c_size_t.from_address(top).value = ctypes.cast(_libc.pause, ctypes.c_void_p).value
    return memory, top


_memory, _top = _thread_stack()
for _name, _flag in _NAMES.items():
    for _more in (0, 0x10000000, 0x200, 0x400):  # also with users, with shared folders, with shared files
        if _libc.unshare(_flag | _more) == 0:
            it_worked(f"unshare of {_name}")
        if _flag > _SIGNAL_BITS and _clone(_flag | _more | _SIGCHLD) > 0:
            it_worked(f"clone into {_name}")
        if _clone3(_flag | _more) > 0:
            it_worked(f"clone3 into {_name}")
    if _flag > _SIGNAL_BITS and platform.machine() == "x86_64" and _clone(_flag | _THREAD, _top) > 0:
        it_worked(f"a thread in another {_name}")
for _kind in ("user", "mnt", "pid", "pid_for_children", "net", "ipc", "uts", "time", "cgroup"):
    for _pid in ("self", os.getppid(), 1, 2):
        try:
            _number = os.open(f"/proc/{_pid}/ns/{_kind}", os.O_RDONLY)
        except OSError:
            continue
        if _libc.setns(_number, 0) == 0:
            it_worked(f"entered {_kind} of {_pid}")
