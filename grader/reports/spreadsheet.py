"""The form of every CSV file that is written here: what a spreadsheet opens with a click, in any language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_BYTE_ORDER_MARK = "\ufeff"  # Excel takes the file for UTF-8 only with it


def spreadsheet(rows: Iterable[Sequence[str]]) -> str:
    """Return the text of a CSV file; cells that a student wrote must have gone through `csv_cell`."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return _BYTE_ORDER_MARK + buffer.getvalue()
