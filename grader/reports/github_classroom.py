"""The JSON that GitHub Classroom's reporter reads (classroom-resources/autograding-grading-reporter).

A workflow gives it, in base64, in the environment variable ``<STEP>_RESULTS``. What the reporter does with it
(``dist/main.js`` of its release v1, run under Node):

* its table counts how many of the tests have passed, each alike, and gives that share of ``max_score``; its notice,
  which Classroom takes, adds up the tests' ``score``. So a line of the rubric stands here once for each unit of its
  points, half a point in this rubric: table and notice are then the same, and the mark, but for what a partly reached
  accuracy is worth beyond a whole unit (rounded in the total, so less than a unit in all).
* it prints ``test_code`` below every test, and ``message`` only for the status "error". So what a student reads of a
  failed line stands in ``test_code``, under the reporter's heading "Test code". The log is the student's to read: it
  holds what the student page holds.
* ``max_score`` 0 keeps it from reporting points at all.

GitHub takes a line of a log that begins with ``::``, or holds ``##[``, for a command: with one a student's text could
report points of its own. No line of a text begins so, and ``##[`` is broken up.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from grader.reports.classroom50_contract import earned_units
from grader.reports.escaping import one_line, shorten, visible
from grader.reports.summary import has_mark, say_reason_once
from grader.results.models import ItemResult, Outcome, SubmissionResult

MAX_BYTES = 90_000
"""Of the JSON: in base64 it must pass through one environment variable, which Linux bounds at 128 KiB."""
_MESSAGE_CHARS = (4_000, 2_000, 1_000, 500, 250, 100, 0)
_PER_POINT = 100
"""Points have at most two decimals."""


def render_github(result: SubmissionResult) -> str:
    """Return the JSON text; messages are cut, all alike, where it would be too long for the reporter to be given.

    Without a mark ``max_score`` is 0.
    """
    texts = (_render(result, chars) for chars in _MESSAGE_CHARS)
    return next((text for text in texts if len(text.encode()) <= MAX_BYTES), _render(result, 0))


def _render(result: SubmissionResult, message_chars: int) -> str:
    marked = has_mark(result)
    passed = marked and all(item.outcome is Outcome.PASSED for item in result.items)
    result = say_reason_once(result)
    told = "\n".join(text for text in (result.reason, *result.notes) if text)
    tests = list(_unit_tests(result) if marked else map(_unmarked_test, result.items))
    tests = tests or [_test(result.submission, "fail", told="", seconds=0)]  # of no test the table is no number
    if told:
        tests[0]["test_code"] = "\n".join(filter(None, [told, tests[0]["test_code"]]))
    for test in tests:
        test["test_code"] = _quoted(shorten(test["test_code"], message_chars)) if message_chars else ""
    table = {
        "version": 1,
        "status": "error" if not marked else "pass" if passed else "fail",
        "max_score": result.max_score if marked else 0,
        "tests": tests,
    }
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def _unit_tests(result: SubmissionResult) -> Iterator[dict[str, Any]]:
    """Yield each line once for each unit of its points; the first that is not earned has the line's message."""
    unit = math.gcd(*(round(item.max_points * _PER_POINT) for item in result.items)) / _PER_POINT or 1.0
    earned_of_lines = earned_units((item.points for item in result.items), unit)
    for item, earned in zip(result.items, earned_of_lines, strict=True):
        count = round(item.max_points / unit)
        for number in range(count):
            place = f" ({number + 1}/{count})" if count > 1 else ""
            yield _test(
                f"{item.id}{f': {item.title}' if number == 0 else ''}{place}",
                "pass" if number < earned else "fail",
                score=unit if number < earned else 0,
                told=item.message if number == min(earned, count - 1) else "",
                seconds=item.seconds if number == 0 else 0,
            )


def _unmarked_test(item: ItemResult) -> dict[str, Any]:
    """Return a line of a submission without a mark: what happened to it, and no points."""
    is_ours = item.outcome is Outcome.GRADER_ERROR
    status = "error" if is_ours else "pass" if item.outcome is Outcome.PASSED else "fail"
    test = _test(f"{item.id}: {item.title}", status, told="" if is_ours else item.message, seconds=item.seconds)
    return test | ({"message": _quoted(f"{item.id}: {item.message}")} if is_ours else {})


def _test(name: str, status: str, *, score: float = 0, told: str, seconds: float) -> dict[str, Any]:
    return {
        "name": _harmless(one_line(name)),
        "status": status,
        "score": score,
        "message": None,
        "test_code": told,
        "filename": "",
        "line_no": 0,
        "execution_time": f"{seconds:.3f}s",
    }


def _quoted(text: str) -> str:
    """Return a text of which no line is a command to GitHub."""
    return "\n".join(f"| {line}" for line in _harmless(text).splitlines())


def _harmless(text: str) -> str:
    return visible(text).replace("##[", "## [")
