# hopes: to leave something behind: a file, a folder, a pipe, a device, a socket, a database
# stopped by: the view is read-only; Landlock

import os
import shutil
import socket
import sqlite3
import stat
import tempfile

_FOLDERS = [
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/",
    "/root",
    "/home",
    "/run",
    "/var/run",
    "/run/lock",
    "/dev",
    "/etc",
    "..",
    "/proc",
    "/proc/self/cwd/..",
    "/proc/self/root/tmp",
    "/usr/lib",
    "/var/spool/cron",
    "/run/user/0",
]


def _database(path):
    try:
        sqlite3.connect(path).execute("create table a (b)")
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


def _socket(path):
    with socket.socketpair()[0] as one:
        one.bind(path)


def _by_opencv(path):
    if not cv2.imwrite(path + ".png", np.zeros((2, 2), np.uint8)):
        raise OSError("not written")


def _by_tensorflow(path):
    import tensorflow as tf

    try:
        tf.io.write_file(path, b"x")
    except tf.errors.OpError as error:
        raise OSError(str(error)) from error


_WAYS = {
    "a file": lambda path: open(path, "w").close(),
    "a file without a name": lambda path: os.open(os.path.dirname(path), os.O_TMPFILE | os.O_WRONLY),
    "a folder": os.mkdir,
    "a pipe": os.mkfifo,
    "a device": lambda path: os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 1)),
    "a special file": lambda path: os.mknod(path, 0o600 | stat.S_IFREG),
    "a link": lambda path: os.symlink("/etc/passwd", path),
    "a moved file": lambda path: shutil.move("own", path),
    "an array": lambda path: np.save(path + ".npy", np.zeros(1)),
    "a model": lambda path: keras.Sequential([keras.Input((1,))]).save(path + ".keras"),
    "a database": _database,
    "a socket": _socket,
    "a picture": _by_opencv,
    "bytes": _by_tensorflow,
}
for _folder in _FOLDERS:
    for _name, _way in _WAYS.items():
        open("own", "w").close()
        try:
            _way(f"{_folder}/digitlab-attack")
        except OSError:
            continue
        it_worked(f"{_name} in {_folder}")
    try:
        tempfile.NamedTemporaryFile(dir=_folder, prefix="digitlab-attack", delete=False)
        it_worked(f"a temporary file in {_folder}")
    except OSError:
        pass
for _kind in (stat.S_IFCHR | 0o666, stat.S_IFBLK | 0o666, stat.S_IFSOCK | 0o666):
    try:
        os.mknod("device", _kind, os.makedev(1, 1))
        it_worked("a device in its own folder")
    except OSError:
        pass
