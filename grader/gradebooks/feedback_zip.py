"""The students' pages as Moodle takes them back: a zip of feedback files, each in a folder named like the download's.

Moodle splits a folder's name at ``_`` and goes by the number alone. So only those have a page of whom the worksheet
says that the number is theirs. In group work today's Moodle (4.5) takes the numbers for the groups', an older one (4.1)
for the students': there a folder is written when either way only the group's members get its page.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.gradebooks.identity import as_in_folders
from grader.gradebooks.of_class import Entry, known_of
from grader.reports.class_grades import rules_of, settle_stored, students_of
from grader.reports.kept_worksheet import KeptWorksheet, called_of, find_kept_worksheet
from grader.results.course import Course
from grader.results.store import ResultStore, write_asked_for
from grader.submissions.names import OWN_ZIP, page_file
from grader.submissions.shown_text import shown
from grader.system.errors import UsageError
from grader.system.file_errors import why_not_read

PAGE_NAME = "feedback.html"
_NEW, _OLD = "Moodle 4.5", "Moodle 4.1"
"""The versions whose importers were read: for the one a folder's number is the group's, for the other the student's."""
_END = f"_assignsubmission_file_/{PAGE_NAME}"


class Written(NamedTuple):
    """What is in the zip."""

    pages: int
    students: int
    """For how many students these pages are."""
    left_out: Mapping[str, Sequence[str]]
    """Who has a grade and gets no page, in all versions of Moodle or in one, by what is to be said of them."""


def find_worksheet(store: ResultStore, rules: Course) -> KeptWorksheet:
    """Return what is kept of the worksheet of a class, without which there is no zip.

    Raises:
        UsageError: the class is not Moodle's, or no worksheet was given yet.
    """
    if store.load_platforms() != {"moodle"}:
        raise UsageError(
            f"{store.out_dir}: does not hold a class of Moodle, and only Moodle takes a zip of feedback files. Give "
            "the pages out from feedback/, or grade Moodle's download with `digitlab batch --from moodle`."
        )
    kept = find_kept_worksheet(store, rules.zone)
    if kept is None:
        raise UsageError(
            f"{store.out_dir}: no grading worksheet was given yet, and Moodle goes by numbers alone, which may be a "
            "group's: somebody else could get a page. Give it once: --roster worksheet.csv"
        )
    return kept


def write_feedback_zip(out_dir: Path, path: Path, course: Course | None = None) -> Written:
    """Write the pages of all students with a grade to a zip.

    Raises:
        UsageError: see `find_worksheet`; or there are no pages, or the zip cannot be written.
    """
    store = ResultStore(out_dir)
    rules = rules_of(store, course)
    kept = find_worksheet(store, rules)
    entries = {str(entry["name"]): entry for entry in students_of(store, rules)}
    receivers: dict[str, list[str]] = {}
    left_out: dict[str, list[str]] = {}
    for row in settle_stored(store, store.load_all(), course):
        if row.grade is None:
            continue
        if reason := _why_not(row.student, entries[row.submission], [*entries.values()], rules, kept):
            left_out.setdefault(f"no page in the zip ({reason})", []).append(_called(row.student, kept))
        else:
            receivers.setdefault(row.submission, []).append(row.student)
    folders: dict[str, str] = {}
    reached = 0
    for submission, students in receivers.items():
        entry = entries[submission]
        in_new = _why_no_group_folder(entry, students, kept)
        if kept.groups and not in_new:
            folders[_folder(called_of(entry), str(entry["student"]))] = submission
        for student in students:
            in_old = _why_no_own_folder(student, kept)
            if not in_old:
                folders[_folder(kept.names[student], student)] = submission
            reached += not (in_new and in_old)
            if told := _told(in_new, in_old):
                left_out.setdefault(told, []).append(_called(student, kept))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = OWN_ZIP
        for name, submission in folders.items():
            archive.writestr(name, _read_page(store, submission))
    write_asked_for(path, buffer.getvalue())
    return Written(len(set(folders.values())), reached, left_out)


def _read_page(store: ResultStore, submission: str) -> bytes:
    path = store.feedback_dir / page_file(submission)
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: {why_not_read(error)}. Make the pages anew: digitlab report {store.out_dir}"
        ) from error


def _called(student: str, kept: KeptWorksheet) -> str:
    return f"{kept.names[student]} ({student})" if student in kept.names else student


def _folder(name: str, number: str) -> str:
    return f"{as_in_folders(name)}_{number}{_END}"


def _told(in_new: str, in_old: str) -> str:
    """Say which versions of Moodle have no page for a student, and why; nothing where all have."""
    if in_new and in_old:
        return f"no page in the zip ({in_new})"
    where, reason = (_NEW, in_new) if in_new else (_OLD, in_old)
    return f"no page in {where} ({reason})" if reason else ""


def _why_not(student: str, entry: Entry, entries: list[Entry], rules: Course, kept: KeptWorksheet) -> str:
    """Say why a student gets no page; nothing where the worksheet has the number for the author of the work."""
    if entry.get("is_group") and str(entry["student"]) not in kept.groups:
        return "no row of the worksheet names this group"
    if student not in kept.names:
        return "the worksheet does not have this number"
    known = known_of(entry, student, entries, rules)
    if kept.groups:
        is_member = student in kept.groups.get(str(entry["student"]), ())
        doubt = "" if is_member else f"the worksheet does not have this student in {shown(called_of(entry))}"
    elif known.names:
        is_same = kept.own.get(student) == known.names[0]
        doubt = "" if is_same else f"the class has {shown(known.names[0])} under this number"
    else:
        doubt = "" if known.said_by_course else "the class knows no name for this number"
    return doubt or kept.stays.get(student, "")


def _why_no_group_folder(entry: Entry, students: Sequence[str], kept: KeptWorksheet) -> str:
    """Say why there is no folder with a group's number for a submission; nothing for work that is no group's."""
    if not kept.groups:
        return ""
    number = str(entry["student"])
    if not number.isdecimal():
        return "in no group, and Moodle takes pages of groups alone"
    if others := set(kept.groups[number]) - set(students):
        return f"the page would go to all of the group, and {', '.join(sorted(others))} must not have it"
    if number in kept.names and number not in students:
        return f"the group's number {number} is also that of {kept.names[number]}, who could get the page"
    return ""


def _why_no_own_folder(student: str, kept: KeptWorksheet) -> str:
    """Say why there is no folder with a student's own number."""
    if student in kept.groups:
        return "the own number is also that of a group, which could get the page"
    if kept.groups and not kept.has_all_groups:
        return "the own number may be that of a group of which the class has no work"
    return ""
