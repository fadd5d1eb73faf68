"""Tables for the terminal, by rich. Readable at 80 columns and without color; rich colors only a terminal.

Student text goes in as ``Text`` or is escaped, so that rich reads no markup in it, and by way of ``visible``, so that
the terminal reads no control sequence in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.assignment.public_tests.checks.language import tr, trn
from grader.reports.class_look import unusual_notes
from grader.reports.escaping import first_line, one_line, visible
from grader.reports.summary import (
    NO_MARK,
    OUTCOME_WORDS,
    class_statistics,
    format_points,
    has_mark,
    is_untested,
    rejected_ones,
    say_reason_once,
    share,
    untested_words,
    what_went_wrong,
)
from grader.reports.words import count_words
from grader.results.models import ItemResult, Outcome, SubmissionResult

_ERROR = re.compile(r"^(?:INTERNALERROR> |E +)?((?:\w+\.)*\w+(?:Error|Exception|Lost): .+)$", re.MULTILINE)
"""The last line of a traceback, in pytest's dress too."""
_STYLES = {
    Outcome.PASSED: "green",
    Outcome.PARTIAL: "yellow",
    Outcome.FAILED: "red",
    Outcome.CRASHED: "red",
    Outcome.TIMEOUT: "magenta",
    Outcome.MEMORY: "magenta",
    Outcome.SKIPPED: "dim",
    Outcome.GRADER_ERROR: "bold white on red",
}
_ALARM = _STYLES[Outcome.GRADER_ERROR]
_BAR_WIDTH = 10
_NAME_WIDTH = 24
MAX_REJECTED = 20
"""Reasons that are printed; the class page has all."""


def class_table(results: Sequence[SubmissionResult]) -> Table:
    """Return a row per submission, in the order given, and a total line: count, mean, median.

    Who has a note that most have not is told to have one: all points may be those of a module that was taken in part.
    """
    figures = class_statistics(results)
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(
        tr("Submission"), Text(count_words(figures.count)), no_wrap=True, overflow="ellipsis", max_width=_NAME_WIDTH
    )
    table.add_column(tr("Score"), _mean_text(figures.mean), justify="right", no_wrap=True)
    table.add_column("", Text(tr("mean") if figures.mean is not None else ""), no_wrap=True, width=_BAR_WIDTH)
    # Its cells do not wrap, but the column may: that makes it the one that rich narrows first.
    table.add_column(tr("What went wrong"), _footer_text(results))
    noted = {result.submission for result, _note in unusual_notes(results)}
    for result in results:
        table.add_row(*_class_row(result, has_note=result.submission in noted))
    return table


def print_class(results: Sequence[SubmissionResult], console: Console) -> None:
    """Print the class table; submissions that a grader fault left without a mark are named before it."""
    unmarked = [result.submission for result in results if not has_mark(result)]
    for name in unmarked:
        console.print(Text(f"{tr(NO_MARK)}: {one_line(name)}", style=_ALARM), soft_wrap=True, highlight=False)
    console.print(class_table(results), highlight=False)
    for line in _rejected_lines(rejected_ones(results)):
        console.print(Text(line), soft_wrap=True, highlight=False)


def _rejected_lines(rejected: Sequence[SubmissionResult]) -> Iterator[str]:
    """Yield the whole reasons, which the table cuts off: each costs all the points, and may be no fault of theirs."""
    if not rejected:
        return
    yield trn(
        "{count} submission was rejected, with 0 points. Read why before you give grades out:",
        "{count} submissions were rejected, with 0 points. Read why before you give grades out:",
        len(rejected),
    )
    for result in rejected[:MAX_REJECTED]:
        yield f"  {one_line(result.submission)}: {first_line(result.reason, limit=300)}"
    if (more := len(rejected) - MAX_REJECTED) > 0:
        yield "  " + tr("... and {more} more", more=more)


def print_submission(result: SubmissionResult, console: Console) -> None:
    """Print a line per rubric line, then the notes; the total comes last."""
    console.print(Text(one_line(result.submission), style="bold"), highlight=False)
    if result.reason:
        console.print(Text(tr("Rejected: {reason}", reason=visible(result.reason)), style="red"), highlight=False)
    if is_untested(result) and result.items:
        console.print(Text(untested_words(result)), highlight=False)
    elif result.items:
        console.print(_items_table(say_reason_once(result).items), highlight=False)
    for note in result.notes:
        console.print(Padding(Text(tr("Note: {note}", note=visible(note))), (0, 0, 0, 2)), highlight=False)
    console.print(_total_text(result), highlight=False)


def _mean_text(mean: float | None) -> Text:
    return Text("" if mean is None else format_points(mean))


def _footer_text(results: Sequence[SubmissionResult]) -> Text:
    figures = class_statistics(results)
    if figures.median is None:
        return Text(tr("nobody has a mark"))
    text = Text(tr("median {points}", points=format_points(figures.median)))
    if figures.without_mark:
        text.append(", " + tr("{count} without a mark", count=figures.without_mark), style=_ALARM)
    return text


def _class_row(result: SubmissionResult, *, has_note: bool) -> tuple[Text, Text, Text, Text]:
    name = Text(one_line(result.submission))
    told = filter(None, [tr("see notes") if has_note else "", what_went_wrong(result)])
    trouble = Text("; ".join(told), no_wrap=True, overflow="ellipsis")
    if result.score is None or not has_mark(result):
        trouble.stylize(_ALARM)
        return name, Text(tr("no mark"), style=_ALARM), Text("!" * _BAR_WIDTH, style=_ALARM), trouble
    score = f"{format_points(result.score)}/{format_points(result.max_score)}"
    return name, Text(score), _bar(result.score, result.max_score), trouble


def _bar(points: float, max_points: float) -> Text:
    filled = round(share(points, max_points) * _BAR_WIDTH)
    return Text.assemble(("#" * filled, "green"), ("." * (_BAR_WIDTH - filled), "dim"))


def _items_table(items: Sequence[ItemResult]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for item in items:
        table.add_row(_outcome_text(item.outcome), _points_text(item), _item_text(item))
    return table


def _outcome_text(outcome: Outcome) -> Text:
    return Text(tr(OUTCOME_WORDS[outcome]), style=_STYLES[outcome])


def _points_text(item: ItemResult) -> Text:
    points = "-" if item.outcome is Outcome.GRADER_ERROR else format_points(item.points)
    return Text(f"{points}/{format_points(item.max_points)}")


def _item_text(item: ItemResult) -> Text:
    text = Text.assemble((one_line(item.id), "bold"), " ", one_line(item.title))
    message = first_line(item.message, limit=400)
    return text.append(f"\n{message}") if message else text


def _total_text(result: SubmissionResult) -> Text:
    if result.score is None or not has_mark(result):
        return Text(tr("Total: {points}", points=tr(NO_MARK)), style=_ALARM)
    points = tr("{points} of {most}", points=format_points(result.score), most=format_points(result.max_score))
    return Text(tr("Total: {points}", points=points), style="bold")


def last_error(log: str) -> str:
    """Return the last exception that the log of a grader fault tells of; empty when it tells of none."""
    found = _ERROR.findall(log)
    return one_line(found[-1]) if found else ""
