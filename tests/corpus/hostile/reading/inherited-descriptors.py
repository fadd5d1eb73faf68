# hopes: that a file, a log or another child's channel was left open when the worker was forked
# stopped by: everything but its own channel is closed, and nobody sends it a descriptor

import os
import socket
import stat
import struct

_channels = []
for _descriptor in range(4096):
    try:
        _mode = os.fstat(_descriptor).st_mode
    except OSError:
        continue
    _name = os.readlink(f"/proc/self/fd/{_descriptor}")
    if stat.S_ISSOCK(_mode):
        _channels.append(_descriptor)
    elif _name != os.devnull:
        it_worked(f"descriptor {_descriptor} is {_name}")
if len(_channels) > 1:
    it_worked(f"there are {len(_channels)} sockets")
for _descriptor in _channels:
    _channel = socket.socket(fileno=os.dup(_descriptor))
    try:
        _channel.setblocking(False)
        _data, _received, _flags, _address = socket.recv_fds(_channel, 1, 8, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        if _received:
            it_worked("a descriptor was received")
    except OSError:
        pass
    finally:
        _channel.setblocking(True)
    try:
        os.close(os.open(f"/proc/self/fd/{_descriptor}", os.O_RDWR))
        it_worked("a socket was opened once more")
    except OSError:
        pass
    try:
        _peer = struct.unpack("3i", _channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        os.pidfd_open(_peer or os.getppid())
        it_worked("a descriptor of the scorer was opened")
    except OSError:
        pass
    _channel.close()
for _descriptor in (0, 1, 2):
    if os.read(0, 1) or os.isatty(_descriptor):
        it_worked(f"descriptor {_descriptor} leads somewhere")
