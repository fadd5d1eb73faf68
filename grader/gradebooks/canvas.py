"""Canvas' exported gradebook: students by ``ID``, one column for each assignment, the maxima in a row of their own."""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.gradebooks.raw_table import RawTable
from grader.gradebooks.roster import Roster, RosterRow, check_maximum, has_commas

_ASSIGNMENT = re.compile(r"(?P<name>.*) \([0-9]+\)")
_POINTS_POSSIBLE = "points possible"


def read(table: RawTable, assignment: str | None, max_score: float) -> Roster | None:
    """Return what Canvas' gradebook says; None for what is none.

    Args:
        assignment: the column, with or without its number; None where there is only one.
    Raises:
        UsageError: there is no such column, or its maximum is not `max_score`.
    """
    head = [cell.strip().casefold() for cell in table.row(0)] if len(table) else []
    if not {"student", "id"} <= set(head):
        return None
    name, number = head.index("student"), head.index("id")
    grade = _assignment_column(table, assignment)
    body = range(1, len(table))
    if not any(_is_maximum(table.row(place)) for place in body):
        raise UsageError("has no row 'Points Possible'. Export the whole gradebook from Canvas again.")
    rows, broken, broken_ids, cells = list[RosterRow](), list[str](), set[str](), list[str]()
    for place in body:
        row = table.row(place)
        if len(row) <= max(number, grade):
            broken += [str(place + 1)] if any(row) else []
            broken_ids.update(row[number : number + 1])
        elif _is_maximum(row):
            check_maximum(place, row[grade], max_score)
            cells.append(row[grade])
        elif row[number]:
            called = f"{row[name].strip()} ({row[number]})" if row[name].strip() else row[number]
            rows.append(RosterRow(place, row[number], called, name=row[name].strip()))
            cells.append(row[grade])
    return Roster(
        "canvas", table, rows, grade, has_commas=has_commas(cells), broken=broken, broken_ids=frozenset(broken_ids)
    )


def _assignment_column(table: RawTable, assignment: str | None) -> int:
    names = {
        number: match["name"] for number, cell in enumerate(table.row(0)) if (match := _ASSIGNMENT.fullmatch(cell))
    }
    heads = {number: table.row(0)[number] for number in names}
    found = [number for number in names if assignment in (None, names[number], heads[number])]
    if len(found) != 1:
        raise UsageError(
            f"{len(found)} columns fit, expected one. Name it with --assignment, with its number where two are "
            f"alike; there are: {', '.join(heads.values()) or 'none'}."
        )
    return found[0]


def _is_maximum(row: list[str]) -> bool:
    return row[0].strip().casefold() == _POINTS_POSSIBLE
