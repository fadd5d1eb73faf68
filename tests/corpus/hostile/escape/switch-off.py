# hopes: to switch its own confinement off: the filter, the rules on files, the ban on privileges
# stopped by: all of them can only be made stricter; what they are is asked of the kernel, not of the process

import ctypes
import os
import platform
import socket
import struct

_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_SECCOMP = {"x86_64": 317, "aarch64": 277}.get(platform.machine(), -1)
_PERSONALITY = {"x86_64": 135, "aarch64": 92}.get(platform.machine(), -1)
_ALLOW_ALL = struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000)
_libc = ctypes.CDLL(None, use_errno=True)
_code = ctypes.create_string_buffer(_ALLOW_ALL)
_program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 1, ctypes.addressof(_code)))
_PRCTLS = {
    "PR_SET_NO_NEW_PRIVS": (38, 0, 0, 0, 0),
    "PR_SET_DUMPABLE": (4, 1, 0, 0, 0),
    "PR_SET_PDEATHSIG": (1, 0, 0, 0, 0),
    "PR_SET_SECCOMP, none": (22, 0, 0, 0, 0),
    "PR_SET_CHILD_SUBREAPER": (36, 1, 0, 0, 0),
    "PR_SET_TSC": (26, 1, 0, 0, 0),
    "PR_SET_PTRACER": (0x59616D61, -1, 0, 0, 0),
    "PR_SET_MM": (35, 8, 0, 0, 0),
    "PR_SET_SPECULATION": (53, 0, 2, 0, 0),
    "PR_SET_NAME": (15, b"\n) Z", 0, 0, 0),
    "PR_SET_IO_FLUSHER": (57, 1, 0, 0, 0),
    "PR_SET_MDWE": (65, 0, 0, 0, 0),
    "PR_SET_SECCOMP, all": (22, 2, _program, 0, 0),
}


def _status():
    with open("/proc/self/status") as status:
        return {line.split(":")[0]: line.split(":")[1].strip() for line in status}


def _doors():
    """Return what is open."""
    return {
        "a socket": lambda: socket.socket().close(),
        "a process": lambda: os._exit(0) if os.fork() == 0 else None,
        "/etc/passwd": lambda: open("/etc/passwd").close(),
        "a file outside": lambda: open("/tmp/digitlab-attack", "w").close(),
    }


_before = _status()
for _arguments in _PRCTLS.values():
    _libc.prctl(*(ctypes.c_long(one) if isinstance(one, int) else one for one in _arguments))
_libc.syscall(ctypes.c_long(_SECCOMP), 1, 0, _program)
_libc.syscall(ctypes.c_long(_SECCOMP), 1, 1, _program)  # for all threads
_libc.syscall(ctypes.c_long(_SECCOMP), 1, 8, _program)  # with a listener, who decides in the kernel's stead
_ruleset = _libc.syscall(ctypes.c_long(_LANDLOCK_CREATE), (ctypes.c_uint64 * 3)(1, 0, 0), ctypes.c_size_t(24), 0)
for _flags in (0, 1, 2, 4, 8):
    _libc.syscall(ctypes.c_long(_LANDLOCK_RESTRICT), _ruleset if _flags < 8 else -1, _flags)
for _persona in (0x0040000, 0x0400000, 0x0020000, 0x0008, 0):  # fixed addresses, data as code, an old version's name
    if _libc.syscall(ctypes.c_long(_PERSONALITY), ctypes.c_ulong(_persona)) >= 0:
        it_worked(f"personality {_persona:#x}")
_after = _status()
for _name in ("NoNewPrivs", "Seccomp", "CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd"):
    if _after[_name] != _before[_name]:
        it_worked(f"{_name}: {_before[_name]} became {_after[_name]}")
if _after["NoNewPrivs"] != "1" or _after["Seccomp"] != "2" or int(_after["CapPrm"], 16):
    it_worked(f"NoNewPrivs {_after['NoNewPrivs']}, Seccomp {_after['Seccomp']}, CapPrm {_after['CapPrm']}")
for _name, _open in _doors().items():
    try:
        _open()
    except OSError:
        continue
    it_worked(f"{_name}, after switching off")
