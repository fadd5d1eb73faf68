"""The students' pages as Moodle takes them back: a zip of feedback files, each in a folder named like the download's.

The class record keeps a student's name and number, not the download's folder name: it is built from them as Moodle
does it. Moodle splits it at ``_`` and goes by the number.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from grader.course import Course
from grader.errors import UsageError
from grader.names import page_file
from grader.reports.class_grades import settle_stored
from grader.store import ResultStore

PAGE_NAME = "feedback.html"


def write_feedback_zip(out_dir: Path, path: Path, course: Course | None = None) -> int:
    """Write the pages of all students with a grade to a zip; return their number.

    Raises:
        UsageError: the class is not Moodle's, or the zip cannot be written.
    """
    store = ResultStore(out_dir)
    if store.load_platforms() != {"moodle"}:
        raise UsageError(
            f"{out_dir}: does not hold a class of Moodle, and only Moodle takes a zip of feedback files. Give the "
            "pages out from feedback/, or grade Moodle's download with `digitlab batch --from moodle`."
        )
    rows = [row for row in settle_stored(store, store.load_all(), course) if row.grade is not None]
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for row in rows:
                page = store.feedback_dir / page_file(row.submission)
                archive.write(page, f"{_folder_name(row.submission, row.student)}/{PAGE_NAME}")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written from the pages in {store.feedback_dir} ({error.strerror}). Choose another file."
        ) from error
    return len(rows)


def _folder_name(submission: str, student: str) -> str:
    name = submission.removesuffix(f" ({student})")
    for separator in "_/\\":
        name = name.replace(separator, " ")
    return f"{name}_{student}_assignsubmission_file_"
