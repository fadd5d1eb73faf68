"""Frames: what is sent arrives; everything else is refused at once and cheaply."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.frames import (
    MAGIC,
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    BrokenFrame,
    ChannelClosed,
    DeadlinePassed,
    Frame,
    receive_frame,
    send_frame,
)

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def raw(
    header: bytes | dict[str, Any], body: bytes = b"", *, magic: bytes = MAGIC, head: int = -1, size: int = -1
) -> bytes:
    """Return the bytes of a frame; `head` and `size` are the lengths that it claims."""
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    lengths = struct.pack(">IQ", len(data) if head < 0 else head, len(body) if size < 0 else size)
    return magic + lengths + data + body


def received(data: bytes, **options: Any) -> Frame:
    """Return what a reader makes of these bytes and a closed channel."""
    left, right = socket.socketpair()
    left.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    with right:
        with left:
            left.setblocking(False)
            left.sendall(data)
        return receive_frame(right, **options)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(
    header=st.dictionaries(st.text().filter(lambda key: key != "buffers"), JSON_VALUES, max_size=5),
    buffers=st.lists(st.binary(max_size=200), max_size=5),
)
def test_what_is_sent_arrives(header: dict[str, Any], buffers: list[bytes]) -> None:
    left, right = socket.socketpair()
    with left, right:
        send_frame(left, header, buffers)
        assert receive_frame(right) == Frame(header, tuple(buffers))


@given(data=st.binary(max_size=200))
def test_random_bytes_never_raise_anything_else(data: bytes) -> None:
    with pytest.raises((BrokenFrame, ChannelClosed)):
        received(data)


@given(header=st.binary(max_size=60), body=st.binary(max_size=20))
def test_random_headers_never_raise_anything_else(header: bytes, body: bytes) -> None:
    with pytest.raises((BrokenFrame, ChannelClosed)):
        received(raw(header, body))


def test_arrays_go_as_buffers_whatever_their_shape(pair: Pair) -> None:
    arrays = [np.arange(6, dtype=">i4").reshape(2, 3), np.zeros((0, 5)), np.float64(1.5)]
    send_frame(pair[0], {}, arrays)
    assert receive_frame(pair[1]).buffers == tuple(array.tobytes() for array in arrays)


def test_a_large_body_passes_through_a_small_socket_buffer(pair: Pair) -> None:
    body = bytes(range(256)) * 20_000
    thread = threading.Thread(target=send_frame, args=(pair[0], {"n": 1}, [body]))
    thread.start()
    frame = receive_frame(pair[1], deadline=time.monotonic() + 30)
    thread.join()
    assert frame.buffers == (body,)


def test_two_frames_in_a_row_stay_two(pair: Pair) -> None:
    for number in (1, 2):
        send_frame(pair[0], {"n": number}, [b"x" * number])
    assert [receive_frame(pair[1]).header["n"] for _ in range(2)] == [1, 2]


def test_wrong_magic_is_refused() -> None:
    with pytest.raises(BrokenFrame, match="do not begin like a frame"):
        received(raw({"buffers": []}, magic=b"PK\3\4"))


@pytest.mark.parametrize(
    ("head", "size"), [(MAX_HEADER_BYTES + 1, 0), (2**32 - 1, 0), (2, MAX_BODY_BYTES + 1), (2, 2**64 - 1)]
)
def test_a_frame_larger_than_allowed_is_refused_before_it_is_read(head: int, size: int) -> None:
    with pytest.raises(BrokenFrame, match="larger than"):
        received(raw(b"{}", head=head, size=size))


def test_the_caller_can_allow_less() -> None:
    frame = raw({"buffers": [11]}, b"x" * 11)
    assert received(frame, max_body_bytes=11).buffers == (b"x" * 11,)
    with pytest.raises(BrokenFrame, match="larger than"):
        received(frame, max_body_bytes=10)


def test_a_lying_length_costs_no_memory() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ChannelClosed):
            received(raw({"buffers": [MAX_BODY_BYTES]}, b"short", size=MAX_BODY_BYTES))
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"x": NaN, "buffers": []}',
        b'{"x": Infinity, "buffers": []}',
        b'{"x": -Infinity, "buffers": []}',
        b'{"x": ' + b"9" * 20_000 + b', "buffers": []}',
        b"[" * 50_000,
        b'{"a":' * 20_000,
    ],
    ids=["empty", "cut", "not text", "NaN", "Infinity", "-Infinity", "huge integer", "deep list", "deep object"],
)
def test_a_header_that_is_no_json_is_refused(header: bytes) -> None:
    with pytest.raises(BrokenFrame, match="not JSON"):
        received(raw(header))


@pytest.mark.parametrize("header", [b"[]", b"5", b"null", b'"text"'])
def test_a_header_that_is_no_object_is_refused(header: bytes) -> None:
    with pytest.raises(BrokenFrame, match="not a JSON object"):
        received(raw(header))


@pytest.mark.parametrize("lengths", [None, 5, "5", {"0": 5}, [5.0], ["5"], [True, 4], [-1, 6], [None]])
def test_a_list_of_buffers_that_is_none_is_refused(lengths: object) -> None:
    with pytest.raises(BrokenFrame, match="not a list of lengths"):
        received(raw({"buffers": lengths}, b"12345"))


def test_a_frame_without_a_list_of_buffers_is_refused() -> None:
    with pytest.raises(BrokenFrame, match="not a list of lengths"):
        received(raw({}))


@pytest.mark.parametrize("lengths", [[4], [6], [], [5, 1], [2**70]])
def test_buffers_that_do_not_add_up_to_the_body_are_refused(lengths: list[int]) -> None:
    with pytest.raises(BrokenFrame, match=r"its body 5|longer than the frame's body"):
        received(raw({"buffers": lengths}, b"12345"))


def test_closing_anywhere_half_way_is_a_closed_channel() -> None:
    frame = raw({"buffers": [3]}, b"abc")
    for cut in range(len(frame)):
        with pytest.raises(ChannelClosed):
            received(frame[:cut])


def test_a_reset_is_a_closed_channel(pair: Pair) -> None:
    """A Unix socket that is closed with unread bytes in it resets its peer."""
    pair[1].sendall(b"unread")
    pair[0].close()
    with pytest.raises(ChannelClosed):
        receive_frame(pair[1])


def test_sending_to_nobody_is_a_closed_channel(pair: Pair) -> None:
    pair[1].close()
    with pytest.raises(ChannelClosed):
        send_frame(pair[0], {}, [b"x"])


@pytest.mark.parametrize("sent", [b"", b"DLF", raw({"buffers": [3]}, b"abc")[:-1]])
def test_the_deadline_ends_the_wait_at_every_point(pair: Pair, sent: bytes) -> None:
    pair[0].sendall(sent)
    started = time.monotonic()
    with pytest.raises(DeadlinePassed):
        receive_frame(pair[1], deadline=started + 0.05)
    assert time.monotonic() - started < 5


def test_dripping_bytes_do_not_move_the_deadline(pair: Pair) -> None:
    stop = threading.Event()

    def drip() -> None:
        for byte in raw({"buffers": []} | {"pad": "x" * 1000}):
            if stop.wait(0.02):
                return
            pair[0].sendall(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        with pytest.raises(DeadlinePassed):
            receive_frame(pair[1], deadline=time.monotonic() + 0.2)
    finally:
        stop.set()
        thread.join()


def test_a_frame_that_is_there_is_read_after_the_deadline(pair: Pair) -> None:
    send_frame(pair[0], {"n": 1})
    assert receive_frame(pair[1], deadline=time.monotonic() - 1).header == {"n": 1}


def test_nan_is_not_sent(pair: Pair) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        send_frame(pair[0], {"x": float("nan")})
