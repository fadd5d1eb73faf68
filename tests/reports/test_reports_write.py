"""All reports of a run: complete, repeatable, and no file of others touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_cases import HOSTILE, make_class, make_hostile_result, make_result

from grader import reports
from grader.reports import ReportPaths, write_reports
from grader.reports.html import FEEDBACK_HEAD
from grader.results.journal_index import WorkKey
from grader.results.store import ResultStore
from grader.submissions.names import file_stem
from grader.system.errors import UsageError


def read_tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_reports_are_written(tmp_path: Path) -> None:
    paths = write_reports(tmp_path / "out", make_class())
    out = tmp_path / "out"
    assert paths == ReportPaths(out / "report.html", out / "grades.csv", out / "junit.xml", out / "feedback")
    pages = {f"feedback/student-{number}.html" for number in (1, 2, 3, 4, 10)}
    results = {f"results/student-{number}.json" for number in (1, 2, 3, 4, 10)}
    assert set(read_tree(out)) == {"report.html", "grades.csv", "junit.xml", *pages, *results}


def test_the_same_results_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    write_reports(tmp_path, make_class())
    first = read_tree(tmp_path)
    write_reports(tmp_path, make_class()[::-1])
    assert read_tree(tmp_path) == first


def test_a_class_list_does_not_outlive_its_class(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text("of a class that the journal does not hold any more")
    write_reports(tmp_path, make_class())
    assert not (tmp_path / "class.csv").exists()


def test_stored_sources_are_compared(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.prepare()
    own = "\n".join(f"if a[{number}] {'<>'[number % 2]} b: c += d(e) ** {'+-'[number % 2]}f" for number in range(30))
    for name in ("student-1", "student-2"):
        store.save(make_result(name), WorkKey("content", "grading"), own)
    page = write_reports(tmp_path, make_class()).report.read_text()
    assert "<bdi>student-1</bdi> and <bdi>student-2</bdi>: 100 % and 100 %" in page


def test_links_of_the_class_page_lead_to_the_feedback_pages(tmp_path: Path) -> None:
    results = [make_result("Иванова #1?.html", score=1.0), make_result("student-1", score=1.0)]
    paths = write_reports(tmp_path, results)
    page = paths.report.read_text()
    assert 'href="feedback/student-1.html"' in page
    assert 'href="feedback/%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0%20%231_.html~' in page
    assert (paths.feedback_dir / f"{file_stem('Иванова #1?.html')}.html").is_file()


def test_hostile_submissions_are_written_and_read_back(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.prepare()
    for text in HOSTILE.values():
        store.save(make_hostile_result(text), WorkKey("content", "grading"))
    paths = write_reports(tmp_path, store.load_all())
    assert len(list(paths.feedback_dir.iterdir())) == len(HOSTILE)


def test_pages_of_submissions_that_are_gone_are_removed(tmp_path: Path) -> None:
    paths = write_reports(tmp_path, make_class())
    write_reports(tmp_path, make_class()[:1])
    assert [path.name for path in paths.feedback_dir.iterdir()] == ["student-1.html"]


def test_files_that_are_not_ours_stay(tmp_path: Path) -> None:
    feedback = tmp_path / "feedback"
    feedback.mkdir()
    (tmp_path / "elsewhere.html").write_text(FEEDBACK_HEAD)
    (feedback / "link.html").symlink_to(tmp_path / "elsewhere.html")
    (feedback / "mine.html").write_text("<!doctype html>\n<p>my own page</p>")
    (feedback / "notes.txt").write_text(FEEDBACK_HEAD)
    (feedback / "folder.html").mkdir()
    write_reports(tmp_path, make_class()[:1])
    names = sorted(path.name for path in feedback.iterdir())
    assert names == ["folder.html", "link.html", "mine.html", "notes.txt", "student-1.html"]


def test_no_results_leave_the_reports_as_they_were(tmp_path: Path) -> None:
    write_reports(tmp_path, make_class())
    first = read_tree(tmp_path)
    with pytest.raises(UsageError, match="no results to report on"):
        write_reports(tmp_path, [])
    assert read_tree(tmp_path) == first


def test_a_stale_page_that_cannot_be_removed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_reports(tmp_path, make_class())
    unlink = Path.unlink

    def refuse_pages(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".html":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse_pages)
    with pytest.raises(
        UsageError, match=r"student-10\.html: a feedback page .* cannot be removed \(Permission denied\)"
    ):
        write_reports(tmp_path, make_class()[:1])


def test_everything_exported_exists() -> None:
    assert all(hasattr(reports, name) for name in reports.__all__)
