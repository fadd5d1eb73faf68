"""Find the pairs of a class that share much of what is their own.

What the template or the reference has is nobody's own, and neither is what more than a tenth of the class has, unless
those who have it have little else: half a class that copied is no common knowledge. One index over
all fingerprints; most are held by few submissions, so the work grows with the class, not with its square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from grader.similarity.fingerprints import K, fingerprints, gram_hashes
from grader.similarity.tokens import Tokens, tokenize

LEVEL = 0.5
"""A pair is shown when this share of the own code of one of the two is in the other as well."""
MIN_SHARED = 4
"""Fingerprints: fewer are a few lines, as anybody may write them."""
MAX_PAIRS = 100
WITH_PARTS = 25
"""So many pairs are given with their common parts; the rest of a class that copied would fill the page."""
MAX_PARTS = 2
MAX_PART_LINES = 30
MAX_LINE_CHARS = 120
_COMMON_SHARE, _COMMON_AT_LEAST = 0.1, 10
MAX_HOLDERS = 150
"""Of those who share a fingerprint so many are compared: a thousand copies of one text have half a million pairs."""
COPIED = 0.7
"""Who has nothing but this share of common code has copied it: common knowledge stands beside work of one's own."""


@dataclass(frozen=True)
class CommonPart:
    """A run of tokens that two submissions share: where it begins in each, 1-based, and its lines."""

    first_line: int
    second_line: int
    first_text: str
    second_text: str
    tokens: int


@dataclass(frozen=True)
class Pair:
    """Two submissions that are alike: which share of the own code of each is in the other, in 0..1."""

    first: str
    second: str
    first_share: float
    second_share: float
    parts: tuple[CommonPart, ...]

    @property
    def share(self) -> float:
        return max(self.first_share, self.second_share)


@dataclass(frozen=True)
class _Source:
    text: str
    tokens: Tokens
    own: dict[int, int]
    """Fingerprint: number of its first token."""
    known: npt.NDArray[np.bool_]
    """Of each token: does it stand in code that everybody may have? There a common part ends."""
    known_lines: frozenset[str]
    """All lines of such code: those at the head of a common part are not shown."""


def find_pairs(sources: Mapping[str, str], known: Iterable[str], *, level: float = LEVEL) -> list[Pair]:
    """Return the pairs at or above the level, the most alike first, at most `MAX_PAIRS`.

    Args:
        sources: the text of each submission's module, by the submission's name.
        known: code that everybody may have: the template, the reference.
    """
    known = tuple(known)
    base = np.unique(np.concatenate([gram_hashes(tokenize(text)) for text in ("", *known)]))
    lines = frozenset(line.strip() for text in known for line in text.split("\n")) | {""}
    read = {name: _read(text, base, lines) for name, text in sorted(sources.items())}
    holders: dict[int, list[str]] = defaultdict(list)
    for name, source in read.items():
        for value in source.own:
            holders[value].append(name)
    rare = _not_common(holders, read)
    sizes = Counter(name for names in rare.values() for name in names)
    shared = Counter(pair for names in rare.values() for pair in combinations(names[:MAX_HOLDERS], 2))
    found = [
        (max(count / sizes[first], count / sizes[second]), first, second, count)
        for (first, second), count in shared.items()
        if count >= MIN_SHARED and max(count / sizes[first], count / sizes[second]) >= level
    ]
    found.sort(key=lambda one: (-one[0], -one[3], one[1], one[2]))
    pairs = []
    for number, (_share, first, second, count) in enumerate(found[:MAX_PAIRS]):
        parts = _common_parts(read[first], read[second], rare) if number < WITH_PARTS else ()
        pairs.append(Pair(first, second, count / sizes[first], count / sizes[second], parts))
    return pairs


def _not_common(holders: Mapping[int, list[str]], read: Mapping[str, _Source]) -> dict[int, list[str]]:
    """Return the fingerprints that tell something, with their holders: not what many have beside work of their own."""
    limit = max(_COMMON_AT_LEAST, int(len(read) * _COMMON_SHARE))
    common = {value for value, names in holders.items() if len(names) > limit}
    copiers = {name for name, source in read.items() if len(source.own.keys() & common) >= COPIED * len(source.own)}
    return {
        value: names
        for value, names in holders.items()
        if value not in common or 2 * len(copiers.intersection(names)) >= len(names)
    }


def _read(text: str, base: npt.NDArray[np.uint64], known_lines: frozenset[str]) -> _Source:
    tokens = tokenize(text)
    in_base = np.isin(gram_hashes(tokens), base)
    own = {value: place for value, place in fingerprints(tokens).items() if not in_base[place]}
    known = np.convolve(in_base, np.ones(K, np.int64))[: len(tokens.codes)] > 0 if in_base.size else in_base
    return _Source(text, tokens, own, known, known_lines)


def _common_parts(first: _Source, second: _Source, rare: Mapping[int, list[str]]) -> tuple[CommonPart, ...]:
    """Return the longest runs around shared fingerprints, the longest first."""
    starts = sorted(
        (place, second.own[value]) for value, place in first.own.items() if value in second.own and value in rare
    )
    runs: list[tuple[int, int, int]] = []  # length, start in the first, start in the second
    covered = -1
    for one, other in starts:
        if one >= covered:
            run = _extended(first, second, one, other)
            runs.append(run)
            covered = run[1] + run[0]
    runs.sort(key=lambda run: (-run[0], run[1]))
    return tuple(_part(first, second, *run) for run in runs[:MAX_PARTS])


def _extended(first: _Source, second: _Source, one: int, other: int) -> tuple[int, int, int]:
    """Return length and starts of the longest equal run of own tokens around two equal ones."""
    back = _equal(first, second, slice(0, one), slice(0, other), step=-1)
    forth = _equal(first, second, slice(one, None), slice(other, None), step=1)
    return max(back + forth, K), one - back, other - back


def _equal(first: _Source, second: _Source, here: slice, there: slice, *, step: int) -> int:
    """Return how many tokens of two pieces are equal and own, from the beginning or, with step -1, from the end."""
    size = min(len(first.tokens.codes[here]), len(second.tokens.codes[there]))
    one, other = (codes[::step][:size] for codes in (first.tokens.codes[here], second.tokens.codes[there]))
    different = np.nonzero((one != other) | first.known[here][::step][:size])[0]
    return int(different[0]) if len(different) else size


def _part(first: _Source, second: _Source, length: int, one: int, other: int) -> CommonPart:
    (line, text), (other_line, other_text) = (_excerpt(first, one, length), _excerpt(second, other, length))
    return CommonPart(line, other_line, text, other_text, length)


def _excerpt(source: _Source, start: int, length: int) -> tuple[int, str]:
    """Return the first line and the lines of a run, from the first that is the student's own."""
    lines, texts = source.tokens.lines, source.text.split("\n")
    low, high = int(lines[start]), int(lines[min(start + length, len(lines)) - 1])
    own = (number for number in range(low, high + 1) if texts[number - 1].strip() not in source.known_lines)
    low = next(own, low)
    cut = min(high, low + MAX_PART_LINES - 1)
    shown = [line[:MAX_LINE_CHARS] for line in texts[low - 1 : cut]]
    return low, "\n".join([*shown, "…"] if cut < high else shown)
