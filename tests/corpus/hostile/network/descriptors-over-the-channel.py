# hopes: that descriptors sent along with honest answers pile up in the grader, or that one can be got out of it
# stopped by: seccomp refuses sendmsg; the grader reads bytes only, so the kernel drops descriptors that nobody takes

import array
import errno
import os
import socket
import sys

_OPEN_FILES = 128


def _own_channel():
    for number in range(3, _OPEN_FILES):
        try:
            return socket.socket(fileno=os.dup(number))
        except OSError:
            continue
    raise AssertionError("no channel found")


_channel = _own_channel()
_worker = sys.modules["grader.sandbox.worker"]
_honest_send = _worker.send_frame
_files = array.array("i", [os.open("/dev/null", os.O_RDWR) for _ in range(3)])


class _Loaded:
    """A channel that gives descriptors with each piece of an answer."""

    def sendall(self, data):
        rest = memoryview(data).cast("B")
        while rest:
            try:
                sent = _channel.sendmsg([rest], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, _files)])
            except OSError as error:  # the kernel bounds how many descriptors of a user are on their way
                if error.errno not in (errno.ETOOMANYREFS, errno.EPERM):
                    raise
                sent = _channel.send(rest)
            rest = rest[sent:]


_worker.send_frame = lambda _channel, header, buffers=(): _honest_send(_Loaded(), header, buffers)

try:
    _data, _found, *_ = _channel.recvmsg(1, 1024, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    if _found:
        it_worked(f"the channel brought descriptors {_found}")
except OSError:
    pass
for _name, _act in {
    "listen": _channel.listen,
    "accept": _channel.accept,
    "bind": lambda: _channel.bind("own"),
    "connect": lambda: _channel.connect("\0digitlab-canary"),
}.items():
    try:
        _act()
    except OSError:
        continue
    it_worked(f"{_name} on the channel")
