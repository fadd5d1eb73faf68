"""Moodle's offline grading worksheet, in any language: students by the number in ``Participant 12345``.

Its columns are known by their words in the languages of ``moodle_words.toml``, else by what must stand in a worksheet:
numbers behind one word first, and the maximum, alike in all rows, behind the grade. Russian packs write ``Участник1``,
without a space. A worksheet of group work has a column with the group's name; the group's number it does not have.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.gradebooks.moodle_times import NOTHING
from grader.gradebooks.raw_table import RawTable
from grader.gradebooks.roster import (
    Roster,
    RosterRow,
    check_maximum,
    has_commas,
    number_of,
    sort_rows,
)
from grader.system.errors import UsageError

_WORDS_FILE = Path(__file__).with_name("moodle_words.toml")
_ENGLISH = "en"
_DRAFT = "a draft, which was not submitted"
_NUMBERED = re.compile(r"(?P<word>.*?)\s*(?P<id>[0-9]+)", re.DOTALL)
_SEEN = re.compile(r"(?P<word>.*?)(?P<id>[0-9]+) \((?P<name>.*)\)", re.DOTALL)
_GRADES = (
    "Set the assignment's grade type to Point with a maximum of {most:g} in Moodle and download the worksheet again."
)


@dataclass(frozen=True)
class Columns:
    """Where things stand; None is a column that the worksheet does not have, or that is not known."""

    language: str | None
    """None where the columns are known by the worksheet's structure alone."""
    identifier: int
    grade: int
    maximum: int | None = None
    scale: int | None = None
    name: int | None = None
    email: int | None = None
    status: int | None = None
    group: int | None = None
    changeable: int | None = None
    handed_in: int | None = None
    feedback: int | None = None

    @property
    def last(self) -> int:
        return max(place for place in dataclasses.astuple(self) if isinstance(place, int))


def read(table: RawTable, max_score: float, *, drafts: bool = False) -> Roster | None:
    """Return what a worksheet says; None for what is none.

    Drafts are the exception that somebody forgot; where all work is drafts, the class does not use Moodle's button to
    submit, and they count.

    Args:
        drafts: whether rows of drafts are filled in, too.
    Raises:
        UsageError: it is graded by a scale or not at all, or a row's maximum is not `max_score`.
    """
    columns = find_columns(table)
    if columns is None:
        return None
    if columns.maximum is None:
        what = "is graded by a scale" if columns.scale is not None else "has no maximum: its grade type is None"
        raise UsageError(f"the assignment of this worksheet {what}. {_GRADES.format(most=max_score)}")
    body = {place: row for place in range(1, len(table)) if any(row := table.row(place))}
    found = sort_rows(body, len(table.row(0)), columns.identifier, columns.last, student_of)
    for place, cells in found.whole.items():
        check_maximum(place, cells[columns.maximum], max_score)
    rows = [_row(place, cells, columns, drafts=drafts) for place, cells in found.whole.items()]
    told = [*_told(table, columns), *found.told]
    drafted = [row for row in rows if _is_draft(table.row(row.number), columns)]
    if drafted and not any(_is_submitted(row, columns) for row in rows if row not in drafted):
        rows = [replace(row, stays="") if row.stays == _DRAFT else row for row in rows]
        told.append(f"all {len(drafted)} submissions are drafts, for nobody has submitted: they are filled in")
    return Roster(
        "moodle",
        table,
        rows,
        columns.grade,
        columns.feedback,
        has_commas([row[columns.maximum] for row in found.whole.values()]),
        columns.language,
        found.broken,
        found.broken_ids,
        told,
    )


def student_of(cell: str) -> str:
    """Return the number at the end of what Moodle calls a student; the cell itself where there is none."""
    found = _NUMBERED.fullmatch(cell.strip())
    return found["id"] if found else cell.strip()


def _row(place: int, row: Sequence[str], columns: Columns, *, drafts: bool) -> RosterRow:
    def cell(column: int | None) -> str:
        return row[column].strip() if column is not None and column < len(row) else ""

    identifier, name = cell(columns.identifier), cell(columns.name)
    found = _NUMBERED.fullmatch(identifier)
    word, number = (found["word"], found["id"]) if found else ("", identifier)
    called = f"{name} ({identifier})" if name else identifier
    hidden = word if columns.name is None and columns.email is None else ""
    # Whoever may see hidden names reads ``Participant 24 (Anna Petrova)``.
    if (seen := _SEEN.fullmatch(name)) and (seen["word"].strip(), seen["id"]) == (word, number):
        called, name, hidden = name, seen["name"], word
    return RosterRow(
        place,
        number,
        called,
        name,
        hidden,
        cell(columns.group) if columns.group is not None else None,
        _why_it_stays(row, columns, drafts=drafts),
        cell(columns.handed_in),
    )


def _why_it_stays(row: Sequence[str], columns: Columns, *, drafts: bool) -> str:
    language, place = columns.language, columns.changeable
    if language is not None and place is not None and _key("".join(row[place : place + 1])) in _names(language, "no"):
        return "Moodle does not let its grade be changed"
    return _DRAFT if not drafts and _is_draft(row, columns) else ""


def _is_draft(row: Sequence[str], columns: Columns) -> bool:
    """Tell whether a row's status says that its work is a draft; behind it may stand how late it is."""
    if columns.language is None or columns.status is None:
        return False
    return any(_key(row[columns.status]).startswith(word) for word in _names(columns.language, "draft"))


def _is_submitted(row: RosterRow, columns: Columns) -> bool:
    return columns.handed_in is None or row.handed_in not in NOTHING


def find_columns(table: RawTable) -> Columns | None:
    """Return where things stand in a worksheet; None for what is none."""
    if not len(table):
        return None
    head = [_key(cell) for cell in table.row(0)]
    language = max(_words(), key=lambda one: len(_by_words(head, one)))
    found = _by_words(head, language)
    if {"identifier", "grade"} <= found.keys() and found.keys() & {"maximum", "scale", "changeable"}:
        return Columns(language, **found)
    return _by_structure(table)


def _by_words(head: Sequence[str], language: str) -> dict[str, int]:
    roles = (role for role in _words()[_ENGLISH] if role not in ("language", "draft", "no"))
    places = {role: next((head.index(name) for name in _names(language, role) if name in head), None) for role in roles}
    return {role: place for role, place in places.items() if place is not None}


def _by_structure(table: RawTable) -> Columns | None:
    """Find the columns by what stands in them: nothing is taken for one where another could be."""
    width = len(table.row(0))
    rows = [row for row in map(table.row, range(1, len(table))) if len(row) == width]
    identified = [_NUMBERED.fullmatch(row[0].strip()) for row in rows]
    words = {found["word"] if found else "" for found in identified}
    if len(words) != 1 or "" in words:
        return None
    maxima = [place for place in range(3, width - 1) if _is_maximum(rows, place)]
    if len(maxima) != 1:
        return None
    maximum = maxima[0]
    email = next((place for place in range(2, maximum - 1) if all("@" in row[place] for row in rows)), None)
    name = 1 if email is not None or maximum > 3 else None
    return Columns(None, 0, maximum - 1, maximum, name=name, email=email)


def _is_maximum(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Tell whether this column has the maximum: one number in all rows, behind grades, before words (yes or no)."""
    numbers = {number_of(row[place]) for row in rows}
    grades = [row[place - 1].strip() for row in rows]
    most = numbers.pop()
    return (
        not numbers
        and most is not None
        and all(grade in ("", "-") or (number_of(grade) or 0) <= most for grade in grades)
        and all(grade in ("", "-") or number_of(grade) is not None for grade in grades)
        and all(row[place + 1].strip() and number_of(row[place + 1]) is None for row in rows)
    )


def _told(table: RawTable, columns: Columns) -> list[str]:
    if columns.language is None:
        unknown = "Moodle's worksheet in a language whose words are not known here, recognised by its structure alone"
        return [f"{unknown}: comments are not filled in, times not read, drafts and locked grades not noticed"]
    told = [f"Moodle's worksheet in {_words()[columns.language]['language'][0]}"]
    if table.separator != ",":
        told.append(
            f"cells are separated by {table.separator!r}, and stay so: choose that when Moodle asks for the separator; "
            "a Moodle that does not ask takes commas alone"
        )
    return told


@functools.cache
def _words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    table = tomllib.loads(_WORDS_FILE.read_text(encoding="utf-8"))
    return {
        language: {role: [names] if isinstance(names, str) else names for role, names in roles.items()}
        for language, roles in table.items()
    }


@functools.cache
def _names(language: str, role: str) -> tuple[str, ...]:
    """Return what a column is called, or a cell says, in a language; English behind, for what is not translated."""
    return tuple(_key(name) for one in (language, _ENGLISH) for name in _words()[one][role])


def _key(cell: str) -> str:
    """Return a heading without what is no part of its words."""
    return " ".join(unicodedata.normalize("NFC", cell).casefold().split())
