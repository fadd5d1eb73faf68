"""From the results of an output folder to a filled gradebook beside them."""

from __future__ import annotations

from pathlib import Path

from grader.course import Course
from grader.errors import UsageError
from grader.gradebooks.feedback import render_feedback
from grader.gradebooks.filling import Filled, Grade, fill_roster
from grader.reports.class_grades import settle_stored
from grader.store import ResultStore, write_text_atomic


def fill_for_class(
    out_dir: Path, roster: Path, assignment: str | None = None, course: Course | None = None
) -> tuple[Path, Filled]:
    """Write ``filled-<name of the roster>`` into an output folder; return its path and what was filled in.

    Raises:
        UsageError: the results do not say whose they are (they are of no class), or see `fill_roster`.
    """
    store = ResultStore(out_dir)
    results = store.load_all()
    rows = settle_stored(store, results, course)
    if not rows:
        raise UsageError(f"{out_dir}: does not hold a class. Grade one with `digitlab batch`, then use --roster.")
    grades = {row.student: Grade(row.grade, render_feedback(row)) for row in rows if row.grade is not None}
    maxima = sorted({result.max_score for result in results})
    if len(maxima) > 1:
        raise UsageError(
            f"{out_dir}: some results are of {maxima[0]:g} points and some of {maxima[-1]:g}: the rubric changed "
            "between them. Grade the rest again with `digitlab batch --resume`, then use --roster."
        )
    filled = fill_roster(roster, grades, maxima[0], assignment, platforms=store.load_platforms())
    target = out_dir / f"filled-{roster.name}"
    write_text_atomic(target, filled.text)
    return target, filled
