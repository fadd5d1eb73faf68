"""Expectations: each returns what it checked, or raises `CheckFailed` with words that help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .diagnosis import told
from .differences import ANY, dtype_cause, shape_cause, value_cause
from .language import later, tr
from .messages import CheckFailed, cause_of, describe, raised_by_student, shape_words

NUMBERS = "biuf"
"""Kinds of dtypes that a test can compute with: booleans, integers, floats."""
MAX_DEPTH = 32
"""Dimensions that every version of NumPy can hold."""
ASSERTED = later("`assert` raises AssertionError: write `if ...: raise` with the error that is asked for")


def expect_array(
    value: Any,
    *,
    function: str,
    given: str,
    shape: tuple[int, ...] | None = None,
    kind: str = "",
    hint: str = "",
    instead: Mapping[Any, str] | None = None,
    proven: Callable[[], str] = str,
) -> np.ndarray:
    """Return `value` as an array after checking its shape and the kind of its elements.

    Args:
        shape: ANY stands for any size.
        kind: "integer", "number", "float32", "uint8" or nothing.
        instead: what it is when it has another shape, by that shape; () is a single number, `bytes` are bytes.
        proven: finds a cause by further calls of the function when a check fails.
    """
    known = instead or {}
    if isinstance(value, list | tuple):
        value = _from_list(value)
    elif hasattr(type(value), "__array__"):  # a tensor
        value = np.asarray(value)
    if not isinstance(value, np.ndarray | np.generic) or value.dtype.kind not in NUMBERS:
        raise CheckFailed(
            tr("{function} returned something that is not an array of numbers.", function=function)
            if isinstance(value, np.ndarray)
            else tr("{function} returned something that is not an array.", function=function),
            given=given,
            came=describe(value),
            expected=tr("an array")
            if shape is None
            else _any_length(shape) or tr("an array of shape {shape}", shape=shape_words(shape)),
            cause=lambda: _kind_cause(value, known),
            hint=(tr("is there a `return`?") if value is None else hint) or tr("return a NumPy array"),
        )
    array = np.asarray(value)
    if shape is not None and not _fits(array.shape, shape):
        raise CheckFailed(
            tr("{function} returned an array of the wrong shape.", function=function),
            given=given,
            came=describe(array),
            expected=_any_length(shape) or tr("shape {shape}", shape=shape_words(shape)),
            cause=lambda: told(proven) or known.get(array.shape) or shape_cause(array.shape, shape),
            hint=hint or tr("look at the order and number of sizes"),
        )
    if kind and not _KINDS[kind](array.dtype):
        raise CheckFailed(
            tr("{function} returned elements of the wrong type.", function=function),
            given=given,
            came=describe(array),
            expected=tr("dtype {kind}", kind=tr(_KIND_WORDS[kind])),
            cause=lambda: dtype_cause(array, kind),
            hint=hint or tr("`.astype({kind})` converts", kind=_AS_TYPE[kind]),
        )
    return array


def _kind_cause(value: Any, known: Mapping[Any, str]) -> str:
    """Name what came where an array should have."""
    if isinstance(value, bytes | bytearray):
        return known.get(bytes, "")
    is_text = isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype.kind in "US")
    if is_text or "dtype <U" in getattr(value, "type_name", ""):  # which the grader is told of by its name alone
        return tr("text, not numbers")
    return known.get((), "") if isinstance(value, int | float | np.number) else ""


def _any_length(shape: tuple[int, ...]) -> str:
    return tr("an array with one dimension, of any length") if shape == (ANY,) else ""


_KINDS: dict[str, Callable[[np.dtype], bool]] = {
    "integer": lambda dtype: dtype.kind in "iu",
    "number": lambda dtype: dtype.kind in "iuf",
    "float": lambda dtype: dtype.kind == "f",
    "float32": lambda dtype: dtype == np.float32,
    "uint8": lambda dtype: dtype == np.uint8,
}
_KIND_WORDS = {
    "integer": later("of integers"),
    "number": later("of numbers"),
    "float": later("of floating-point numbers"),
    "float32": "float32",
    "uint8": "uint8",
}
_AS_TYPE = {"integer": "int", "number": "float", "float": "float", "float32": '"float32"', "uint8": '"uint8"'}


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


def as_numbers(value: Any) -> Any:
    """Return a number, or an array or nested list of numbers, as Python's own; None for anything else."""
    if isinstance(value, list | tuple):
        value = _from_list(value)
    is_of_numbers = isinstance(value, np.ndarray | np.generic | float | int) or hasattr(type(value), "__array__")
    array = np.asarray(value) if is_of_numbers else None
    return array.tolist() if array is not None and array.dtype.kind in NUMBERS else None


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
    expected: str = "",
    tolerance: float = 0.0,
    cause: str | Callable[[], str] | None = None,
    proven: Callable[[], str] = str,
) -> None:
    """Check the values of an array whose shape is right; says how many differ, and where the first one is.

    Args:
        expected: the values of the file when it is empty.
        cause: what the difference is called, or what finds it out; it is looked for when it is None.
        proven: finds a cause by further calls of the function.
    """
    with np.errstate(invalid="ignore"):
        differs = ~np.isclose(came.astype(float), wanted.astype(float), rtol=0, atol=tolerance, equal_nan=True)
    if differs.any():
        first = tuple(int(place) for place in np.argwhere(differs)[0])
        raise CheckFailed(
            tr("{function} returned wrong values.", function=function),
            given=given,
            came=tr(
                "{wrong} of {size} elements differ, the first one at index {first}",
                wrong=int(differs.sum()),
                size=differs.size,
                first=first,
            ),
            expected=expected or tr("the values in the file"),
            cause=lambda: told(proven) or (value_cause(came, wanted, tolerance) if cause is None else told(cause)),
            hint=hint,
        )


def expect_number(value: Any, *, function: str, given: str, kind: str, hint: str = "") -> float:
    """Return `value` after checking that it is a single number: "int" or "float" (NumPy scalars count)."""
    scalar = value[()] if isinstance(value, np.ndarray) and value.shape == () else value
    kinds = (int, np.integer) if kind == "int" else (int, float, np.integer, np.floating)
    if isinstance(scalar, bool) or not isinstance(scalar, kinds):
        raise CheckFailed(
            tr("{function} returned something that is not an int.", function=function)
            if kind == "int"
            else tr("{function} returned something that is not a float.", function=function),
            given=given,
            came=describe(value),
            expected=tr("one {kind}", kind=kind),
            hint=hint or _number_hint(value, kind),
        )
    try:
        return float(scalar)
    except OverflowError:
        raise CheckFailed(
            tr("{function} returned a number that is too large.", function=function),
            given=given,
            came=describe(value),
            expected=tr("one {kind} below 1e308", kind=kind),
            hint=hint,
        ) from None


def _number_hint(value: Any, kind: str) -> str:
    if value is None:
        return tr("is there a `return`?")
    if isinstance(value, str | list | tuple):
        return tr("return the number alone, without text and without other values")
    return tr("convert it with `{kind}(...)`", kind=kind)


def expect_error(
    kinds: type[Exception] | tuple[type[Exception], ...],
    call: Callable[[], Any],
    *,
    function: str,
    given: str,
    hint: str,
) -> None:
    """Check that `call` raises an exception of this kind (or a subclass) whose text is not empty."""
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    name = tr(" or ").join(kind.__name__ for kind in kinds)
    wanted = tr("{name} that says what was wrong", name=name)
    try:
        value = call()
    except kinds as error:
        if not str(getattr(error, "message", error)).strip():
            raise CheckFailed(
                tr("{function} raised {name} without a message.", function=function, name=name),
                given=given,
                came=tr("an empty message"),
                expected=tr("a message that says what was wrong"),
                hint=f'raise {name}("...")',
            ) from None
    except Exception as error:
        came = raised_by_student(error)
        if came is None:
            raise
        raise CheckFailed(
            tr("{function} raised an error other than {name}.", function=function, name=name),
            given=given,
            came=came,
            expected=wanted,
            cause=cause_of(error) or (tr(ASSERTED) if isinstance(error, AssertionError) else ""),
            hint=hint,
        ) from error
    else:
        raise CheckFailed(
            tr("{function} accepted bad input.", function=function),
            given=given,
            came=tr("no error, but {value}", value=describe(value)),
            expected=wanted,
            hint=hint,
        )


def expect_true(
    condition: bool,
    what: str,
    *,
    given: str = "",
    came: str,
    expected: str,
    hint: str,
    cause: str | Callable[[], str] = "",
) -> None:
    """Check anything else.

    Args:
        cause: what the difference is called, or what finds it out once the check has failed.
    """
    if not condition:
        raise CheckFailed(what, given=given or None, came=came, expected=expected, hint=hint, cause=cause)
