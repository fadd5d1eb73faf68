"""Gradescope's ``results.json`` (https://gradescope-autograders.readthedocs.io/en/latest/specs/).

A hidden line is shown when the marks are published, a public one at once; neither says more than the student page.
The grader's log stays out: whatever stands in this file may be shown to the student.
"""

from __future__ import annotations

import json
from typing import Any

from grader.assignment.public_tests.checks.language import later, tr
from grader.languages import in_language
from grader.reports.escaping import visible
from grader.reports.summary import OUTCOME_WORDS, has_mark, say_reason_once
from grader.results import ItemResult, Outcome, SubmissionResult
from grader.rubric import load_rubric

VISIBLE, AFTER_PUBLISHED = "visible", "after_published"
NO_MARK = later(
    "The grader failed while it worked on this submission. That is not a fault of yours and not a zero. "
    "Your instructor will have it graded again."
)


def render_gradescope(result: SubmissionResult) -> str:
    """Return the text of ``results.json``, in the result's language.

    Without a mark there is neither a score nor a test, but the reason.
    """
    with in_language(result.lang):
        return _render(result)


def _render(result: SubmissionResult) -> str:
    if not has_mark(result):
        return gradescope_failure(result.lang)
    public = {line.id for line in load_rubric().line if line.public}
    table = {
        "score": result.score,
        "execution_time": round(result.seconds),
        "output": "\n\n".join(visible(text) for text in (result.reason, *result.notes) if text),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [_test(item, is_public=item.id in public) for item in say_reason_once(result).items],
    }
    return _text(table)


def gradescope_failure(lang: str) -> str:
    """Return a ``results.json`` that tells of a fault of ours.

    It has no score and no test that could stand for one: Gradescope then gives no mark and shows the submission as
    failed to grade. A zero would be a mark.
    """
    with in_language(lang):
        message = tr(NO_MARK)
    return _text({"output": message, "output_format": "text", "stdout_visibility": "hidden", "tests": []})


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


def _text(table: dict[str, Any]) -> str:
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"
