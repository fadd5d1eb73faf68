"""The JSON that GitHub Classroom's reporter reads (classroom-resources/autograding-grading-reporter).

A workflow gives it, in base64, in the environment variable ``<STEP>_RESULTS``. The reporter prints every test with its
message in the log of the workflow, which the student reads: it holds what the student page holds.
"""

from __future__ import annotations

import json
from typing import Any

from grader.reports.escaping import visible
from grader.reports.summary import has_mark
from grader.results import ItemResult, Outcome, SubmissionResult

_STATUS = {Outcome.PASSED: "pass", Outcome.GRADER_ERROR: "error"}


def render_github(result: SubmissionResult) -> str:
    """Return the JSON text; without a mark ``max_score`` is 0, for which the reporter reports no points at all."""
    marked = has_mark(result)
    passed = marked and all(item.outcome is Outcome.PASSED for item in result.items)
    table = {
        "version": 1,
        "status": "error" if not marked else "pass" if passed else "fail",
        "max_score": result.max_score if marked else 0,
        "tests": [_test(item, counts=marked) for item in result.items],
    }
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _test(item: ItemResult, *, counts: bool) -> dict[str, Any]:
    return {
        "name": visible(f"{item.id}: {item.title}"),
        "status": _STATUS.get(item.outcome, "fail"),
        "score": item.points if counts else 0,
        "message": visible(item.message) or None,
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "execution_time": f"{item.seconds:.3f}s",
    }
