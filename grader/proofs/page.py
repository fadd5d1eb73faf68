"""Write what a validation found as a page of its own."""

from __future__ import annotations

from pathlib import Path

from grader.proofs.cases import lost_lines
from grader.proofs.report import GOOD_WORDS, by_case, flakes, summaries
from grader.proofs.run import Report
from grader.reports.html import page_environment
from grader.results.store import write_text_atomic


def render_page(report: Report) -> str:
    """Return the page: the verdict, the kinds, the rates, every case."""
    rates = sorted(flakes(report.verdicts).items(), key=lambda entry: -entry[1].upper_limit)
    return "<!doctype html>\n" + page_environment().get_template("validation.html.j2").render(
        report=report,
        kinds=summaries(report),
        rates=rates,
        cases=[(case, verdicts) for case, verdicts in by_case(report.verdicts)],
        good_words=GOOD_WORDS,
        lost_lines=lost_lines,
    )


def write_page(report: Report, path: Path) -> None:
    """Write the page.

    Raises:
        UsageError: the file cannot be written.
    """
    write_text_atomic(path, render_page(report))
