"""``regrade.csv`` and ``regrade.json``: what a second grading changed, for each student and line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from grader.reports.escaping import csv_cell, one_line
from grader.reports.spreadsheet import spreadsheet
from grader.reports.summary import NO_MARK, format_points
from grader.results.models import ItemResult, Outcome
from grader.results.store import Kept, Regraded

COLUMNS = (
    *("submission", "student", "changed", "parts", "line"),
    *("old_points", "new_points", "old_outcome", "new_outcome"),
)
TOTAL = "total"
"""What stands for a line's id in the row of the whole score; ids of lines hold a dot."""
_Change = dict[str, Any]


def render_regrade_csv(regraded: Sequence[Regraded]) -> str:
    """Return a row for each line that ended otherwise than before, and one with the total for each submission.

    A cell of points is empty where there is no mark, or no such line; that of the parts that were graded again, where
    they are not known.
    """
    rows: list[Sequence[str]] = [COLUMNS]
    for one in regraded:
        who = [csv_cell(one.now.submission), csv_cell(one.student)]
        start = [*who, " and ".join(one.changed), " ".join(one.parts)]
        scores = [_cell(one.before.score), _cell(one.now.score)]
        rows.append([*start, TOTAL, *scores, "", ""])
        for change in _changes(one):
            points = [_cell(change["old_points"]), _cell(change["new_points"])]
            rows.append([*start, csv_cell(change["line"]), *points, change["old_outcome"], change["new_outcome"]])
    return spreadsheet(rows)


def render_regrade_json(regraded: Sequence[Regraded]) -> str:
    """Return the same as JSON: a list of submissions, each with its changed lines; null where there is no mark."""
    table = [
        {
            "submission": one.now.to_table()["submission"],
            "student": one.student,
            "changed": one.changed,
            "parts": one.parts,
            "old_score": one.before.score,
            "new_score": one.now.score,
            "lines": list(_changes(one)),
        }
        for one in regraded
    ]
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def describe_outdated(outdated: Sequence[Kept]) -> str:
    """Return a sentence about results that other conditions led to: how much of them is graded again."""
    counts = Counter(map(_what_again, outdated))
    told = [f"{count} {what}" for what, count in counts.most_common()]
    return f"results of other conditions (grader, options or secret), which are graded again: {'; '.join(told)}"


def _what_again(kept: Kept) -> str:
    if not any(kept.parts.values()):
        return "as a whole"
    return f"in {', '.join(kept.changed)}" if kept.changed else "in nothing, since only a part is no longer there"


def describe_regraded(regraded: Sequence[Regraded]) -> list[str]:
    """Return lines for the terminal: the count, then each submission that has another score than before."""
    other = [one for one in regraded if one.before.score != one.now.score]
    if not regraded:
        return []
    return [f"regraded:  {len(regraded)}, {len(other)} of them with another score", *map(_describe, other)]


def _describe(one: Regraded) -> str:
    lines = ", ".join(str(change["line"]) for change in _changes(one))
    scores = f"{_cell(one.before.score) or NO_MARK} -> {_cell(one.now.score) or NO_MARK}"
    return one_line(f"{one.now.submission}: {scores} ({lines})")


def _changes(one: Regraded) -> Iterator[_Change]:
    """Yield the lines that ended otherwise: in the order of the present rubric, then those that it has no more."""
    before, now = ({item.id: item for item in result.items} for result in (one.before, one.now))
    for line in [*now, *(line for line in before if line not in now)]:
        old, new = _end_of(before.get(line)), _end_of(now.get(line))
        if old != new:
            points = {"old_points": old[0], "new_points": new[0]}
            yield {"line": line, **points, "old_outcome": old[1], "new_outcome": new[1]}


def _end_of(item: ItemResult | None) -> tuple[float | None, str]:
    if item is None:
        return None, ""
    return (None if item.outcome is Outcome.GRADER_ERROR else item.points), item.outcome.value


def _cell(points: float | None) -> str:
    return "" if points is None else format_points(points)
