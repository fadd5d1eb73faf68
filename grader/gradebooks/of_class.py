"""From the results of an output folder to a filled gradebook beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.errors import UsageError
from grader.gradebooks.feedback import render_feedback
from grader.gradebooks.filling import Filled, Grade, fill_roster
from grader.reports.class_grades import StudentGrade, settle_stored
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
            f"between them. Grade the rest again, then use --roster: {store.command_that_goes_on()}"
        )
    filled = fill_roster(roster, grades, maxima[0], assignment, platforms=store.load_platforms())
    called = _called(store.load_students(), rows)
    filled = replace(
        filled,
        without_grade=_with_reasons(filled.without_grade, rows),
        not_in_roster=tuple(called[student] for student in filled.not_in_roster),
    )
    target = out_dir / f"filled-{roster.name}"
    write_text_atomic(target, filled.text)
    return target, filled


def _called(entries: Sequence[Mapping[str, Any]], rows: Sequence[StudentGrade]) -> dict[str, str]:
    """Return how to call each student, by number: with their name, or else what they share with whoever handed in."""
    called = {row.student: f"{row.student}, of the submission {row.submission}" for row in rows}
    for entry in entries:
        student, name = str(entry["student"]), str(entry["name"])
        if student in called and entry.get("attempt", 1) == 1:
            called[student] = name if name == student or name.endswith(f" ({student})") else f"{name} ({student})"
    return called


def _with_reasons(without_grade: Mapping[str, str], rows: Sequence[StudentGrade]) -> dict[str, str]:
    """Return how to call those without a grade, and why: who waits must not look as if nothing was handed in."""
    known = {row.student: row for row in rows}
    return {student: f"{called}: {_reason(known.get(student))}" for student, called in without_grade.items()}


def _reason(row: StudentGrade | None) -> str:
    if row is None:
        return "the class holds nothing of theirs"
    if row.result is None:
        return "not graded yet"
    if row.late_days is None:
        return "marked late, and nobody says by how much"
    return "no mark (grader error)" if row.result.score is None else "an attempt without a mark"
