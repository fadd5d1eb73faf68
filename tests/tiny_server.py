"""A fork server without TensorFlow, run as a program by the tests: each role of a child is one behaviour.

Arguments: [-I -m module] REQUESTS [SETUP], as `WarmProcess` gives them; the descriptors come last.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable

from grader.sandbox.forkserver import ForkServer, Request, settle
from grader.sandbox.frames import receive_frame, send_frame


def echo(channel: socket.socket, _request: Request) -> None:
    send_frame(channel, {"is": "ready"})
    while True:
        frame = receive_frame(channel)
        send_frame(channel, frame.header | {"pid": os.getpid()}, frame.buffers)


def fault(channel: socket.socket, _request: Request) -> None:
    send_frame(channel, {"is": "fault", "text": "no prctl here"})


def dies_unready(_channel: socket.socket, _request: Request) -> None:
    os._exit(3)


def junk_unready(channel: socket.socket, _request: Request) -> None:
    channel.sendall(b"this is no frame at all, not even nearly")


def raises(channel: socket.socket, _request: Request) -> None:
    send_frame(channel, {"is": "ready"})
    raise ValueError("on purpose")


def after_request(act: Callable[[socket.socket, int], None]) -> Callable[[socket.socket, Request], None]:
    """Return a child that is ready, reads one request, does `act` and then hangs."""

    def child(channel: socket.socket, _request: Request) -> None:
        send_frame(channel, {"is": "ready"})
        act(channel, receive_frame(channel).header["request"])
        time.sleep(600)

    return child


def answer_twice(channel: socket.socket, number: int) -> None:
    send_frame(channel, {"request": number})
    send_frame(channel, {"request": number + 1})


def answer_and_reset(channel: socket.socket, number: int) -> None:
    """Answer this request and the next one, leave the next one unread, and be gone."""
    send_frame(channel, {"request": number})
    while len(channel.recv(4, socket.MSG_PEEK)) < 4:
        time.sleep(0.001)
    send_frame(channel, {"request": number + 1})
    os._exit(0)


def eat(_channel: socket.socket, _number: int) -> None:
    held = []
    while True:
        held.append(bytearray(b"x") * (8 << 20))
        time.sleep(0.01)


def ignore_signals(_channel: socket.socket, _number: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def spin(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def busy(channel: socket.socket, _request: Request) -> None:
    send_frame(channel, {"is": "ready"})
    while True:
        frame = receive_frame(channel)
        spin(0.25)
        send_frame(channel, frame.header)


def never_read(channel: socket.socket, _request: Request) -> None:
    send_frame(channel, {"is": "ready"})
    time.sleep(600)


def first_byte(channel: socket.socket, _number: int) -> None:
    channel.sendall(b"D")
    spin(600)


def start_threads(_channel: socket.socket, _number: int) -> None:
    threading.stack_size(64 << 10)
    for _ in range(400):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


def hide_file(_channel: socket.socket, _number: int) -> None:
    with tempfile.TemporaryFile() as held:
        for _ in range(40):
            held.write(bytes(8 << 20))
            held.flush()
        time.sleep(600)


def limited(channel: socket.socket, _request: Request) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    send_frame(channel, {"is": "ready"})
    spin(600)


ROLES = {
    "echo": echo,
    "busy": busy,
    "limited": limited,
    "first-byte": after_request(first_byte),
    "threads": after_request(start_threads),
    "hidden-file": after_request(hide_file),
    "spin": after_request(lambda _channel, _number: spin(600)),
    "fault": fault,
    "dies-unready": dies_unready,
    "junk-unready": junk_unready,
    "raises": raises,
    "never-read": never_read,
    "hang": after_request(lambda _channel, _number: None),
    "stubborn": after_request(ignore_signals),
    "junk": after_request(lambda channel, _number: channel.sendall(b"print('hello') " * 3)),
    "wrong-number": after_request(lambda channel, number: send_frame(channel, {"request": number + 1})),
    "no-number": after_request(lambda channel, _number: send_frame(channel, {})),
    "half-frame": after_request(lambda channel, _number: channel.sendall(b"DLF1\0\0\0\x09")),
    "large": after_request(lambda channel, number: send_frame(channel, {"request": number}, [bytes(1000)])),
    "twice": after_request(answer_twice),
    "reset": after_request(answer_and_reset),
    "exit": after_request(lambda _channel, _number: os._exit(7)),
    "nameless": after_request(lambda _channel, _number: os.kill(os.getpid(), 36)),
    "segfault": after_request(lambda _channel, _number: os.kill(os.getpid(), signal.SIGSEGV)),
    "close": after_request(lambda channel, _number: channel.close()),
    "eat": after_request(eat),
}


def child_main(channel: socket.socket, request: Request) -> None:
    ROLES[request["role"]](channel, request)


if __name__ == "__main__":
    requests = socket.socket(fileno=int(sys.argv[-2]))
    os.set_inheritable(requests.fileno(), False)
    settle()
    ForkServer(requests, child_main).serve()
