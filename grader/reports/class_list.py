"""``class.csv``: a row for each student, those of a group too, with the platform's id and late mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from grader.reports.csv_gradebook import submission_outcome
from grader.reports.escaping import csv_cell
from grader.reports.summary import format_points
from grader.results import SubmissionResult

COLUMNS = ("student", "submission", "late", "score", "outcome")

_BYTE_ORDER_MARK = "\ufeff"  # Excel takes the file for UTF-8 only with it


def render_class_list(students: Sequence[Mapping[str, Any]], results: Sequence[SubmissionResult]) -> str:
    """Return the text of ``class.csv``; ``late`` is yes or empty and never changes the score.

    Score and outcome are empty for who is not graded yet, the score also where there is no mark.
    """
    graded = {result.submission: result for result in results}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in students:
        result = graded.get(entry["name"])
        score = format_points(result.score) if result is not None and result.score is not None else ""
        end = ["yes" if entry["late"] else "", score, submission_outcome(result) if result is not None else ""]
        for student in entry["members"] or [entry["student"]]:
            writer.writerow([csv_cell(student), csv_cell(entry["name"]), *end])
    return _BYTE_ORDER_MARK + buffer.getvalue()
