"""Gradescope's ``results.json`` (https://gradescope-autograders.readthedocs.io/en/latest/specs/).

A hidden line is shown when the marks are published, a public one at once; neither says more than the student page.
The grader's log stays out: whatever stands in this file may be shown to the student.

The specification wants a score, of the whole or of each test. A fault of ours has none, so there is no file for it:
Gradescope then says "The autograder failed to execute correctly" (its page "Troubleshooting"), and whatever is printed
is for the instructor.
"""

from __future__ import annotations

import json
from typing import Any

from grader.assignment.public_tests.checks.language import tr
from grader.i18n.languages import in_language
from grader.reports.escaping import visible
from grader.reports.summary import OUTCOME_WORDS, has_mark, say_reason_once
from grader.results.models import ItemResult, Outcome, SubmissionResult
from grader.results.rubric import load_rubric

VISIBLE, AFTER_PUBLISHED = "visible", "after_published"


def render_gradescope(result: SubmissionResult) -> str | None:
    """Return the text of ``results.json``, in the result's language; None without a mark."""
    if not has_mark(result):
        return None
    with in_language(result.lang):
        return _render(result)


def _render(result: SubmissionResult) -> str:
    public = {line.id for line in load_rubric().line if line.public}
    table = {
        "score": result.score,
        "execution_time": round(result.seconds),
        "output": "\n\n".join(visible(text) for text in (result.reason, *result.notes) if text),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [_test(item, is_public=item.id in public) for item in say_reason_once(result).items],
    }
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _test(item: ItemResult, *, is_public: bool) -> dict[str, Any]:
    words = tr(OUTCOME_WORDS[item.outcome])
    return {
        "name": visible(item.title),
        "name_format": "text",
        "number": item.id,
        "score": item.points,
        "max_score": item.max_points,
        "status": "passed" if item.outcome is Outcome.PASSED else "failed",
        "output": visible(f"{words}. {item.message}" if item.message else words),
        "output_format": "text",
        "tags": [item.part],
        "visibility": VISIBLE if is_public else AFTER_PUBLISHED,
    }
