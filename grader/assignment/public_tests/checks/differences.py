"""Name what a wrong result looks like: transposed, little-endian, off by one, not divided by 255, and so on.

Each function returns a sentence for the line `cause:`, or nothing when the difference is none of those known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .language import later, tr, trn

ANY = -1
"""In an expected shape: any size."""
SIDE = 28
MANY = 3
"""So many things show a rule: of two, "all but the last" and "only the first" are the same."""
FIXED = 100
"""A divisor as large as this, of a few predictions, is a number that somebody wrote down."""
ALIKE = 0.9
"""A correlation that two pictures reach only when they show the same."""


def shape_cause(came: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """Name the difference between two shapes; ANY in `wanted` fits every size."""
    for fits, words in (
        (_is(came, tuple(_swapped(side) for side in wanted)), SIZES_SWAPPED),
        (len(wanted) > 1 and (_is(came, wanted[::-1]) or _is(came, (*wanted[:-2], *wanted[:-3:-1]))), TRANSPOSED),
        (
            len(wanted) == 4 and wanted[-1] == 1 and _is(came, wanted[:-1]),
            later("the last dimension, the one channel, is missing"),
        ),
        (wanted == (1,) and came == (), later("got a bare number, not a one-element array")),
        (len(wanted) == 4 and wanted[-1] == 1 and _is(came, (wanted[0], 1, *wanted[1:3])), CHANNEL_FIRST),
        (len(wanted) > 1 and _is(came, (*wanted, 3)), later("three colour channels: the picture was read in colour")),
        (_is(came, (*wanted, 1)) or _is(came, (1, *wanted)), later("there is one dimension of length 1 too many")),
        (
            len(wanted) > 1 and wanted[0] == 1 and _is(came, wanted[1:]),
            later("the first dimension, of length 1, is missing: an array of one element keeps it"),
        ),
        (len(wanted) > 1 and _is(came, wanted[1:]), later("the first dimension is missing: one element, not all")),
        (_is(came, (int(np.prod(wanted)),)) and len(wanted) > 1, FLAT),
        (_is(came, wanted[:-1]), later("the last dimension is missing: one number where there should be several")),
        (len(wanted) == 2 and len(came) > 2 and int(np.prod(came[1:])) == wanted[1], NOT_FLAT),
    ):
        if fits:
            return tr(words)
    return ""


SIZES_SWAPPED = later("the sizes were read little-endian: their bytes are in the wrong order")
TRANSPOSED = later("rows and columns are swapped (transposed)")
CHANNEL_FIRST = later("the channel stands before rows and columns; Keras wants it last")
FLAT = later("the right number of elements in one row: a reshape is missing")
NOT_FLAT = later("each picture is still a table of rows: it was not made flat")


def _is(came: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return len(came) == len(wanted) and all(want in (ANY, side) for side, want in zip(came, wanted, strict=True))


def _swapped(side: int) -> int:
    """Return what a big-endian size is when its four bytes are read little-endian."""
    return side if side == ANY else int.from_bytes((side & 0xFFFFFFFF).to_bytes(4, "big"), "little")


def refusal_cause(message: str, shape: tuple[int, ...]) -> str:
    """Name why sound IDX data of this shape were refused, where the error's text gives it away."""
    wrong = [_swapped(side) for side in shape] + [int(np.prod([float(_swapped(side)) for side in shape]))]
    told = "index-sized integer" in message or any(str(size) in message for size in wrong if size > np.prod(shape))
    return tr(SIZES_SWAPPED) if told else ""


def dtype_cause(array: np.ndarray, kind: str) -> str:
    """Name the difference between an array's dtype and the kind that was expected."""
    if kind == "float32" and array.dtype == np.float64:
        return tr("NumPy computes in float64 by default")
    if kind == "float32" and array.dtype.kind in "iu":
        return tr("whole numbers: the pixels were not divided by 255") if array.max(initial=0) > 1 else tr(CUT_OFF)
    if kind == "uint8" and array.dtype.kind == "f":
        if array.size and float(array.max()) <= 1:
            return tr("fractions from 0 to 1: it was divided by 255 already")
        return tr("floating-point numbers, not bytes: .astype(np.uint8) converts")
    if kind == "integer" and array.dtype.kind == "f":
        return tr("floating-point numbers where labels are whole numbers")
    return tr("True and False, not numbers") if array.dtype.kind == "b" else ""


def value_cause(came: np.ndarray, wanted: np.ndarray, tolerance: float = 0.0) -> str:
    """Name the difference between two arrays of the same shape."""
    if came.shape != wanted.shape or not wanted.size:
        return ""
    if _is_byteswapped(came, wanted):
        return tr("the bytes of each number were read in the wrong order (little-endian)")
    if _is_narrowed(came, wanted):
        return tr("the right numbers, converted to {dtype}, which cannot hold them", dtype=came.dtype)
    if sign := _sign_cause(came, wanted):
        return sign
    came, wanted = came.astype(float), wanted.astype(float)
    if not np.isfinite(came).all():
        return tr("some values are not finite: nan or infinity")
    return _scale_cause(came, wanted, tolerance) or _place_cause(came, wanted, tolerance)


def _is_byteswapped(came: np.ndarray, wanted: np.ndarray) -> bool:
    if wanted.dtype.itemsize == 1 or came.dtype.kind not in "iuf" or not np.isfinite(came).all():
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        narrow = came.astype(wanted.dtype)
        return bool((narrow == came).all() and np.array_equal(narrow.byteswap(), wanted, equal_nan=True))


def _is_narrowed(came: np.ndarray, wanted: np.ndarray) -> bool:
    """Tell whether numbers were converted to a dtype with fewer bytes."""
    if came.dtype.kind not in "iuf" or came.dtype.itemsize >= wanted.dtype.itemsize:
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        return len(np.unique(came)) >= MANY and np.array_equal(wanted.astype(came.dtype), came)


def _sign_cause(came: np.ndarray, wanted: np.ndarray) -> str:
    """Name integers that were taken with a sign, or without one."""
    if came.dtype.kind not in "iu" or wanted.dtype.kind not in "iu":
        return ""
    off, turn = came.astype(float) - wanted.astype(float), 2.0 ** (8 * wanted.dtype.itemsize)
    if not set(np.unique(off)) <= {0.0, turn, -turn} or not off.any():
        return ""
    return (
        tr("large numbers became negative: they were read with a sign")
        if off.min() < 0
        else tr("negative numbers became large: they were taken without their sign")
    )


def _scale_cause(came: np.ndarray, wanted: np.ndarray, tolerance: float) -> str:
    """Name a difference in the values themselves: their scale, an offset, an inversion."""
    off = came - wanted
    near = max(tolerance, 1e-6)
    if wanted.size > 1 and np.ptp(wanted) > near and np.ptp(came) == 0:
        return tr("every value is {value:.4g}", value=came.flat[0])
    if np.ptp(off) <= near and (wanted.size > 1 or abs(off.flat[0]) <= 1 + near):  # of a single one 1 alone tells
        step = abs(float(off.flat[0]))
        return (
            tr("every value is {step:.4g} too large: off by {step:.4g}", step=step)
            if off.flat[0] > 0
            else tr("every value is {step:.4g} too small: off by {step:.4g}", step=step)
        )
    for factor, words in _SCALES:
        if np.allclose(came, wanted * factor, rtol=1e-3, atol=near * min(factor, 1)):
            return tr(words)
    if wanted.size > 1 and np.ptp(wanted) > near and (came == np.floor(wanted)).all():
        return tr(CUT_OFF)
    if np.allclose(came, 2 * wanted - 1, rtol=0, atol=near):
        return tr("values from -1 to 1, not from 0 to 1")
    if any(np.allclose(top - came, wanted, rtol=0, atol=near) for top in (1.0, 255.0)):
        return tr("light and dark are swapped (inverted)")
    return ""


CUT_OFF = later("fractions were cut off: // divides without them, and so does a conversion to whole numbers")
_SCALES = (
    (255.0, later("values from 0 to 255, not from 0 to 1: the division by 255 is missing")),
    (1 / 255, later("divided by 255 once too often")),
    (255 / 256, later("divided by 256, not by 255")),
    (100.0, later("percent, not a share from 0 to 1")),
)


def _place_cause(came: np.ndarray, wanted: np.ndarray, tolerance: float) -> str:
    """Name a difference in where the right values stand."""
    tables = [_tables(array) for array in (came, wanted)]
    for words, move in MOVES:
        moved = move(tables[0])
        if moved.shape == tables[1].shape and moved.ndim > 1 and np.allclose(moved, tables[1], rtol=0, atol=tolerance):
            return tr(words)
    if came.ndim > 1 and np.allclose(came.ravel(order="F"), wanted.ravel(), rtol=0, atol=tolerance):
        return tr(TRANSPOSED)
    if np.allclose(np.sort(came, axis=None), np.sort(wanted, axis=None), rtol=0, atol=tolerance):
        return tr("the right values in the wrong order")
    return ""


def _tables(array: np.ndarray) -> np.ndarray:
    """Return pictures as (..., rows, columns): flat ones unfolded, one channel left out."""
    if array.ndim == 2 and array.shape[1] == SIDE * SIDE:
        return array.reshape(-1, SIDE, SIDE)
    return array[..., 0] if array.ndim == 4 and array.shape[-1] == 1 else array


Move = Callable[[np.ndarray], np.ndarray]
MOVES: tuple[tuple[str, Move], ...] = (
    (TRANSPOSED, lambda array: array.swapaxes(-1, -2) if array.ndim > 1 else array),
    (later("mirrored: left and right are swapped"), lambda array: array[..., ::-1]),
    (later("upside down: the first row is the last"), lambda array: array[..., ::-1, :] if array.ndim > 1 else array),
    (later("turned by 90 degrees"), lambda array: np.rot90(array, 1, (-2, -1)) if array.ndim > 1 else array),
    (later("turned by 90 degrees"), lambda array: np.rot90(array, -1, (-2, -1)) if array.ndim > 1 else array),
    (later("turned by 180 degrees"), lambda array: np.rot90(array, 2, (-2, -1)) if array.ndim > 1 else array),
)


def picture_cause(came: np.ndarray, wanted: np.ndarray) -> str:
    """Name what was done to a picture (rows, columns), which may differ a little from the one that was wanted."""
    if likeness(255.0 - came, wanted) > ALIKE:
        return tr("light and dark are swapped (inverted)")
    return next((tr(words) for words, move in MOVES if likeness(move(came), wanted) > ALIKE), "")


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation of two pictures, from -1 to 1; 0 when one of them is all of one colour."""
    if one.shape != other.shape or not np.ptp(one) or not np.ptp(other):
        return 0.0
    return float(np.corrcoef(one.ravel().astype(float), other.ravel().astype(float))[0, 1])


def left_out_cause(drawn: Sequence[bool]) -> str:
    """Name which of several things are left out, by whether each one is there."""
    if len(drawn) < MANY or all(drawn):
        return ""
    if all(drawn[:-1]):
        return tr("the last one is left out")
    if all(drawn[1:]):
        return tr("the first one is left out")
    first = list(drawn).index(False)
    if first > 1 and not any(drawn[first:]):  # a single one may be what remains of all, drawn over each other
        return trn("only the first {count} is there", "only the first {count} are there", first)
    return ""


def share_cause(*cases: tuple[float, float, int]) -> str:
    """Name what came instead of a share; each case is the number that came, the share, and of how many things.

    One share may fit by chance: what is named fits all of them.
    """
    found = [_share_causes(*case) for case in cases]
    return next((words for words in found[0] if all(words in others for others in found)), "")


def _share_causes(came: float, wanted: float, count: int) -> list[str]:
    known = (
        (100 * wanted, later("percent, not a share from 0 to 1")),
        (1 - wanted, later("the share of the wrong predictions, not of the right ones")),
        (wanted * count, later("the number of right predictions, not their share")),
        (wanted / max(1 - wanted, 1e-9), later("the right predictions are divided by the wrong ones, not by all")),
        (round(wanted, 1), later("it was rounded")),
        (round(wanted), later("it was rounded")),
    )
    causes = [tr(words) for value, words in known if abs(came - value) < 1e-6]
    divisor = wanted * count / came if came > 0 else 0.0
    if divisor >= FIXED and abs(divisor - round(divisor)) < 1e-6:
        causes.append(
            tr("the right predictions are divided by {number:.0f}, not by how many there are", number=divisor)
        )
    return causes
