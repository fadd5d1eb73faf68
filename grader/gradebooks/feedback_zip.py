"""The students' pages as Moodle takes them back: a zip of feedback files, each in a folder named like the download's.

Moodle splits a folder's name at ``_`` and goes by the number alone. So only those have a page of whom the worksheet
says that the number is theirs. In group work today's Moodle (4.5) takes the numbers for the groups', an older one (4.1)
for the students': there a folder is written when either way only the group's members get its page.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import NamedTuple

from grader.course import Course
from grader.errors import UsageError
from grader.gradebooks.identity import as_in_folders
from grader.gradebooks.of_class import Entry, known_of
from grader.names import page_file
from grader.reports.class_grades import rules_of, settle_stored, students_of
from grader.reports.kept_worksheet import KeptWorksheet, called_of, find_kept_worksheet
from grader.store import ResultStore
from grader.submission.shown_text import shown

PAGE_NAME = "feedback.html"
_END = f"_assignsubmission_file_/{PAGE_NAME}"


class Written(NamedTuple):
    """What is in the zip."""

    pages: int
    """Students for whom there is one."""
    left_out: list[str]
    """The students with a grade who have no page in it, and why."""


def write_feedback_zip(out_dir: Path, path: Path, course: Course | None = None) -> Written:
    """Write the pages of all students with a grade to a zip.

    Raises:
        UsageError: the class is not Moodle's, no worksheet was given yet, or the zip cannot be written.
    """
    store = ResultStore(out_dir)
    if store.load_platforms() != {"moodle"}:
        raise UsageError(
            f"{out_dir}: does not hold a class of Moodle, and only Moodle takes a zip of feedback files. Give the "
            "pages out from feedback/, or grade Moodle's download with `digitlab batch --from moodle`."
        )
    rules = rules_of(store, course)
    kept = find_kept_worksheet(store, rules.zone)
    if kept is None:
        raise UsageError(
            f"{out_dir}: no grading worksheet was given yet, and Moodle goes by numbers alone, which may be a group's: "
            "somebody else could get a page. Give it once: --roster worksheet.csv"
        )
    entries = {str(entry["name"]): entry for entry in students_of(store, rules)}
    receivers: dict[str, list[str]] = {}
    left_out = []
    for row in settle_stored(store, store.load_all(), course):
        if row.grade is None:
            continue
        reason = _why_not(row.student, entries[row.submission], [*entries.values()], rules, kept)
        if reason:
            name = kept.names.get(row.student, "")
            left_out.append(f"{name} ({row.student}): {reason}" if name else f"{row.student}: {reason}")
        else:
            receivers.setdefault(row.submission, []).append(row.student)
    folders: dict[str, str] = {}
    pages = 0
    for submission, students in receivers.items():
        found, reason = _folders(entries[submission], students, kept)
        folders |= {f"{as_in_folders(name)}_{number}{_END}": submission for number, name in found}
        left_out += [f"{kept.names[student]} ({student}): {reason}" for student in students if reason]
        pages += 0 if reason else len(students)
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, submission in folders.items():
                archive.write(store.feedback_dir / page_file(submission), name)
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written from the pages in {store.feedback_dir} ({error.strerror}). Choose another file."
        ) from error
    return Written(pages, left_out)


def _why_not(student: str, entry: Entry, entries: list[Entry], rules: Course, kept: KeptWorksheet) -> str:
    """Say why a student gets no page; nothing where the worksheet has the number for the author of the work."""
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


def _folders(entry: Entry, students: list[str], kept: KeptWorksheet) -> tuple[list[tuple[str, str]], str]:
    """Return the numbers and names of the folders with the page of a submission, and why Moodle takes none of them."""
    if not kept.groups:
        return [(student, kept.names[student]) for student in students], ""
    number = str(entry["student"])
    others = set(kept.groups[number]) - set(students)
    # A number that is nobody's group but may be that of a group without work is no student's folder.
    own = [(student, kept.names[student]) for student in students if kept.has_all_groups and student not in kept.groups]
    if not number.isdecimal():
        return own, "is in no group, and Moodle takes pages of groups alone"
    if others:
        return own, f"the page would go to all of the group, and {', '.join(sorted(others))} must not have it"
    if number in kept.names and number not in students:
        return own, f"the group's number {number} is also that of {kept.names[number]}, who could get the page"
    return [(number, called_of(entry)), *own], ""
