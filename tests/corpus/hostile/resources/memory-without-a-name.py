# hopes: to hold memory where no limit of a process counts: files without a name, shared segments, queues, huge pages
# stopped by: seccomp and Landlock

import ctypes
import mmap
import os
import platform
from multiprocessing import shared_memory

_libc = ctypes.CDLL(None, use_errno=True)
_SIZE = 64 << 20
_MFD_HUGETLB, _MAP_HUGETLB, _IPC_CREATE = 4, 0x40000, 0o1600
_MEMFD_SECRET = 447


def _checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _shared_memory():
    shared_memory.SharedMemory("digitlab-attack", create=True, size=_SIZE)


def _file_in_memory():
    os.truncate("/dev/shm/digitlab-attack", _SIZE)


_WAYS = {
    "memfd": lambda: os.ftruncate(os.memfd_create("attack"), _SIZE),
    "memfd of huge pages": lambda: os.memfd_create("attack", _MFD_HUGETLB),
    "secret memory": lambda: _checked(_libc.syscall(ctypes.c_long(_MEMFD_SECRET), ctypes.c_long(0))),
    "a shared segment": lambda: _checked(_libc.shmget(0, ctypes.c_size_t(_SIZE), _IPC_CREATE)),
    "a semaphore": lambda: _checked(_libc.semget(0, 100, _IPC_CREATE)),
    "a message queue": lambda: _checked(_libc.msgget(0, _IPC_CREATE)),
    "a named queue": lambda: _checked(_libc.mq_open(b"/attack", 0o102, 0o600, None)),
    "huge pages": lambda: mmap.mmap(-1, _SIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_HUGETLB),
    "locked memory": lambda: _checked(_libc.mlockall(3)),
    "shm_open": lambda: _checked(_libc.shm_open(b"/digitlab-attack", 0o102, 0o600)),
    "SharedMemory": _shared_memory,
    "/dev/shm": _file_in_memory,
    "/dev/zero": lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), _SIZE, mmap.MAP_SHARED),
}
for _name, _hold in _WAYS.items():
    try:
        _hold()
    except OSError:
        continue
    it_worked(f"{_name} on {platform.machine()}")
