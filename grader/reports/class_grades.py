"""From points to grades: for each student the attempt that counts, and what being late cost."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.reports.kept_worksheet import called_of, find_kept_worksheet, with_worksheet
from grader.results.course import Course
from grader.results.models import SubmissionResult
from grader.results.store import ResultStore


@dataclass(frozen=True)
class StudentGrade:
    """A student's row: points, penalty and grade side by side."""

    student: str
    submission: str
    """The attempt that counts."""
    attempts: int
    late: bool
    """Later than the course allows, or marked so by the platform."""
    result: SubmissionResult | None
    """None for what is not graded yet."""
    late_days: int | None = 0
    """None when it is late and nobody says by how much."""
    penalty: float | None = None
    """None, as is the grade, where there are no points, or where nobody says how late it was."""
    grade: float | None = None
    has_time: bool = True
    """Whether anybody says when it was handed in."""
    name: str = ""
    """What the download calls the student, or the worksheet a member of a group; empty where neither does."""


def settle_class(
    students: Sequence[Mapping[str, Any]], results: Sequence[SubmissionResult], course: Course
) -> list[StudentGrade]:
    """Return a row for each student, those of a group too.

    Args:
        students: as `ResultStore.load_students` gives them, one for each attempt.
    """
    by_name = {result.submission: result for result in results}
    attempts: dict[str, list[Mapping[str, Any]]] = {}
    for entry in students:
        for member in members_of(entry, course):  # who was in several groups has an attempt in each
            attempts.setdefault(str(member), []).append(entry)
    rows = []
    for member, entries in attempts.items():
        ordered = sorted(entries, key=lambda entry: (entry.get("handed_in", ""), entry.get("attempt", 1)))
        moments = [_told(entry) for entry in ordered]
        moments[-1] = _excepted(member, ordered[-1], course) or moments[-1]
        settled = [
            _settle(entry, moment, by_name.get(entry["name"]), course, len(ordered))
            for entry, moment in zip(ordered, moments, strict=True)
        ]
        rows.append(replace(_counted(settled, course), student=member, name=_name_of(member, ordered)))
    return rows


def members_of(entry: Mapping[str, Any], course: Course) -> list[str]:
    """Return the ids of all whose submission this is: by the course, the platform, else the one it came under."""
    return course.groups.get(str(entry["student"])) or [str(one) for one in entry.get("members") or [entry["student"]]]


def _name_of(member: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """Return what a student is called: by the own work, else by what a worksheet says of members."""
    own = (called_of(entry) for entry in entries if str(entry["student"]) == member and not entry.get("is_group"))
    told = (str(entry.get("names", {}).get(member, "")) for entry in entries)
    return next(filter(None, (*own, *told)), "")


def unknown_exceptions(students: Sequence[Mapping[str, Any]], course: Course) -> list[str]:
    """Return the ids of the course's `handed_in` and the groups of its `groups` that the class does not have."""
    groups = {str(entry["student"]) for entry in students}
    known = groups | {one for entry in students for one in members_of(entry, course)}
    return sorted((course.handed_in.keys() - known) | (course.groups.keys() - groups))


def find_unordered(students: Sequence[Mapping[str, Any]], course: Course) -> dict[str, list[str]]:
    """Return, by student, the submissions of whom nobody says which is the last: their own and a group's, say."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in students:
        for member in members_of(entry, course):
            found.setdefault(member, []).append(entry)
    return {
        member: [str(entry["name"]) for entry in entries]
        for member, entries in found.items()
        if len({entry["student"] for entry in entries}) > 1 and not all(entry.get("handed_in") for entry in entries)
    }


def settle_stored(
    store: ResultStore, results: Sequence[SubmissionResult], course: Course | None = None
) -> list[StudentGrade]:
    """Settle the class of an output folder by its rules and what is kept of a worksheet; nothing where it has none."""
    rules = rules_of(store, course)
    return settle_class(students_of(store, rules), results, rules)


def students_of(store: ResultStore, rules: Course) -> list[Mapping[str, Any]]:
    """Return what is known of the class, with the times and the members of groups that a worksheet told."""
    kept = find_kept_worksheet(store, rules.zone)
    students = store.load_students()
    return list(students) if kept is None else [with_worksheet(entry, kept) for entry in students]


def rules_of(store: ResultStore, course: Course | None) -> Course:
    """Return the rules that are given, else those that the class was graded with."""
    return Course.model_validate(store.load_course_table()) if course is None else course


def _settle(
    entry: Mapping[str, Any],
    moment: datetime.datetime | None,
    result: SubmissionResult | None,
    course: Course,
    attempts: int,
) -> StudentGrade:
    days = _late_days(entry, moment, course)
    late = bool(entry["late"]) or bool(days)
    row = StudentGrade(entry["student"], entry["name"], attempts, late, result, days, has_time=moment is not None)
    if result is None or result.score is None or days is None:
        return row
    penalty = course.penalty(result.score, days)
    return replace(row, penalty=penalty, grade=round(result.score - penalty, 2))


def _told(entry: Mapping[str, Any]) -> datetime.datetime | None:
    """Return when it was handed in, by the platform."""
    told = entry.get("handed_in")
    return datetime.datetime.fromisoformat(told) if told else None


def _excepted(member: str, entry: Mapping[str, Any], course: Course) -> datetime.datetime | None:
    """Return when a student's last attempt counts as handed in, by the course: for the student, or the group.

    Where a worksheet tells who is in Moodle's groups, the numbers are the students': a group's may be one of them.
    """
    of_group = None if entry.get("is_group") else course.handed_in.get(str(entry["student"]))
    return course.handed_in.get(member) or of_group


def _late_days(entry: Mapping[str, Any], moment: datetime.datetime | None, course: Course) -> int | None:
    """Return the days; None when only the platform's mark says that it is late, and being late costs something."""
    if moment is not None:
        return course.late_days(moment)
    return None if entry["late"] and course.penalty_per_day else 0


def _counted(settled: list[StudentGrade], course: Course) -> StudentGrade:
    """Return the attempt that counts; where one has no grade, nobody can say which is the best, and the last has none.

    A fault of the grader must not cost the attempt that it struck.
    """
    last = settled[-1]
    if course.attempts == "last" or len(settled) == 1:
        return last
    if any(row.grade is None for row in settled):
        return replace(last, penalty=None, grade=None)
    return max(reversed(settled), key=lambda row: row.grade or 0)
