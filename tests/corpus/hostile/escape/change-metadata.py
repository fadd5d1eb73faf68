# hopes: to change rights, owners, times or attributes of files by guessing their paths, which Landlock does not cover
# stopped by: the view (they are not there, the rest is read-only), seccomp, and a user that owns nothing

import ctypes
import fcntl
import os
import stat
import struct
import sys

_KIT = os.path.dirname(os.path.dirname(sys.modules["grader.sandbox.worker"].__file__))
_PATHS = [
    "/tmp/digitlab-canary",
    "/etc/passwd",
    "/tmp",
    "/root",
    os.__file__,
    np.__file__,
    os.path.dirname(os.__file__),
    f"{_KIT}/assignment/rubric.toml",
    f"{_KIT}/assignment/hidden_tests",
    "/proc/self",
    "/usr/lib",
]
_SETXATTRAT, _FILE_GETATTR, _FILE_SETATTR, _FCHMODAT2 = 463, 468, 469, 452  # the same on all machines
_FS_IOC_GETFLAGS, _FS_IOC_SETFLAGS = 0x80086601, 0x40086602
_libc = ctypes.CDLL(None, use_errno=True)


def _call(number, *args):
    if _libc.syscall(ctypes.c_long(number), *args) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def _owner(path):
    return os.stat(path).st_uid, os.stat(path).st_gid


def _times(path):
    return os.stat(path).st_atime_ns, os.stat(path).st_mtime_ns


def _setxattr(path):
    os.setxattr(path, "user.attack", b"x")
    os.removexattr(path, "user.attack")


def _setxattrat(path):
    value = ctypes.create_string_buffer(b"x")
    args = ctypes.create_string_buffer(struct.pack("QII", ctypes.addressof(value), 1, 0))
    _call(_SETXATTRAT, -100, path.encode(), 0, b"user.attack", args, ctypes.c_size_t(16))
    os.removexattr(path, "user.attack")


def _set_flags(path):
    number = os.open(path, os.O_RDONLY)
    fcntl.ioctl(number, _FS_IOC_SETFLAGS, fcntl.ioctl(number, _FS_IOC_GETFLAGS, bytes(8)))


def _file_setattr(path):
    attributes = ctypes.create_string_buffer(24)
    _call(_FILE_GETATTR, -100, path.encode(), attributes, ctypes.c_size_t(24), 0)
    _call(_FILE_SETATTR, -100, path.encode(), attributes, ctypes.c_size_t(24), 0)


# Everything is set to what it is: that it can be done is enough.
_WAYS = {
    "chmod": lambda path: os.chmod(path, _mode(path)),
    "fchmod": lambda path: os.fchmod(os.open(path, os.O_RDONLY), _mode(path)),
    "fchmodat2": lambda path: _call(_FCHMODAT2, -100, path.encode(), _mode(path), 0),
    "chown": lambda path: os.chown(path, *_owner(path)),
    "lchown": lambda path: os.lchown(path, *_owner(path)),
    "fchown": lambda path: os.fchown(os.open(path, os.O_RDONLY), *_owner(path)),
    "utime": lambda path: os.utime(path, ns=_times(path)),
    "utime of a descriptor": lambda path: os.utime(os.open(path, os.O_RDONLY), ns=_times(path)),
    "utime through /proc": lambda path: os.utime(f"/proc/self/fd/{os.open(path, os.O_PATH)}", ns=_times(path)),
    "setxattr": _setxattr,
    "setxattrat": _setxattrat,
    "file_setattr": _file_setattr,
    "flags": _set_flags,
}
for _path in _PATHS:
    for _name, _way in _WAYS.items():
        try:
            _way(_path)
        except OSError:
            continue
        it_worked(f"{_name} of {_path}")
