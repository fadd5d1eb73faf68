"""Progress of a class and of downloads on stderr: a bar on a terminal, a line for each submission or file elsewhere."""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

from grader.reports.escaping import one_line
from grader.results.models import SubmissionResult


@contextlib.contextmanager
def class_progress(count: int) -> Iterator[Callable[[SubmissionResult], None]]:
    """Show progress while the context lasts; yields the function to call with each result.

    Args:
        count: of the results that are to come; those that a resumed run keeps are none of them.
    """
    if not sys.stderr.isatty():
        done = itertools.count(1)
        yield lambda result: _plain_line(f"{_describe(result)}, {next(done)} of {count}")
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


@contextlib.contextmanager
def download_progress() -> Iterator[Callable[[str, int], Callable[[int], object]]]:
    """Show downloads while the context lasts.

    Yields a function to call with a file's name and size in bytes when its download begins; it returns the function to
    call with the bytes that have come since.
    """
    if not sys.stderr.isatty():
        yield _plain_download
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def begin(name: str, size_bytes: int) -> Callable[[int], object]:
            task = progress.add_task(name, total=size_bytes)
            return lambda count: progress.advance(task, count)

        yield begin


def _plain_download(name: str, size_bytes: int) -> Callable[[int], object]:
    sys.stderr.write(f"fetching {name} ({size_bytes:,} bytes)\n")
    sys.stderr.flush()
    return lambda _count: None


def _plain_line(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _describe(result: SubmissionResult) -> str:
    score = "no mark" if result.score is None else f"{result.score:g}"
    return f"{one_line(result.submission, 60)}: {score} ({result.seconds:.1f} s)"
