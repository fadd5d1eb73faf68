# hopes: to leave a process behind that nobody watches and no limit counts, by every call that makes one
# stopped by: seccomp: only threads can be made

import ctypes
import multiprocessing
import os
import platform
import pty
import subprocess
import threading
from concurrent.futures import ProcessPoolExecutor

_NUMBERS = {"x86_64": {"fork": 57, "clone": 56}, "aarch64": {"clone": 220}}.get(platform.machine(), {})
_CLONE3, _SIGCHLD = 435, 17
_FLAGS = {
    "nothing": 0, "CLONE_VFORK": 0x4000, "CLONE_PARENT": 0x8000, "CLONE_FILES": 0x400, "CLONE_FS": 0x200,
    "CLONE_PTRACE": 0x2000, "CLONE_UNTRACED": 0x800000, "CLONE_IO": 0x80000000, "CLONE_SYSVSEM": 0x40000,
    "no signal at its end": -_SIGCHLD,
    "high bits": 0x1_0000_0000, "CLONE_INTO_CGROUP": 0x2_0000_0000,
}  # fmt: skip
_libc = ctypes.CDLL(None, use_errno=True)


def _call(number, *args):
    """Make a system call; a child that it makes ends at once."""
    pid = _libc.syscall(ctypes.c_long(number), *args)
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    it_worked(f"process {pid} by call {number}")


def _clone(flags):
    _call(_NUMBERS["clone"], ctypes.c_ulong(flags), None, None, None, None)


def _clone3(flags):
    _call(_CLONE3, (ctypes.c_uint64 * 11)(flags, 0, 0, 0, _SIGCHLD), ctypes.c_size_t(88))


def _by_python(make):
    if make() == 0:
        os._exit(0)
    it_worked(f"a process, {make.__name__}")


def _fork_of_the_c_library():
    pid = _libc.fork()
    if pid < 0:
        raise OSError(ctypes.get_errno(), "fork")
    return pid


def _with_a_pool():
    with ProcessPoolExecutor(1) as pool:
        it_worked(f"a pool: {pool.submit(os.getpid).result()}")


def _with_multiprocessing(method):
    process = multiprocessing.get_context(method).Process(target=os.getpid)
    process.start()
    it_worked(f"multiprocessing: {method}")


_WAYS = [
    lambda: _by_python(os.fork),
    lambda: _by_python(lambda: os.forkpty()[0]),
    lambda: _by_python(lambda: pty.fork()[0]),
    lambda: _by_python(_fork_of_the_c_library),
    lambda: _call(_NUMBERS.get("fork", -1)),
    lambda: subprocess.Popen(["true"]) and it_worked("Popen"),
    lambda: subprocess.Popen(["true"], start_new_session=True, close_fds=False) and it_worked("Popen"),
    lambda: os.posix_spawn("/bin/true", ["true"], {}) and it_worked("posix_spawn"),
    lambda: os.posix_spawnp("true", ["true"], {}, setsigmask=[1]) and it_worked("posix_spawnp"),
    lambda: os.spawnv(os.P_NOWAIT, "/bin/true", ["true"]) and it_worked("spawnv"),
    lambda: _libc.daemon(1, 1) == 0 and it_worked("daemon"),
    _with_a_pool,
    *(lambda method=method: _with_multiprocessing(method) for method in ("fork", "spawn", "forkserver")),
    *(lambda flags=flags: _clone(flags + _SIGCHLD) for flags in _FLAGS.values()),
    *(lambda flags=flags: _clone3(max(flags, 0)) for flags in _FLAGS.values()),
]


def _try_all():
    for way in _WAYS:
        try:
            way()
        except OSError:
            continue


if _NUMBERS:
    _try_all()
    _thread = threading.Thread(target=_try_all)
    _thread.start()
    _thread.join()
