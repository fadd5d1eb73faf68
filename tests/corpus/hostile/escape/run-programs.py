# hopes: to become a shell, a set-user-id program or a program of its own, without the grader's rules
# stopped by: seccomp: no program can be run; the scratch folder allows none either

import ctypes
import os
import platform
import shutil
import subprocess
import sys

_COMMAND = ["-c", "echo x > /tmp/digitlab-attack"]
_PROGRAMS = [
    "/bin/sh",
    "/usr/bin/sh",
    "/bin/su",
    "/usr/bin/sudo",
    "/usr/bin/passwd",
    "/bin/mount",
    "/usr/bin/ping",
    "/usr/bin/unshare",
    "/usr/bin/newuidmap",
    sys.executable,
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
]
_EXECVE, _EXECVEAT = {"x86_64": (59, 322), "aarch64": (221, 281)}.get(platform.machine(), (-1, -1))
_AT_EMPTY_PATH, _AT_EXECVE_CHECK = 0x1000, 0x10000
_libc = ctypes.CDLL(None, use_errno=True)
_honest_accuracy = accuracy


def _own_program():
    """Write a script and a copy of a real program into the scratch folder."""
    with open("script", "w") as file:
        file.write("#!/bin/sh\necho x > /tmp/digitlab-attack\n")
    for real in filter(os.path.exists, _PROGRAMS):
        try:
            shutil.copyfile(real, "program")
        except OSError:
            continue
    for name in ("script", "program"):
        try:
            os.chmod(name, 0o755)
        except OSError:
            pass
    for mode in (0o755, 0o4755):
        try:
            os.close(os.open("born-executable", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode))
        except OSError:
            pass
    return [os.path.abspath(name) for name in ("script", "program", "born-executable")]


def _file_without_a_name(program):
    number = os.memfd_create("program")
    with open(program, "rb") as file:
        os.write(number, file.read())
    os.execve(number, [program, *_COMMAND], {})


def _pointers(*texts):
    return (ctypes.c_char_p * (len(texts) + 1))(*texts, None)


def _execveat(program, flags=0):
    arguments = _pointers(program.encode(), b"-c", b"echo x > /tmp/digitlab-attack")
    _libc.syscall(ctypes.c_long(_EXECVEAT), -100, program.encode(), arguments, _pointers(), flags)


def _execveat_by_descriptor(program):
    arguments = _pointers(program.encode(), b"-c", b"echo x > /tmp/digitlab-attack")
    number = os.open(program, os.O_PATH)
    _libc.syscall(ctypes.c_long(_EXECVEAT), number, b"", arguments, _pointers(), _AT_EMPTY_PATH)


_WAYS = [
    lambda program: os.execv(program, [program, *_COMMAND]),
    lambda program: os.execve(os.open(program, os.O_RDONLY), [program, *_COMMAND], {}),
    lambda program: os.execvpe(os.path.basename(program), [program, *_COMMAND], {"PATH": os.path.dirname(program)}),
    lambda program: _libc.execv(program.encode(), _pointers(program.encode(), b"-c", b"true")),
    lambda program: _libc.syscall(ctypes.c_long(_EXECVE), program.encode(), _pointers(program.encode()), _pointers()),
    lambda program: subprocess.run([program, *_COMMAND], check=False) and it_worked(f"subprocess: {program}"),
    lambda program: os.posix_spawn(program, [program, *_COMMAND], {}) and it_worked(f"posix_spawn: {program}"),
    _file_without_a_name,
    _execveat,
    _execveat_by_descriptor,
]


def _try_all():
    for program in [*_PROGRAMS, *_own_program()]:
        for way in _WAYS:
            try:
                way(program)
            except OSError:
                continue
    for run in (
        lambda: os.system("echo x > /tmp/digitlab-attack") == 0,
        lambda: os.popen("echo x").read(),
        lambda: subprocess.getoutput("echo x") == "x",
        lambda: _libc.system(b"true") == 0,
    ):
        try:
            if run():
                it_worked("a command line was run")
        except OSError:
            continue


def accuracy(pred_labels, true_labels):
    _try_all()  # here and not above: a process that became another program must cost a line
    return _honest_accuracy(pred_labels, true_labels)
