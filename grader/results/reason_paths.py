"""Say why a submission was rejected by its author's own names: the folder's name is the platform's or the class's."""

from __future__ import annotations

from grader.assignment.public_tests.checks.language import tr
from grader.i18n.languages import in_language
from grader.results.models import SubmissionResult
from grader.submissions.shown_text import shown


def with_reason_paths(result: SubmissionResult, path_name: str, own_name: str) -> SubmissionResult:
    """Return a result whose reason begins with the path inside the submission.

    A reason begins with the name of what was read, in every language: another one is left as it is.

    Args:
        path_name: of what was graded, as the class folder has it.
        own_name: how its author called it; empty for a folder, of which the paths inside tell enough.
    """
    rest = result.reason.removeprefix(shown(path_name))
    if path_name == own_name or rest == result.reason or rest[:1] not in ("/", ":", ","):
        return result
    with in_language(result.lang):
        reason = rest[1:] if rest.startswith("/") else (shown(own_name) or tr("the submission")) + rest
        if own_name:  # advice may name the file once more
            reason = reason.replace(shown(path_name), shown(own_name))
    items = tuple(
        item.model_copy(update={"message": reason}) if item.message == result.reason else item for item in result.items
    )
    return result.model_copy(update={"reason": reason, "items": items})
