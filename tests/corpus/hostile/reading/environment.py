# hopes: to find a token, the secret or the instructor's name in an environment variable
# stopped by: the server starts with an environment of its own, which the child replaces

import ctypes
import os
import re

_KNOWN = {
    "HOME", "TMPDIR", "KERAS_HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "KERAS_BACKEND", "MPLBACKEND", "LANG",
    "TF_CPP_MIN_LOG_LEVEL", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "PYTHONHASHSEED",
    "TF2_BEHAVIOR", "TPU_ML_PLATFORM", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK",
}  # fmt: skip


def _from_c():
    """Yield the variables that the C library knows."""
    table = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    number = 0
    while table and table[number]:
        yield table[number].decode(errors="replace")
        number += 1


def _from_the_start():
    """Yield what stands at the end of the stack, where the kernel put the variables that the server began with."""
    with open("/proc/self/maps") as file:
        start, end = next(line.split()[0].split("-") for line in file if line.rstrip().endswith("[stack]"))
    size = int(end, 16) - int(start, 16)
    text = ctypes.string_at(int(end, 16) - min(size, 1 << 17), min(size, 1 << 17))
    for match in re.finditer(rb"([A-Z][A-Z0-9_]{2,40})=([^\0]*)\0", text):
        yield match[0].decode(errors="replace")


def _variables():
    yield from (f"{name}={value}" for name, value in os.environ.items())
    yield from (f"{name.decode()}=" for name in os.environb)
    yield from _from_c()
    for source in (_from_the_start, lambda: open("/proc/self/environ").read().split("\0")):
        try:
            yield from source()
        except (OSError, StopIteration, RuntimeError):
            pass


for _variable in _variables():
    _name, _, _value = _variable.partition("=")
    if _name and _name not in _KNOWN:
        it_worked(f"the variable {_name} was found")
    if re.search(r"secret|token|passw", _variable, re.IGNORECASE):
        it_worked("something like a secret was found in the environment")
