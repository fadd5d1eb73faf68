"""The command `digitlab`. Results go to stdout, progress and warnings to stderr; exit status 0, 1, 2 or 130.

Commands import what they need when they run, so that `digitlab --help` is fast.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.cli.data import data
from grader.cli.group import Commands, command_to_resume, telling_how_to_go_on
from grader.cli.options import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    PATH,
    console,
    course_option,
    grading_options,
    jobs_option,
    lang_option,
    settings_of,
    warn,
)
from grader.cli.pack import pack
from grader.cli.report import report, report_run, say_stopped, write_reports_of
from grader.cli.validate import validate
from grader.system.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.engine.batch import Executor
    from grader.engine.grade import Grader
    from grader.results.course import Course
    from grader.results.journal_index import GradingKey
    from grader.results.models import SubmissionResult
    from grader.results.store import ResultStore


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="digitlab")
@click.option("--debug", is_flag=True, help="Show tracebacks of errors.")
def main(debug: bool) -> None:  # noqa: ARG001 -- read from the context where errors are shown
    """Grade a machine-learning lab: handwritten digits and letters with Keras.

    Start with `digitlab demo`.
    """
    import signal

    for number in (signal.SIGTERM, signal.SIGHUP):  # end as with Ctrl-C: nothing is left behind
        signal.signal(number, signal.default_int_handler)


@main.command()
@click.argument("submission", type=PATH)
@click.option("--out", type=PATH, metavar="DIR", help="Store the result and its reports in this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print result.json instead of a table.")
@click.option("--gradescope", type=PATH, metavar="FILE", help="Write Gradescope's results.json, too.")
@click.option("--github", type=PATH, metavar="FILE", help="Write the JSON of GitHub Classroom's reporter, too.")
@click.option(
    "--classroom50",
    type=PATH,
    metavar="FILE",
    help="Write Classroom 50's result.json, too, and release-body.md beside it (its runner's environment says whose).",
)
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="ID",
    help="Test only this rubric line, or this part, and what it needs; may be given several times.",
)
@lang_option
@grading_options
def grade(
    submission: Path,
    out: Path | None,
    as_json: bool,
    gradescope: Path | None,
    github: Path | None,
    classroom50: Path | None,
    lines: tuple[str, ...],
    **options: Any,
) -> None:
    """Grade one SUBMISSION: a .py, an .ipynb, a .zip or a folder.

    Example: digitlab grade mnist_all_models.py
    """
    from grader.engine.grading_key import grading_key, work_key
    from grader.reports.classroom50 import check_environment, write_classroom50
    from grader.results.reason_paths import with_reason_paths

    kept = [("--out", out), ("--gradescope", gradescope), ("--github", github), ("--classroom50", classroom50)]
    if lines and (asked := [option for option, path in kept if path is not None]):
        raise UsageError(
            f"--line tests a part of the rubric, which is no mark to store: leave out --line or {asked[0]}"
        )
    if not submission.exists() and not submission.is_symlink():
        raise UsageError(f"{submission}: there is no such file or folder. Check the path.")
    if classroom50 is not None:
        check_environment(os.environ)
    store = _prepared_store(out) if out is not None else None
    if store is not None:
        store.check_holds_no_class()
    with _grader(**options) as grader:
        result = grader.grade(submission, lines=lines or None)
        if store is not None:
            store.save(result, work_key(submission, grading_key(grader, store.salt).whole))
    if store is not None:
        write_reports_of(store.out_dir)
    own = "" if submission.is_dir() else submission.name
    shown_result = with_reason_paths(result, submission.name, own)
    _write_formats(shown_result, gradescope=gradescope, github=github)
    if classroom50 is not None and not write_classroom50(shown_result, classroom50, os.environ):
        warn(f"{classroom50}: not written, for there is no mark to put into it")
    if as_json:
        click.echo(result.to_json(), nl=False)
    else:
        from grader.reports import print_submission

        print_submission(result, console())
    _exit_by([result])


@main.command()
@click.argument("class_dir", metavar="CLASS", type=PATH)
@click.option("--out", type=PATH, required=True, metavar="DIR", help="Folder for results and reports.")
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
@course_option
@click.option("--dask", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler, such as tcp://host:8786.")
@jobs_option
@lang_option
@grading_options
def batch(
    class_dir: Path,
    out: Path,
    kind: str,
    overwrite: bool,
    resume: bool,
    course_file: Path | None,
    dask: str | None,
    jobs: int | None,
    **options: Any,
) -> None:
    """Grade every submission of CLASS, a folder or what a learning platform gave; write all reports.

    Example: digitlab batch class/ --out graded/ --jobs 4
    """
    if overwrite and resume:
        raise UsageError("--overwrite forgets the results that --resume would go on with. Use one of them.")
    if dask is not None and jobs is not None:
        raise UsageError(
            "--jobs is for this machine; with --dask as many are graded at once as the workers have threads."
        )
    from dataclasses import asdict

    from grader.submissions.platforms import FOLDER, read_class
    from grader.system.run_folder import RunFolder

    course = _course_of(out, course_file, resume=resume)
    if out.resolve() == class_dir.resolve() or class_dir.resolve() in out.resolve().parents:
        raise UsageError(f"{out}: lies in the class folder, where each entry is a submission. Choose another --out.")
    with contextlib.closing(RunFolder()) as folder:
        staging = folder.path / "class"
        staging.mkdir(mode=0o700)  # nobody else reads what students handed in
        entries = read_class(class_dir, kind, staging, tell=warn, all_attempts=course.attempts == "best")
        students = [asdict(entry) | {"path": entry.path.name} for entry in entries]
        store = _prepared_store(out)
        store.check_may_begin(resume=resume, overwrite=overwrite)
        names = [entry.name for entry in entries]
        rules, command = course.model_dump(mode="json"), command_to_resume("batch")

        def begin(contents: Mapping[str, str], grading: GradingKey) -> None:
            store.begin(
                names,
                resume=resume,
                overwrite=overwrite,
                contents=contents,
                grading=grading,
                students=students,
                course=rules,
                again={"command": command, "folder": str(Path.cwd())},
                source=class_dir.absolute().name,
            )

        pairs = [(entry.name, entry.path) for entry in entries]
        own_names = {entry.name: entry.own_name for entry in entries if entry.platform != FOLDER}
        again = f"Go on: {command}"
        _run_class(
            pairs, store, begin, jobs, options, dask=dask, again=again, course_file=course_file, own_names=own_names
        )


def _course_of(out: Path, course_file: Path | None, *, resume: bool) -> Course:
    """Return the rules that are given, else those of the run that is gone on with."""
    from grader.results.course import Course, load_course
    from grader.results.store import ResultStore

    if course_file is not None:
        return load_course(course_file)
    kept = Course.model_validate(ResultStore(out).load_course_table() if resume else {})
    if kept != Course():
        warn(f"{out}: the course's rules of the run before still hold; for others, give --course")
    return kept


@main.command()
@click.option("--out", type=PATH, default=Path("demo-report"), metavar="DIR", show_default=True,
              help="Folder for results and reports.")  # fmt: skip
@jobs_option
@lang_option
def demo(out: Path, jobs: int | None, lang: str) -> None:
    """Grade the bundled example class and write its report.

    Example: digitlab demo
    """
    from grader.submissions import find_submissions
    from grader.system.assets import corpus_dir
    from grader.system.secret import DEMO_SECRET

    entries = find_submissions(corpus_dir() / "example_class")
    names = [name for name, _path in entries]
    store = _prepared_store(out)
    store.check_holds_nothing_but(names)

    def begin(contents: Mapping[str, str], grading: GradingKey) -> None:
        store.begin(names, overwrite=True, contents=contents, grading=grading)

    options = {"secret": DEMO_SECRET, "lang": lang}
    _run_class(entries, store, begin, jobs, options, again="Start it again: digitlab demo")


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; prove that the template is up to date and scores 0.")
@click.option("--out", type=PATH, default=Path("student_template"), metavar="DIR", show_default=True,
              help="The template's folder.")  # fmt: skip
@click.option("--figures", is_flag=True, help="Draw the handout's figures anew first: trains the networks.")
def release(check: bool, out: Path, figures: bool) -> None:
    """Make the student template from the reference solution.

    Example: digitlab release --check
    """
    from grader.release import build_template, check_template, keep_demonstrations

    if check and figures:
        raise UsageError("--check changes nothing, and --figures draws anew. Use one of them.")
    if figures:
        from grader.release.figures import draw_figures

        for path in draw_figures():
            click.echo(f"drew {path}")
    if not check:
        build_template(out)
        keep_demonstrations(out)
        click.echo(f"made {out}")
        return
    with _grader(secret=None) as grader:
        problems = check_template(out, grade=lambda path: grader.grade(path).score)
    if problems:
        click.echo("\n".join(problems))
        sys.exit(EXIT_FAILED)
    click.echo(f"{out} is what the reference makes, imports, holds no solution and scores 0")


main.add_command(report)
main.add_command(data)
main.add_command(pack)
main.add_command(validate)


@main.command()
@click.option("--attack", is_flag=True, help="Run the attacks of a clone's corpus here, too: some minutes.")
@jobs_option
def doctor(*, attack: bool, jobs: int | None) -> None:
    """Tell what this machine offers: Python, libraries, cores, memory and confinement.

    Example: digitlab doctor --attack
    """
    from grader.cli.doctor import examine_machine

    findings = examine_machine()
    for finding in findings:
        click.echo(f"{'ok' if finding.good else 'MISSING':<8}{finding.name:<24}{finding.value}")
    if not all(finding.good for finding in findings if finding.needed):
        sys.exit(EXIT_FAILED)
    if attack and not _tell_what_held(jobs):
        sys.exit(EXIT_FAILED)


def _tell_what_held(jobs: int | None) -> bool:
    from grader.cli.progress import class_progress
    from grader.engine.run_settings import GradeSettings
    from grader.proofs.attack_trial import attacks_here, what_held
    from grader.proofs.run import run_cases
    from grader.reports.escaping import one_line
    from grader.results.rubric import load_rubric
    from grader.system.machine import sensible_jobs

    cases = attacks_here()
    jobs = jobs or sensible_jobs(max(line.memory_mib for line in load_rubric().line))
    with class_progress(len(cases)) as on_result:
        report = run_cases(GradeSettings(secret=secrets.token_bytes(32)), [cases], jobs=jobs, on_result=on_result)
    kinds = what_held(report)
    for kind in kinds:
        held = "all held" if not kind.not_held else f"{len(kind.not_held)} NOT HELD"
        click.echo(f"{'ok' if not kind.not_held else 'BROKEN':<8}{kind.name:<24}{kind.attacks} attacks, {held}")
        for told in kind.not_held:
            click.echo(f"{'':<8}{one_line(told)}")
    return not any(kind.not_held for kind in kinds)


def _grader(**options: Any) -> Grader:
    from grader.engine.grade import Grader

    grader = Grader(settings_of(**options))
    if grader.confinement.level != "full":
        missing = ", ".join(grader.confinement.missing)
        warn(f"the students' code is confined at level {grader.confinement.level}, without {missing}: digitlab doctor")
    for note in grader.data.notes:
        warn(note)
    return grader


def _prepared_store(out: Path) -> ResultStore:
    from grader.results.store import ResultStore

    store = ResultStore(out)
    store.prepare()
    return store


def _run_class(
    entries: list[tuple[str, Path]],
    store: ResultStore,
    begin: Callable[[Mapping[str, str], GradingKey], None],
    jobs: int | None,
    options: dict[str, Any],
    *,
    again: str,
    dask: str | None = None,
    course_file: Path | None = None,
    own_names: Mapping[str, str] | None = None,
) -> None:
    """Grade the entries with a progress bar, write the reports, print the table.

    Args:
        begin: begins the run in the store; is called with the content of each entry, and with what the results hang
            on besides, when all that grading needs is there: until then the results of an earlier run are safe.
        own_names: see `class_keys`.
    """
    from grader.cli.progress import class_progress
    from grader.engine.batch import class_keys, find_left, grade_class
    from grader.engine.grading_key import grading_key
    from grader.reports import describe_outdated

    grader, is_begun = _grader(**options), False
    try:
        with _executor(grader, jobs, dask) as executor:
            grading = grading_key(grader, store.salt)
            keys = class_keys(entries, grading.whole, own_names or {}, tell=warn)
            begin({name: key.content for name, key in keys.items()}, grading)
            is_begun = True
            left = find_left(entries, store, keys)
            if left.outdated:
                warn(describe_outdated(list(left.outdated.values())))
            if kept := len(entries) - len(left.works):
                warn(f"graded before and kept: {kept} of {len(entries)}; to grade: {len(left.works)}")
            with telling_how_to_go_on(again), class_progress(len(left.works)) as on_result:
                grade_class(executor, left, store, keys=keys, on_result=on_result)
    except KeyboardInterrupt:
        store.close()
        if not is_begun:
            raise
        say_stopped(store, again)
        sys.exit(EXIT_INTERRUPTED)
    results = report_run(store, course_file)
    store.close()
    _exit_by(results)


@contextlib.contextmanager
def _executor(grader: Grader, jobs: int | None, dask: str | None) -> Iterator[Executor]:
    """Provide who grades a class: threads over this machine's warm processes, or a cluster, which has its own."""
    if dask is not None:
        try:
            from grader.engine.cluster import DaskExecutor
        except ImportError as error:
            raise UsageError(f"--dask needs Dask ({error}). Install it: pip install 'digit-lab[dask]'") from error
        with contextlib.closing(grader):
            executor = DaskExecutor(dask, grader, tell=warn)
            executor.check()
            yield executor
        return
    from grader.engine.batch import ThreadExecutor
    from grader.system.machine import sensible_jobs

    with grader:
        yield ThreadExecutor(grader, jobs or sensible_jobs(max(line.memory_mib for line in grader.rubric.line)))


def _write_formats(result: SubmissionResult, *, gradescope: Path | None, github: Path | None) -> None:
    """Write the files of platforms; where one has nothing for a result without a mark, an older file goes, too."""
    from grader.reports import render_github, render_gradescope
    from grader.results.store import write_text_atomic

    for path, render in ((gradescope, render_gradescope), (github, render_github)):
        if path is None:
            continue
        if (text := render(result)) is not None:
            write_text_atomic(path, text)
        else:
            path.unlink(missing_ok=True)
            warn(f"{path}: not written, for there is no mark to put into it")


def _exit_by(results: list[SubmissionResult]) -> None:
    """Leave with status 1 when a fault of the grader left a submission without a mark."""
    from grader.reports import last_error

    broken = [result for result in results if result.has_grader_error]
    if broken:
        names = ", ".join(result.submission for result in broken)
        warn(f"GRADER ERROR: no mark for {names}. This is a fault of the grader or of its tests, not of the student's.")
        for told in sorted({told for result in broken if (told := last_error(result.grader_log))}):
            warn(f"what failed: {told}")
        warn("the whole log is `grader_log` in the JSON of the result (digitlab grade --json prints it)")
        sys.exit(EXIT_FAILED)
