"""Figures of a class, and what went wrong in a word."""

from __future__ import annotations

import pytest
from report_cases import make_class, make_every_outcome, make_item, make_result

from grader.reports import summary
from grader.reports.histogram import score_histogram
from grader.results.models import Outcome


def test_every_outcome_has_a_word_and_a_meaning() -> None:
    assert set(summary.OUTCOME_WORDS) == set(summary.OUTCOME_MEANINGS) == set(Outcome)


@pytest.mark.parametrize(
    ("points", "text"),
    [(4.0, "4"), (2.5, "2.5"), (1 / 3, "0.33"), (0.0, "0"), (100.0, "100"), (123456.78, "123456.78")],
)
def test_points_have_no_needless_zeros(points: float, text: str) -> None:
    assert summary.format_points(points) == text


def test_what_went_wrong_is_said_in_a_word() -> None:
    assert [summary.what_went_wrong(result) for result in make_class()] == [
        "",
        "timeout x1, failed x1",
        "rejected: The zip file is damaged.",
        "rejected: No Python file found.",
        "no mark: grader error x1",
    ]


def test_a_fault_takes_the_mark_away_even_where_a_score_is_stored() -> None:
    item = make_item(outcome=Outcome.GRADER_ERROR)
    assert not summary.has_mark(make_result("student-1", item, score=3.0))
    assert summary.what_went_wrong(make_result("student-1", score=None)) == summary.NO_MARK


def test_parts_are_the_ids_up_to_the_dot() -> None:
    result = make_result("student-1", make_item("a.x"), make_item("b"), make_item("a.y", Outcome.FAILED))
    scores = summary.part_scores(result)
    assert [(score.part, score.points, score.max_points) for score in scores] == [("a", 4, 8), ("b", 4, 4)]
    assert scores[0].share == 0.5
    assert summary.aligned_parts(result, ["b", "c"]) == [scores[1], None]


def test_a_part_with_a_fault_has_no_points() -> None:
    (part,) = summary.part_scores(make_every_outcome())
    assert part.points is None
    assert part.share == 0


def test_statistics_leave_out_who_has_no_mark() -> None:
    figures = summary.class_statistics(make_class())
    assert figures == summary.ClassStatistics(count=5, without_mark=1, mean=2.5, median=0.0, max_score=10.0)


def test_statistics_of_nobody() -> None:
    assert summary.class_statistics([]) == summary.ClassStatistics(0, 0, None, None, 0.0)


def test_lines_are_hardest_first_and_leave_out_the_rejected() -> None:
    rates = summary.line_rates(make_class())
    assert [(rate.id, rate.passed, rate.graded, rate.others) for rate in rates] == [
        ("letters.accuracy", 1, 2, (("timeout", 1), ("grader error", 1))),
        ("parser.u1", 2, 3, (("failed", 1),)),
    ]


def test_histogram_counts_each_mark_once() -> None:
    scores = [0, 0.99, 1, 5.5, 9.9, 10, 10]
    results = [make_result(f"s{index}", score=score, max_score=10.0) for index, score in enumerate(scores)]
    drawn = score_histogram([*results, make_result("x", score=None)])
    assert [bar.count for bar in drawn.bars] == [2, 1, 0, 0, 0, 1, 0, 0, 0, 3]
    assert drawn.description == "0 to 10 percent: 2; 10 to 20 percent: 1; 50 to 60 percent: 1; 90 to 100 percent: 3."
    assert all(0 <= bar.x < bar.x + bar.width <= drawn.width and bar.y >= 0 for bar in drawn.bars)


def test_histogram_without_marks_says_so() -> None:
    assert score_histogram([]).description == "No submission has a mark."


def test_nothing_to_reach_is_no_division_by_zero() -> None:
    result = make_result("student-1", score=0.0, max_score=0.0)
    assert score_histogram([result]).bars[0].count == 1
