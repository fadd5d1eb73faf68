# hopes: to read the instructor's secret, and keys, from the home folder
# stopped by: no home folder is in the view; without a view, Landlock allows none; the secret goes from hand to hand

import ctypes
import glob
import os

_INSIDE = (
    ".config/digitlab/secret", ".config/digitlab", ".ssh/id_rsa", ".ssh/id_ed25519", ".ssh", ".bash_history", ".netrc",
    ".gitconfig", ".config/gh/hosts.yml", ".aws/credentials", ".docker/config.json", ".cache/digitlab", "secret",
)  # fmt: skip


def _homes():
    yield from ("/root", "/home/runner", "/home/ubuntu", "/home/user", "/home/vscode", "/etc", "/run/secrets")
    yield from glob.glob("/home/*")
    for home in ("~", "~root", os.environ.get("HOME", "")):
        if os.path.expanduser(home) not in (os.getcwd(), home):
            yield os.path.expanduser(home)
    for entry in map(os.path.abspath, [os.path.dirname(os.__file__), *__import__("sys").path]):
        while entry != "/":
            entry = os.path.dirname(entry)
            yield entry


_libc = ctypes.CDLL(None, use_errno=True)
for _home in dict.fromkeys(_homes()):
    for _inside in _INSIDE:
        _path = os.path.join(_home, _inside)
        for _flags in (os.O_RDONLY, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, os.O_RDWR):
            try:
                os.close(os.open(_path, _flags))
                it_worked(f"{_path} was opened")
            except OSError:
                pass
        if _libc.open(os.fsencode(_path), 0) >= 0 or _libc.syscall(257, -100, os.fsencode(_path), 0, 0) >= 0:
            it_worked(f"{_path} was opened by the C library")
        try:
            if os.listdir(_path):
                it_worked(f"{_path} was listed")
        except OSError:
            pass
