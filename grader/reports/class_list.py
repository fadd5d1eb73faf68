"""``class.csv``: a row for each student, those of a group too: points, penalty and grade side by side."""

from __future__ import annotations

from collections.abc import Sequence

from grader.reports.class_grades import StudentGrade
from grader.reports.csv_gradebook import submission_outcome
from grader.reports.escaping import csv_cell
from grader.reports.spreadsheet import spreadsheet
from grader.reports.summary import format_points
from grader.submissions.names import page_file

NOT_GRADED = "not_graded"
"""What stands in the column ``outcome`` for who has no result yet."""
COLUMNS = (
    "student",
    "submission",
    "attempts",
    "late",
    "points",
    "late_days",
    "penalty",
    "grade",
    "outcome",
    "page",
    "name",
)


def render_class_list(grades: Sequence[StudentGrade]) -> str:
    """Return the text of ``class.csv``.

    A cell is empty where there is nothing to say: points, days, penalty, grade and page for who is not graded yet,
    points and grade where there is no mark, days, penalty and grade where nobody says how late it was. ``late`` is yes
    or empty, ``outcome`` graded, rejected, grader_error or not_graded, ``page`` the student page's file in
    ``feedback``, ``name`` what the download calls the student, or the worksheet a member of a group.
    """
    return spreadsheet([COLUMNS, *map(_row, grades)])


def _row(row: StudentGrade) -> list[str]:
    return [
        csv_cell(row.student),
        csv_cell(row.submission),
        str(row.attempts),
        "yes" if row.late else "",
        _number(row.result.score if row.result is not None else None),
        _number(row.late_days if row.result is not None else None),
        _number(row.penalty),
        _number(row.grade),
        submission_outcome(row.result) if row.result is not None else NOT_GRADED,
        csv_cell(page_file(row.submission)) if row.result is not None else "",
        csv_cell(row.name),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else format_points(value)
