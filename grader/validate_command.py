"""The command `digitlab validate`: the grader, graded."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from grader.command_options import EXIT_FAILED, PATH, console, grading_options, jobs_option, settings_of, warn
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.validation.cases import Case
    from grader.validation.plan import Plan

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
    metavar="M",
    help="Only the cases whose rubric lines changed since the record, and as many others as take about so long, "
    "each day others.",
)
@click.option("--only", metavar="WORDS", help="Only the cases whose name holds these words.")
@click.option("--json", "json_path", type=PATH, metavar="FILE", help="Write the verdicts to this file, too.")
@click.option("--html", "html_path", type=PATH, metavar="FILE", help="Write them as a page, too.")
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
    from grader.machine import sensible_jobs
    from grader.progress import class_progress
    from grader.rubric import load_rubric
    from grader.validation.cases import Kind
    from grader.validation.gates import with_leaks, with_reviewed_messages
    from grader.validation.golden import golden_file, keep_messages_of, read_messages
    from grader.validation.page import write_page
    from grader.validation.plan import load_cases, plan_of
    from grader.validation.proof import write_record
    from grader.validation.report import print_report, write_json
    from grader.validation.run import run_cases

    asked = [name for name in KINDS if options.pop(name)]
    if record and (only or minutes):
        raise UsageError("--record keeps the figures of all cases of a kind: leave out --only and --minutes")
    if record and (other := _grading_options_given(options)):
        raise UsageError(f"--record is about the grader as it comes: leave out {', '.join(other)}")
    rubric = load_rubric()
    jobs = jobs or sensible_jobs(max(line.memory_mib for line in rubric.line))
    cases = load_cases([Kind(kind) for name in asked or KINDS for kind in KINDS[name]], rubric)
    chosen = [case for case in cases if only is None or only in case.name]
    if not chosen:
        raise UsageError(f"--only {only}: no name of the {len(cases)} cases holds these words")
    if minutes is not None:
        chosen = _todays(chosen, minutes * 60 * jobs)
    plan = plan_of(chosen, seeds, rubric)
    settings = settings_of(secret=SECRET if options["secret_file"] is None else None, **options)
    with class_progress(_gradings(plan)) as on_result:
        report = run_cases(settings, plan, jobs=jobs, on_result=on_result)
    report = with_leaks(report, settings.secret)
    reviewed = with_reviewed_messages(report, read_messages())
    keeps = (keep_messages or record) and report.good
    if not keeps:
        report = reviewed
    print_report(report, console())
    if json_path is not None:
        write_json(report, json_path)
    if html_path is not None:
        write_page(report, html_path)
    if not report.good:
        if keep_messages or record:
            warn("nothing was kept: this validation found faults")
        sys.exit(EXIT_FAILED)
    if keeps:
        keep_messages_of(report.verdicts)
        changed = sum(len(verdict.problems) for verdict in reviewed.verdicts)
        click.echo(f"messages that are new or changed: {changed}; review them in {golden_file()}")
    if record:
        write_record(report, rubric)


def _grading_options_given(options: Mapping[str, Any]) -> list[str]:
    """Return the options of grading that were given on the command line."""
    context = click.get_current_context()
    given = (name for name in options if context.get_parameter_source(name) is ParameterSource.COMMANDLINE)
    return sorted(f"--{name.replace('_', '-')}" for name in given)


def _gradings(plan: Plan) -> int:
    return sum(len(cases) for cases in plan)


def _todays(cases: Sequence[Case], budget_s: float) -> list[Case]:
    from grader.proved import changed_lines, read_record
    from grader.rubric import load_rubric
    from grader.validation.plan import todays_cases

    record = read_record()
    today = datetime.datetime.now(datetime.UTC).toordinal()
    changed = changed_lines(record, load_rubric())
    return todays_cases(cases, budget_s, record.seconds if record else {}, changed, today)
