# hopes: to change rights, owners, times or attributes of files by guessing their paths, which Landlock does not cover
# stopped by: the view (they are not there, the rest is read-only), seccomp, and a user that owns nothing

import ctypes
import fcntl
import os
import struct
import sys

_KIT = os.path.dirname(os.path.dirname(sys.modules["grader.sandbox.worker"].__file__))
_PATHS = ["/tmp/digitlab-canary", "/etc/passwd", "/tmp", "/root", os.__file__, np.__file__, os.path.dirname(os.__file__),
          f"{_KIT}/assignment/rubric.toml", f"{_KIT}/assignment/hidden_tests", "/proc/self", "/usr/lib"]  # fmt: skip
_SETXATTRAT, _FILE_SETATTR, _FCHMODAT2 = 463, 469, 452  # the same on all machines
_FS_IOC_SETFLAGS = 0x40086602
_libc = ctypes.CDLL(None, use_errno=True)


def _call(number, *args):
    if _libc.syscall(ctypes.c_long(number), *args) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _setxattrat(path):
    value = ctypes.create_string_buffer(b"x")
    args = ctypes.create_string_buffer(struct.pack("QII", ctypes.addressof(value), 1, 0))
    _call(_SETXATTRAT, -100, path.encode(), 0, b"user.attack", args, ctypes.c_size_t(16))


def _set_flags(path):
    fcntl.ioctl(os.open(path, os.O_RDONLY), _FS_IOC_SETFLAGS, struct.pack("l", 0x80))


_WAYS = {
    "chmod": lambda path: os.chmod(path, 0o777),
    "fchmod": lambda path: os.fchmod(os.open(path, os.O_RDONLY), 0o777),
    "fchmodat2": lambda path: _call(_FCHMODAT2, -100, path.encode(), 0o777, 0),
    "chown": lambda path: os.chown(path, os.getuid(), os.getgid()),
    "lchown": lambda path: os.lchown(path, os.getuid(), os.getgid()),
    "fchown": lambda path: os.fchown(os.open(path, os.O_RDONLY), os.getuid(), -1),
    "utime": lambda path: os.utime(path, (1, 1)),
    "touch": os.utime,
    "utime of a descriptor": lambda path: os.utime(os.open(path, os.O_RDONLY), (1, 1)),
    "utime through /proc": lambda path: os.utime(f"/proc/self/fd/{os.open(path, os.O_PATH)}", (1, 1)),
    "setxattr": lambda path: os.setxattr(path, "user.attack", b"x"),
    "removexattr": lambda path: os.removexattr(path, "security.capability"),
    "setxattrat": _setxattrat,
    "file_setattr": lambda path: _call(_FILE_SETATTR, -100, path.encode(), bytes(24), ctypes.c_size_t(24), 0),
    "flags": _set_flags,
}
for _path in _PATHS:
    for _name, _way in _WAYS.items():
        try:
            _way(_path)
        except OSError:
            continue
        it_worked(f"{_name} of {_path}")
