"""Canvas' exported gradebook: students by ``ID``, one column for each assignment, the maxima in a row of their own.

Names stand in one column or, where the instructor chose so, in ``LastName`` and ``FirstName``. Assignments stand behind
``Section``; their maxima are numbers, where totals say "(read only)" and columns of the instructor's own are empty. So
a title needs no number in parentheses, and may be any text.

Source: ``lib/gradebook_exporter.rb`` and ``gradebook_importer.rb`` of Canvas (instructure/canvas-lms).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.gradebooks.raw_table import RawTable
from grader.gradebooks.roster import (
    Roster,
    RosterRow,
    check_maximum,
    has_commas,
    number_of,
    sort_rows,
)
from grader.system.errors import UsageError

_NUMBERED = re.compile(r"(?P<name>.*) \([0-9]+\)")
_POINTS_POSSIBLE = "points possible"
_HIDDEN = re.compile(r"\s*(?:muted|manual posting.*)?\s*", re.IGNORECASE)
"""What all cells of the row say that tells of grades which students do not see yet."""
_NO_FORMULA = re.compile(r'="(?P<name>.*)"')
"""How Canvas writes a name that a spreadsheet would take for a formula."""
_TEST_STUDENT = "Student, Test"
_STAYS = {
    "ex": "excused (EX)",
    "n/a": "the assignment is not assigned to this student (N/A)",
}


def read(table: RawTable, assignment: str | None, max_score: float) -> Roster | None:
    """Return what Canvas' gradebook says; None for what is none.

    Args:
        assignment: the column, with or without its number; None where there is only one.
    Raises:
        UsageError: there is no such column, or its maximum is not `max_score`.
    """
    head = [cell.strip().casefold() for cell in table.row(0)] if len(table) else []
    names = [head.index(name) for name in ("student", "lastname", "firstname") if name in head]
    if "id" not in head or not ("student" in head or {"lastname", "firstname"} <= set(head)):
        return None
    number = head.index("id")
    body = {place: table.row(place) for place in range(1, len(table))}
    maxima = {place: row for place, row in body.items() if _POINTS_POSSIBLE in row[0].casefold()}
    if not maxima:
        raise UsageError("has no row 'Points Possible'. Export the whole gradebook from Canvas again.")
    grade = _assignment_column(table.row(0), list(maxima.values()), assignment)
    for place, row in maxima.items():
        check_maximum(place, row[grade] if len(row) > grade else "", max_score)
    students = {
        place: row for place, row in body.items() if place not in maxima and not all(map(_HIDDEN.fullmatch, row))
    }
    found = sort_rows(students, len(table.row(0)), number, max(number, grade, *names), str.strip)
    rows = list[RosterRow]()
    for place, cells in found.whole.items():
        name, student = ", ".join(filter(None, (_name(cells[column]) for column in names))), cells[number].strip()
        if name != _TEST_STUDENT:
            called = f"{name} ({student})" if name else student
            stays = _STAYS.get(cells[grade].strip().casefold(), "")
            rows.append(RosterRow(place, student, called, name=name, stays=stays))
    written = [row[grade] for row in body.values() if len(row) > grade]
    return Roster(
        "canvas",
        table,
        rows,
        grade,
        has_commas=has_commas(written),
        broken=found.broken,
        broken_ids=found.broken_ids,
        told=found.told,
        has_several=True,
    )


def _name(cell: str) -> str:
    found = _NO_FORMULA.fullmatch(cell.strip())
    return (found["name"] if found else cell).strip()


def _assignment_column(heads: Sequence[str], maxima: Sequence[Sequence[str]], assignment: str | None) -> int:
    first = next((column + 1 for column, head in enumerate(heads) if head.strip().casefold() == "section"), 0)
    columns = {
        column: head.strip()
        for column, head in enumerate(heads)
        if column >= first and any(len(row) > column and number_of(row[column]) is not None for row in maxima)
    }
    wanted = assignment.strip() if assignment is not None else None
    found = [column for column, head in columns.items() if wanted in (None, head, _without_number(head))]
    if len(found) != 1:
        raise UsageError(
            f"{len(found)} columns fit, expected one. Name it with --assignment, with its number where two are "
            f"alike; there are: {', '.join(columns.values()) or 'none'}."
        )
    return found[0]


def _without_number(head: str) -> str:
    numbered = _NUMBERED.fullmatch(head)
    return numbered["name"] if numbered else head
