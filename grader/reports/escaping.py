"""Make text that a student chose harmless to look at: names, messages, reasons, notes.

Each writer escapes for its own format besides (Jinja2, ElementTree, csv, rich). What is done here is common to all:
characters that are invisible, that reorder or overwrite other text, or that a format cannot hold, are shown as the
escape that Python would print for them, so nothing is lost and nothing acts.
"""

from __future__ import annotations

import re
import unicodedata

_HARMFUL_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # bidi overrides are Cf, lone surrogates Cs
_KEPT = frozenset("\n\t\u200c\u200d")  # the last two join letters in Persian and Hindi, and parts of emoji
_NONCHARACTERS = frozenset("\ufffe\uffff")  # not allowed in XML 1.0
_FORMULA_START = frozenset("=+-@\t\n＝＋－＠")  # full-width forms count in some locales
_FORMULA_AFTER_SEPARATOR = re.compile(r"([;\t\n]\s*)(?=[=+\-@＝＋－＠])")


def visible(text: str) -> str:
    r"""Return the text with unsafe characters shown as escapes: ESC becomes the four characters ``\x1b``.

    Line ends become ``\n``; newline and tab stay. The result holds only characters that XML 1.0 and UTF-8 allow.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    if unified.isascii() and unified.isprintable():
        return unified
    return "".join(_escape(char) if _is_harmful(char) else char for char in unified)


def _is_harmful(char: str) -> bool:
    if char in _KEPT:
        return False
    return unicodedata.category(char) in _HARMFUL_CATEGORIES or char in _NONCHARACTERS


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def shorten(text: str, limit: int) -> str:
    """Return visible text of at most ``limit`` characters, with an ellipsis where it was cut."""
    shown = visible(text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def one_line(text: str, limit: int = 200) -> str:
    """Return the whole text on one line, visible and shortened: runs of white space become one space."""
    return shorten(" ".join(visible(text).split()), limit)


def first_line(text: str, limit: int = 200) -> str:
    """Return the first line that is not blank, visible and shortened; empty when there is none."""
    lines = (line.strip() for line in visible(text).split("\n"))
    return one_line(next((line for line in lines if line), ""), limit)


def csv_cell(text: str) -> str:
    """Return the text with a ``'`` before anything that a spreadsheet would run as a formula.

    Also after ``;``, tab and newline within the text: a spreadsheet whose locale separates cells with semicolons
    would split there.
    """
    cell = _FORMULA_AFTER_SEPARATOR.sub(r"\1'", visible(text))
    starts_formula = cell[:1] in _FORMULA_START or cell.lstrip()[:1] in _FORMULA_START
    return f"'{cell}" if cell and starts_formula else cell
