"""A CSV file of which single cells are replaced: every other byte stays as it was."""

from __future__ import annotations

import re

_BYTE_ORDER_MARK = "\ufeff"


class RawTable:
    """The cells of a CSV text as they are written, quotes and line ends included."""

    def __init__(self, text: str) -> None:
        self._mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        body = text.removeprefix(_BYTE_ORDER_MARK)
        self.separator = max(",;\t", key=body.partition("\n")[0].count)
        other = rf"{self.separator}\r\n"
        cell = re.compile(rf'("(?:[^"]|"")*"|(?:[^"{other}][^{other}]*)?)({self.separator}|\r\n|\n|\r|\Z)')
        self._rows: list[list[str]] = [[]]
        self._ends: list[str] = []
        place = 0
        while place < len(body):
            match = cell.match(body, place)
            if match is None:
                raise ValueError(f"row {len(self._rows)}: a quote is not closed or stands inside a cell")
            self._rows[-1].append(match[1])
            place = match.end()
            if match[2] != self.separator:
                self._ends.append(match[2])
                self._rows.append([])
        if body.endswith(self.separator):
            self._rows[-1].append("")
            self._ends.append("")
        self._rows = self._rows[: len(self._ends)]

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

    def text(self) -> str:
        """Return the whole file."""
        lines = (self.separator.join(row) + end for row, end in zip(self._rows, self._ends, strict=True))
        return self._mark + "".join(lines)


def _unquoted(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw
