"""Write all reports of a run. Only the supervisor does this, and only into the output folder; see `ResultStore`."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.reports.class_grades import settle_stored
from grader.reports.class_list import render_class_list
from grader.reports.csv_gradebook import render_grades
from grader.reports.html import FEEDBACK_HEAD, render_class_page, render_student_page
from grader.reports.junit import render_junit
from grader.reports.regrade import render_regrade_csv, render_regrade_json
from grader.results.course import Course
from grader.results.models import SubmissionResult
from grader.results.store import Regraded, ResultStore, write_text_atomic
from grader.results.validation_record import read_record
from grader.similarity import Pair, find_pairs
from grader.similarity.known import known_code
from grader.submissions.names import natural_key, page_file
from grader.system.errors import UsageError


@dataclass(frozen=True)
class ReportPaths:
    """Where the reports of a run are."""

    report: Path
    grades: Path
    junit: Path
    feedback_dir: Path


def write_reports(
    out_dir: Path, results: Sequence[SubmissionResult], *, lang: str | None = None, course: Course | None = None
) -> ReportPaths:
    """Make every report anew from the results, sorted by submission; same results, same bytes.

    Args:
        lang: of the reports' own words; None is that of each result, for the class page that of the first.
        course: the rules that make grades of points; None for those that the class was graded with.

    A student page of a submission that is no longer there is removed, but only a regular ``.html`` file that starts
    with the very lines that our pages start with (``FEEDBACK_HEAD``); anything else in the folder stays.

    Raises:
        UsageError: there are no results, or a file cannot be written or removed.
    """
    if not results:
        raise UsageError(f"{out_dir}: no results to report on; the reports there were left as they are.")
    store = ResultStore(out_dir)
    store.prepare(instead="copy the whole folder to where you may write, and report there")
    ordered = sorted(results, key=lambda result: natural_key(result.submission))
    paths = ReportPaths(out_dir / "report.html", out_dir / "grades.csv", out_dir / "junit.xml", store.feedback_dir)
    grades = settle_stored(store, ordered, course)
    counted = {row.submission: row for row in grades}
    pages = {page_file(result.submission): result for result in ordered}
    for name, result in pages.items():
        page = render_student_page(result, lang, counted.get(result.submission))
        write_text_atomic(paths.feedback_dir / name, page)
    _remove_stale_pages(paths.feedback_dir, pages.keys())
    store.export(ordered)
    _write_regrade_reports(out_dir, store.load_regraded())
    _write_or_remove(out_dir / "class.csv", render_class_list(grades) if grades else None)
    write_text_atomic(paths.grades, render_grades(ordered))
    write_text_atomic(paths.junit, render_junit(ordered))
    similar = _similar(store, ordered)
    page = render_class_page(
        ordered, lang, similar=similar, record=read_record(), grades=grades, not_graded=store.load_not_graded()
    )
    write_text_atomic(paths.report, page)
    return paths


def _similar(store: ResultStore, results: Sequence[SubmissionResult]) -> list[Pair] | None:
    """Return the similar pairs of a class; None when there are no two texts to compare."""
    names = {result.submission for result in results}
    sources = {name: source for name, source in store.load_sources().items() if name in names}
    return find_pairs(sources, known_code()) if len(sources) > 1 else None


def _write_regrade_reports(out_dir: Path, regraded: Sequence[Regraded]) -> None:
    for name, render in (("regrade.csv", render_regrade_csv), ("regrade.json", render_regrade_json)):
        _write_or_remove(out_dir / name, render(regraded) if regraded else None)


def _write_or_remove(path: Path, text: str | None) -> None:
    """Write a report; where there is nothing to report, that of an earlier time must not stay."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        write_text_atomic(path, text)


def _remove_stale_pages(feedback_dir: Path, current: Container[str]) -> None:
    for path in sorted(feedback_dir.glob("*.html")):
        try:
            if path.name not in current and _is_our_page(path):
                path.unlink()
        except OSError as error:
            raise UsageError(
                f"{path}: a feedback page of a submission that is gone, and it cannot be removed"
                f" ({error.strerror}). Remove it and run again."
            ) from error


def _is_our_page(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    head = FEEDBACK_HEAD.encode()
    with path.open("rb") as file:
        return file.read(len(head)) == head
