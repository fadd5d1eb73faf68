# hopes: to send what it sees out of the machine in single packets, which Landlock lets through
# stopped by: seccomp: no socket can be made; namespaces: there is no network

import socket

_UDP_LITE = 136
_WAYS = {
    "UDP": (socket.AF_INET, socket.SOCK_DGRAM, 0, ("127.0.0.1", 47811)),
    "UDP over IPv6": (socket.AF_INET6, socket.SOCK_DGRAM, 0, ("::ffff:127.0.0.1", 47811)),
    "UDP-Lite": (socket.AF_INET, socket.SOCK_DGRAM, _UDP_LITE, ("127.0.0.1", 47811)),
    "multicast": (socket.AF_INET, socket.SOCK_DGRAM, 0, ("224.0.0.1", 47811)),
    "ping": (socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP, ("127.0.0.1", 0)),
    "raw IP": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP, ("127.0.0.1", 0)),
}

for _name, (_family, _kind, _protocol, _address) in _WAYS.items():
    try:
        with socket.socket(_family, _kind, _protocol) as _out:
            _out.sendto(b"\x08\x00\xf7\xff\x00\x00\x00\x00", _address)
    except OSError:
        continue
    it_worked(_name)
