"""Fill grades into a platform's file: only rows that are known to be a student's, nothing guessed."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.gradebooks import canvas, classroom50, moodle
from grader.gradebooks.identity import Known, find_doubt
from grader.gradebooks.raw_table import RawTable
from grader.gradebooks.roster import Roster, RosterRow, number_of
from grader.reports.escaping import csv_cell
from grader.reports.summary import format_points
from grader.system.errors import UsageError
from grader.system.file_errors import read_given, why_not_read

_EXPECTED = "Moodle's grading worksheet, Canvas' gradebook, or Classroom 50's scores.json or roster"
_OLD_ENCODINGS = ("cp1251", "cp1252", "cp866")
"""In which spreadsheets on Windows save a file that was in UTF-8."""


@dataclass(frozen=True)
class Grade:
    """What a student's row gets."""

    points: float
    feedback: str = ""
    """HTML on one line."""
    whose: Known = field(default_factory=Known)
    """What must agree with the row."""
    submission: str = ""
    """What the reports call the submission, where it is not the student's alone."""


@dataclass(frozen=True)
class Filled:
    """A filled gradebook."""

    text: str
    count: int
    """How many grades were filled in."""
    replaced: tuple[str, ...] = ()
    """Students whose row held another grade or feedback before."""
    without_grade: Sequence[tuple[str, str]] = ()
    """Students of the roster for whom there is none: the platform's id, and how to call them."""
    not_in_roster: tuple[str, ...] = ()
    """Students with a grade whom the roster does not have."""
    twice: tuple[str, ...] = ()
    """Students of several rows, each of which was filled in."""
    broken: tuple[str, ...] = ()
    """Rows that lack cells or have too many, by their numbers, which were left as they are."""
    doubtful: tuple[str, ...] = ()
    """Rows that have a student's number and may be another's, with what both sides say; left as they are."""
    stays: tuple[str, ...] = ()
    """Rows that the platform wants left as they are, with the reason."""
    by_course: tuple[str, ...] = ()
    """Rows that were filled in because the course's ``[groups]`` has their numbers, behind whose grade it is."""
    platform: str = ""
    """Whose gradebook it is."""
    groups_left: Sequence[str] = ()
    """Groups of the class whose names no row has."""

    def advice(self) -> list[str]:
        """Return what can be done about rows that were not filled in."""
        told = []
        if self.doubtful and self.platform == classroom50.PLATFORM:
            told.append(
                "keep one clone of each student in the class, all of one assignment, and use its scores.json, which "
                "says how clones are called; if they are teams, name the members under [groups] in the course's file"
            )
        elif self.doubtful:
            worksheet = "use the worksheet of the group work or " if self.platform == "moodle" else ""
            told.append(
                "if somebody, or a group, was renamed, download the submissions anew and go on with --resume, which "
                f"grades nothing again; if they are groups, {worksheet}name the members under [groups] in the course's "
                "file; otherwise it is the file of another course or assignment"
            )
        elif self.groups_left:
            told.append(
                "if a group was renamed, download the submissions anew and go on with --resume, which grades nothing "
                "again; otherwise it is the worksheet of another course or assignment"
            )
        if any("draft" in reason for reason in self.stays):
            told.append("to fill in drafts as well: --drafts")
        return told


def load_roster(
    path: Path,
    max_score: float,
    assignment: str | None = None,
    *,
    platforms: Collection[str] = (),
    drafts: bool = False,
) -> Roster:
    """Read a platform's file of grades.

    Args:
        max_score: what its maximum must be.
        assignment: Canvas' column; None where there is only one.
        platforms: whose ids the class has, where that is known.
        drafts: whether rows of Moodle's drafts are filled in, too.
    Raises:
        UsageError: the file cannot be read, is of no kind that is known or of another platform, or its maximum is not
            `max_score`.
    """
    try:
        roster, told = _read(path, max_score, assignment, drafts=drafts)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    if other := sorted(set(platforms) - {roster.platform}):
        raise UsageError(
            f"{path}: is a file of {roster.platform}, the class was graded from {', '.join(other)}: a number there is "
            f"another student here. Grade the download of {roster.platform} (--from {roster.platform}), then fill in "
            "its file."
        )
    return replace(roster, told=(*roster.told, told)) if told else roster


def _read(path: Path, max_score: float, assignment: str | None, *, drafts: bool) -> tuple[Roster, str]:
    if path.suffix.casefold() == ".json":
        try:
            text = read_given(path).decode("utf-8")
        except OSError as error:
            raise UsageError(f"{why_not_read(error)}. Expected {_EXPECTED}. Check the path.") from error
        except ValueError as error:
            raise UsageError(f"cannot be read ({error}). Collect the scores again.") from error
        return classroom50.read_scores(text, assignment, max_score), ""
    table, told = _load_table(path)
    roster = (
        moodle.read(table, max_score, drafts=drafts)
        or canvas.read(table, assignment, max_score)
        or classroom50.read_students(table)
    )
    if roster is None and not any(any(table.row(place)) for place in range(len(table))):
        raise UsageError(f"is empty. Expected {_EXPECTED}. Download it again.")
    if roster is None:
        head = ", ".join(cell.strip() for cell in table.row(0))
        raise UsageError(
            "is neither Moodle's grading worksheet nor Canvas' gradebook nor Classroom 50's roster by its first row "
            f"({head[:200]}). Expected the columns Identifier, Grade and Maximum grade, or Student and ID, or username "
            "and github_id."
        )
    return roster, told


def _load_table(path: Path) -> tuple[RawTable, str]:
    """Read a file of cells; say in what encoding, where that is none that platforms write."""
    try:
        raw = read_given(path)
        text, encoding = _decoded(raw)
        table = RawTable(text)
    except OSError as error:
        raise UsageError(f"{why_not_read(error)}. Expected {_EXPECTED}. Check the path.") from error
    except ValueError as error:
        raise UsageError(
            f"cannot be read as CSV in UTF-8 ({error}). Download it again, or save it as CSV UTF-8."
        ) from error
    return table, f"was saved in {encoding}; the copy is in UTF-8, as platforms take it" if encoding else ""


def _decoded(raw: bytes) -> tuple[str, str]:
    """Return the text and, where it is not in UTF-8, what it is in: by its mark, or as its headings show."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "\ufeff" + raw.decode("utf-16"), "UTF-16"
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        for encoding in _OLD_ENCODINGS:
            text = raw.decode(encoding, "replace")
            columns = moodle.find_columns(RawTable(text))
            if columns is not None and columns.language is not None:
                return "\ufeff" + raw.decode(encoding), encoding
        raise


def fill_roster(roster: Roster, grades: Mapping[str, Grade]) -> Filled:
    """Return the roster's text with the grades in it; every row that is not surely a student's stays as it is.

    Args:
        grades: by the platform's id of a student.
    """
    seen: dict[str, list[str]] = {}
    replaced, doubtful, stays, by_course = list[str](), list[str](), list[str](), list[str]()
    without = list[tuple[str, str]]()
    for row in roster.rows:
        grade = grades.get(row.id)
        if grade is None:
            without.append((row.id, row.called))
            continue
        seen.setdefault(row.id, [])
        if doubt := find_doubt(grade.whose, row):
            doubtful.append(f"{row.called}: {doubt}")
        elif row.stays:
            stays.append(f"{row.called}: {row.stays}")
        else:
            replaced += [row.called] if _fill_row(roster, row, grade) else []
            is_said = grade.whose.said_by_course and not grade.whose.names and row.group is None
            by_course += [f"{grade.submission}: {row.called}"] if is_said else []
            seen[row.id].append(row.called)
    return Filled(
        roster.table.text(),
        sum(bool(rows) for rows in seen.values()),
        tuple(replaced),
        without,
        tuple(sorted(grades.keys() - seen.keys() - roster.broken_ids)),
        tuple(rows[0] for rows in seen.values() if len(rows) > 1),
        tuple(roster.broken),
        tuple(doubtful),
        tuple(stays),
        tuple(by_course),
        roster.platform,
    )


def _fill_row(roster: Roster, row: RosterRow, grade: Grade) -> bool:
    """Fill in one student; tell whether something else stood there. A grade that is the same already stays as it is."""
    cells = roster.table.row(row.number)
    before = cells[roster.grade].strip()
    is_other = number_of(before) != grade.points
    if is_other:
        points = format_points(grade.points)
        roster.table.replace(row.number, roster.grade, points.replace(".", ",") if roster.has_commas else points)
    is_replaced = is_other and before not in ("", "-")
    if roster.feedback is not None:
        feedback = csv_cell(grade.feedback)
        is_replaced |= cells[roster.feedback].strip() not in ("", feedback)
        roster.table.replace(row.number, roster.feedback, feedback)
    return is_replaced
