"""A CSV file of which single cells are replaced: every other byte stays as it was."""

from __future__ import annotations

import re

_BYTE_ORDER_MARK = "\ufeff"
_SEPARATORS = ",;\t"


class RawTable:
    """The cells of a CSV text as they are written, quotes and line ends included."""

    def __init__(self, text: str) -> None:
        """Read a table; the separator is the one that gives most rows as many cells as the first.

        Titles may hold the other separators: Canvas quotes only what holds its own.

        Raises:
            ValueError: a quote is not closed or stands inside a cell, whatever the separator.
        """
        self._mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        body = text.removeprefix(_BYTE_ORDER_MARK)
        readings: dict[str, tuple[list[list[str]], list[str]]] = {}
        problem: ValueError | None = None
        for separator in _SEPARATORS:
            try:
                readings[separator] = _cells(body, separator)
            except ValueError as error:
                problem = problem or error
        evenness = {separator: _evenness(rows) for separator, (rows, _ends) in readings.items()}
        self.separator = max(evenness, key=evenness.__getitem__, default="")
        if problem is not None and (not evenness or not evenness[self.separator][0]):
            raise problem
        self._rows, self._ends = readings[self.separator]

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> list[str]:
        """Return what the cells of a row say, without quotes."""
        return [_unquoted(raw) for raw in self._rows[number]]

    def replace(self, number: int, column: int, value: str) -> None:
        """Put another value into a cell."""
        needs_quotes = any(char in value for char in f'{self.separator}"\r\n')
        was_quoted = self._rows[number][column].startswith('"')
        quoted = '"' + value.replace('"', '""') + '"'
        self._rows[number][column] = quoted if needs_quotes or was_quoted else value

    def add_column(self, title: str) -> int:
        """Add a column, empty but for its title, behind the others; return its number. Rows that lack cells stay so."""
        number = len(self._rows[0])
        for row in self._rows:
            if len(row) == number:
                row.append("")
        self.replace(0, number, title)
        return number

    def text(self) -> str:
        """Return the whole file."""
        lines = (self.separator.join(row) + end for row, end in zip(self._rows, self._ends, strict=True))
        return self._mark + "".join(lines)


def _unquoted(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw


def _cells(body: str, separator: str) -> tuple[list[list[str]], list[str]]:
    """Return the cells of each row as they are written, and how each row ends."""
    other = rf"{separator}\r\n"
    cell = re.compile(rf'("(?:[^"]|"")*"|(?:[^"{other}][^{other}]*)?)({separator}|\r\n|\n|\r|\Z)')
    rows: list[list[str]] = [[]]
    ends: list[str] = []
    place = 0
    while place < len(body):
        match = cell.match(body, place)
        if match is None:
            raise ValueError(f"row {len(rows)}: a quote is not closed or stands inside a cell")
        rows[-1].append(match[1])
        place = match.end()
        if match[2] != separator:
            ends.append(match[2])
            rows.append([])
    if body.endswith(separator):
        rows[-1].append("")
        ends.append("")
    return rows[: len(ends)], ends


def _evenness(rows: list[list[str]]) -> tuple[bool, float, int]:
    """Tell whether there are several columns, and how well the rows fit the first: the largest key is the file's."""
    counts = [len(row) for row in rows if any(row)]
    if not counts:
        return False, 0.0, 0
    return counts[0] > 1, counts.count(counts[0]) / len(counts), counts[0]
