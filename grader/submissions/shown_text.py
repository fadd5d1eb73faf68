"""Make text from a student fit to be shown: names, source lines, messages of Python."""

import unicodedata
from collections.abc import Iterable

from grader.assignment.public_tests.checks.language import tr

MAX_SHOWN_CHARS = 80
MAX_SHOWN_NAMES = 5

_DROPPED = {"Cc", "Cf"}  # control; format, among them the bidi overrides that show a name backwards
_BLANK = {"Zl", "Zp"}  # line and paragraph separators


def shown(text: str, limit_chars: int = MAX_SHOWN_CHARS) -> str:
    """Return the text on one line, without characters that fool a reader or a terminal, capped with ``...``."""
    kept = "".join(_shown_character(character) for character in text[: limit_chars * 20])
    line = kept.strip()
    return line if len(line) <= limit_chars else line[: limit_chars - 3].rstrip() + "..."


def shown_list(names: Iterable[str], limit: int = MAX_SHOWN_NAMES) -> str:
    """Return ``a, b, c`` in sorted order; past the limit, ``a, b and 7 more``."""
    cleaned = sorted(shown(name) for name in names)
    listed = ", ".join(cleaned[:limit])
    return (
        listed if len(cleaned) <= limit else tr("{listed} and {count} more", listed=listed, count=len(cleaned) - limit)
    )


def _shown_character(character: str) -> str:
    if character in "\t\n\r\f\v":
        return " "
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    if category in _BLANK:
        return " "
    return "\N{REPLACEMENT CHARACTER}" if category == "Cs" else character
