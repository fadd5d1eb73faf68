# hopes: that a pair of sockets, which is allowed, can send single packets to any address: no connect is needed
# stopped by: Landlock (abstract names), the view (paths), seccomp (kinds of pairs)

import ctypes
import socket
import struct

_libc = ctypes.CDLL(None, use_errno=True)
_ADDRESSES = ["\0digitlab-canary", "\0digitlab-canary-packets", "/tmp/digitlab-canary-packets", "/dev/log",
              "/run/systemd/journal/dev-log", "/run/systemd/journal/socket", "/run/systemd/notify"]  # fmt: skip
_DESCRIPTOR = (socket.SOL_SOCKET, socket.SCM_RIGHTS, bytes(4))


def _sendmmsg(sender, address):
    """Send by the call that takes many messages at once."""
    name = struct.pack("=H", socket.AF_UNIX) + address.encode() + (b"" if address[0] == "\0" else b"\0")
    data = ctypes.create_string_buffer(b"secret")
    target = ctypes.create_string_buffer(name, len(name))
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(data), 6)
    message = (ctypes.c_size_t * 8)(ctypes.addressof(target), len(name), ctypes.addressof(vector), 1)
    if _libc.sendmmsg(sender.fileno(), message, 1, 0) != 1:
        raise OSError(ctypes.get_errno(), "sendmmsg")


_WAYS = {
    "sendto": lambda sender, address: sender.sendto(b"secret", address),
    "sendmsg": lambda sender, address: sender.sendmsg([b"secret"], [], 0, address),
    "sendmmsg": _sendmmsg,
    "a descriptor": lambda sender, address: sender.sendmsg([b"x"], [_DESCRIPTOR], 0, address),
}
for _kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
    try:
        _sender, _peer = socket.socketpair(socket.AF_UNIX, _kind)
    except OSError:
        continue
    _peer.setblocking(False)
    for _address in _ADDRESSES:
        for _name, _send in _WAYS.items():
            try:
                _send(_sender, _address)
            except OSError:
                continue
            try:
                _peer.recv(100)
            except BlockingIOError:  # not the other one of the pair got it
                it_worked(f"{_name} to {_address!r}")
