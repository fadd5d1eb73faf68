"""The pages in a real browser: tables sort by keyboard, nothing is fetched or logged, phone and print are readable."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from report_cases import HOSTILE, make_class, make_hostile_result, make_item, make_result

from grader.reports import render_student_page, write_reports
from grader.results.models import Outcome, SubmissionResult

PHONE = {"viewport": {"width": 390, "height": 844}}
PARTS = ("parser", "showpics", "builders", "training", "save", "drawing", "letters")


def big_class(count: int = 300) -> list[SubmissionResult]:
    """Return a class of a real one's size: 75 lines each, all outcomes but our own faults."""
    outcomes = [outcome for outcome in Outcome if outcome is not Outcome.GRADER_ERROR]
    results = []
    for number in range(count):
        items = [
            make_item(
                f"{PARTS[line % 7]}.line{line}",
                outcomes[(number * line) % 11 % 7] if (number + line) % 4 == 0 else Outcome.PASSED,
                max_points=100 / 75,
                title=f"A title of a usual length, number {line}",
                message="parse_idx(fd) returned shape (3,), expected (3, 2).",
            )
            for line in range(75)
        ]
        results.append(make_result(f"student-{number}", *items, seconds=20 + number * 7 % 31, max_score=100.0))
    return results


@pytest.fixture
def class_page(tmp_path: Path) -> str:
    return write_reports(tmp_path, make_class()).report.as_uri()


def first_cells(watched) -> list[str]:
    return watched.page.locator("table.grid:not(.rates) tbody th").all_inner_texts()


def test_tables_sort_by_keyboard_alone(open_page, class_page: str) -> None:
    watched = open_page(class_page)
    page = watched.page
    head = page.locator("th", has=page.get_by_role("button", name="Score"))
    page.get_by_role("button", name="Score").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert first_cells(watched) == ["student-1", "student-2", "student-3", "student-4", "student-10"]
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "ascending"
    assert first_cells(watched) == ["student-2", "student-3", "student-4", "student-1", "student-10"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert first_cells(watched) == ["student-1", "student-2", "student-3", "student-4", "student-10"]
    assert page.get_by_role("status").inner_text() == "Submission, ascending"
    assert watched.problems == []


def test_focus_can_be_seen(open_page, class_page: str) -> None:
    page = open_page(class_page).page
    page.keyboard.press("Tab")
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_a_hostile_class_fetch_nothing_and_log_nothing(open_page, tmp_path: Path, scheme: str) -> None:
    results = [make_hostile_result(text) for text in HOSTILE.values()]
    paths = write_reports(tmp_path, results)
    for path in (paths.report, *sorted(paths.feedback_dir.iterdir())):
        watched = open_page(path.as_uri(), color_scheme=scheme)
        assert watched.requests == [path.as_uri()]
        assert watched.problems == []
        assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_shows_pages_without_sideways_scrolling(open_page, tmp_path: Path) -> None:
    paths = write_reports(tmp_path, [*make_class(), make_result("x" * 255, make_item())])
    for path in (paths.report, *sorted(paths.feedback_dir.iterdir())):
        page = open_page(path.as_uri(), **PHONE).page
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path.name


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("width", [390, 500])
def test_on_a_phone_no_outcome_runs_into_what_stands_beside_it(
    open_page, tmp_path: Path, lang: str, width: int
) -> None:
    page_file = tmp_path / "page.html"
    items = [make_item(f"a.{outcome}", outcome, points=0, max_points=13.75) for outcome in Outcome]
    page_file.write_text(render_student_page(make_result("anna", *items, lang=lang)), encoding="utf-8")
    page = open_page(page_file.as_uri(), viewport={"width": width, "height": 900}).page
    overlong = page.evaluate(
        """() => [...document.querySelectorAll(".lines .outcome, .lines .given, .words .outcome")].filter(word => {
            const cell = word.closest("td, dt"), beside = cell.nextElementSibling
            return word.getBoundingClientRect().right > beside.getBoundingClientRect().left
        }).map(word => word.textContent)"""
    )
    assert overlong == []


def test_300_students_open_quickly(open_page, tmp_path: Path) -> None:
    path = write_reports(tmp_path, big_class()).report
    assert path.stat().st_size < 1_500_000
    started = time.monotonic()
    watched = open_page(path.as_uri())
    watched.page.get_by_role("button", name="Score").click()
    assert time.monotonic() - started < 10  # a generous bound: it is well below 2 s on an idle machine
    assert len(first_cells(watched)) == 300
    assert watched.problems == []


def test_print_shows_what_was_folded_and_no_arrows(open_page, class_page: str) -> None:
    page = open_page(class_page).page
    page.emulate_media(media="print")
    assert page.locator("details pre").first.is_visible()
    arrow = "getComputedStyle(document.querySelector('.sortable button'), '::before').content"
    assert page.evaluate(arrow) == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowX") == "visible"
    assert page.pdf().startswith(b"%PDF")
