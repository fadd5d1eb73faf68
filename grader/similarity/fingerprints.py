"""Winnowing: of every window of k-gram hashes the smallest one is kept, so that long common parts share hashes.

Schleimer, Wilkerson, Aiken: Winnowing, local algorithms for document fingerprinting (SIGMOD 2003), which MOSS uses.
`K` and `WINDOW` are those of Dolos. Any common part of ``K + WINDOW - 1`` = 39 tokens is found, none below 23.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from grader.similarity.tokens import Tokens

K = 23
WINDOW = 17

_BASE = 0x9E3779B97F4A7C15
_WEIGHTS = np.array([pow(_BASE, power, 2**64) for power in range(K)], np.uint64)


def fingerprints(tokens: Tokens) -> dict[int, int]:
    """Return the kept hashes, each with the number of the token where it first occurs."""
    hashes = gram_hashes(tokens)
    if not len(hashes):
        return {}
    windows = np.lib.stride_tricks.sliding_window_view(hashes, min(WINDOW, len(hashes)))  # (M, window)
    kept = np.unique(np.arange(len(windows)) + windows.argmin(axis=1))
    found: dict[int, int] = {}
    for place in kept:
        found.setdefault(int(hashes[place]), int(place))
    return found


def gram_hashes(tokens: Tokens) -> npt.NDArray[np.uint64]:
    """Return a hash for each run of `K` tokens, uint64 (N - K + 1,); empty for shorter sources."""
    count = len(tokens.codes) - K + 1
    if count < 1:
        return np.zeros(0, np.uint64)
    hashes = np.zeros(count, np.uint64)
    with np.errstate(over="ignore"):
        for offset, weight in enumerate(_WEIGHTS):
            hashes += tokens.codes[offset : offset + count] * weight
        hashes ^= hashes >> np.uint64(31)  # so that the smallest hash is not that of the smallest codes
        hashes *= np.uint64(0xBF58476D1CE4E5B9)
        hashes ^= hashes >> np.uint64(29)
    return hashes
