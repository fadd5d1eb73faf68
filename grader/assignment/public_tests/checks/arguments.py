"""Notice what a function does to the arguments that it is given: they are its caller's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

from .language import later, tr

Seen = tuple[tuple[str, object], ...]
SHAPE, DTYPE, VALUES, ELEMENTS = KINDS = ("shape", "dtype", "values", "elements")
"""What of an argument may be changed: of an array the first three, of a list or a dict what is in it."""
WORDS = {
    SHAPE: later("its shape"),
    DTYPE: later("its type"),
    VALUES: later("its values"),
    ELEMENTS: later("its elements"),
}
PLAIN = (bool, int, float, str, bytes, type(None))
MAX_DEPTH = 8


def seen(value: object, depth: int = 0) -> Seen:
    """Return what an argument looks like, an array as a digest of its bytes; nothing of objects made to be changed."""
    if isinstance(value, np.ndarray):
        digest = hashlib.blake2b(np.ascontiguousarray(value).data if value.size else b"").digest()
        return (SHAPE, value.shape), (DTYPE, value.dtype.str), (VALUES, digest)
    if isinstance(value, list | tuple) and depth < MAX_DEPTH:
        return ((ELEMENTS, tuple(seen(item, depth + 1) for item in value)),)
    if isinstance(value, dict) and depth < MAX_DEPTH:
        return ((ELEMENTS, tuple((str(key), seen(item, depth + 1)) for key, item in value.items())),)
    return ((ELEMENTS, repr(value) if type(value) in PLAIN else type(value)),)


def changes(before: Sequence[Seen], values: Sequence[object]) -> dict[str, str]:
    """Return the first of `KINDS` that was changed of each argument that was, by its number from 0."""
    found: dict[str, str] = {}
    for number, (was, value) in enumerate(zip(before, values, strict=True)):
        changed = [kind for (kind, one), (_kind, other) in zip(was, seen(value), strict=True) if one != other]
        if changed:
            found[str(number)] = changed[0]
    return found


def change_words(kinds: Iterable[object]) -> list[str]:
    """Return what was changed in words; what is none of `KINDS` is passed over."""
    return sorted({tr(WORDS[kind]) for kind in kinds if isinstance(kind, str) and kind in WORDS})
