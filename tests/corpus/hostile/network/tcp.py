# hopes: to send what it sees out of the machine by TCP
# stopped by: seccomp: no socket can be made; namespaces: there is no network

import http.client
import socket
import threading
import urllib.request

_TARGET = ("127.0.0.1", 47811)


def _connect():
    with socket.socket() as out:
        out.connect(_TARGET)


def _connect_by_six():
    with socket.socket(socket.AF_INET6) as out:
        out.connect(("::ffff:127.0.0.1", 47811))


def _send_with_the_first_packet():
    with socket.socket() as out:
        out.sendto(b"secret", socket.MSG_FASTOPEN, _TARGET)


def _listen():
    with socket.create_server(("127.0.0.1", 0)):
        pass


def _multipath():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as out:  # IPPROTO_MPTCP
        out.connect(_TARGET)


def _by_http():
    connection = http.client.HTTPConnection(*_TARGET, timeout=2)
    connection.request("POST", "/", b"secret")


def _by_urllib():
    urllib.request.urlopen("http://127.0.0.1:47811/?secret", timeout=2)


def _try_all():
    for way in (_connect, _connect_by_six, _send_with_the_first_packet, _listen, _multipath, _by_http, _by_urllib):
        try:
            way()
        except OSError:
            continue
        it_worked(f"TCP, {way.__name__}")


_try_all()
_thread = threading.Thread(target=_try_all)
_thread.start()
_thread.join()
