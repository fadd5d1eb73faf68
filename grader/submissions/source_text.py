"""A source text with the positions of its syntax tree: cut a piece out, or blank it without moving anything else."""

import ast
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

_LINE_END = re.compile(r"(?:[ \t\f]|\\\n)*;?(?:[ \t\f]|\\\n)*(?=[#\n]|\Z)")
"""What may follow the last statement of a line; a backslash joins the next line to it."""
_INDENTATION = re.compile(r"[ \t\f]*")
_WHITE_SPACE = re.compile(r"\s*")
_WIDE = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Span:
    """A piece of the text, in characters: ``text[start:end]``."""

    start: int
    end: int


class _WideLetters:
    """Where the letters of one line are that take more than one byte in UTF-8."""

    def __init__(self, line: str) -> None:
        self._ends = array("L")  # in bytes
        self._surplus = array("L", [0])  # of bytes over characters, before and after each
        for letter in _WIDE.finditer(line):
            self._surplus.append(self._surplus[-1] + len(letter.group().encode()) - 1)
            self._ends.append(letter.end() + self._surplus[-1])

    def column(self, byte_column: int) -> int:
        """Return the column in characters."""
        return byte_column - self._surplus[bisect_right(self._ends, byte_column)]


class SourceText:
    """Source with normal line ends. Trees count columns in UTF-8 bytes; everything here is in characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._wide: dict[int, _WideLetters] = {}
        """By the numbers of the lines that were asked for: a line may be megabytes, and hold thousands of nodes."""

    def span(self, node: ast.stmt | ast.expr) -> Span:
        """Return where a node stands (a decorated definition without its decorators)."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None
        assert end_column is not None
        return Span(self._offset(node.lineno, node.col_offset), self._offset(end_line, end_column))

    def cut(self, node: ast.stmt | ast.expr) -> str:
        """Return the text of a node."""
        span = self.span(node)
        return self.text[span.start : span.end]

    def first_line(self, node: ast.stmt | ast.expr) -> str:
        """Return the first line of a node's text."""
        return self.cut(node).split("\n", 1)[0]

    def indentation(self, node: ast.stmt) -> str:
        """Return the white space that begins a statement's line."""
        found = _INDENTATION.match(self.lines[node.lineno - 1])
        assert found is not None
        return found.group().rpartition("\f")[2]  # a form feed starts it anew

    def ends_line(self, span: Span) -> Span | None:
        """Return the piece with what ends its line (``;``, a backslash); None when a statement follows there."""
        found = _LINE_END.match(self.text, span.end)
        return None if found is None else Span(span.start, found.end())

    def begins_line(self, span: Span) -> bool:
        """Tell whether nothing but white space stands before the piece on its line."""
        line_start = self.text.rfind("\n", 0, span.start) + 1
        blank = _WHITE_SPACE.match(self.text, line_start, span.start)
        assert blank is not None
        return blank.end() == span.start and not self.text.endswith("\\\n", 0, line_start)

    def _offset(self, line: int, byte_column: int) -> int:
        text = self.lines[line - 1]
        if text.isascii():
            return self._starts[line - 1] + byte_column
        if line not in self._wide:
            self._wide[line] = _WideLetters(text)
        return self._starts[line - 1] + self._wide[line].column(byte_column)


@dataclass(frozen=True)
class Blank:
    """A piece to take out of the text; ``holds_place`` when a statement must stay in its stead."""

    span: Span
    holds_place: bool


def blank_out(source: SourceText, blanks: Iterable[Blank]) -> str:
    """Return the text with the pieces, each a whole statement, replaced by spaces; line ends are kept.

    A statement that must leave one behind becomes ``pass``, or ``0`` where that is too long.
    """
    pieces: list[str] = []
    position = 0
    for blank in sorted(blanks, key=lambda one: one.span.start):
        span = source.ends_line(blank.span)
        text = (
            _followed(source, blank.span) if span is None else _last_on_line(source, span, must_stay=blank.holds_place)
        )
        pieces += [source.text[position : blank.span.start], text]
        position = (span or blank.span).end
    return "".join([*pieces, source.text[position:]])


def _last_on_line(source: SourceText, span: Span, *, must_stay: bool) -> str:
    lines = _spaces(source, span)
    if must_stay or not source.begins_line(span):
        lines[0] = _nothing(len(lines[0]))
    return "\n".join(lines)


def _followed(source: SourceText, span: Span) -> str:
    """Blank ``f(<newline>)`` of ``f(<newline>); b = 2``: an empty tuple may span lines as the call did."""
    lines = _spaces(source, span)
    if len(lines) == 1:
        return _nothing(len(lines[0]))
    lines[0] = "(" + lines[0][1:]
    lines[-1] = lines[-1][:-1] + ")"
    return "\n".join(lines)


def _spaces(source: SourceText, span: Span) -> list[str]:
    return [" " * len(line) for line in source.text[span.start : span.end].split("\n")]


def _nothing(width: int) -> str:
    return ("pass" if width >= len("pass") else "0").ljust(width)
