# hopes: to hold the kernel's memory: pipes and sockets full of data, and more of them on their way through a socket
# stopped by: the limits on open files, on files on their way, and on pipes of one user

import fcntl
import os
import socket

_MANY_MIB = 1_024
_held_bytes = 0
_open = []


def _fill(end):
    """Write until there is no more room; return how much."""
    os.set_blocking(end, False)
    written = 0
    try:
        while True:
            written += os.write(end, bytes(1 << 16))
    except BlockingIOError:
        return written


_carrier, _keeper = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
_carrier.setblocking(False)
try:
    while _held_bytes < _MANY_MIB << 20:
        _reader, _writer = os.pipe()
        try:
            fcntl.fcntl(_writer, fcntl.F_SETPIPE_SZ, 1 << 20)
        except OSError:
            pass
        _held_bytes += _fill(_writer)
        try:
            socket.send_fds(_carrier, [b"x"], [_reader, _writer])
            os.close(_reader)
            os.close(_writer)
        except OSError:
            _open += [_reader, _writer]
except OSError:
    pass
try:
    while _held_bytes < _MANY_MIB << 20:
        _pair = socket.socketpair()
        _open += [_end.detach() for _end in _pair]
        for _end in _open[-2:]:
            with socket.socket(fileno=os.dup(_end)) as _named:
                _named.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
            _held_bytes += _fill(_end)
except OSError:
    pass
if _held_bytes >= _MANY_MIB << 20:
    it_worked(f"{_held_bytes >> 20} MiB of the kernel's memory")
for _end in _open:
    os.close(_end)
_carrier.close()
_keeper.close()
