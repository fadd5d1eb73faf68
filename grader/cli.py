"""The command `digitlab`. Results go to stdout, progress and warnings to stderr; exit status 0, 1 or 2.

Commands import what they need when they run, so that `digitlab --help` is fast.
"""

from __future__ import annotations

import contextlib
import shlex
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.data_commands import data, data_dir_option
from grader.errors import DigitLabError, GraderFault, UsageError
from grader.marking.thresholds import MODES
from grader.report_command import report, say_reports, warn, write_reports_of

if TYPE_CHECKING:
    from rich.console import Console

    from grader.grade import Grader
    from grader.results import SubmissionResult
    from grader.run_settings import GradeSettings
    from grader.store import ResultStore

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130
_PATH = click.Path(path_type=Path)


class _Commands(click.Group):
    """Shows our errors as one message without a traceback, with the exit status that the docs promise."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            warn("stopped.")
            ctx.exit(EXIT_INTERRUPTED)
        except DigitLabError as error:
            if ctx.params.get("debug"):
                traceback.print_exc()
            warn(f"error: {error}")
            ctx.exit(EXIT_FAILED if isinstance(error, GraderFault) else EXIT_USAGE)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="digitlab")
@click.option("--debug", is_flag=True, help="Show tracebacks of errors.")
def main(debug: bool) -> None:  # noqa: ARG001 -- read from the context where errors are shown
    """Grade a machine-learning lab: handwritten digits and letters with Keras.

    Start with `digitlab demo`.
    """
    import signal

    for number in (signal.SIGTERM, signal.SIGHUP):  # end as with Ctrl-C: nothing is left behind
        signal.signal(number, signal.default_int_handler)


class _Seconds(click.FloatRange):
    """A time that a clock can measure: click's own range lets nan through."""

    def __init__(self) -> None:
        super().__init__(min=0.01, max=86_400)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if number == number else self.fail("nan is not a time in seconds", param, ctx)  # noqa: PLR0124


def _grading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--level", type=click.Choice(["full", "reduced"]), default="full", show_default=True,
                     help="The strongest confinement to use; reduced leaves namespaces out, as a container may."),
        data_dir_option,
        click.option("--dataset", type=click.Choice(list(MODES)), default="fixture", show_default=True,
                     help="Pictures to train and score on: drawn from the secret, or the real ones (slow)."),
        click.option("--unsafe", is_flag=True, help="Grade although this machine cannot confine the students' code."),
        click.option("--memory-limit", type=click.IntRange(64, 1 << 20), metavar="MIB",
                     help="Memory for each rubric line, instead of what the rubric says."),
        click.option("--time-limit", type=_Seconds(), metavar="SECONDS",
                     help="Processor time for each rubric line, instead of what the rubric says."),
        click.option("--secret-file", type=_PATH, metavar="FILE",
                     help="File with the secret that the hidden pictures are drawn from (else $DIGITLAB_SECRET, "
                     "else a secret made for this machine)."),
    ):  # fmt: skip
        command = option(command)
    return command


_jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(1, 256), default=None, metavar="N",
    help="Submissions to grade side by side (default: as many as cores and memory allow).",
)  # fmt: skip


@main.command()
@click.argument("submission", type=_PATH)
@click.option("--out", type=_PATH, metavar="DIR", help="Store the result and its reports in this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print result.json instead of a table.")
@_grading_options
def grade(submission: Path, out: Path | None, as_json: bool, **options: Any) -> None:
    """Grade one SUBMISSION: a .py, an .ipynb, a .zip or a folder.

    Example: digitlab grade mnist_all_models.py
    """
    from grader.grading_key import grading_key, work_key

    if not submission.exists() and not submission.is_symlink():
        raise UsageError(f"{submission}: there is no such file or folder. Check the path.")
    store = _prepared_store(out) if out is not None else None
    with _grader(**options) as grader:
        result = grader.grade(submission)
        if store is not None:
            store.save(result, work_key(submission, grading_key(grader, store.salt)))
    if store is not None:
        write_reports_of(store.out_dir)
    if as_json:
        click.echo(result.to_json(), nl=False)
    else:
        from grader.reports import print_submission

        print_submission(result, _console())
    _exit_by([result])


@main.command()
@click.argument("class_dir", metavar="CLASS", type=_PATH)
@click.option("--out", type=_PATH, required=True, metavar="DIR", help="Folder for results and reports.")
@click.option(
    "--from",
    "kind",
    type=click.Choice(["auto", "moodle", "canvas", "gradescope", "github", "folder"]),
    default="auto",
    show_default=True,
    help="Where CLASS was downloaded from.",
)
@click.option("--overwrite", is_flag=True, help="Forget the results that the folder holds already and grade anew.")
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the run that the folder holds: grade what is not graded yet, "
    "and again what has changed (submission, grader, rubric, secret).",
)
@_jobs_option
@_grading_options
def batch(
    class_dir: Path, out: Path, kind: str, overwrite: bool, resume: bool, jobs: int | None, **options: Any
) -> None:
    """Grade every submission of CLASS, a folder or what a learning platform gave; write all reports.

    Example: digitlab batch class/ --out graded/ --jobs 4
    """
    if overwrite and resume:
        raise UsageError("--overwrite forgets the results that --resume would go on with. Use one of them.")
    from dataclasses import asdict

    from grader.intake import read_class
    from grader.run_folder import RunFolder

    if out.resolve() == class_dir.resolve() or class_dir.resolve() in out.resolve().parents:
        raise UsageError(f"{out}: lies in the class folder, where each entry is a submission. Choose another --out.")
    with contextlib.closing(RunFolder()) as folder:
        staging = folder.path / "class"
        staging.mkdir(mode=0o700)  # nobody else reads what students handed in
        entries = read_class(class_dir, kind, staging, tell=warn)
        students = [asdict(entry) | {"path": entry.path.name} for entry in entries]
        store = _prepared_store(out)
        names = [entry.name for entry in entries]
        store.begin(names, resume=resume, overwrite=overwrite, students=students)
        again = f"digitlab batch {shlex.quote(str(class_dir))} --out {shlex.quote(str(out))} --from {kind} --resume"
        pairs = [(entry.name, entry.path) for entry in entries]
        _run_class(pairs, store, jobs, options, again=f"Go on, with the same options: {again}")


@main.command()
@click.option("--out", type=_PATH, default=Path("demo-report"), metavar="DIR", show_default=True,
              help="Folder for results and reports.")  # fmt: skip
@_jobs_option
def demo(out: Path, jobs: int | None) -> None:
    """Grade the bundled example class and write its report.

    Example: digitlab demo
    """
    from grader.assets import corpus_dir
    from grader.secret import DEMO_SECRET
    from grader.submission import find_submissions

    entries = find_submissions(corpus_dir() / "example_class")
    store = _prepared_store(out)
    store.begin([name for name, _path in entries], overwrite=True)
    _run_class(entries, store, jobs, {"secret": DEMO_SECRET}, again="Start it again: digitlab demo")


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; prove that the template is up to date and scores 0.")
@click.option("--out", type=_PATH, default=Path("student_template"), metavar="DIR", show_default=True,
              help="The template's folder.")  # fmt: skip
def release(check: bool, out: Path) -> None:
    """Make the student template from the reference solution.

    Example: digitlab release --check
    """
    from grader.release import build_template, check_template

    if not check:
        build_template(out)
        click.echo(f"made {out}")
        return
    with _grader(secret=None) as grader:
        problems = check_template(out, grade=lambda path: grader.grade(path).score)
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(EXIT_FAILED)
    click.echo(f"{out} is what the reference makes, imports, holds no solution and scores 0")


main.add_command(report)
main.add_command(data)


@main.command()
@click.option("--hostile", is_flag=True, help="The hostile corpus: submissions that attack the grader.")
@click.option("--only", metavar="WORDS", help="Only the cases whose name holds these words.")
@click.option("--json", "json_path", type=_PATH, metavar="FILE", help="Write the verdicts to this file, too.")
@_jobs_option
@_grading_options
def validate(hostile: bool, only: str | None, json_path: Path | None, jobs: int | None, **options: Any) -> None:
    """Prove that the grader is right, by submissions whose result is known.

    Example: digitlab validate --hostile
    """
    from grader.assets import corpus_dir
    from grader.machine import sensible_jobs
    from grader.progress import class_progress
    from grader.rubric import load_rubric
    from grader.validation.hostile import load_attacks
    from grader.validation.report import print_hostile, write_json
    from grader.validation.run import run_hostile

    if not hostile:
        raise UsageError("say what to validate: --hostile")
    attacks = load_attacks(corpus_dir() / "hostile")
    chosen = [attack for attack in attacks if only is None or only in attack.name]
    if not chosen:
        raise UsageError(f"--only {only}: no name of the {len(attacks)} cases holds these words")
    jobs = jobs or sensible_jobs(max(line.memory_mib for line in load_rubric().line))
    with class_progress(len(chosen)) as on_result:
        report = run_hostile(_settings(**options), chosen, jobs=jobs, on_result=on_result)
    if json_path is not None:
        write_json(report, json_path)
    print_hostile(report, _console())
    if not report.held:
        sys.exit(EXIT_FAILED)


@main.command()
def doctor() -> None:
    """Tell what this machine offers: Python, libraries, cores, memory and confinement.

    Example: digitlab doctor
    """
    from grader.doctor import examine_machine

    findings = examine_machine()
    for finding in findings:
        click.echo(f"{'ok' if finding.good else 'MISSING':<8}{finding.name:<24}{finding.value}")
    if not all(finding.good for finding in findings if finding.needed):
        sys.exit(EXIT_FAILED)


def _grader(**options: Any) -> Grader:
    from grader.grade import Grader

    grader = Grader(_settings(**options))
    if grader.confinement.level != "full":
        missing = ", ".join(grader.confinement.missing)
        warn(f"the students' code is confined at level {grader.confinement.level}, without {missing}: digitlab doctor")
    for note in grader.data.notes:
        warn(note)
    return grader


def _settings(
    *,
    secret: bytes | None = None,
    secret_file: Path | None = None,
    time_limit: float | None = None,
    memory_limit: int | None = None,
    level: str = "full",
    unsafe: bool = False,
    dataset: str = "fixture",
    data_dir: Path | None = None,
) -> GradeSettings:
    from grader.run_settings import GradeSettings
    from grader.secret import find_secret

    return GradeSettings(
        secret=secret if secret is not None else find_secret(secret_file, tell=warn),
        dataset=dataset,
        data_dir=data_dir,
        time_s=time_limit,
        memory_mib=memory_limit,
        level=level,
        unsafe=unsafe,
    )


def _prepared_store(out: Path) -> ResultStore:
    from grader.store import ResultStore

    store = ResultStore(out)
    store.prepare()
    return store


def _run_class(
    entries: list[tuple[str, Path]], store: ResultStore, jobs: int | None, options: dict[str, Any], *, again: str
) -> None:
    """Grade the entries with a progress bar, write the reports, print the table."""
    from grader.batch import grade_class
    from grader.machine import sensible_jobs
    from grader.progress import class_progress
    from grader.reports import describe_regraded, print_class

    try:
        with _grader(**options) as grader, class_progress(len(entries)) as on_result:
            memory_mib = max(line.memory_mib for line in grader.rubric.line)
            jobs = min(jobs or sensible_jobs(memory_mib), len(entries))
            results = grade_class(grader, entries, store, jobs=jobs, on_result=on_result)
    except KeyboardInterrupt:
        warn(f"stopped. Every result so far is kept; see them: digitlab report {store.out_dir}. {again}")
        sys.exit(EXIT_INTERRUPTED)
    paths = write_reports_of(store.out_dir)
    print_class(results, _console())
    for line in describe_regraded(store.load_regraded()):
        click.echo(line)
    say_reports(paths)
    store.close()
    _exit_by(results)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def _exit_by(results: list[SubmissionResult]) -> None:
    """Leave with status 1 when a fault of the grader left a submission without a mark."""
    broken = [result.submission for result in results if result.has_grader_error]
    if broken:
        warn(f"GRADER ERROR: no mark for {', '.join(broken)}. The log is in the result; this is a fault of the grader.")
        sys.exit(EXIT_FAILED)
