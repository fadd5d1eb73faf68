"""What the reports say about results, worked out once: parts, statistics, what went wrong, which lines are hard."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.assignment.public_tests.checks.language import later, tr, trn
from grader.reports.escaping import first_line
from grader.results.models import ItemResult, Outcome, SubmissionResult

NO_MARK = later("no mark: grader error")

OUTCOME_WORDS = {
    Outcome.PASSED: later("passed"),
    Outcome.PARTIAL: later("partial"),
    Outcome.FAILED: later("failed"),
    Outcome.CRASHED: later("crashed"),
    Outcome.TIMEOUT: later("timeout"),
    Outcome.MEMORY: later("memory"),
    Outcome.SKIPPED: later("skipped"),
    Outcome.GRADER_ERROR: later("grader error"),
}

OUTCOME_MEANINGS = {
    Outcome.PASSED: later("The check succeeded and gives all its points."),
    Outcome.PARTIAL: later("A part of what was asked is right and gives some of the points."),
    Outcome.FAILED: later("The code ran, but its result is not what was asked."),
    Outcome.CRASHED: later("The code stopped with an exception, or its process ended."),
    Outcome.TIMEOUT: later("The code had not answered when its time was over."),
    Outcome.MEMORY: later("The code asked for more memory than it may use."),
    Outcome.SKIPPED: later("Not run, because it builds on a line that did not pass. Mend that one first."),
    Outcome.GRADER_ERROR: later(
        "The grader failed, not your code. This is never a mark; your instructor has been told."
    ),
}

_TROUBLE_ORDER = (
    Outcome.TIMEOUT,
    Outcome.MEMORY,
    Outcome.CRASHED,
    Outcome.FAILED,
    Outcome.PARTIAL,
    Outcome.SKIPPED,
)
_NEEDS_A_LOOK = (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED)


@dataclass(frozen=True)
class PartScore:
    """The points of one part of the rubric; ``points`` is None when a grader fault left a line without a mark."""

    part: str
    points: float | None
    max_points: float
    items: tuple[ItemResult, ...]

    @property
    def share(self) -> float:
        """Points as a fraction of the maximum, in [0, 1]; 0 where there is nothing to reach."""
        return share(self.points or 0.0, self.max_points)

    def with_outcome(self, *outcomes: Outcome) -> tuple[ItemResult, ...]:
        return tuple(item for item in self.items if item.outcome in outcomes)


@dataclass(frozen=True)
class LineRate:
    """How one rubric line went in a class."""

    id: str
    title: str
    max_points: float
    passed: int
    graded: int
    mean_points: float
    others: tuple[tuple[str, int], ...]
    """Outcome words other than passed, with their counts."""

    @property
    def rate(self) -> float:
        return share(self.passed, self.graded)


@dataclass(frozen=True)
class ClassStatistics:
    """The figures of the total line; mean and median are None when no submission has a mark."""

    count: int
    """All submissions of the class, those that are not graded yet, too."""
    without_mark: int
    """Graded, but for a fault of the grader."""
    mean: float | None
    median: float | None
    max_score: float
    not_graded: int = 0

    @property
    def marked(self) -> int:
        """How many the mean and the median are of."""
        return self.count - self.without_mark - self.not_graded


def share(points: float, max_points: float) -> float:
    """Return the fraction reached, in [0, 1]; 0 where there is nothing to reach."""
    return min(points / max_points, 1.0) if max_points > 0 else 0.0


def format_points(points: float) -> str:
    """Return points with at most two decimals: 4, 2.5, 0.25."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def has_mark(result: SubmissionResult) -> bool:
    """Tell whether the score counts; a fault of the grader on any line takes the mark away."""
    return result.score is not None and not result.has_grader_error


def is_untested(result: SubmissionResult) -> bool:
    """Tell whether a submission was rejected and none of its code was run: its lines say no more than the reason."""
    return bool(result.reason) and all(item.outcome is Outcome.SKIPPED for item in result.items)


def untested_words(result: SubmissionResult) -> str:
    """Return that the checks of such a submission were not run; empty where it has none."""
    count = len(result.items)
    return trn("Its {count} check was not run.", "None of the {count} checks was run.", count) if count else ""


def say_reason_once(result: SubmissionResult) -> SubmissionResult:
    """Return a rejected submission without its reason on every line: the reports say it above them."""
    if not result.reason:
        return result
    items = [
        item.model_copy(update={"message": ""}) if item.message == result.reason else item for item in result.items
    ]
    return result.model_copy(update={"items": tuple(items)})


def part_scores(result: SubmissionResult) -> list[PartScore]:
    """Return the parts of one submission, in the order in which they appear."""
    groups: dict[str, list[ItemResult]] = {}
    for item in result.items:
        groups.setdefault(item.part, []).append(item)
    return [_score_part(part, tuple(items)) for part, items in groups.items()]


def _score_part(part: str, items: tuple[ItemResult, ...]) -> PartScore:
    faulty = any(item.outcome is Outcome.GRADER_ERROR for item in items)
    points = None if faulty else round(sum(item.points for item in items), 2)
    return PartScore(part, points, round(sum(item.max_points for item in items), 2), items)


def aligned_parts(result: SubmissionResult, parts: Iterable[str]) -> list[PartScore | None]:
    """Return the submission's parts in the order of ``parts``, None for those that it does not have."""
    scores = {score.part: score for score in part_scores(result)}
    return [scores.get(part) for part in parts]


def part_maxima(results: Iterable[SubmissionResult]) -> dict[str, float]:
    """Return all parts of a class with the most points that each can give, in order of appearance."""
    maxima: dict[str, float] = {}
    for result in results:
        for score in part_scores(result):
            maxima[score.part] = max(score.max_points, maxima.get(score.part, 0.0))
    return maxima


def line_ids(results: Iterable[SubmissionResult]) -> list[str]:
    """Return the ids of all rubric lines of a class, in order of appearance."""
    return list(dict.fromkeys(item.id for result in results for item in result.items))


def rejected_ones(results: Iterable[SubmissionResult]) -> list[SubmissionResult]:
    """Return those that could not be taken as a whole: they have a mark, and it is 0."""
    return [result for result in results if result.reason and has_mark(result)]


def what_went_wrong(result: SubmissionResult) -> str:
    """Return it in a word: ``timeout x1, failed x3``, ``rejected: ...``; empty when all lines passed."""
    counts = Counter(item.outcome for item in result.items)
    if not has_mark(result):
        faults = counts[Outcome.GRADER_ERROR]
        return f"{tr(NO_MARK)} x{faults}" if faults else tr(NO_MARK)
    if result.reason:
        return tr("rejected: {reason}", reason=first_line(result.reason))
    return describe_counts(counts, _TROUBLE_ORDER)


def describe_counts(counts: Counter[Outcome], outcomes: Iterable[Outcome]) -> str:
    """Return those outcomes that occurred, with how often: ``timeout x1, failed x3``."""
    return ", ".join(f"{tr(OUTCOME_WORDS[outcome])} x{counts[outcome]}" for outcome in outcomes if counts[outcome])


def what_needs_a_look(result: SubmissionResult) -> str:
    """Return the timeouts, memory limits and crashes of a submission; empty when there are none."""
    return describe_counts(Counter(item.outcome for item in result.items), _NEEDS_A_LOOK)


def class_statistics(results: Sequence[SubmissionResult], not_graded: int = 0) -> ClassStatistics:
    """Return count, mean and median of the marks; a submission without a mark does not enter the last two.

    Args:
        not_graded: how many submissions of the class have no result yet.
    """
    scores = [result.score for result in results if result.score is not None and has_mark(result)]
    return ClassStatistics(
        count=len(results) + not_graded,
        without_mark=len(results) - len(scores),
        mean=statistics.fmean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        max_score=max((result.max_score for result in results), default=0.0),
        not_graded=not_graded,
    )


def line_rates(results: Iterable[SubmissionResult]) -> list[LineRate]:
    """Return how often each rubric line passed, the hardest first.

    Left out: submissions that were rejected as a whole, and lines without a mark; neither says how hard a line is.
    """
    lines: dict[str, list[ItemResult]] = {}
    for result in results:
        if not result.reason:
            for item in result.items:
                lines.setdefault(item.id, []).append(item)
    rates = [_rate_line(items) for items in lines.values()]
    return sorted(rates, key=lambda line: (line.rate, line.mean_points))  # stable: ties stay in rubric order


def _rate_line(items: list[ItemResult]) -> LineRate:
    graded = [item for item in items if item.outcome is not Outcome.GRADER_ERROR]
    counts = Counter(item.outcome for item in items)
    others = [
        (tr(word), counts[outcome])
        for outcome, word in OUTCOME_WORDS.items()
        if counts[outcome] and outcome is not Outcome.PASSED
    ]
    return LineRate(
        id=items[0].id,
        title=items[0].title,
        max_points=max(item.max_points for item in items),
        passed=counts[Outcome.PASSED],
        graded=len(graded),
        mean_points=statistics.fmean(item.points for item in graded) if graded else 0.0,
        others=tuple(others),
    )
