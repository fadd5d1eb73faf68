"""Length-capped frames on a stream socket: a small JSON header and raw buffers. No pickle.

On the wire: 4 bytes ``DLF1``, header length (4 bytes, big-endian), body length (8 bytes), header, body. The header
is a JSON object whose key ``buffers`` lists the length of each buffer; they must add up to the body exactly.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MAGIC = b"DLF1"
_PREFIX = struct.Struct(">4sIQ")
MAX_HEADER_BYTES = 1 << 20
MAX_BODY_BYTES = 256 << 20

Header = dict[str, Any]
Buffer = bytes | bytearray | memoryview
Watch = Callable[[], float]


class BrokenFrame(Exception):
    """The bytes are not a frame, or a frame larger than allowed."""


class ChannelClosed(Exception):
    """The other side closed the channel, or died."""


class DeadlinePassed(Exception):
    """No whole frame came before the deadline."""


@dataclass(frozen=True)
class Frame:
    header: Header
    buffers: tuple[bytes, ...]


def send_frame(channel: socket.socket, header: Header, buffers: Sequence[Buffer] = ()) -> None:
    """Send one frame; blocks until the other side has room for it.

    Raises:
        ChannelClosed: nobody reads the other end.
        BrokenFrame: the header is too large to be read.
    """
    views = [memoryview(buffer).cast("B") if memoryview(buffer).nbytes else memoryview(b"") for buffer in buffers]
    head = json.dumps(header | {"buffers": [view.nbytes for view in views]}, allow_nan=False).encode()
    if len(head) > MAX_HEADER_BYTES:
        raise BrokenFrame(f"a header of {len(head)} bytes is larger than {MAX_HEADER_BYTES}: send data as buffers")
    prefix = _PREFIX.pack(MAGIC, len(head), sum(view.nbytes for view in views))
    try:
        channel.sendall(prefix + head)
        for view in views:
            channel.sendall(view)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise ChannelClosed(str(error)) from error


def receive_frame(
    channel: socket.socket,
    *,
    deadline: float | None = None,
    max_body_bytes: int = MAX_BODY_BYTES,
    watch: Watch | None = None,
) -> Frame:
    """Read one whole frame.

    Args:
        deadline: a moment of ``time.monotonic()``; None waits for ever.
        watch: called again and again as long as the frame is not whole; returns the seconds until the next call.
    Raises:
        DeadlinePassed, ChannelClosed, BrokenFrame
    """
    magic, header_bytes, body_bytes = _PREFIX.unpack(_read_exactly(channel, _PREFIX.size, deadline, watch))
    if magic != MAGIC:
        raise BrokenFrame("the bytes do not begin like a frame")
    if header_bytes > MAX_HEADER_BYTES or body_bytes > max_body_bytes:
        raise BrokenFrame(
            f"a frame of {header_bytes} + {body_bytes} bytes is larger than {MAX_HEADER_BYTES} + {max_body_bytes}"
        )
    header = _parse_header(bytes(_read_exactly(channel, header_bytes, deadline, watch)))
    lengths = header.pop("buffers", None)
    if not isinstance(lengths, list) or any(type(length) is not int or length < 0 for length in lengths):
        raise BrokenFrame("the frame's list of buffers is not a list of lengths")
    if any(length > body_bytes for length in lengths):
        raise BrokenFrame("a buffer is longer than the frame's body")
    if sum(lengths) != body_bytes:
        raise BrokenFrame(f"the frame's buffers are {sum(lengths)} bytes, its body {body_bytes}")
    return Frame(header, tuple(bytes(_read_exactly(channel, length, deadline, watch)) for length in lengths))


def _parse_header(data: bytes) -> Header:
    try:
        header = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BrokenFrame(f"the frame's header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise BrokenFrame("the frame's header is not a JSON object")
    return header


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_exactly(channel: socket.socket, size_bytes: int, deadline: float | None, watch: Watch | None) -> bytearray:
    """Read `size_bytes` bytes, allocating only as they come: a lying length costs its sender, not us."""
    data = bytearray()
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    while len(data) < size_bytes:
        _wait(poll, deadline, watch)
        try:
            part = channel.recv(min(size_bytes - len(data), 1 << 20))
        except ConnectionResetError as error:
            raise ChannelClosed(str(error)) from error
        if not part:
            raise ChannelClosed("the other side closed the channel")
        data += part
    return data


def _wait(poll: select.poll, deadline: float | None, watch: Watch | None) -> None:
    """Wait until there is something to read."""
    while True:
        left_s = None if deadline is None else max(0.0, deadline - time.monotonic())
        pause_s = left_s if watch is None else watch()
        if left_s is not None and pause_s is not None:
            pause_s = min(left_s, pause_s)
        if poll.poll(None if pause_s is None else pause_s * 1000):
            return
        if left_s == 0:
            raise DeadlinePassed
