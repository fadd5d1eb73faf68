# hopes: to read, change, replace or remove a file of somebody else in a folder that everybody may write
# stopped by: the view (it is not there) and Landlock

import ctypes
import os
import shutil

_CANARY = "/tmp/digitlab-canary"
_RENAME_EXCHANGE = 2
_libc = ctypes.CDLL(None, use_errno=True)


def _exchange(path):
    open("mine", "w").close()
    if _libc.renameat2(-100, b"mine", -100, path.encode(), _RENAME_EXCHANGE) < 0:
        raise OSError(ctypes.get_errno(), path)


def _overwrite_from_folder(path):
    folder = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY)
    os.open(os.path.basename(path), os.O_WRONLY | os.O_TRUNC, dir_fd=folder)


_WAYS = {
    "read": lambda path: open(path).read(),
    "appended to": lambda path: open(path, "a").write("x"),
    "overwritten": lambda path: open(path, "w").write("x"),
    "overwritten from its folder": _overwrite_from_folder,
    "cut": lambda path: os.truncate(path, 0),
    "copied": lambda path: shutil.copyfile(path, "copy"),
    "renamed": lambda path: os.rename(path, path + "-attack"),
    "taken": lambda path: os.rename(path, "taken"),
    "replaced": lambda path: os.replace(os.path.abspath(__file__), path),
    "exchanged": _exchange,
    "linked to": lambda path: os.link(path, "linked"),
    "linked to through /proc": lambda path: os.link(f"/proc/self/fd/{os.open(path, os.O_PATH)}", "linked"),
    "sent": lambda path: os.sendfile(os.open("mine", os.O_WRONLY | os.O_CREAT), os.open(path, os.O_RDONLY), 0, 9),
    "removed": os.unlink,
}
for _name, _way in _WAYS.items():
    for _path in (_CANARY, f"/scratch/..{_CANARY}", f"/proc/self/root{_CANARY}", f"/proc/self/cwd/../../..{_CANARY}"):
        try:
            _way(_path)
        except OSError:
            continue
        it_worked(f"{_path} was {_name}")
