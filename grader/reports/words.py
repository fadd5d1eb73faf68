"""Words that several reports share, with the number that they go with."""

from __future__ import annotations

from grader.assignment.public_tests.checks.language import trn


def count_words(count: int) -> str:
    """Return a number of submissions in words."""
    return trn("{count} submission", "{count} submissions", count)
