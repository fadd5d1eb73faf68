"""The students' pages as Moodle takes them back: a zip of feedback files, each in a folder named like the download's.

The class record keeps a student's name and number, not the download's folder name: it is built from them as Moodle
does it. Moodle splits it at ``_`` and goes by the number. A partner of a group that the course names has a folder with
the partner's own name, as far as the download has something of theirs.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from grader.course import Course
from grader.errors import UsageError
from grader.names import page_file
from grader.reports.class_grades import settle_stored
from grader.store import ResultStore

PAGE_NAME = "feedback.html"


class Written(NamedTuple):
    """What is in the zip."""

    pages: int
    nameless: list[str]
    """The numbers of the students whose own name nobody knows: their folders bear that of who handed in."""


def write_feedback_zip(out_dir: Path, path: Path, course: Course | None = None) -> Written:
    """Write the pages of all students with a grade to a zip.

    Raises:
        UsageError: the class is not Moodle's, or the zip cannot be written.
    """
    store = ResultStore(out_dir)
    if store.load_platforms() != {"moodle"}:
        raise UsageError(
            f"{out_dir}: does not hold a class of Moodle, and only Moodle takes a zip of feedback files. Give the "
            "pages out from feedback/, or grade Moodle's download with `digitlab batch --from moodle`."
        )
    entries = store.load_students()
    names = {str(entry["student"]): _name(entry) for entry in entries}
    of_submission = {str(entry["name"]): _name(entry) for entry in entries}
    rows = [row for row in settle_stored(store, store.load_all(), course) if row.grade is not None]
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for row in rows:
                page = store.feedback_dir / page_file(row.submission)
                name = names.get(row.student, of_submission[row.submission])
                archive.write(page, f"{name}_{row.student}_assignsubmission_file_/{PAGE_NAME}")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written from the pages in {store.feedback_dir} ({error.strerror}). Choose another file."
        ) from error
    return Written(len(rows), [row.student for row in rows if row.student not in names])


def _name(entry: Mapping[str, Any]) -> str:
    """Return a student's name as it may stand in a folder's, without the number that tells apart two of one name."""
    name = str(entry["name"]).removesuffix(f" ({entry['student']})")
    for separator in "_/\\":
        name = name.replace(separator, " ")
    return name
