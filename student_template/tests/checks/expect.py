"""Expectations: each returns what it checked, or raises `CheckFailed` with words that help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .messages import CheckFailed, describe

ANY = -1
NUMBERS = "biuf"
"""Kinds of dtypes that a test can compute with: booleans, integers, floats."""
MAX_DEPTH = 32
"""Dimensions that every version of NumPy can hold."""


def expect_array(
    value: Any, *, function: str, given: str, shape: tuple[int, ...] | None = None, kind: str = "", hint: str = ""
) -> np.ndarray:
    """Return `value` as an array after checking its shape and the kind of its elements.

    Args:
        shape: ANY stands for any size.
        kind: "integer", "number", "float32", "uint8" or nothing.
    """
    if isinstance(value, list | tuple):
        value = _from_list(value)
    elif hasattr(type(value), "__array__"):  # a tensor
        value = np.asarray(value)
    if not isinstance(value, np.ndarray | np.generic) or value.dtype.kind not in NUMBERS:
        wanted = f"an array of shape {shape}" if shape is not None else "an array"
        thing = "an array of numbers" if isinstance(value, np.ndarray) else "an array"
        raise CheckFailed(
            f"{function} returned something that is not {thing}.",
            given=given, came=describe(value), expected=wanted,
            hint=hint or ("is there a `return`?" if value is None else "return a NumPy array"),
        )  # fmt: skip
    array = np.asarray(value)
    if shape is not None and not _fits(array.shape, shape):
        wanted = ", ".join("any" if side == ANY else str(side) for side in shape)
        raise CheckFailed(
            f"{function} returned an array of another shape.", given=given, came=describe(array),
            expected=f"shape ({wanted}{',' if len(shape) == 1 else ''})",
            hint=hint or "look at the order and number of sizes",
        )  # fmt: skip
    if kind and not _KINDS[kind](array.dtype):
        raise CheckFailed(
            f"{function} returned elements of another type.", given=given, came=describe(array),
            expected=f"dtype {_KIND_WORDS[kind]}", hint=hint or f"convert with `.astype(...)` to {_KIND_WORDS[kind]}",
        )  # fmt: skip
    return array


_KINDS: dict[str, Callable[[np.dtype], bool]] = {
    "integer": lambda dtype: dtype.kind in "iu",
    "number": lambda dtype: dtype.kind in "iuf",
    "float": lambda dtype: dtype.kind == "f",
    "float32": lambda dtype: dtype == np.float32,
    "uint8": lambda dtype: dtype == np.uint8,
}
_KIND_WORDS = {
    "integer": "of integers",
    "number": "of numbers",
    "float": "of floating-point numbers",
    "float32": "float32",
    "uint8": "uint8",
}


def _from_list(value: Any) -> Any:
    """Return a list of numbers as an array; anything else as it is.

    It is looked through first: NumPy would make an array as large as its longest text for each of many texts.
    """
    if _shape(value) is None:
        return value
    try:
        array = np.asarray(value)
    except (MemoryError, OverflowError, TypeError, ValueError):
        return value
    return array if array.dtype.kind in NUMBERS else value  # integers too long for a dtype become objects


def _shape(value: Any, depth: int = 0) -> tuple[int, ...] | None:
    """Return the shape that a nested list of numbers has as an array; None when it has none."""
    if isinstance(value, list | tuple):
        shapes = {_shape(item, depth + 1) for item in value} if depth < MAX_DEPTH else {None}
        inner = shapes.pop() if shapes else ()
        return None if shapes or inner is None else (len(value), *inner)
    if hasattr(type(value), "__array__"):
        array = np.asarray(value)
        return array.shape if array.dtype.kind in NUMBERS else None
    return () if isinstance(value, bool | int | float) else None


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return len(shape) == len(wanted) and all(want in (ANY, side) for side, want in zip(shape, wanted, strict=True))


def expect_same(
    came: np.ndarray,
    wanted: np.ndarray,
    *,
    function: str,
    given: str,
    hint: str,
    expected: str = "the values in the file",
    tolerance: float = 0.0,
) -> None:
    """Check the values of an array whose shape is right; says how many differ, and where the first one is."""
    with np.errstate(invalid="ignore"):
        differs = ~np.isclose(came.astype(float), wanted.astype(float), rtol=0, atol=tolerance, equal_nan=True)
    if differs.any():
        first = tuple(int(place) for place in np.argwhere(differs)[0])
        raise CheckFailed(
            f"{function} returned wrong values.", given=given,
            came=f"{int(differs.sum())} of {differs.size} elements differ, the first one at index {first}",
            expected=expected, hint=hint,
        )  # fmt: skip


def expect_number(value: Any, *, function: str, given: str, kind: str, hint: str = "") -> float:
    """Return `value` after checking that it is a single number: "int" or "float" (NumPy scalars count)."""
    scalar = value[()] if isinstance(value, np.ndarray) and value.shape == () else value
    kinds = (int, np.integer) if kind == "int" else (int, float, np.integer, np.floating)
    if isinstance(scalar, bool) or not isinstance(scalar, kinds):
        raise CheckFailed(
            f"{function} returned something that is not {'an' if kind == 'int' else 'a'} {kind}.",
            given=given, came=describe(value), expected=f"one {kind}",
            hint=hint or ("is there a `return`?" if value is None else f"convert it with `{kind}(...)`"),
        )  # fmt: skip
    try:
        return float(scalar)
    except OverflowError:
        raise CheckFailed(
            f"{function} returned a number that is too large.", given=given, came=describe(value),
            expected=f"one {kind} below 1e308", hint=hint,
        ) from None  # fmt: skip


def expect_error(
    kinds: type[Exception] | tuple[type[Exception], ...],
    call: Callable[[], Any],
    *,
    function: str,
    given: str,
    hint: str,
) -> None:
    """Check that `call` raises an exception of this kind (or a subclass) whose text is not empty."""
    name = " or ".join(kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
    try:
        value = call()
    except kinds as error:
        if not str(getattr(error, "message", error)).strip():
            raise CheckFailed(
                f"{function} raised {name} without a message.", given=given, came="an empty message",
                expected="a message that says what was wrong", hint=f'raise {name}("...")',
            ) from None  # fmt: skip
    else:
        raise CheckFailed(
            f"{function} accepted bad input.", given=given, came=f"no error, but {describe(value)}",
            expected=f"{name} that says what was wrong", hint=hint,
        )  # fmt: skip


def expect_true(condition: bool, what: str, *, given: str = "", came: str, expected: str, hint: str) -> None:
    """Check anything else."""
    if not condition:
        raise CheckFailed(what, given=given or None, came=came, expected=expected, hint=hint)
