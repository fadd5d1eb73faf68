"""From the results of an output folder to a filled gradebook beside them."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from grader.gradebooks import classroom50
from grader.gradebooks.feedback import render_feedback
from grader.gradebooks.filling import Filled, Grade, fill_roster, load_roster
from grader.gradebooks.identity import Known, find_doubt, groups_agree
from grader.gradebooks.moodle_files import are_of_one_assignment, assignment_of
from grader.gradebooks.moodle_times import NOTHING, read_moment
from grader.gradebooks.roster import Roster
from grader.reports.class_grades import StudentGrade, rules_of, settle_stored, students_of
from grader.reports.kept_worksheet import KeptWorksheet, called_of, keep_worksheet
from grader.results.course import Course
from grader.results.store import ResultStore, write_text_atomic
from grader.submissions.shown_text import shown
from grader.system.errors import UsageError

_MOODLE = "moodle"
_SHORTENED = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+[0-9]+")
"""How spreadsheets write long numbers."""
Entry = Mapping[str, Any]
"""What the record of a run says of a submission of the class."""


def open_roster(out_dir: Path, path: Path, assignment: str | None = None, *, drafts: bool = False) -> Roster:
    """Read a platform's file for the class of an output folder.

    Raises:
        UsageError: the results do not say whose they are (they are of no class), an option is not for this file, or
            see `load_roster`.
    """
    store = ResultStore(out_dir)
    maxima = sorted({result.max_score for result in store.load_all()})
    if not store.load_students():
        raise UsageError(f"{out_dir}: does not hold a class. Grade one with `digitlab batch`, then use --roster.")
    if len(maxima) > 1:
        raise UsageError(
            f"{out_dir}: some results are of {maxima[0]:g} points and some of {maxima[-1]:g}: the rubric changed "
            f"between them. Grade the rest again, then use --roster: {store.command_that_goes_on()}"
        )
    roster = load_roster(path, maxima[0], assignment, platforms=store.load_platforms(), drafts=drafts)
    if assignment is not None and not roster.has_several:
        raise UsageError(
            f"{path}: holds the grades of one assignment alone: --assignment is for Canvas' gradebook and Classroom "
            "50's scores.json. Leave it out."
        )
    if drafts and roster.platform != _MOODLE:
        raise UsageError(f"{path}: tells of no drafts: --drafts is for Moodle's worksheet. Leave it out.")
    return _with_assignment(roster, path.name, store.load_source(), store.load_students())


def _with_assignment(roster: Roster, name: str, graded: str, entries: Sequence[Entry]) -> Roster:
    """Return Moodle's worksheet with what the names of both files tell of their assignment; any other roster as it is.

    Args:
        name: of the worksheet's file.
        graded: of the folder or zip that the class was read from.
    """
    numbers = assignment_of(name), assignment_of(graded)
    if roster.platform != _MOODLE or are_of_one_assignment(name, graded):
        return roster
    has_groups = bool(_match_groups(roster, entries).found)
    if "" in numbers:
        doubt = "groups are known by their names alone: see that this is the worksheet of the same assignment"
        return replace(roster, told=(*roster.told, doubt)) if has_groups else roster
    told = (
        f"by the numbers at the end of their names {shown(name)} is of assignment {numbers[0]} and {shown(graded)}, "
        f"which was graded, of {numbers[1]}"
    )
    if not has_groups:
        return replace(roster, told=(*roster.told, f"{told}: see that the grades belong there"))
    again = "Download the worksheet of the same assignment; if it is that one, take the number off the file's name"
    return replace(roster, of_other_groups=f"{told}. Groups are known by their names alone. {again}")


def keep_worksheet_of(out_dir: Path, roster: Roster, source: str) -> list[str]:
    """Keep what Moodle's worksheet says of times and groups, of rows that are surely the class's.

    Returns:
        The times that are in no form that is known, as they stand there.
    """
    store = ResultStore(out_dir)
    entries = store.load_students()
    if roster.platform != _MOODLE or roster.of_other_groups or _MOODLE not in store.load_platforms():
        return []
    known = {str(entry["student"]): known_of(entry, str(entry["student"]), entries, Course()) for entry in entries}
    found = _match_groups(roster, entries).found
    groups_of_rows = {
        row.number: found[row.group] for row in roster.rows if row.group is not None and row.group in found
    }
    times, unreadable = dict[str, datetime.datetime](), list[str]()
    groups, own = dict[str, list[str]](), dict[str, str]()
    for row in roster.rows:
        if (group := groups_of_rows.get(row.number)) is not None:
            number = group
            groups.setdefault(group, []).append(row.id)
        elif not groups_of_rows and row.id in known and not find_doubt(known[row.id], row):
            number = row.id
            own[row.id] = known[row.id].names[0]
        else:
            continue
        moment = read_moment(row.handed_in, roster.language or "")
        if moment is not None:
            times[number] = max(moment, times.get(number, moment))
        elif row.handed_in not in NOTHING:
            unreadable.append(row.handed_in)
    if not own and not groups:  # another course's: what an earlier worksheet said still holds
        return []
    names = {row.id: row.hidden or row.name for row in roster.rows if row.hidden or row.name}
    stays = {row.id: row.stays for row in roster.rows if row.stays}
    has_all = all(row.number in groups_of_rows for row in roster.rows)
    keep_worksheet(store, KeptWorksheet(source, times, groups, has_all, names, own, stays))
    return unreadable


def fill_for_class(
    out_dir: Path, roster: Roster, source: str, course: Course | None = None, lang: str | None = None
) -> tuple[Path, Filled]:
    """Write ``filled-<source>`` into an output folder; return its path and what was filled in.

    Args:
        source: the roster's file name.
        lang: of the comments' own words; None is that of each result.
    """
    store = ResultStore(out_dir)
    rules = rules_of(store, course)
    entries = students_of(store, rules)
    rows = settle_stored(store, store.load_all(), course)
    under = _by_ids_of_roster(roster, rows, entries, rules)
    grades = {
        student: Grade(row.grade, render_feedback(row, lang), known, row.submission)
        for student, (found, known) in under.items()
        for row in found
        if row.grade is not None
    }
    filled = fill_roster(roster, {} if roster.of_other_groups else grades)
    called = _called(entries, rows)
    groups = _match_groups(roster, entries)
    left = _groups_left(roster, entries, groups, {student: known for student, (_found, known) in under.items()})
    filled = replace(
        filled,
        without_grade=[] if roster.of_other_groups else _with_reasons(filled.without_grade, under, roster, groups),
        not_in_roster=tuple(called.get(student, student) for student in filled.not_in_roster if student not in left),
        groups_left=[*left.values()],
    )
    target = out_dir / f"filled-{source}"
    write_text_atomic(target, filled.text)
    return target, filled


def _by_ids_of_roster(
    roster: Roster, rows: Sequence[StudentGrade], entries: Sequence[Entry], rules: Course
) -> dict[str, tuple[list[StudentGrade], Known]]:
    """Return, by the ids that the roster has, the rows of the class under each, and what is known of whose they are."""
    of_submission = {str(entry["name"]): entry for entry in entries}
    users = _users_of_clones(roster, entries)
    under: dict[str, list[StudentGrade]] = {}
    knowns: dict[str, Known] = {}
    for row in rows:
        entry = of_submission[row.submission]
        student, known = row.student, known_of(entry, row.student, entries, rules)
        if row.student in users:
            student = users[row.student]
            known = Known((student,))
        elif roster.platform == classroom50.PLATFORM and not known.said_by_course:
            clone = f"the clone {called_of(entry)}"  # whose it is is not sure, even where it is called like a user
            student = clone if row.student in users.values() else row.student
            known = Known((clone,))
        under.setdefault(student, []).append(row)
        is_alone = len(under[student]) == 1
        knowns[student] = known if is_alone else Known((" and ".join(one.submission for one in under[student]),))
    return {student: (found, knowns[student]) for student, found in under.items()}


def _users_of_clones(roster: Roster, entries: Sequence[Entry]) -> dict[str, str]:
    """Return the users of Classroom 50 by the names that the class has for them; of no other platform anything."""
    if roster.platform != classroom50.PLATFORM:
        return {}
    students = {called_of(entry): str(entry["student"]) for entry in entries}
    users = classroom50.users_of_clones(students, [row.id for row in roster.rows], roster.repositories)
    return {students[clone]: user for clone, user in users.items()}


def known_of(entry: Entry, student: str, entries: Sequence[Entry], rules: Course) -> Known:
    """Return what the class knows of a student whose work an entry is."""
    number, is_moodle = str(entry["student"]), entry.get("platform") == "moodle"
    if number in rules.groups:
        own = [one for one in entries if str(one["student"]) == student and not one.get("is_group")]
        # On Canvas a group's work stands under a member's number: the name there is the group's, or nobody knows whose.
        names = tuple(name for one in own if is_moodle or one is not entry for name in _names(one, entries))
        return Known(names, said_by_course=True, group=called_of(entry) if is_moodle else "")
    if entry.get("is_group"):
        return Known(group=called_of(entry))
    return Known(_names(entry, entries) if student == number else ())


def _names(entry: Entry, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return what the download calls an entry, and that without the group which Moodle wrote before all names."""
    called = called_of(entry)
    all_called = [called_of(one) for one in entries]
    shared = os.path.commonprefix(all_called) if len(set(all_called)) > 1 else ""  # noqa: RUF071 -- of names
    group = shared[: shared.rfind("-") + 1] if entry.get("platform") == "moodle" else ""
    return (called, *([called.removeprefix(group)] if group else []))


class _Groups(NamedTuple):
    """The groups that a worksheet names."""

    found: Mapping[str, str]
    """The submission of each that has one, by the number (or name) that it came under."""
    alike: Collection[str]
    """Those that could be two: they are nobody's."""


def _match_groups(roster: Roster, entries: Sequence[Entry]) -> _Groups:
    """Find the work of the groups that a worksheet names."""
    named = {row.group for row in roster.rows if row.group}
    found, alike = {}, set()
    for group in named:
        own = [entry for entry in entries if groups_agree(called_of(entry), group)]
        if len(own) > 1 or (own and sum(groups_agree(other, group) for other in named) > 1):
            alike.add(group)
        elif own:
            found[group] = str(own[0]["student"])
    return _Groups(found, alike)


def _groups_left(
    roster: Roster, entries: Sequence[Entry], groups: _Groups, knowns: Mapping[str, Known]
) -> dict[str, str]:
    """Return what the download calls the groups whose names no row has, by the id that their grade stands under."""
    if not any(row.group for row in roster.rows) or roster.of_other_groups:
        return {}
    persons = {row.id for row in roster.rows if row.id in knowns and not find_doubt(knowns[row.id], row)}
    named = [row.group for row in roster.rows if row.group]
    return {
        str(student): called_of(entry)
        for entry in entries
        if str(entry["student"]) not in groups.found.values()
        and not any(groups_agree(called_of(entry), group) for group in named)
        for student in (entry["members"] if entry.get("is_group") else [entry["student"]])
        if str(student) not in persons and str(student) in knowns
    }


def _called(entries: Sequence[Entry], rows: Sequence[StudentGrade]) -> dict[str, str]:
    """Return how to call each student, by number: with their name, or else what they share with whoever handed in."""
    called = {row.student: f"{row.student}, of the submission {row.submission}" for row in rows}
    for entry in entries:
        if entry.get("is_group"):  # of which the worksheet says nothing goes by its own name
            called |= {one: one for one in entry["members"] if one in called and one.startswith(called_of(entry))}
        student, name = str(entry["student"]), str(entry["name"])
        if student in called and entry.get("attempt", 1) == 1 and not entry.get("is_group"):
            called[student] = name if name == student or name.endswith(f" ({student})") else f"{name} ({student})"
    return called


def _with_reasons(
    without_grade: Sequence[tuple[str, str]],
    under: Mapping[str, tuple[Sequence[StudentGrade], Known]],
    roster: Roster,
    groups: _Groups,
) -> list[tuple[str, str]]:
    """Return how to call those without a grade, and why: who waits must not look as if nothing was handed in."""
    rows = {row.id: row for row in roster.rows}
    told = []
    for student, called in without_grade:
        graded = under[student][0][0] if student in under else None
        if graded is not None:
            reason = _why_no_grade(graded)
        else:
            reason = rows[student].stays or _why_nothing(student, rows[student].group, groups)
        told.append((student, f"{called}: {reason}"))
    return told


def _why_nothing(student: str, group: str | None, groups: _Groups) -> str:
    """Say why the class has nothing under a student's number."""
    if _SHORTENED.fullmatch(student):
        return "a spreadsheet has shortened the number; download the file again"
    if group in groups.alike:
        return f"several groups are called like {shown(str(group))}, so there is no telling whose work it is"
    if group:
        return f"the class has no work of a group called {shown(group)}"
    return "the class holds nothing of theirs"


def _why_no_grade(row: StudentGrade) -> str:
    if row.result is None:
        return "not graded yet"
    if row.late_days is None:
        return "marked late, and nobody says by how much"
    return "no mark (grader error)" if row.result.score is None else "an attempt without a mark"
