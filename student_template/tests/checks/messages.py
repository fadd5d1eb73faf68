"""Words for a failed check: what was given, what came, what was expected, and one thing to try."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np

MAX_INT_BITS = 256
"""A longer integer is told by its size: Python refuses to write out some of them."""


class CheckFailed(AssertionError):
    """A check failed; its text is for the student."""

    def __init__(
        self, what: str, *, given: object = None, came: object = None, expected: object = None, hint: str = ""
    ) -> None:
        parts = [("given", given), ("came", came), ("expected", expected), ("try", hint or None)]
        lines = [f"  {name + ':':<10}{text}" for name, text in parts if text is not None]
        super().__init__("\n".join([what, *lines]))


def describe(value: Any) -> str:
    """Say in a few words what a value is: its type, dtype, shape and range, never its contents."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} array of shape {_shape(value.shape)}{_range(value)}"
    if isinstance(value, io.BytesIO):
        return f"a file of {len(value.getvalue())} bytes"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, str):
        name = value.rpartition("/")[2]  # of a path the file's name; where the grader keeps it is nobody's business
        return f'"{name}"' if len(name) <= 60 else f'"...{name[-57:]}"'
    if isinstance(value, int) and value.bit_length() > MAX_INT_BITS:
        return f"an int of {value.bit_length()} bits"
    if value is None or isinstance(value, bool | int | float | np.bool_ | np.number):
        return str(value)
    name = getattr(value, "type_name", type(value).__name__)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _shape(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(str(side) for side in shape) + ("," if len(shape) == 1 else "") + ")"


def _range(array: np.ndarray) -> str:
    if not array.size or array.dtype.kind not in "iuf":
        return ""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return ", with values that are not finite"
    low, high = array.min(), array.max()
    return f", values {_number(low)} to {_number(high)}"


def _number(value: Any) -> str:
    return f"{float(value):.4g}" if isinstance(value, np.floating) or math.isnan(float(value)) else str(int(value))
