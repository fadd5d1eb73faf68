"""Progress of a class on stderr: a bar on a terminal, one line for each submission elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.reports.escaping import one_line
from grader.results import SubmissionResult


@contextlib.contextmanager
def class_progress(count: int) -> Iterator[Callable[[SubmissionResult], None]]:
    """Show progress while the context lasts; yields the function to call with each result."""
    if not sys.stderr.isatty():
        yield _plain_line
        return
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}", markup=False),  # a name may look like markup
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("grading", total=count, last="")
        yield lambda result: progress.update(task, advance=1, last=_describe(result))


def _plain_line(result: SubmissionResult) -> None:
    sys.stderr.write(_describe(result) + "\n")
    sys.stderr.flush()


def _describe(result: SubmissionResult) -> str:
    score = "no mark" if result.score is None else f"{result.score:g}"
    return f"{one_line(result.submission, 60)}: {score} ({result.seconds:.1f} s)"
