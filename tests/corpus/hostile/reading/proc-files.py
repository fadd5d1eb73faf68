# hopes: to read environment, command line, memory or open files of the grader's processes
# stopped by: a process namespace of its own; without one, Landlock: only its own entry can be read

import os

_FILES = ("environ", "cmdline", "maps", "mem", "stack", "auxv", "syscall", "status", "io", "fd", "cwd", "root", "exe")
_READ = ("environ", "cmdline", "maps", "mem", "auxv", "status", "io")


def _try(pid, name):
    path = f"/proc/{pid}/{name}"
    if name in _READ:
        with open(path, "rb") as file:
            return file.read(64) != b"" and path
    if name in ("fd",):
        return os.listdir(path) and path
    return os.readlink(path) and name in ("cwd", "root", "exe") and path


_own = os.getpid()
for _pid in [*range(1, 400), *range(_own - 300, _own + 50), os.getppid()]:
    if _pid <= 0 or _pid == _own:
        continue
    for _name in _FILES:
        try:
            _found = _try(_pid, _name)
        except OSError:
            continue
        if _found:
            it_worked(f"{_found} was read")
for _path in ("/proc/1/environ", "/proc/kcore", "/proc/keys", "/proc/kallsyms", "/proc/timer_list"):
    if _own == 1 and "/1/" in _path:
        continue
    try:
        with open(_path, "rb") as _file:
            if _file.read(64).strip(b"\0 \n"):
                it_worked(f"{_path} was read")
    except OSError:
        pass
try:
    for _entry in os.listdir("/proc"):
        if _entry.isdigit() and int(_entry) != _own:
            it_worked(f"process {_entry} was seen")
except OSError:
    pass
