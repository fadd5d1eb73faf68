# hopes: to type a command into the terminal of whoever grades, or to take the terminal away
# stopped by: a session of its own without a terminal, /dev/null as stdin and stdout; seccomp; the view

import ctypes
import fcntl
import os
import termios

_REQUESTS = {
    "TIOCSTI": (0x5412, b"x"),
    "TIOCLINUX": (0x541C, b"\x03" + bytes(15)),
    "TIOCSCTTY": (0x540E, 1),
    "TIOCCONS": (0x541D, b""),
    "TIOCSETD": (0x5423, bytes(4)),
    "TIOCNOTTY": (0x5422, 0),
    "TIOCVHANGUP": (0x5437, 0),
    "TIOCSPGRP": (0x5410, bytes(4)),
    "KDSETMODE": (0x4B3A, 1),
    "KDSKBENT": (0x4B47, bytes(8)),
}
_TERMINALS = [
    "/dev/tty",
    "/dev/console",
    "/dev/tty0",
    "/dev/tty1",
    "/dev/ptmx",
    "/dev/pts/ptmx",
    "/dev/ttyS0",
    "/dev/vcs",
    "/proc/self/fd/0",
    *(f"/dev/pts/{number}" for number in range(20)),
]
_libc = ctypes.CDLL(None, use_errno=True)

_open = [0, 1, 2]
for _path in _TERMINALS:
    try:
        _open.append(os.open(_path, os.O_RDWR | os.O_NONBLOCK))
    except OSError:
        continue
    if not _path.startswith("/proc"):
        it_worked(f"{_path} was opened")
for _number in _open:
    if os.isatty(_number):
        it_worked(f"descriptor {_number} is a terminal")
    for _name, (_request, _argument) in _REQUESTS.items():
        try:
            fcntl.ioctl(_number, _request, _argument)
            it_worked(f"{_name} on {_number}")
        except OSError:
            pass
        if _libc.ioctl(_number, ctypes.c_ulong(_request | 0x1_0000_0000), b"x") >= 0:
            it_worked(f"{_name} with a high bit on {_number}")
try:
    termios.tcgetattr(0)
    it_worked("a terminal's settings")
except termios.error:
    pass
try:
    os.openpty()
    it_worked("a new terminal")
except OSError:
    pass
