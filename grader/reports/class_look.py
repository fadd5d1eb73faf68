"""What an instructor looks for in a class: how lines ended, how long it took, and who is worth a closer look."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.assignment.public_tests.checks.language import tr
from grader.reports.summary import OUTCOME_WORDS, has_mark, share
from grader.results.models import Outcome, SubmissionResult

NEAR_ZERO = 0.1
"""A share of the points up to which a submission that was taken is worth a look: one mistake may have cost all."""
SLOWEST = 5


@dataclass(frozen=True)
class OutcomeCount:
    """How often an outcome occurred in a class, in lines and in submissions."""

    outcome: Outcome
    lines: int
    submissions: int


@dataclass(frozen=True)
class Times:
    """How long gradings took, in seconds."""

    median_s: float
    slowest: tuple[SubmissionResult, ...]


def outcome_counts(results: Iterable[SubmissionResult]) -> list[OutcomeCount]:
    """Return the outcomes that occurred; a submission that was rejected counts nowhere: nothing of it was tested."""
    lines: Counter[Outcome] = Counter()
    submissions: Counter[Outcome] = Counter()
    for result in results:
        if not result.reason:
            lines.update(item.outcome for item in result.items)
            submissions.update({item.outcome for item in result.items})
    return [OutcomeCount(outcome, lines[outcome], submissions[outcome]) for outcome in OUTCOME_WORDS if lines[outcome]]


def grading_times(results: Sequence[SubmissionResult]) -> Times:
    """Return the median and the slowest gradings, the slowest first."""
    slowest = sorted(results, key=lambda result: -result.seconds)[:SLOWEST]
    return Times(statistics.median(result.seconds for result in results) if results else 0.0, tuple(slowest))


def near_zero(results: Iterable[SubmissionResult]) -> list[SubmissionResult]:
    """Return the submissions that were taken and got next to nothing."""
    return [
        result
        for result in results
        if has_mark(result) and not result.reason and share(result.score or 0.0, result.max_score) <= NEAR_ZERO
    ]


def unusual_notes(results: Sequence[SubmissionResult]) -> list[tuple[SubmissionResult, str]]:
    """Return each submission that has a note which most of the class has not, with the first such note.

    Notes that all share are about the pictures or the machine; the others tell of code that was left out, of imports
    that failed and of modules that had to be taken apart.
    """
    counts = Counter(note for result in results for note in set(result.notes))
    usual = {note for note, count in counts.items() if count > len(results) / 2 and len(results) > 1}
    found = []
    for result in results:
        own = [note for note in result.notes if note not in usual]
        if own:
            more = " " + tr("(and {count} more)", count=len(own) - 1) if len(own) > 1 else ""
            found.append((result, own[0] + more))
    return found
