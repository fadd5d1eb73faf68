# hopes: to talk to services of the machine (containers, logs, keys) by unix sockets with and without a path
# stopped by: seccomp: no socket can be made, and none of a pair can be connected or bound

import glob
import socket

_ABSTRACT = ["\0digitlab-canary", "\0/tmp/dbus-canary", "\0/tmp/.X11-unix/X0"]
_PATHS = [
    "/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket", "/dev/log",
    "/run/systemd/notify", "/run/systemd/journal/dev-log", "/run/systemd/private", "/run/user/0/bus",
    "/run/snapd.socket", "/run/postgresql/.s.PGSQL.5432", "/tmp/.X11-unix/X0", "/run/nscd/socket",
    *glob.glob("/tmp/ssh-*/agent.*"), *glob.glob("/run/**/*.sock", recursive=True),
]  # fmt: skip

for _address in _ABSTRACT + _PATHS:
    for _kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        try:
            with socket.socket(socket.AF_UNIX, _kind) as _out:
                it_worked("a unix socket")
                _out.connect(_address)
        except OSError:
            pass
        else:
            it_worked(f"connected to {_address!r}")
        try:
            _ours, _theirs = socket.socketpair(socket.AF_UNIX, _kind)
        except PermissionError:  # pairs of streams are the only ones
            if _kind == socket.SOCK_STREAM:
                raise
            continue
        for _act in (_ours.connect, _ours.bind):
            try:
                _act(_address)
            except OSError:
                continue
            it_worked(f"{_act.__name__} of one of a pair to {_address!r}")
        _ours.close()
        _theirs.close()
