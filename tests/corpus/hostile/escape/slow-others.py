# hopes: to make the grader and other students' processes slow: the last in every queue, on one core
# stopped by: namespaces (no other process is there); a user of its own

import ctypes
import os

_IOPRIO_SET, _IOPRIO_GET = {"x86_64": (251, 252), "aarch64": (30, 31)}.get(os.uname().machine, (-1, -1))
_MAX_PID, _PROCESS, _GROUP, _USER = 32_768, 1, 2, 3
_PR_SCHED_CORE, _SHARE_TO = 62, 2
_libc = ctypes.CDLL(None, use_errno=True)


def _io_priority(pid):
    now = _libc.syscall(ctypes.c_long(_IOPRIO_GET), _PROCESS, pid)
    if now < 0 or _libc.syscall(ctypes.c_long(_IOPRIO_SET), _PROCESS, pid, now) < 0:
        raise OSError(ctypes.get_errno(), "ioprio_set")


def _core_cookie(pid):
    if _libc.prctl(_PR_SCHED_CORE, _SHARE_TO, pid, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "PR_SCHED_CORE")


def _move_memory(pid):
    nodes = ctypes.c_ulong(1)
    number = {"x86_64": 256, "aarch64": 238}[os.uname().machine]
    if _libc.syscall(ctypes.c_long(number), pid, ctypes.c_ulong(64), ctypes.byref(nodes), ctypes.byref(nodes)) < 0:
        raise OSError(ctypes.get_errno(), "migrate_pages")


# Each is set to what it is: that it can be done is enough.
_WAYS = {
    "niceness": lambda pid: os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid)),
    "cores": lambda pid: os.sched_setaffinity(pid, os.sched_getaffinity(pid)),
    "queue": lambda pid: os.sched_setscheduler(pid, os.sched_getscheduler(pid), os.sched_getparam(pid)),
    "priority": lambda pid: os.sched_setparam(pid, os.sched_getparam(pid)),
    "I/O priority": _io_priority,
    "memory's place": _move_memory,
    "core cookie": _core_cookie,
    "group": lambda pid: os.setpgid(pid, pid),
}
for _pid in sorted({*range(1, _MAX_PID)} - {os.getpid()}):
    for _name, _way in _WAYS.items():
        try:
            _way(_pid)
        except OSError:
            continue
        it_worked(f"the {_name} of process {_pid} was set")
for _better in (lambda: os.nice(-5), lambda: os.setpriority(os.PRIO_USER, 0, -5),
                lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))):  # fmt: skip
    try:
        _better()
        it_worked("it comes before all others")
    except OSError:
        pass
