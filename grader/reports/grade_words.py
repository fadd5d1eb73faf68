"""What being late cost, in words: lines of their own beside the points, never hidden in them."""

from __future__ import annotations

from grader.assignment.public_tests.checks.language import tr, trn
from grader.reports.class_grades import StudentGrade
from grader.reports.summary import format_points


def penalty_lines(row: StudentGrade | None) -> list[str]:
    """Return the penalty and the grade of a student; nothing where being late cost nothing."""
    if row is None or not row.penalty or row.grade is None:
        return []
    days = trn("{count} day late", "{count} days late", row.late_days or 0)
    return [
        tr("Penalty: {points} ({days})", points=format_points(row.penalty), days=days),
        tr("Grade: {points}", points=format_points(row.grade)),
    ]
