# hopes: to read or change the memory of the grader or of another student, or to take their open files
# stopped by: namespaces (no other process is there), seccomp, Landlock

import ctypes
import os

_PTRACE_ATTACH, _PTRACE_SEIZE, _MAX_PID = 16, 0x4206, 32_768
_PIDFD_OPEN, _PIDFD_GETFD, _PROCESS_MADVISE, _PROCESS_MRELEASE = 434, 438, 440, 448  # the same on all machines
_libc = ctypes.CDLL(None, use_errno=True)
_byte = ctypes.create_string_buffer(8)
_vector = (ctypes.c_size_t * 2)(ctypes.addressof(_byte), 8)
_there = (ctypes.c_size_t * 2)(id(None), 8)  # forked from one server, all have this object at one place


def _pidfd(pid):
    return _libc.syscall(ctypes.c_long(_PIDFD_OPEN), pid, 0)


_WAYS = {
    "process_vm_readv": lambda pid: _libc.process_vm_readv(pid, _vector, 1, _there, 1, 0),
    "process_vm_writev": lambda pid: _libc.process_vm_writev(pid, _vector, 1, _there, 1, 0),
    "pidfd_open": _pidfd,
    "pidfd_getfd": lambda pid: _libc.syscall(ctypes.c_long(_PIDFD_GETFD), _pidfd(pid), 0, 0),
    "process_madvise": lambda pid: _libc.syscall(ctypes.c_long(_PROCESS_MADVISE), _pidfd(pid), _there, 1, 20, 0),
    "process_mrelease": lambda pid: _libc.syscall(ctypes.c_long(_PROCESS_MRELEASE), _pidfd(pid), 0),
    "PTRACE_SEIZE": lambda pid: _libc.ptrace(_PTRACE_SEIZE, pid, None, None),
}
_near = {os.getppid(), *range(max(os.getpid() - 50, 1), os.getpid() + 50)} - {os.getpid(), 0}
for _pid in sorted({*range(1, _MAX_PID)} - {os.getpid()}):
    for _name, _way in _WAYS.items():
        if _way(_pid) >= 0:
            it_worked(f"{_name} of process {_pid}")
for _pid in _near:
    if _libc.ptrace(_PTRACE_ATTACH, _pid, None, None) >= 0:
        it_worked(f"PTRACE_ATTACH of process {_pid}")
    for _file in ("mem", "environ", "maps", "cmdline", "fd", "root", "cwd", "ns/user", "task", "stack", "io", "auxv"):
        try:
            _found = os.open(f"/proc/{_pid}/{_file}", os.O_RDONLY)
        except OSError:
            continue
        it_worked(f"/proc/{_pid}/{_file} was opened")
    try:
        os.open(f"/proc/{_pid}/mem", os.O_RDWR)
        it_worked(f"/proc/{_pid}/mem can be written")
    except OSError:
        pass
