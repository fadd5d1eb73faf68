"""Values that cross a process border, as JSON nodes and raw buffers.

Numbers, text, bytes, arrays of booleans, integers and floats, and lists, tuples and dicts of these travel by value.
Keras models and other live objects stay in the worker and travel as *handles*. Everything else arrives as `Opaque`:
its type's name and nothing more. Decoding trusts nothing: sizes must fit exactly, depth and length are capped.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

MAX_DEPTH = 8
MAX_LENGTH = 20_000
MAX_TEXT = 65_536
MAX_INT_BITS = 256
_ARRAY_KINDS = "biuf"
_DTYPE = re.compile(r"[<>|=][biuf][1248]")

Node = dict[str, Any]


class BadValue(Exception):
    """A node cannot be decoded: it lies about itself, or is too deep, too long or of an unknown kind."""


@dataclass(frozen=True)
class Handle:
    """A live object that stays in the worker: a model, a figure, a History."""

    number: int
    type_name: str
    facts: dict[str, Any] = field(default_factory=dict, compare=False)
    generation: int = 0
    """Which worker holds it: a replaced worker knows nothing of its predecessor's objects."""


@dataclass(frozen=True)
class Opaque:
    """Something that cannot cross the border; only its type's name is known."""

    type_name: str


@dataclass
class Encoder:
    """Turns values into nodes, collecting the buffers.

    `keep` is asked about every live object: it returns a number and facts for one that becomes a handle, else None.
    """

    keep: Callable[[object], tuple[int, dict[str, Any]] | None] = lambda _value: None
    buffers: list[bytes] = field(default_factory=list)

    def encode(self, value: object, depth: int = 0) -> Node:
        if depth > MAX_DEPTH:
            return {"t": "object", "type": "something nested too deeply"}
        if value is None or isinstance(value, bool):
            return {"t": "none"} if value is None else {"t": "bool", "v": value}
        if isinstance(value, int) and abs(value).bit_length() <= MAX_INT_BITS:
            return {"t": "int", "v": str(int(value))}
        if isinstance(value, str):  # NumPy's text and bytes scalars count
            return {"t": "text", "v": str(value)[:MAX_TEXT].encode("utf-8", "replace").decode()}
        if isinstance(value, bytes | bytearray):
            return {"t": "bytes", "b": self._add(bytes(value))}
        if isinstance(value, np.generic | np.ndarray):
            return self._encode_array(value)
        if isinstance(value, float):
            return {"t": "float", "v": float(value).hex()}
        if isinstance(value, io.BytesIO):
            return {"t": "file", "b": self._add(value.getvalue()), "at": value.tell()}
        if isinstance(value, list | tuple | range) and len(value) <= MAX_LENGTH:
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {"t": kind, "v": [self.encode(item, depth + 1) for item in value]}
        if isinstance(value, dict) and len(value) <= MAX_LENGTH and all(isinstance(key, str) for key in value):
            return {"t": "dict", "v": {str(key): self.encode(item, depth + 1) for key, item in value.items()}}
        return self._encode_object(value, depth)

    def _encode_object(self, value: object, depth: int) -> Node:
        if isinstance(value, Handle):
            return {"t": "handle", "id": value.number}
        if hasattr(type(value), "__array__"):  # tensors and variables of TensorFlow and Keras
            return self._encode_array(np.asarray(value))
        kept = self.keep(value)
        if kept is None:
            return {"t": "object", "type": type_name(value)}
        number, facts = kept
        node = {"t": "handle", "id": number, "type": type_name(value)}
        return node if depth == MAX_DEPTH else node | {"facts": self.encode(facts, depth + 1)}

    def _encode_array(self, value: np.generic | npt.NDArray[Any]) -> Node:
        if value.dtype.kind not in _ARRAY_KINDS or value.dtype.itemsize > 8:
            return {"t": "object", "type": f"array of dtype {str(value.dtype)[:80]}"}
        is_scalar = isinstance(value, np.generic)
        array = np.asarray(value)
        return {
            "t": "scalar" if is_scalar else "array",
            "dtype": array.dtype.str,
            "shape": list(array.shape),
            "b": self._add(array.tobytes()),
            "writable": bool(array.flags.writeable),
        }

    def _add(self, data: bytes) -> int:
        self.buffers.append(data)
        return len(self.buffers) - 1


def type_name(value: object) -> str:
    """Return the name of a value's type, capped; never runs code of the value."""
    return str(getattr(type(value), "__name__", "object"))[:80]


@dataclass
class Decoder:
    """Turns nodes back into values; `resolve` says what a handle (number, type, facts) stands for on this side."""

    buffers: Sequence[bytes]
    resolve: Callable[[int, str, dict[str, Any]], object]
    _taken: set[int] = field(default_factory=set)

    def decode(self, node: object, depth: int = 0) -> Any:
        """Return the value of a node.

        Raises:
            BadValue: the node is not what an `Encoder` makes.
        """
        # An encoder puts one node below MAX_DEPTH: the one that says that more is nested there.
        if depth > MAX_DEPTH + 1 or not isinstance(node, dict):
            raise BadValue("a value is nested too deeply, or is no value at all")
        decode = self._KINDS.get(str(node.get("t")))
        if decode is None:
            raise BadValue("a value of an unknown kind")
        try:
            return decode(self, node, depth)
        except (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError) as error:
            raise BadValue(f"a value of kind {node['t']} is malformed") from error

    def _take_buffer(self, node: Node) -> bytes:
        """Return a node's buffer; each may be used once, or a small frame could become much memory."""
        number = node["b"]
        if type(number) is not int or not 0 <= number < len(self.buffers):  # -1 would be the last one
            raise BadValue("a value without a buffer")
        if number in self._taken:
            raise BadValue("two values share a buffer")
        self._taken.add(number)
        return self.buffers[number]

    def _decode_items(self, node: Node, depth: int) -> list[Any]:
        items = node["v"]
        if not isinstance(items, list) or len(items) > MAX_LENGTH:
            raise BadValue("a list is no list, or too long")
        return [self.decode(item, depth + 1) for item in items]

    def _decode_dict(self, node: Node, depth: int) -> dict[str, Any]:
        items = node["v"]
        if not isinstance(items, dict) or len(items) > MAX_LENGTH:
            raise BadValue("a dict is no dict, or too long")
        return {key: self.decode(item, depth + 1) for key, item in items.items()}

    def _decode_int(self, node: Node, _depth: int) -> int:
        text = node["v"]
        if not isinstance(text, str) or len(text) > MAX_INT_BITS:
            raise BadValue("an integer is too long")
        return int(text)

    def _decode_text(self, node: Node, _depth: int) -> str:
        text = node["v"]
        if not isinstance(text, str) or len(text) > MAX_TEXT:
            raise BadValue("a text is no text, or too long")
        return text

    def _decode_array(self, node: Node, _depth: int) -> npt.NDArray[Any]:
        shape = tuple(node["shape"])
        if not _DTYPE.fullmatch(node["dtype"]) or len(shape) > 32 or any(type(n) is not int or n < 0 for n in shape):
            raise BadValue("an array of a dtype or shape that cannot be")
        dtype = np.dtype(node["dtype"])
        data = self._take_buffer(node)
        if len(data) != dtype.itemsize * math.prod(shape):
            raise BadValue(f"an array says {shape} of {dtype.str}, but has {len(data)} bytes")
        values = np.frombuffer(data, np.uint8) != 0 if dtype.kind == "b" else np.frombuffer(data, dtype)
        array = values.reshape(shape)
        return array.copy() if node.get("writable") else array

    def _decode_scalar(self, node: Node, depth: int) -> Any:
        array = self._decode_array(node, depth)
        if array.shape != ():
            raise BadValue("a scalar has dimensions")
        return array[()]

    def _decode_file(self, node: Node, _depth: int) -> io.BytesIO:
        file = io.BytesIO(self._take_buffer(node))
        file.seek(int(node["at"]))
        return file

    def _decode_handle(self, node: Node, depth: int) -> object:
        facts = self.decode(node["facts"], depth + 1) if "facts" in node else {}
        if type(node["id"]) is not int or not isinstance(facts, dict):
            raise BadValue("a handle without a number or facts")
        return self.resolve(node["id"], str(node.get("type", ""))[:80], facts)

    _KINDS: ClassVar[dict[str, Callable[[Decoder, Node, int], Any]]] = {
        "none": lambda _self, _node, _depth: None,
        "bool": lambda _self, node, _depth: bool(node["v"]),
        "int": _decode_int,
        "float": lambda _self, node, _depth: float.fromhex(node["v"]),
        "text": _decode_text,
        "bytes": lambda self, node, _depth: self._take_buffer(node),
        "array": _decode_array,
        "scalar": _decode_scalar,
        "file": _decode_file,
        "list": _decode_items,
        "tuple": lambda self, node, depth: tuple(self._decode_items(node, depth)),
        "dict": _decode_dict,
        "handle": _decode_handle,
        "object": lambda _self, node, _depth: Opaque(str(node["type"])[:80]),
    }
