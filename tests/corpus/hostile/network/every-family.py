# hopes: that one of the rarer kinds of network was forgotten: netlink, packets, the virtual machine's host, bluetooth
# stopped by: seccomp: no socket of any family, and pairs of unix sockets only

import errno
import socket

_NETLINK_CAN, _MAX_FAMILY = 16, 50
_UNKNOWN = {errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT, errno.EOPNOTSUPP}

for _family in range(_MAX_FAMILY):
    for _kind in (1, 2, 3, 4, 5, 10):
        for _make, _protocols in ((socket.socket, (0, 1, 3, 9, 15, 16, 262)), (socket.socketpair, (0, 1))):
            if _make is socket.socketpair and _family == socket.AF_UNIX:
                continue  # asyncio needs it
            for _protocol in _protocols:
                try:
                    _made = _make(_family, _kind, _protocol)
                except OSError:
                    continue
                it_worked(f"{_make.__name__} of family {_family}, kind {_kind}, protocol {_protocol}")

try:
    with socket.socket(socket.AF_VSOCK) as _out:
        _out.connect((socket.VMADDR_CID_HOST, 47811))
    it_worked("the host of the virtual machine was reached")
except OSError:
    pass
try:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as _out:
        _out.bind((0, 0))
        _out.send(b"\x14\x00\x00\x00\x12\x00\x05\x03" + bytes(12))  # which network devices are there?
        it_worked(f"{len(_out.recv(65536))} bytes about the network devices")
except OSError:
    pass
