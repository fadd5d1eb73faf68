# hopes: to read passwords, keys, hidden tests, other students' work, by any function that opens files
# stopped by: the view (they are not there) and Landlock (they cannot be opened)

import ctypes
import glob
import gzip
import linecache
import mmap
import os
import sqlite3
import sys

_KIT = os.path.dirname(os.path.dirname(sys.modules["grader.sandbox.worker"].__file__))
_PATHS = [
    "/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/machine-id", "/etc/ssl/openssl.cnf", "/proc/1/environ",
    "/proc/self/root/etc/passwd", "/proc/thread-self/root/etc/passwd", "/proc/self/cwd/../passwd",
    "/proc/1/root/etc/passwd", "/scratch/../etc/passwd", "//etc//passwd", "/usr/lib/../../etc/passwd",
    "/usr/share/zoneinfo/../../../etc/passwd", "/tmp/digitlab-canary", f"{_KIT}/assignment/rubric.toml",
    f"{_KIT}/assignment/hidden_tests/test_parser_hidden.py", f"{_KIT}/secret.py", f"{_KIT}/../README.md",
    os.path.expanduser("~root/.ssh/id_ed25519"), "/root/.bash_history", "/root/.netrc", "/var/log/dpkg.log",
    "/proc/kallsyms", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/dev/vda", "/proc/sys/kernel/random/boot_id",
    "/proc/version", "/sys/class/net/lo/address",
]  # fmt: skip
_OPENAT2 = 437
_libc = ctypes.CDLL(None, use_errno=True)


def _openat2(path):
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
    number = _libc.syscall(ctypes.c_long(_OPENAT2), -100, path.encode(), how, ctypes.c_size_t(24))
    if number < 0:
        raise OSError(ctypes.get_errno(), path)
    return os.read(number, 1)


def _map(path):
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as view:
        return view[:1]


def _by_opencv(path):
    try:
        return cv2.FileStorage(path, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_FORMAT_JSON).isOpened()
    except (cv2.error, SystemError):  # it was opened, and is no JSON
        return True


def _by_sqlite(path):
    try:
        return sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True).execute("pragma user_version").fetchone()
    except sqlite3.Error:
        return None


def _by_tensorflow(path):
    import tensorflow as tf

    try:
        return tf.io.gfile.GFile(path, "rb").read(1)
    except tf.errors.OpError:
        return None


_WAYS = [
    lambda path: open(path, "rb").read(1),
    lambda path: os.read(os.open(path, os.O_RDONLY | os.O_NONBLOCK), 1),
    lambda path: os.open(f"/proc/self/fd/{os.open(path, os.O_PATH)}", os.O_RDONLY),
    lambda path: np.fromfile(path, np.uint8, 1).tolist(),
    lambda path: gzip.GzipFile(path).fileobj.read(1),
    linecache.getlines,
    lambda path: os.listxattr(path) and os.getxattr(path, os.listxattr(path)[0]),
    _openat2, _map, _by_opencv, _by_sqlite, _by_tensorflow,
]  # fmt: skip
if os.getpid() != 1:
    _PATHS += ["/proc/1/cmdline", "/proc/1/stat", "/proc/1/mounts", f"/proc/{os.getppid()}/cmdline"]
for _path in _PATHS:
    for _way in _WAYS:
        try:
            _got = _way(_path)
        except (OSError, ValueError):  # ValueError: an empty file cannot be mapped
            continue
        if _got:
            it_worked(f"{_path} was read: {_got!r}"[:200])
for _pattern in ("/*", "/home/*", "/root/.*", "/tmp/*", "/var/*", "/etc/*", "/proc/[0-9]*", f"{_KIT}/*"):
    if _names := glob.glob(_pattern):
        it_worked(f"{_pattern} was listed: {_names[:5]}")
for _folder in ("/", "/home", "/root", "/tmp", "/proc", "/etc", "..", _KIT):
    try:
        it_worked(f"{_folder} was listed: {os.listdir(_folder)[:5]}")
    except OSError:
        pass
