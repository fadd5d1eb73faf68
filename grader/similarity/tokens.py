"""Cut Python source into normalised tokens: names, numbers and texts count by their kind, comments do not count.

One regular expression, not Python's own tokenizer: source that does not parse is cut as well, and every alternative is
linear in the text, so that no submission can make this slow.
"""

from __future__ import annotations

import keyword
import re
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MAX_CHARS = 400_000
"""Of a source; what is beyond is not compared. The reference has 20,000."""
MAX_TOKENS = 60_000

_TOKEN = re.compile(
    r"""
      (?P<skip>\s+|\\\n|\#[^\n]*)
    | (?P<text>[rbfuRBFU]{0,2}(?:\"\"\"[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*(?:\"\"\"|\Z)
                              |'''[^\\']*(?:(?:\\.|'(?!''))[^\\']*)*(?:'''|\Z)
                              |"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?))
    | (?P<number>\d[\w.]*)
    | (?P<name>[^\W\d]\w*)
    | (?P<operator>\*\*=|//=|>>=|<<=|->|:=|[-+*/%&|^@=!<>]=|\*\*|//|<<|>>|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = frozenset(keyword.kwlist)


@dataclass(frozen=True)
class Tokens:
    """The tokens of one source: codes uint64 (N,) that are equal for equal tokens, and the 1-based line of each."""

    codes: npt.NDArray[np.uint64]
    lines: npt.NDArray[np.int64]


def tokenize(source: str) -> Tokens:
    """Return the tokens of a source, of its first `MAX_CHARS` characters and at most `MAX_TOKENS`.

    A text that stands alone as a statement is mostly a docstring; it counts as one token, whatever it says.
    """
    text = source[:MAX_CHARS]
    codes: list[int] = []
    starts: list[int] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "skip":
            continue
        codes.append(_code(kind or "", match.group()))
        starts.append(match.start())
        if len(codes) == MAX_TOKENS:
            break
    ends = np.array([place.start() for place in re.finditer("\n", text)], np.int64)
    lines = np.searchsorted(ends, np.array(starts, np.int64)) + 1
    return Tokens(np.array(codes, np.uint64), lines)


def _code(kind: str, text: str) -> int:
    same = kind if kind in {"text", "number"} or (kind == "name" and text not in _KEYWORDS) else text
    return zlib.crc32(f"{kind} {same}".encode("utf-8", "surrogatepass"))
