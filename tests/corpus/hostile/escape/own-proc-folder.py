# hopes: that the folder of its own process in /proc, which it may read, tells about the machine and who is on it
# stopped by: namespaces: this folder tells of an empty network and of the view's mounts only

_WANTED = {
    "/proc/self/net/tcp": ":BAC3",  # port 47811, where somebody else listens
    "/proc/self/net/udp": ":BAC3",
    "/proc/self/net/unix": "@digitlab-canary",
    "/proc/thread-self/net/tcp": ":BAC3",
    "/proc/self/mountinfo": " /proc/sys/",
    "/proc/self/cgroup": "digitlab",
}
for _path, _tell_tale in _WANTED.items():
    try:
        with open(_path) as _file:
            _text = _file.read()
    except OSError:
        continue
    if _tell_tale in _text:
        it_worked(f"{_path} tells of {_tell_tale}")
