"""Fill grades into Moodle's offline grading worksheet or Canvas' gradebook: known students only, nothing guessed.

Moodle's worksheet has a column for feedback too, which is filled where it is there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.gradebooks.raw_table import RawTable
from grader.reports.escaping import csv_cell
from grader.reports.summary import format_points

_MOODLE = {
    "id": ("identifier", "идентификатор"),
    "grade": ("grade", "оценка"),
    "maximum": ("maximum grade", "максимальная оценка", "максимальный балл"),
}
_MOODLE_FEEDBACK = ("feedback comments", "отзыв в виде комментария", "комментарии к отзыву", "отзыв")
"""The names of Moodle's columns, in small letters, in the languages that are known."""
_FULL_NAME = ("full name", "полное имя", "student")
"""What the column of the students' names is called, the last by Canvas."""
_ASSIGNMENT = re.compile(r"(?P<name>.*) \([0-9]+\)")
_POINTS_POSSIBLE = "points possible"


@dataclass(frozen=True)
class Grade:
    """What a student's row gets."""

    points: float
    feedback: str = ""
    """HTML on one line."""


@dataclass(frozen=True)
class Filled:
    """A filled gradebook."""

    text: str
    count: int
    """How many grades were filled in."""
    replaced: tuple[str, ...]
    """Students whose row held another grade or feedback before."""
    without_grade: Mapping[str, str]
    """Students of the roster for whom there is none, by the platform's id: how to call them."""
    not_in_roster: tuple[str, ...]
    """Students with a grade whom the roster does not have."""
    twice: tuple[str, ...] = ()
    """Students of several rows, each of which was filled in."""
    broken: tuple[str, ...] = ()
    """Rows that lack cells, by their numbers, which were left as they are."""


@dataclass(frozen=True)
class Columns:
    """Where things stand; None is a column that the platform does not have."""

    id: int
    grade: int
    maximum: int | None = None
    feedback: int | None = None
    name: int | None = None

    def fit(self, row: list[str]) -> bool:
        return len(row) > max(self.id, self.grade, self.maximum or 0, self.feedback or 0)

    def call(self, row: list[str]) -> str:
        """Return how to call a row's student: ``Anna Petrova (Participant 12345)``, as far as the roster says it."""
        name = row[self.name].strip() if self.name is not None and len(row) > self.name else ""
        return f"{name} ({row[self.id]})" if name else row[self.id]


def fill_roster(
    path: Path,
    grades: Mapping[str, Grade],
    max_score: float,
    assignment: str | None = None,
    *,
    platforms: Collection[str] = (),
) -> Filled:
    """Return the roster with the grades in it; its file stays as it is.

    Args:
        grades: by the platform's id of a student.
        assignment: Canvas' column, without its number; None where there is only one.
        platforms: whose ids these are, where that is known.
    Raises:
        UsageError: the file cannot be read, is of neither kind or of another platform, or its maximum is not
            `max_score`.
    """
    table = load_table(path)
    columns = _columns(path, table, assignment)
    own = "canvas" if columns.maximum is None else "moodle"
    if other := sorted(set(platforms) - {own}):
        raise UsageError(
            f"{path}: is a file of {own}, the class was graded from {', '.join(other)}: a number there is another "
            f"student here. Grade the download of {own} (--from {own}), then fill in its file."
        )
    return _fill(path, table, grades, max_score, columns)


def load_table(path: Path) -> RawTable:
    """Read a file of a platform.

    Raises:
        UsageError: it is no CSV in UTF-8, or cannot be read.
    """
    try:
        return RawTable(path.read_bytes().decode("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as CSV in UTF-8 ({error}). Download it again.") from error


def find_moodle_columns(table: RawTable) -> Columns | None:
    """Return where things stand in Moodle's worksheet; None for what is none."""
    head = head_of(table)
    if not all(set(names) & set(head) for names in _MOODLE.values()):
        return None
    found = {what: next(head.index(name) for name in names if name in head) for what, names in _MOODLE.items()}
    return Columns(**found, feedback=_first(head, _MOODLE_FEEDBACK), name=_first(head, _FULL_NAME))


def _first(head: list[str], names: Collection[str]) -> int | None:
    return next((head.index(name) for name in names if name in head), None)


def student_of(cell: str) -> str:
    """Return the platform's id of a student from its cell: Moodle writes ``Participant 12345``."""
    return cell.rpartition(" ")[2]


def head_of(table: RawTable) -> list[str]:
    """Return the names of the columns in small letters; none of an empty file."""
    return [cell.strip().casefold() for cell in table.row(0)] if len(table) else []


def _columns(path: Path, table: RawTable, assignment: str | None) -> Columns:
    if (columns := find_moodle_columns(table)) is not None:
        return columns
    head = head_of(table)
    if {"student", "id"} <= set(head):
        column = _assignment_column(path, table, assignment)
        return Columns(id=head.index("id"), grade=column, name=_first(head, _FULL_NAME))
    raise UsageError(
        f"{path}: is neither Moodle's grading worksheet nor Canvas' gradebook by its first row "
        f"({', '.join(head)[:200]}). Expected the columns Identifier, Grade and Maximum grade, or Student and ID."
    )


def _assignment_column(path: Path, table: RawTable, assignment: str | None) -> int:
    names = {
        number: match["name"] for number, cell in enumerate(table.row(0)) if (match := _ASSIGNMENT.fullmatch(cell))
    }
    heads = {number: table.row(0)[number] for number in names}
    found = [number for number in names if assignment in (None, names[number], heads[number])]
    if len(found) != 1:
        raise UsageError(
            f"{path}: {len(found)} columns fit, expected one. Name it with --assignment, with its number where two are "
            f"alike; there are: {', '.join(heads.values()) or 'none'}."
        )
    return found[0]


def _fill(path: Path, table: RawTable, grades: Mapping[str, Grade], max_score: float, columns: Columns) -> Filled:
    seen, named = set[str](), set[str]()
    twice, replaced, broken, without = list[str](), list[str](), list[str](), dict[str, str]()
    is_canvas = columns.maximum is None
    if is_canvas and not any(_is_maximum(table.row(number)) for number in range(1, len(table))):
        raise UsageError(f"{path}: has no row 'Points Possible'. Export the whole gradebook from Canvas again.")
    has_commas = _has_commas(table, columns)
    for number in range(1, len(table)):
        row = table.row(number)
        if not columns.fit(row):
            broken += [str(number + 1)] if any(row) else []
            named.update(map(student_of, row[columns.id : columns.id + 1]))
            continue
        is_maximum = is_canvas and _is_maximum(row)
        if is_maximum or not is_canvas:
            _check_maximum(path, number, row[columns.grade if columns.maximum is None else columns.maximum], max_score)
        student = student_of(row[columns.id])
        if not is_maximum and student in grades:
            is_replaced = _fill_row(table, number, grades[student], columns, has_commas=has_commas)
            replaced += [row[columns.id]] if is_replaced else []
            twice += [row[columns.id]] if student in seen else []
            seen.add(student)
        elif not is_maximum and student:
            without[student] = columns.call(row)
    left = tuple(sorted(grades.keys() - seen - named))
    return Filled(table.text(), len(seen), tuple(replaced), without, left, tuple(twice), tuple(broken))


def _has_commas(table: RawTable, columns: Columns) -> bool:
    """Tell whether the file writes 87,5: by the maxima, or by the grades where Canvas has them in one column."""
    column = columns.grade if columns.maximum is None else columns.maximum
    cells = [row[column] for row in map(table.row, range(1, len(table))) if columns.fit(row)]
    return any("," in cell and _number(cell) is not None for cell in cells)


def _fill_row(table: RawTable, number: int, grade: Grade, columns: Columns, *, has_commas: bool) -> bool:
    """Fill in one student; tell whether something else stood there. A grade that is the same already stays as it is."""
    row = table.row(number)
    before = row[columns.grade].strip()
    is_other = _number(before) != grade.points
    if is_other:
        points = format_points(grade.points)
        table.replace(number, columns.grade, points.replace(".", ",") if has_commas else points)
    is_replaced = is_other and before not in ("", "-")
    if columns.feedback is not None:
        feedback = csv_cell(grade.feedback)
        is_replaced |= row[columns.feedback].strip() not in ("", feedback)
        table.replace(number, columns.feedback, feedback)
    return is_replaced


def _is_maximum(row: list[str]) -> bool:
    return row[0].strip().casefold() == _POINTS_POSSIBLE


def _check_maximum(path: Path, number: int, cell: str, max_score: float) -> None:
    if _number(cell) != max_score:
        raise UsageError(
            f"{path}: row {number + 1} has the maximum {cell!r}, the rubric has {max_score:g}. Set the assignment's "
            "maximum to that in the platform and download the file again."
        )


def _number(cell: str) -> float | None:
    """Return what a platform wrote, perhaps with a decimal comma; None for what is no number."""
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None
