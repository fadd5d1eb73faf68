# hopes: that the next student's process, or the grader, runs code that was put into the packages or beside them
# stopped by: the view is read-only; Landlock

import glob
import json
import os
import py_compile
import site
import sys

_PLACES = [
    os.path.dirname(np.__file__),
    os.path.dirname(keras.__file__),
    os.path.dirname(json.__file__),
    os.path.dirname(os.__file__),
    *site.getsitepackages(),
    site.getusersitepackages(),
    *filter(None, sys.path),
    sys.prefix,
    sys.base_prefix,
    "/usr/lib",
    "/lib",
    "/etc",
]
_FILES = [
    np.__file__,
    json.__file__,
    os.__file__,
    cv2.__file__,
    sys.executable,
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    *glob.glob(os.path.dirname(json.__file__) + "/__pycache__/*.pyc"),
    *glob.glob("/lib/*/libc.so.6"),
    *glob.glob(os.path.dirname(np.__file__) + "/_core/*.so"),
]


def _compile_into_cache(path):
    with open("planted.py", "w") as file:
        file.write("raise SystemExit")
    try:
        py_compile.compile("planted.py", path + "/__pycache__/planted.pyc", doraise=True)
    except py_compile.PyCompileError as error:
        raise OSError(str(error)) from error


_INTO_FOLDERS = {
    "planted": lambda path: open(path + "/digitlab_attack.py", "w").close(),
    "planted a .pth": lambda path: open(path + "/digitlab-attack.pth", "w").close(),
    "planted sitecustomize": lambda path: os.symlink(__file__, path + "/sitecustomize.py"),
    "made a folder": lambda path: os.mkdir(path + "/digitlab_attack"),
    "planted a library": lambda path: os.link(cv2.__file__, path + "/digitlab_attack.so"),
    "compiled": _compile_into_cache,
    "moved (to where it is)": lambda path: os.rename(path, path),
}
_INTO_FILES = {
    "appended to": lambda path: open(path, "ab").close(),
    "opened for writing": lambda path: os.open(path, os.O_RDWR),
    "cut": lambda path: os.truncate(path, os.stat(path).st_size),
    "moved (to where it is)": lambda path: os.rename(path, path),
    "given times": lambda path: os.utime(path, ns=(os.stat(path).st_atime_ns, os.stat(path).st_mtime_ns)),
}
for _paths, _ways in ((_PLACES, _INTO_FOLDERS), (_FILES, _INTO_FILES)):
    for _path in _paths:
        for _name, _way in _ways.items():
            try:
                _way(_path)
            except OSError:
                continue
            it_worked(f"{_name}: {_path}")
