"""What a platform's file of grades says of its students, whatever the platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from grader.system.errors import UsageError


class Table(Protocol):
    """Cells that can be read and replaced, and the whole as the platform takes it back."""

    def row(self, number: int) -> list[str]: ...

    def replace(self, number: int, column: int, value: str) -> None: ...

    def text(self) -> str: ...


@dataclass(frozen=True)
class RosterRow:
    """A row of a student."""

    number: int
    """Its place in the table."""
    id: str
    """The student's, as the platform numbers them."""
    called: str
    """How messages call it: ``Anna Petrova (Participant 12345)``."""
    name: str = ""
    hidden: str = ""
    """The word that stands for all names where the platform hides them; then it stands in the download, too."""
    group: str | None = None
    """The group that handed in for the student; None where the file does not tell of groups."""
    stays: str = ""
    """Why the platform wants the row left as it is: a draft, a locked grade, an excuse."""
    handed_in: str = ""
    """When, as the file writes it."""


@dataclass(frozen=True)
class Roster:
    """A file of grades, read."""

    platform: str
    table: Table
    rows: Sequence[RosterRow]
    grade: int
    """The column that is filled in."""
    feedback: int | None = None
    has_commas: bool = False
    """Whether the file writes 87,5."""
    language: str | None = None
    """Of its words, where it is known; see `grader.gradebooks.moodle`."""
    broken: Sequence[str] = ()
    """Rows that lack cells or have more than the first, by their numbers in the file."""
    broken_ids: frozenset[str] = frozenset()
    told: Sequence[str] = ()
    """What whoever fills it in should know."""
    repositories: str = ""
    """How the names of the students' repositories begin, where the file says so."""
    has_several: bool = False
    """Whether the file may hold several assignments' grades, of which one is named."""
    of_other_groups: str = ""
    """Why none of its rows may be filled in: they are of another assignment's groups. Empty where they may."""


def find_column(head: Sequence[str], names: Sequence[str]) -> int | None:
    """Return the first column that is called so."""
    return next((head.index(name) for name in names if name in head), None)


def has_cells(row: Sequence[str], last: int, width: int) -> bool:
    """Tell whether a row has what is needed of it, and nothing beyond the first row: a cell too many moves the others.

    Args:
        last: the last column that is needed.
        width: of the first row.
    """
    return len(row) > last and not any(row[width:])


class SortedRows(NamedTuple):
    """The rows of a table, below its heads."""

    whole: Mapping[int, Sequence[str]]
    """By their places, those that have all that is needed, and say whose they are."""
    broken: Sequence[str]
    """Those that lack cells or have too many, by their numbers in the file."""
    broken_ids: frozenset[str]
    """Whose the broken ones are, as far as they say so."""
    told: Sequence[str]
    """What whoever fills the file in should know."""


def sort_rows(
    rows: Mapping[int, Sequence[str]], width: int, identifier: int, last: int, student_of: Callable[[str], str]
) -> SortedRows:
    """Tell rows of students from those that are left as they are.

    Args:
        rows: by their places, without those that are empty.
        width: of the first row.
        identifier: the column that says whose a row is.
        last: the last column that is needed.
        student_of: the student of such a cell.
    """
    broken = {place: row for place, row in rows.items() if not has_cells(row, last, width)}
    whole = {place: row for place, row in rows.items() if place not in broken}
    nameless = [str(place + 1) for place, row in whole.items() if not row[identifier].strip()]
    return SortedRows(
        {place: row for place, row in whole.items() if row[identifier].strip()},
        [str(place + 1) for place in broken],
        frozenset(student_of(cell) for row in broken.values() for cell in row[identifier : identifier + 1]),
        [f"rows without a number of a student, which get no grade: {', '.join(nameless)}"] if nameless else [],
    )


def number_of(cell: str) -> float | None:
    """Return what a platform wrote, perhaps with a decimal comma; None for what is no number."""
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def has_commas(cells: Sequence[str]) -> bool:
    """Tell whether numbers are written with decimal commas."""
    return any("," in cell and number_of(cell) is not None for cell in cells)


def check_maximum(number: int, cell: str, max_score: float) -> None:
    """Check that a row's maximum is that of the rubric.

    Raises:
        UsageError: it is not.
    """
    if number_of(cell) != max_score:
        raise UsageError(
            f"row {number + 1} has the maximum {cell!r}, the rubric has {max_score:g}. Set the assignment's "
            "maximum to that in the platform and download the file again."
        )
