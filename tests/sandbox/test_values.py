"""Values: what can cross a process border arrives unchanged; what lies about itself is refused."""

from __future__ import annotations

import contextlib
import io
import json
import math
import string
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.sandbox.values import (
    MAX_DEPTH,
    MAX_INT_BITS,
    MAX_LENGTH,
    MAX_TEXT,
    BadValue,
    Decoder,
    Encoder,
    Handle,
    Opaque,
    type_name,
)


def crossed(value: object, encoder: Encoder | None = None) -> Any:
    """Return a value after its way across, JSON text included."""
    encoder = encoder or Encoder()
    node = json.loads(json.dumps(encoder.encode(value), allow_nan=False))
    return decoded(node, *encoder.buffers)


def decoded(node: object, *buffers: bytes) -> Any:
    return Decoder(buffers, resolve=Handle).decode(node)


def same(came: Any, wanted: Any) -> bool:
    """Compare values by type and content, NaN equal to itself."""
    if type(came) is not type(wanted):
        return False
    if isinstance(wanted, np.ndarray | np.generic):
        return came.dtype == wanted.dtype and came.shape == wanted.shape and came.tobytes() == wanted.tobytes()
    if isinstance(wanted, list | tuple):
        return len(came) == len(wanted) and all(same(*two) for two in zip(came, wanted, strict=True))
    if isinstance(wanted, dict):
        return list(came) == list(wanted) and all(same(came[key], wanted[key]) for key in wanted)
    if isinstance(wanted, float):
        return came.hex() == wanted.hex() or (math.isnan(came) and math.isnan(wanted))
    return bool(came == wanted)


DTYPES = st.one_of(
    st.just(np.dtype(bool)),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4))
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**MAX_INT_BITS) + 1, 2**MAX_INT_BITS - 1)
    | st.floats()
    | st.text(max_size=50)
    | st.binary(max_size=50)
    | ARRAYS
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(ARRAYS)
def test_an_array_of_any_type_order_and_shape_arrives_unchanged(array: np.ndarray) -> None:
    assert same(crossed(array), array)


@given(VALUES)
def test_a_value_of_plain_parts_arrives_unchanged(value: object) -> None:
    assert same(crossed(value), value)


NODE_KEYS = st.sampled_from(["t", "v", "b", "id", "at", "dtype", "shape", "facts", "type"])
NODE_PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NODE_KEYS, inner),
    max_leaves=12,
)


@given(NODE_PARTS, st.sampled_from(sorted(Decoder._KINDS)))
def test_a_random_node_is_a_value_or_refused(content: object, kind: str) -> None:
    node = content | {"t": kind} if isinstance(content, dict) else {"t": kind, "v": content, "b": content}
    with contextlib.suppress(BadValue):
        decoded(node, b"", b"12345678")


@pytest.mark.parametrize("scalar", [np.float32(1.5), np.int64(-3), np.uint8(255), np.bool_(True), np.float64("nan")])
def test_a_scalar_stays_a_scalar(scalar: np.generic) -> None:
    assert same(crossed(scalar), scalar)


def test_numpy_text_is_text() -> None:
    """`letter_of` may take its letter out of an array."""
    assert same(crossed(np.array(["A", "B"])[0]), "A")
    assert same(crossed(np.bytes_(b"A")), b"A")


def test_a_view_arrives_as_what_it_shows() -> None:
    array = np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1)[::2, :, ::-1]
    assert np.array_equal(crossed(array), array)


@pytest.mark.parametrize("writable", [True, False])
def test_an_array_is_as_writable_as_it_was(writable: bool) -> None:
    array = np.arange(3)
    array.flags.writeable = writable
    assert crossed(array).flags.writeable is writable


@pytest.mark.parametrize(
    "array",
    [
        np.array([object()]),
        np.array(["text"]),
        np.array([1j]),
        np.array(["2020-01-01"], "M8[D]"),
        np.zeros(2, [("a", int)]),
        np.zeros(2, np.longdouble),
    ],
    ids=lambda array: str(array.dtype),
)
def test_an_array_of_other_things_is_only_named(array: np.ndarray) -> None:
    came = crossed(array)
    assert isinstance(came, Opaque)
    assert came.type_name.startswith("array of dtype")


def test_a_subclass_that_lies_about_its_shape_arrives_with_its_true_shape() -> None:
    class Liar(np.ndarray):
        shape = (1000, 10)
        size = 10_000

        def __len__(self) -> int:
            return 1000

        def __array__(self, *_args: object, **_kwargs: object) -> np.ndarray:
            return np.zeros((1000, 10))

    came = crossed(np.arange(3.0).view(Liar))
    assert same(came, np.arange(3.0))


def test_a_subclass_that_lies_about_its_type_is_refused() -> None:
    class Liar(np.ndarray):
        dtype = np.dtype("f8")

    with pytest.raises(BadValue):
        crossed(np.array([object()]).view(Liar))


def test_an_object_that_equals_everything_arrives_without_its_equality() -> None:
    class Equal(list):
        def __eq__(self, _other: object) -> bool:
            return True

        __hash__ = None

    class Yes:
        def __eq__(self, _other: object) -> bool:
            return True

        __hash__ = None

    assert same(crossed(Equal([1, 2])), [1, 2])
    assert crossed(Yes()) == Opaque("Yes")
    assert crossed(Yes()) != 5


def test_what_has_an_array_crosses_as_an_array() -> None:
    class Tensor:
        def __array__(self, *_args: object, **_kwargs: object) -> np.ndarray:
            return np.arange(4, dtype=np.float32)

    assert same(crossed(Tensor()), np.arange(4, dtype=np.float32))


def test_subclasses_of_plain_types_arrive_as_the_plain_type() -> None:
    class Text(str):
        __slots__ = ()

    class Number(int):
        pass

    assert same(crossed([Text("x"), Number(3)]), ["x", 3])
    assert same(crossed(OrderedDict(a=1)), {"a": 1})
    assert same(crossed(range(3)), [0, 1, 2])
    assert same(crossed(bytearray(b"x")), b"x")


def test_lone_surrogates_become_question_marks() -> None:
    assert crossed("a\ud800b\udfff") == "a?b?"


def test_long_text_is_cut() -> None:
    assert crossed("x" * (MAX_TEXT + 5)) == "x" * MAX_TEXT


@pytest.mark.parametrize(
    "value",
    [
        2**MAX_INT_BITS,
        -(2**100_000),
        [0] * (MAX_LENGTH + 1),
        range(MAX_LENGTH + 1),
        dict.fromkeys(map(str, range(MAX_LENGTH + 1))),
        {1: 2},
        {1, 2},
        1j,
        object,
    ],
    ids=["huge", "huger", "long list", "long range", "long dict", "dict of numbers", "set", "complex", "class"],
)
def test_what_cannot_cross_is_only_named(value: object) -> None:
    assert crossed(value) == Opaque(type(value).__name__)


def test_what_is_nested_too_deeply_is_cut_not_refused() -> None:
    value: list[Any] = []
    value.append(value)
    came = crossed(value)
    for _ in range(MAX_DEPTH + 1):
        came = came[0]
    assert came == Opaque("something nested too deeply")


def test_a_file_keeps_its_place() -> None:
    file = io.BytesIO(b"abcdef")
    file.seek(2)
    assert crossed(file).read() == b"cdef"


def test_a_kept_object_crosses_as_a_handle_with_its_facts() -> None:
    encoder = Encoder(keep=lambda value: (5, {"history": {"loss": [1.0, 0.5]}}))
    came = crossed(OSError(), encoder)
    assert (came.number, came.type_name, came.facts) == (5, "OSError", {"history": {"loss": [1.0, 0.5]}})


@pytest.mark.parametrize("depth", range(MAX_DEPTH + 1))
def test_a_kept_object_crosses_at_any_depth(depth: int) -> None:
    value: object = OSError()
    for _ in range(depth):
        value = [value]
    came = crossed(value, Encoder(keep=lambda _value: (5, {"a": {"b": [[1.0]]}})))
    for _ in range(depth):
        came = came[0]
    assert came.number == 5


def test_a_handle_goes_back_as_its_number() -> None:
    assert Encoder().encode(Handle(3, "Sequential", {"x": 1})) == {"t": "handle", "id": 3}
    assert (
        Decoder((), resolve=lambda number, _type, _facts: f"object {number}").decode({"t": "handle", "id": 3})
        == "object 3"
    )


def array_node(**changes: object) -> dict[str, object]:
    return {"t": "array", "dtype": "<i4", "shape": [2], "b": 0} | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": [3]},
        {"shape": [1]},
        {"shape": []},
        {"shape": [2, 2**62]},
        {"shape": [2**40, 2**40]},
        {"shape": [0]},
        {"shape": [-2]},
        {"shape": [-1, -2]},
        {"shape": [2.0]},
        {"shape": [True, 2]},
        {"shape": "2"},
        {"shape": 2},
        {"shape": None},
        {"shape": [1] * 40 + [2]},
        {"dtype": "O"},
        {"dtype": "|O8"},
        {"dtype": "<U2"},
        {"dtype": "<f1"},
        {"dtype": "<b8"},
        {"dtype": "<c8"},
        {"dtype": "i4,i4"},
        {"dtype": "<i4\n"},
        {"dtype": 5},
        {"dtype": None},
        {"b": 1},
        {"b": "0"},
        {"b": None},
        {"b": 2**80},
        {"b": [0]},
        {"t": "scalar"},
    ],
    ids=str,
)
def test_a_lying_array_is_refused(changes: dict[str, object]) -> None:
    assert decoded(array_node(), b"12345678").shape == (2,)
    with pytest.raises(BadValue):
        decoded(array_node(**changes), b"12345678")


@pytest.mark.parametrize("key", ["dtype", "shape", "b"])
def test_an_array_without_a_key_is_refused(key: str) -> None:
    node = array_node()
    del node[key]
    with pytest.raises(BadValue, match="malformed"):
        decoded(node, b"12345678")


def test_an_empty_array_of_impossible_sides_is_refused_or_empty() -> None:
    with pytest.raises(BadValue):
        decoded(array_node(shape=[0, 2**62, 2**62]), b"")


def nested(depth: int) -> object:
    node: object = {"t": "none"}
    for _ in range(depth):
        node = {"t": "list", "v": [node]}
    return node


@pytest.mark.parametrize(
    "node",
    [
        None,
        5,
        [],
        "none",
        {},
        {"t": "pickle", "v": "gASV"},
        {"t": None},
        {"t": ["none"]},
        nested(MAX_DEPTH + 2),
        {"t": "bool"},
        {"t": "int", "v": 5},
        {"t": "int", "v": "9" * (MAX_INT_BITS + 1)},
        {"t": "int", "v": "five"},
        {"t": "int"},
        {"t": "float", "v": 5.0},
        {"t": "float", "v": "0x1p+99999"},
        {"t": "float", "v": "five"},
        {"t": "text", "v": 5},
        {"t": "text", "v": "x" * (MAX_TEXT + 1)},
        {"t": "bytes", "b": 7},
        {"t": "bytes", "b": {}},
        {"t": "list", "v": {}},
        {"t": "list", "v": "text"},
        {"t": "list", "v": [{"t": "none"}] * (MAX_LENGTH + 1)},
        {"t": "tuple", "v": 5},
        {"t": "dict", "v": []},
        {"t": "dict", "v": {str(number): {"t": "none"} for number in range(MAX_LENGTH + 1)}},
        {"t": "file", "b": 0, "at": -1},
        {"t": "file", "b": 0, "at": 2**80},
        {"t": "file", "b": 0, "at": "x"},
        {"t": "handle"},
        {"t": "handle", "id": "1"},
        {"t": "handle", "id": True},
        {"t": "handle", "id": 1, "facts": {"t": "int", "v": "1"}},
        {"t": "handle", "id": 1, "facts": {"t": "nothing"}},
        {"t": "object"},
    ],
    ids=lambda node: str(node)[:40],
)
def test_a_node_that_no_encoder_makes_is_refused(node: object) -> None:
    with pytest.raises(BadValue):
        decoded(node, b"12345678")


def test_names_of_types_are_cut() -> None:
    long = "x" * 500
    assert decoded({"t": "object", "type": long}) == Opaque("x" * 80)
    assert decoded({"t": "handle", "id": 1, "type": long}).type_name == "x" * 80
    assert type_name(type(string.ascii_letters * 4, (), {})()) == (string.ascii_letters * 4)[:80]


@pytest.mark.parametrize("number", [-1, 1, True, "0", 0.0, None])
def test_a_buffer_that_is_not_there_is_no_value(number: object) -> None:
    with pytest.raises(BadValue, match="a value without a buffer"):
        decoded({"t": "bytes", "b": number}, b"x")


def test_two_values_cannot_share_a_buffer() -> None:
    node = {"t": "array", "dtype": "|u1", "shape": [3], "b": 0}
    decoder = Decoder([b"abc"], resolve=lambda *_handle: None)
    with pytest.raises(BadValue, match="two values share a buffer"):
        decoder.decode({"t": "list", "v": [node, node]})


def test_bytes_of_a_boolean_array_that_are_neither_0_nor_1_are_true() -> None:
    node = {"t": "array", "dtype": "|b1", "shape": [3], "b": 0}
    assert Decoder([b"\x00\x01\x07"], resolve=lambda *_handle: None).decode(node).tolist() == [False, True, True]
