"""Turn a seed (a number or bytes) into independent streams of random numbers."""

import hashlib

import numpy as np

from grader.assignment.handwriting.errors import HandwritingError


def _entropy(seed: int | bytes) -> int:
    if isinstance(seed, bytes):
        return int.from_bytes(hashlib.sha256(seed).digest(), "big")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise HandwritingError(f"seed must be an int from 0 or bytes, got {seed!r}")
    if seed < 0:
        raise HandwritingError(f"seed must be 0 or more, got {seed}")
    return int(seed)


def make_rng(seed: int | bytes, *key: int) -> np.random.Generator:
    """Return the stream named by ``key`` under ``seed``; streams under different keys are independent.

    PCG64 is named on purpose: numpy may change what ``default_rng`` means, not what PCG64 yields.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(_entropy(seed), spawn_key=key)))
