"""Fill grades into Moodle's offline grading worksheet or Canvas' gradebook: known students only, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.gradebooks.raw_table import RawTable
from grader.reports.summary import format_points

_MOODLE = {
    "id": ("identifier", "идентификатор"),
    "grade": ("grade", "оценка"),
    "maximum": ("maximum grade", "максимальная оценка"),
}
"""The names of Moodle's columns, in small letters, in the languages that are known."""
_ASSIGNMENT = re.compile(r"(?P<name>.*) \([0-9]+\)")
_POINTS_POSSIBLE = "points possible"


@dataclass(frozen=True)
class Filled:
    """A filled gradebook."""

    text: str
    count: int
    """How many grades were filled in."""
    without_grade: tuple[str, ...]
    """Students of the roster for whom there is none."""
    not_in_roster: tuple[str, ...]
    """Students with a grade whom the roster does not have."""


def fill_roster(path: Path, grades: Mapping[str, float], max_score: float, assignment: str | None = None) -> Filled:
    """Return the roster with the grades in it; its file stays as it is.

    Args:
        grades: points by the platform's id of a student.
        assignment: Canvas' column, without its number; None where there is only one.
    Raises:
        UsageError: the file cannot be read, is of neither kind, or its maximum is not `max_score`.
    """
    try:
        table = RawTable(path.read_bytes().decode("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as CSV in UTF-8 ({error}). Download it again.") from error
    head = [cell.strip().casefold() for cell in table.row(0)] if len(table) else []
    if all(set(names) & set(head) for names in _MOODLE.values()):
        columns = {what: next(head.index(name) for name in names if name in head) for what, names in _MOODLE.items()}
        return _fill(path, table, grades, max_score, columns["id"], columns["grade"], columns["maximum"])
    if {"student", "id"} <= set(head):
        return _fill(
            path, table, grades, max_score, head.index("id"), _assignment_column(path, table, assignment), None
        )
    raise UsageError(
        f"{path}: is neither Moodle's grading worksheet nor Canvas' gradebook by its first row "
        f"({', '.join(head)[:200]}). Expected the columns Identifier, Grade and Maximum grade, or Student and ID."
    )


def _assignment_column(path: Path, table: RawTable, assignment: str | None) -> int:
    names = {
        number: match["name"] for number, cell in enumerate(table.row(0)) if (match := _ASSIGNMENT.fullmatch(cell))
    }
    found = [number for number, name in names.items() if assignment in (None, name)]
    if len(found) != 1:
        raise UsageError(
            f"{path}: {len(found)} columns fit, expected one. Name it with --assignment; there are: "
            f"{', '.join(names.values()) or 'none'}."
        )
    return found[0]


def _fill(
    path: Path,
    table: RawTable,
    grades: Mapping[str, float],
    max_score: float,
    key: int,
    grade: int,
    maximum: int | None,
) -> Filled:
    left, without, count = dict(grades), [], 0
    if maximum is None and not any(_is_maximum(table.row(number)) for number in range(1, len(table))):
        raise UsageError(f"{path}: has no row 'Points Possible'. Export the whole gradebook from Canvas again.")
    for number in range(1, len(table)):
        row = table.row(number)
        if len(row) <= max(key, grade, maximum or 0):
            continue
        is_maximum = maximum is None and _is_maximum(row)
        if is_maximum or maximum is not None:
            _check_maximum(path, number, row[grade if maximum is None else maximum], max_score)
        student = row[key].rpartition(" ")[2]  # Moodle: Participant 12345
        if not is_maximum and student in left:
            points = format_points(left.pop(student))
            table.replace(number, grade, points.replace(".", ",") if maximum and "," in row[maximum] else points)
            count += 1
        elif not is_maximum and student:
            without.append(row[key])
    return Filled(table.text(), count, tuple(without), tuple(sorted(left)))


def _is_maximum(row: list[str]) -> bool:
    return row[0].strip().casefold() == _POINTS_POSSIBLE


def _check_maximum(path: Path, number: int, cell: str, max_score: float) -> None:
    try:
        matches = float(cell.replace(",", ".")) == max_score
    except ValueError:
        matches = False
    if not matches:
        raise UsageError(
            f"{path}: row {number + 1} has the maximum {cell!r}, the rubric has {max_score:g}. Set the assignment's "
            "maximum to that in the platform and download the file again."
        )
