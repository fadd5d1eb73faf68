"""The command `digitlab validate`: the grader, graded."""

from __future__ import annotations

import contextlib
import datetime
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from grader.cli.options import EXIT_FAILED, PATH, console, grading_options, jobs_option, settings_of, warn
from grader.system.errors import UsageError

if TYPE_CHECKING:
    from grader.proofs.cases import Case
    from grader.proofs.plan import Plan
    from grader.proofs.run import Report
    from grader.results.validation_record import Record

KINDS = {
    "reference": ("reference",),
    "alternates": ("alternate",),
    "mutants": ("mutant", "automatic"),
    "hostile": ("hostile",),
    "stubs": ("stubs",),
}
"""The kinds of cases that each option stands for."""
SECRET = b"digit-lab validates itself"
"""Unless --secret-file names another: so a validation can be repeated anywhere."""


def _finite(_context: click.Context, _option: click.Parameter, minutes: float | None) -> float | None:
    if minutes is not None and not math.isfinite(minutes):
        raise click.BadParameter(f"{minutes} is no number of minutes")
    return minutes


@click.command()
@click.option("--reference", is_flag=True, help="The reference solution: it gets all points on every secret.")
@click.option("--alternates", is_flag=True, help="Right solutions in other styles: they get all points.")
@click.option("--mutants", is_flag=True, help="Students' mistakes: each loses its points, and no others.")
@click.option("--hostile", is_flag=True, help="Attacks on the grader: they get what their honest part is worth.")
@click.option("--stubs", is_flag=True, help="The template as it is given out: it gets nothing.")
@click.option(
    "--seeds",
    type=click.IntRange(1, 10_000),
    default=1,
    show_default=True,
    metavar="N",
    help="Grade right solutions on so many secrets.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0.1),
    callback=_finite,
    metavar="M",
    help="Only as many cases as take about so long: new ones, those whose rubric lines changed since the record, "
    "and others, in an order that changes with the day.",
)
@click.option(
    "--day",
    type=click.IntRange(1),
    metavar="N",
    help="With --minutes: repeat the choice of that day. A run prints its day.",
)
@click.option("--only", metavar="WORDS", help="Only the cases whose name holds these words.")
@click.option("--json", "json_path", type=PATH, metavar="FILE", help="Write the verdicts to this file, too.")
@click.option("--html", "html_path", type=PATH, metavar="FILE", help="Write them as a page, too.")
@click.option(
    "--forget",
    multiple=True,
    metavar="NAME",
    help="Grade nothing; take this case out of the record, for the corpus no longer holds it.",
)
@click.option("--keep-messages", is_flag=True, help="Keep what students read for these mistakes as reviewed.")
@click.option(
    "--record",
    is_flag=True,
    help="Keep the figures of whole kinds, for reports and for --minutes, and the messages.",
)
@jobs_option
@grading_options
def validate(
    only: str | None,
    seeds: int,
    minutes: float | None,
    day: int | None,
    forget: tuple[str, ...],
    json_path: Path | None,
    html_path: Path | None,
    keep_messages: bool,
    record: bool,
    jobs: int | None,
    **options: Any,
) -> None:  # fmt: skip
    """Prove that the grader is right, by submissions whose result is known.

    Without a kind all of them are graded. Exit status 1 when any result is not what it must be.

    Example: digitlab validate --mutants --only letters
    """
    from grader.cli.progress import class_progress
    from grader.proofs.cases import Kind
    from grader.proofs.gates import with_leaks, with_reviewed_messages
    from grader.proofs.golden import keep_messages_of, read_messages
    from grader.proofs.plan import load_cases, plan_of
    from grader.proofs.proof import forget_cases, gone_cases, write_record
    from grader.proofs.report import print_report
    from grader.proofs.run import run_cases
    from grader.results.rubric import load_rubric
    from grader.results.validation_record import read_record
    from grader.system.machine import sensible_jobs

    if forget:
        forget_cases(forget, load_cases(list(Kind), load_rubric()))
        click.echo(f"taken out of the record: {', '.join(forget)}")
        return
    asked = [name for name in KINDS if options.pop(name)]
    _expect_choice(only, minutes, day, record=record)
    if record or keep_messages:
        _expect_own_settings("--record" if record else "--keep-messages", options)
    _expect_places(json_path, html_path)
    reviewed_messages, before = read_messages(), read_record()  # what is damaged is told before anything is graded
    rubric = load_rubric()
    jobs = jobs or sensible_jobs(max(line.memory_mib for line in rubric.line))
    kinds = [Kind(kind) for name in asked or KINDS for kind in KINDS[name]]
    cases = load_cases(kinds, rubric)
    gone = gone_cases(before, kinds, cases)
    chosen = _named(cases, only)
    if minutes is not None:
        chosen = _todays(chosen, minutes * 60 * jobs, before, day)
    plan = plan_of(chosen, seeds, rubric)
    settings = settings_of(secret=SECRET if options["secret_file"] is None else None, **options)
    with class_progress(_gradings(plan)) as on_result:
        report = run_cases(settings, plan, jobs=jobs, on_result=on_result)
    report = with_leaks(report, settings.secret)
    reviewed = with_reviewed_messages(report, reviewed_messages)
    keeps = (keep_messages or record) and report.good
    report = replace(report if keeps else reviewed, gone=() if record and keeps else gone)
    with contextlib.ExitStack() as at_last:
        # Files come first: who reads may close the pipe. What cannot be written does not take the report along.
        at_last.callback(print_report, report, console())
        if keeps:
            keep_messages_of(report.verdicts)
            if record:
                write_record(report, rubric)
        _write_files(report, json_path, html_path)
    if keeps:
        _tell_what_was_kept(reviewed, gone if record else ())
    if not report.good:
        if (keep_messages or record) and not keeps:
            warn("nothing was kept: this validation found faults")
        sys.exit(EXIT_FAILED)


def _tell_what_was_kept(reviewed: Report, no_longer: Sequence[str]) -> None:
    from grader.proofs.golden import golden_file

    changed = sum(len(verdict.problems) for verdict in reviewed.verdicts)
    click.echo(f"messages that are new or changed: {changed}; review them in {golden_file()}")
    if no_longer:
        warn("no longer recorded: " + ", ".join(told.partition(":")[0] for told in no_longer))


def _write_files(report: Report, json_path: Path | None, html_path: Path | None) -> None:
    from grader.proofs.page import write_page
    from grader.proofs.report import write_json

    if json_path is not None:
        write_json(report, json_path)
    if html_path is not None:
        write_page(report, html_path)


def _expect_choice(only: str | None, minutes: float | None, day: int | None, *, record: bool) -> None:
    """Check the options that choose cases.

    Raises:
        UsageError: they contradict each other.
    """
    if record and (only or minutes):
        raise UsageError("--record keeps the figures of all cases of a kind: leave out --only and --minutes")
    if day is not None and minutes is None:
        raise UsageError("--day chooses among the cases of --minutes: give --minutes, too")


def _expect_places(*paths: Path | None) -> None:
    """Check that files can be written where they are asked for, before minutes of grading.

    Raises:
        UsageError: one cannot, or it is asked for twice.
    """
    given = [path.resolve() for path in paths if path is not None]  # a link is the file that it leads to
    if len(set(given)) < len(given):
        raise UsageError(f"{given[0]}: cannot hold the verdicts and the page at once. Choose two files.")
    for path in paths:
        if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
            what = "is a folder" if path.is_dir() else f"there is no folder {path.parent}"
            raise UsageError(f"{path}: {what}. Choose another file.")


def _expect_own_settings(kept_by: str, options: Mapping[str, Any]) -> None:
    """Check that no option of grading was given on the command line.

    Raises:
        UsageError: some were.
    """
    context = click.get_current_context()
    given = [name for name in options if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        names = ", ".join(sorted(f"--{name.replace('_', '-')}" for name in given))
        raise UsageError(f"{kept_by} is about the grader as it comes: leave out {names}")


def _gradings(plan: Plan) -> int:
    return sum(len(cases) for cases in plan)


def _named(cases: Sequence[Case], words: str | None) -> list[Case]:
    """Return the cases whose name holds the words; all of them without any.

    Raises:
        UsageError: there is none.
    """
    named = [case for case in cases if words is None or words in case.name]
    if not named:
        raise UsageError(f"--only {words}: no name of the {len(cases)} cases holds these words")
    return named


def _todays(cases: Sequence[Case], budget_s: float, record: Record | None, day: int | None) -> list[Case]:
    from grader.proofs.plan import todays_cases
    from grader.results.rubric import load_rubric
    from grader.results.validation_record import changed_lines

    day = day or datetime.datetime.now(datetime.UTC).toordinal()
    changed = changed_lines(record, load_rubric())
    chosen = todays_cases(cases, budget_s, record.seconds if record else {}, changed, day)
    click.echo(f"{len(chosen)} of {len(cases)} cases; the same ones again: --day {day}", err=True)
    return chosen
