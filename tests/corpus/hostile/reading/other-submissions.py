# hopes: to read or to change what other students' submissions and the scorers keep beside its own folder
# stopped by: every child has a folder in memory of its own; without namespaces, Landlock keeps it in its own folder

import contextlib
import glob
import os

_here = os.getcwd()
_above = [_here]
while _above[-1] != "/":
    _above.append(os.path.dirname(_above[-1]))


def _try(what, action):
    with contextlib.suppress(OSError):
        if action():
            it_worked(what)


for _folder in [*_above[1:], "/tmp", "/var/tmp", "/dev/shm", "/scratch/..", "..", "../..", "/proc/self/cwd/.."]:
    _inside = [] if os.path.realpath(_folder) == "/" else [_folder]
    for _place in _inside:
        _try(f"{_place} was listed", lambda place=_place: os.listdir(place))
        _try(f"{_place} was walked", lambda place=_place: [name for _root, _dirs, name in os.walk(place) if name])
    for _pattern in ("digitlab-*", "digitlab-*/scorer-*/*", "*/worker-*", "scorer-*", "tmp*"):
        _try(f"{_folder}/{_pattern} was found", lambda path=f"{_folder}/{_pattern}": glob.glob(path))
    for _name in ("zygote.log", "scorer.log", "in-use", "digitlab-canary"):
        _try(f"{_folder}/{_name} was read", lambda path=f"{_folder}/{_name}": open(path).read() or True)
        _try(f"{_folder}/{_name} was changed", lambda path=f"{_folder}/{_name}": open(path, "r+").write("attack"))
        _try(f"{_folder}/{_name} was emptied", lambda path=f"{_folder}/{_name}": os.truncate(path, 0) is None)
        _try(f"{_folder}/{_name} was removed", lambda path=f"{_folder}/{_name}": os.unlink(path) is None)
for _number, _target in enumerate(("/tmp/digitlab-canary", "/etc/passwd", "/root", "..", "/proc/1/root/etc/passwd")):
    _link = f"link-{_number}"
    os.symlink(_target, _link)
    _try(f"a link to {_target} was read", lambda link=_link: open(link).read())
    _try(f"a link to {_target} was listed", lambda link=_link: os.listdir(link) and os.path.realpath(link) != "/")
    _try(f"{_target} was linked", lambda target=_target, link=_link: os.link(target, link + "-hard") is None)
_root = os.open(".", os.O_PATH)
_try("a path from a descriptor was read", lambda: os.open("../../../../tmp/digitlab-canary", os.O_RDONLY, dir_fd=_root))
