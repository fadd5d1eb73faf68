"""Who in a class is worth a closer look, and how its lines ended."""

from __future__ import annotations

from report_cases import make_class, make_item, make_result

from grader.reports.class_look import grading_times, near_zero, outcome_counts, unusual_notes
from grader.results.models import Outcome


def names(results) -> list[str]:
    return [result.submission for result in results]


def test_outcomes_are_counted_in_lines_and_submissions_without_rejected_ones() -> None:
    counts = {one.outcome: (one.lines, one.submissions) for one in outcome_counts(make_class())}
    assert counts == {
        Outcome.PASSED: (3, 2),
        Outcome.FAILED: (1, 1),
        Outcome.TIMEOUT: (1, 1),
        Outcome.GRADER_ERROR: (1, 1),
    }


def test_the_slowest_come_first() -> None:
    results = [make_result(str(number), make_item(), seconds=number) for number in range(9)]
    times = grading_times(results)
    assert times.median_s == 4
    assert names(times.slowest) == ["8", "7", "6", "5", "4"]
    assert grading_times([]).slowest == ()


def test_near_zero_leaves_out_rejected_and_unmarked_ones() -> None:
    low = make_result("low", make_item(points=0.4))
    assert names(near_zero([*make_class(), low])) == ["student-2", "low"]


def test_notes_that_most_share_are_not_unusual() -> None:
    results = [make_result(str(number), make_item(), notes=("drawn",)) for number in range(4)]
    odd = make_result("odd", make_item(), notes=("drawn", "import failed", "left out"))
    assert [(one.submission, note) for one, note in unusual_notes([*results, odd])] == [
        ("odd", "import failed (and 1 more)")
    ]
    alone = make_result("alone", make_item(), notes=("left out",))
    assert unusual_notes([alone]) == [(alone, "left out")]
