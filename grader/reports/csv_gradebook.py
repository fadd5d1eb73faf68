"""``grades.csv``: one row per submission, for a spreadsheet or a learning platform."""

from __future__ import annotations

from collections.abc import Sequence

from grader.reports.escaping import csv_cell
from grader.reports.spreadsheet import spreadsheet
from grader.reports.summary import format_points, has_mark, line_ids
from grader.results.models import Outcome, SubmissionResult

COLUMNS = ("submission", "score", "max_score", "outcome", "reason")


def render_grades(results: Sequence[SubmissionResult]) -> str:
    """Return the text of ``grades.csv``: byte order mark, ``COLUMNS``, then a column of points per rubric line.

    ``outcome`` is graded, rejected or grader_error. A cell is empty where there is no mark: the score of a
    grader_error row, the line that the fault struck, and lines that a submission does not have.
    """
    ids = line_ids(results)
    return spreadsheet([[*COLUMNS, *map(csv_cell, ids)], *(_row(result, ids) for result in results)])


def submission_outcome(result: SubmissionResult) -> str:
    """Return how a submission as a whole ended: graded, rejected or grader_error."""
    if not has_mark(result):
        return Outcome.GRADER_ERROR.value
    return "rejected" if result.reason else "graded"


def _row(result: SubmissionResult, ids: list[str]) -> list[str]:
    points = {item.id: format_points(item.points) for item in result.items if item.outcome is not Outcome.GRADER_ERROR}
    score = format_points(result.score) if result.score is not None and has_mark(result) else ""
    return [
        csv_cell(result.submission),
        score,
        format_points(result.max_score),
        submission_outcome(result),
        csv_cell(result.reason),
        *(points.get(item_id, "") for item_id in ids),
    ]
