# hopes: that so many threads, with stacks too small for any limit of memory, leave no room for another process
# stopped by: the number of threads of the child's user; where all are root, the room that stacks take
# import: fails where no user of its own bounds the threads: the worker is ended

import ctypes
import threading

_MANY = 3_000
_libc = ctypes.CDLL(None, use_errno=True)
_go_home = threading.Event()


def _python_threads():
    """Return how many threads could be started."""
    started = []
    threading.stack_size(32 * 1024)
    try:
        while len(started) < _MANY:
            thread = threading.Thread(target=_go_home.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:
        pass
    finally:
        _go_home.set()
        for thread in started:
            thread.join()
        threading.stack_size(0)
    return len(started)


def _bare_threads():
    """Return how many threads without Python could be started; all wait for one semaphore."""
    gate = ctypes.create_string_buffer(64)
    _libc.sem_init(gate, 0, 0)
    attributes = ctypes.create_string_buffer(64)
    _libc.pthread_attr_init(attributes)
    _libc.pthread_attr_setstacksize(attributes, ctypes.c_size_t(16 * 1024))
    started = []
    while len(started) < _MANY:
        number = ctypes.c_ulong()
        if _libc.pthread_create(ctypes.byref(number), attributes, _libc.sem_wait, gate):
            break
        started.append(number)
    for _ in started:
        _libc.sem_post(gate)
    for number in started:
        _libc.pthread_join(number, None)
    return len(started)


for _start in (_python_threads, _bare_threads):
    _count = _start()
    if _count >= _MANY:
        it_worked(f"{_count} threads, {_start.__name__}")
