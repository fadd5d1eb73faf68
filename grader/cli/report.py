"""`digitlab report`, and what other commands say of reports.

The command imports what it needs when it runs, so that `digitlab --help` is fast.
"""

from __future__ import annotations

import contextlib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.assignment.public_tests.checks.language import LANGUAGES
from grader.cli.options import PATH, console, course_option, warn

if TYPE_CHECKING:
    from grader.gradebooks import Roster
    from grader.reports import ReportPaths
    from grader.results.course import Course
    from grader.results.models import SubmissionResult
    from grader.results.store import ResultStore


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--roster",
    type=PATH,
    metavar="FILE",
    help="Moodle's grading worksheet, Canvas' gradebook, Classroom 50's scores.json or students.csv: DIR gets a copy "
    "with the grades filled in. For the late penalty the worksheet's times count.",
)
@click.option("--assignment", metavar="NAME", help="Which one, where Canvas' gradebook or scores.json has several.")
@click.option("--drafts", is_flag=True, help="Fill in the rows of Moodle's drafts, too, which nobody has submitted.")
@click.option(
    "--dolos",
    type=PATH,
    metavar="FILE",
    help="Write the submissions' texts to this zip, for a second opinion on copies by Dolos (or JPlag).",
)
@click.option(
    "--feedback-zip",
    type=PATH,
    metavar="FILE",
    help="Write the students' pages to this zip, as Moodle takes feedback files (of a class of Moodle only).",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="Language of the reports' own words (default: that of the results, whose messages keep theirs).",
)
@course_option
def report(
    folder: Path,
    roster: Path | None,
    assignment: str | None,
    drafts: bool,
    dolos: Path | None,
    feedback_zip: Path | None,
    lang: str | None,
    course_file: Path | None,
) -> None:
    """Make the reports anew from the results stored in DIR.

    Example: digitlab report graded/ --roster worksheet.csv
    """
    from grader.results.course import load_course
    from grader.system.errors import UsageError

    if roster is None and (assignment is not None or drafts):
        option = "--drafts" if assignment is None else "--assignment"
        raise UsageError(
            f"{option} says which grades of a roster are filled in, and there is no --roster. Give it, too."
        )
    for path in (dolos, feedback_zip):
        if path is not None:
            _expect_place(path)
    if dolos is not None and feedback_zip is not None and dolos.resolve() == feedback_zip.resolve():
        raise UsageError(f"{dolos}: cannot hold the texts and the pages at once. Choose two files.")
    course = load_course(course_file) if course_file is not None else None
    opened = _open_roster(folder, roster, assignment, course, drafts=drafts) if roster is not None else None
    if feedback_zip is not None:
        _expect_worksheet(folder, course)
    say_reports(write_reports_of(folder, lang, course))
    say_who_has_no_grade(folder, course, course_file)
    filled = None
    if opened is not None and roster is not None:
        filled = _fill_roster(folder, opened, roster.name, course, lang)
    if dolos is not None:
        _export_for_dolos(folder, dolos)
    if feedback_zip is not None:
        _write_feedback_zip(folder, feedback_zip, course)
    if filled is not None and opened is not None and feedback_zip is not None and not opened.of_other_groups:
        _say_order(filled, feedback_zip)


def _expect_place(path: Path) -> None:
    """Check that a zip can be written, and that no file of somebody's is replaced by it: a worksheet, the class itself.

    Raises:
        UsageError: it cannot, or one would be.
    """
    import zipfile

    from grader.results.store import write_asked_for
    from grader.submissions.names import OWN_ZIP
    from grader.system.errors import UsageError

    write_asked_for(path, b"", keep=False)
    if not path.exists():
        return
    if path.is_file():
        with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
            if archive.comment == OWN_ZIP:
                return
    raise UsageError(
        f"{path} exists already, and `digitlab report` did not make it; nothing was written. Choose another file."
    )


def _expect_worksheet(folder: Path, course: Course | None) -> None:
    from grader.gradebooks.feedback_zip import find_worksheet
    from grader.reports.class_grades import rules_of
    from grader.results.store import ResultStore

    store = ResultStore(folder)
    find_worksheet(store, rules_of(store, course))


def _write_feedback_zip(folder: Path, path: Path, course: Course | None) -> None:
    from grader.gradebooks.feedback_zip import write_feedback_zip
    from grader.reports.escaping import one_line

    written = write_feedback_zip(folder, path, course)
    pages, students = _counted(written.pages, "page"), _counted(written.students, "student")
    click.echo(f"for Moodle: {path} ({pages} for {students})")
    for what, left_out in written.left_out.items():
        warn(f"{one_line(what, 1000)}: {', '.join(map(one_line, left_out))}")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _say_order(worksheet: Path, feedback_zip: Path) -> None:
    """Say in which order Moodle takes the files: it refuses the grades of a worksheet that is older than a page."""
    click.echo(
        f"in Moodle: first upload the worksheet {worksheet}, then the pages {feedback_zip}.\n"
        "           After the pages Moodle takes the worksheet's grades for outdated and updates none of them. Once a\n"
        '           student has a grade or a page, tick "Allow updating records that have been modified more recently\n'
        '           in Moodle than in the spreadsheet", or download a new worksheet and fill that.'
    )


def _open_roster(folder: Path, path: Path, assignment: str | None, course: Course | None, *, drafts: bool) -> Roster:
    """Read a platform's file, and keep what it says of times and groups, for this report and later ones."""
    from grader.gradebooks import keep_worksheet_of, open_roster
    from grader.reports.class_grades import rules_of
    from grader.results.store import ResultStore
    from grader.submissions.shown_text import shown_list

    roster = open_roster(folder, path, assignment, drafts=drafts)
    unreadable = keep_worksheet_of(folder, roster, path.name)
    if unreadable and rules_of(ResultStore(folder), course).due is not None:
        warn(f"{path}: times that cannot be read, and do not count: {shown_list(unreadable, 3)}")
    for sentence in roster.told:
        click.echo(f"roster:    {sentence}")
    return roster


def _say_kept_times(store: ResultStore, rules: Course) -> None:
    from grader.reports.kept_worksheet import find_kept_worksheet

    if rules.due is not None and (kept := find_kept_worksheet(store, rules.zone)) is not None:
        told = f"{len(kept.handed_in)} from {kept.source}, as a report was given it last (--roster)"
        click.echo(f"times:     {told}, taken for {rules.time_zone or rules.zone}")


def _export_for_dolos(folder: Path, path: Path) -> None:
    from grader.results.store import ResultStore, write_asked_for
    from grader.similarity.dolos import dolos_zip
    from grader.similarity.known import known_code

    store = ResultStore(folder)
    sources = store.load_sources()
    times = {entry["name"]: entry["handed_in"] for entry in store.load_students() if entry.get("handed_in")}
    _reference, template = known_code()
    write_asked_for(path, dolos_zip(sources, template, handed_in=times))
    click.echo(f"for Dolos: {path} ({_counted(len(sources), 'text')})")


def report_run(store: ResultStore, course_file: Path | None) -> list[SubmissionResult]:
    """Write the reports of a run that has ended, show them and what it changed; return all results of the class."""
    from grader.reports import describe_regraded, print_class, write_reports

    results = store.load_all()
    paths = write_reports(store.out_dir, results)
    print_class(results, console())
    for line in describe_regraded(store.load_regraded()):
        click.echo(line)
    say_reports(paths)
    say_who_has_no_grade(store.out_dir, course_file=course_file)
    _say_worksheet_comes_next(store)
    return results


def _say_worksheet_comes_next(store: ResultStore) -> None:
    """Say what a class of Moodle is still without: whether a folder is a group's, its download does not tell."""
    from grader.reports.kept_worksheet import FILE_NAME

    if store.load_platforms() != {"moodle"}:
        return
    click.echo(f"next:      digitlab report {shlex.quote(str(store.out_dir))} --roster worksheet.csv")
    click.echo("           fills the grades into Moodle's grading worksheet, which you download from the assignment.")
    if not (store.out_dir / FILE_NAME).exists():
        click.echo(
            "           If students submit in groups, it also says who is in them: until then class.csv has a row"
        )
        click.echo("           for each group, and none for its members.")


def write_reports_of(out: Path, lang: str | None = None, course: Course | None = None) -> ReportPaths:
    """Make the reports of an output folder from its results."""
    from grader.reports import write_reports
    from grader.results.store import ResultStore

    return write_reports(out, ResultStore(out).load_all(), lang=lang, course=course)


def say_reports(paths: ReportPaths) -> None:
    """Tell where the reports are."""
    click.echo(f"report:    {paths.report}")
    click.echo(f"gradebook: {paths.grades}")
    click.echo(f"feedback:  {paths.feedback_dir}")


def say_stopped(store: ResultStore, again: str) -> None:
    """Tell after Ctrl-C what is kept, how to see it, and how to go on."""
    kept = f"Every result so far is kept; see them: digitlab report {shlex.quote(str(store.out_dir))}"
    warn(f"stopped. {kept if store.has_results() else 'Nothing is graded yet'}. {again}")


def say_who_has_no_grade(out: Path, course: Course | None = None, course_file: Path | None = None) -> None:
    """Name what is not graded yet, who has no grade, and who is taken as on time.

    Args:
        course_file: where the rules are from, for the commands that are told.
    """
    from grader.reports.class_grades import (
        find_unordered,
        rules_of,
        settle_stored,
        students_of,
        unknown_exceptions,
    )
    from grader.reports.escaping import one_line
    from grader.results.store import ResultStore
    from grader.submissions.shown_text import shown_list

    store = ResultStore(out)
    if missing := store.load_not_graded():
        names = shown_list(missing, 20)
        goes_on = store.command_that_goes_on()
        warn(f"{len(missing)} not graded yet, as handed in now: {names}. Grade the rest: {goes_on}")
    rules = rules_of(store, course)
    _say_kept_times(store, rules)
    if unknown := unknown_exceptions(students_of(store, rules), rules):
        names = shown_list(unknown, 20)
        warn(f"the course's [handed_in] or [groups] names {names}, whom the class does not have; see class.csv")
    if rules.attempts == "best" and store.load_course_table().get("attempts", "last") == "last":
        _say_ungraded_attempts(store, course_file)
    rows = settle_stored(store, store.load_all(), rules)
    unordered = find_unordered(students_of(store, rules), rules) if rules.attempts == "last" else {}
    for row in rows:
        if several_names := unordered.get(row.student):
            several = f"{one_line(row.student)} has several submissions, and nobody says which is the last"
            warn(f"{several}: {shown_list(several_names, 5)}; that of {one_line(row.submission)} counts. See [groups]")
    report_again = f"digitlab report {shlex.quote(str(out))}"
    rules_file = "course.toml" if course_file is None else shlex.quote(str(course_file))
    times = f"put the times under [handed_in] in the course's file, then: {report_again} --course {rules_file}"
    for row in rows:
        if row.late_days is None:
            warn(f"no grade for {one_line(row.student)}: marked late, and nobody says by how much; {times}")
    timeless = {row.submission for row in rows if not row.has_time and not row.late}  # a group's once, not for each
    if rules.penalty_per_day and timeless:
        is_moodle = "moodle" in store.load_platforms()
        or_else = f". Moodle's grading worksheet has times: {report_again} --roster worksheet.csv" if is_moodle else ""
        told = f"{len(timeless)} without a time or a late mark, taken as on time: {shown_list(timeless, 5)}"
        warn(f"{told}; if they are not, {times}{or_else}")


def _say_ungraded_attempts(store: ResultStore, course_file: Path | None) -> None:
    """The class was graded by its last attempts, so the best of each is the best of one."""
    if "gradescope" in store.load_platforms():
        warn(
            'attempts = "best", but only the last ones were graded: earlier ones that the download holds do not count '
            f"yet. Grade them: {store.command_that_goes_on(course_file)}"
        )


def _fill_roster(folder: Path, roster: Roster, source: str, course: Course | None, lang: str | None) -> Path:
    from grader.gradebooks import fill_for_class
    from grader.reports.escaping import one_line

    if roster.of_other_groups:
        warn(f"nothing is filled in: {roster.of_other_groups}")
    path, filled = fill_for_class(folder, roster, source, course, lang)
    click.echo(f"filled:    {path} ({_counted(filled.count, 'grade')})")
    for students, what in (
        (filled.doubtful, "not filled, for name and number do not belong together"),
        (filled.stays, "not filled"),
        (filled.by_course, "filled in by their number in the course's [groups], with the grade of"),
        (filled.replaced, "had another grade or feedback, which was replaced in the copy"),
        ((called for _student, called in filled.without_grade), "no grade for"),
        (filled.groups_left, "graded, but no row of the worksheet is of a group with this name"),
        (filled.not_in_roster, "not in the roster, but graded"),
        (filled.twice, "stands in the roster more than once, and each row was filled in"),
        (filled.broken, "a row that lacks cells or has too many, and was left as it is; its number"),
    ):
        for student in students:
            warn(f"{what}: {one_line(student)}")
    for advice in filled.advice():
        warn(advice)
    return path
