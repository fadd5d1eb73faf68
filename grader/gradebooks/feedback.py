"""What a student reads in the platform's feedback column: the points, and each line that lost some."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence

from grader.assignment.public_tests.checks.language import tr
from grader.i18n.languages import in_language
from grader.reports.class_grades import StudentGrade
from grader.reports.escaping import one_line, shorten
from grader.reports.grade_words import penalty_lines
from grader.reports.summary import OUTCOME_WORDS, format_points
from grader.results.models import ItemResult, Outcome

LINE_CHARS = 300
TEXT_CHARS = 1000


def render_feedback(row: StudentGrade, lang: str | None = None) -> str:
    """Return the feedback of a student with a grade; empty where nothing is graded.

    What the grader did with the submission (its notes) stands before the lines. Lines that were skipped, of which
    near-empty work has dozens, share one that counts them by part. HTML on one line, which Moodle takes a comment
    for; nothing that a student wrote is markup in it.

    Args:
        lang: of its own words, which the kept messages do not follow; None is the result's.
    """
    result = row.result
    if result is None:
        return ""
    with in_language(lang or result.lang):
        lines = [
            tr("Total: {points}", points=_of(result.score or 0, result.max_score)),
            *penalty_lines(row),
            result.reason,
            *result.notes,
        ]
        lost = [] if result.reason else [item for item in result.items if item.points < item.max_points]
        lines += [_lost(item) for item in lost if item.outcome is not Outcome.SKIPPED]
        lines.append(_skipped([item for item in lost if item.outcome is Outcome.SKIPPED]))
    return "<br>".join(_markup(line) for line in lines if line)


def _markup(text: str) -> str:
    """Return the text with its own line breaks (given, came, expected, try stand on lines of their own) as markup."""
    cut = shorten("\n".join(one_line(line, LINE_CHARS) for line in text.splitlines() if line.strip()), TEXT_CHARS)
    return html.escape(cut, quote=False).replace("\n", "<br>")


def _lost(item: ItemResult) -> str:
    points = _of(item.points, item.max_points)
    return f"{item.title or item.id}: {points}, {tr(OUTCOME_WORDS[item.outcome])}. {item.message}"


def _skipped(items: Sequence[ItemResult]) -> str:
    if len(items) == 1:
        return _lost(items[0])
    points = _of(sum(item.points for item in items), sum(item.max_points for item in items))
    of_parts = Counter(item.part for item in items)
    counted = ", ".join(f"{part} ({count})" for part, count in of_parts.items())
    return f"{points}, {tr(OUTCOME_WORDS[Outcome.SKIPPED])}: {counted}." if items else ""


def _of(points: float, most: float) -> str:
    return tr("{points} of {most}", points=format_points(points), most=format_points(most))
