"""A whole result for Classroom 50's runner, on a machine that is the instructor's alone.

Everybody who may see the repository reads the release: it holds what the student page holds.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from grader.reports.classroom50_contract import (
    BODY_NAME,
    NEEDED,
    Line,
    body_text,
    missing_names,
    result_text,
    write_over,
)
from grader.reports.escaping import visible
from grader.reports.summary import has_mark, say_reason_once
from grader.results.models import Outcome, SubmissionResult
from grader.system.errors import UsageError
from grader.system.file_errors import why_not_written


def check_environment(environment: Mapping[str, str]) -> None:
    """Check that the environment says whose result it will be.

    Raises:
        UsageError: it does not.
    """
    if missing := missing_names(environment):
        raise UsageError(
            f"--classroom50: the environment does not have {', '.join(missing)}. Classroom 50's runner sets "
            f"{', '.join(NEEDED)}; for a try set them yourself, SUBMISSION_TAG=submit/try, say."
        )


def render_classroom50(result: SubmissionResult, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the texts of ``result.json`` and of the release; None without a mark: for the runner that is an error."""
    if not has_mark(result):
        return None
    told = "\n".join(visible(text) for text in (result.reason, *result.notes) if text)
    lines = [
        Line(
            visible(f"{item.id}: {item.title}"),
            item.points,
            item.max_points,
            item.outcome is Outcome.PASSED,
            visible(item.message),
        )
        for item in say_reason_once(result).items
    ]
    lines = lines or [Line("submission", 0.0, result.max_score, passed=False)]  # no line would be a passed submission
    when = datetime.datetime.fromisoformat(result.started_at).astimezone(datetime.UTC)
    return result_text(lines, environment, when.strftime("%Y-%m-%dT%H:%M:%SZ")), body_text(lines, told)


def write_classroom50(result: SubmissionResult, path: Path, environment: Mapping[str, str]) -> bool:
    """Write ``result.json`` and, beside it, ``release-body.md``; without a mark remove them.

    Returns:
        Whether they are there.
    Raises:
        UsageError: they cannot be written.
    """
    body = path.with_name(BODY_NAME)
    texts = render_classroom50(result, environment)
    try:
        for one, text in zip((path, body), texts or (None, None), strict=True):
            write_over(one, text) if text is not None else one.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: {why_not_written(error)}. Choose another file.") from error
    return texts is not None
