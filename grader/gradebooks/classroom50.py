"""Classroom 50's files: its roster (``students.csv``, newer ``roster.csv``) and its scores (``scores.json``).

Students are GitHub users. The class has the names of clones, ``CLASSROOM-ASSIGNMENT-USER``: a clone is a user's where
its whole name ends so and what stands before it is the same for the class (`users_of_clones`), for the name of one user
may be the end of another's.

The roster has no column of grades: one is added behind the others, which Classroom 50 keeps. In the scores the latest
submission gets the grade, in tenths, and the entry ``"override": true``: its collection then leaves the entry alone.

Source: ``schemas/scores-v1.schema.json`` and ``wiki`` of foundation50/classroom50.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from grader.gradebooks.raw_table import RawTable
from grader.gradebooks.roster import Roster, RosterRow, has_cells
from grader.reports.classroom50_contract import PER_POINT
from grader.reports.summary import format_points
from grader.system.errors import UsageError

PLATFORM = "github"
_COLUMNS = {"username", "first_name", "last_name", "github_id"}
_GRADE = "grade"
_STUDENT = ("", "student")
_SCORES = "classroom50/scores/v1"
_OURS = "digit-lab"


def read_students(table: RawTable) -> Roster | None:
    """Return what Classroom 50's roster says of its students; None for what is none."""
    head = [cell.strip().casefold() for cell in table.row(0)] if len(table) else []
    if not set(head) >= _COLUMNS:
        return None
    grade = head.index(_GRADE) if _GRADE in head else table.add_column(_GRADE)
    rows, broken, nameless = list[RosterRow](), list[str](), 0
    for place in range(1, len(table)):
        cells = table.row(place)
        if not has_cells(cells, grade, len(head)):
            broken += [str(place + 1)] if any(cells) else []
            continue
        row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        if row.get("role", "").casefold() not in _STUDENT:
            continue
        name = f"{row['first_name']} {row['last_name']}".strip()
        if user := row["username"]:
            called = f"{name} ({user})" if name else user
            rows.append(RosterRow(place, user, called, name=user))
        else:
            nameless += any(row.values())
    told = (f"{nameless} of its rows have no GitHub user yet, and get no grade",) if nameless else ()
    return Roster(PLATFORM, table, rows, grade, broken=broken, told=told)


def read_scores(text: str, assignment: str | None, max_score: float) -> Roster:
    """Return what Classroom 50's scores say of an assignment.

    Args:
        assignment: its short name; None where there is only one with submissions.
    Raises:
        UsageError: it is no file of scores, or there is no such assignment.
    """
    try:
        table = json.loads(text)
        if table["schema"] != _SCORES:
            raise ValueError(table["schema"])
        found = {name: one["entries"] for name, one in table["assignments"].items() if one["entries"]}
        wanted = [name for name in found if assignment in (None, name)]
        if len(wanted) != 1:
            raise UsageError(
                f"{len(wanted)} assignments fit, expected one. Name it with --assignment; there are: "
                f"{', '.join(found) or 'none with submissions'}."
            )
        scores = Scores(table, found[wanted[0]], max_score)
        rows = [_row_of(place, entry) for place, entry in enumerate(scores.entries)]
        classrooms = {entry["submissions"][0]["classroom"] for entry in scores.entries}
        for row in rows:
            scores.row(row.number)  # what is no score is told now, and not when it is filled in
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UsageError(f"is no file of scores of Classroom 50 ({error!r}). Collect the scores again.") from error
    prefix = f"{classrooms.pop()}-{wanted[0]}-" if len(classrooms) == 1 else ""
    return Roster(PLATFORM, scores, rows, 0, repositories=prefix, has_several=True)


def _row_of(place: int, entry: dict[str, Any]) -> RosterRow:
    tests = entry["submissions"][0]["tests"]
    is_ours = bool(tests) and tests[0]["test-name"] == _OURS
    stays = "a teacher has set the score (override)" if entry.get("override") is True and not is_ours else ""
    members = ", ".join(entry.get("member_usernames", []))
    owner = str(entry["owner"])
    return RosterRow(place, owner, f"{owner} (with {members})" if members else owner, name=owner, stays=stays)


class Scores:
    """The scores of an assignment, with one cell for each repository: its latest score, in points."""

    def __init__(self, whole: dict[str, Any], entries: list[dict[str, Any]], max_score: float) -> None:
        self._whole = whole
        self.entries = entries
        self._most = round(max_score * PER_POINT)

    def row(self, number: int) -> list[str]:
        """Return the cell of a repository; empty where its score is of other points, or there is none."""
        latest = self.entries[number]["submissions"][0]
        is_ours = latest["max-score"] == self._most and latest["tests"]
        return [format_points(latest["score"] / PER_POINT) if is_ours else ""]

    def replace(self, number: int, column: int, value: str) -> None:  # noqa: ARG002 -- there is one
        """Put a grade into the latest submission of a repository."""
        entry, score = self.entries[number], round(float(value) * PER_POINT)
        test = {"test-name": _OURS, "passed": score == self._most, "score": score, "max-score": self._most}
        entry["submissions"][0] |= {"score": score, "max-score": self._most, "tests": [test]}
        entry["override"] = True

    def text(self) -> str:
        """Return the whole file."""
        return json.dumps(self._whole, indent=2, ensure_ascii=False) + "\n"


def users_of_clones(clones: Iterable[str], users: Iterable[str], repositories: str = "") -> dict[str, str]:
    """Return whose each clone is, as far as that is sure.

    A name may be the end of another's: of several users that a clone's name ends with the longest counts, and what
    stands before it must be what stands there for most of the class.

    Args:
        repositories: how all of them begin, where the platform's file says so; then nothing has to be concluded.
    """
    every = list(clones)
    if repositories:
        whole = {f"{repositories}{user}".casefold(): user for user in users}
        return {clone: whole[clone.casefold()] for clone in every if clone.casefold() in whole}
    known = sorted(users, key=len, reverse=True)
    found = {}
    for clone in every:
        user = next((one for one in known if f"-{clone}".casefold().endswith(f"-{one}".casefold())), None)
        if user is not None:
            found[clone] = (clone[: len(clone) - len(user)].casefold(), user)
    usual = _usual_start([start for start, _user in found.values()], every)
    return {clone: user for clone, (start, user) in found.items() if start == usual}


def _usual_start(starts: Sequence[str], clones: Sequence[str]) -> str | None:
    """Return how the names of a class begin; None where it cannot be told.

    Of one clone alone, or where another start is as frequent, the name of one user may be the end of another's.
    """
    counts = Counter(starts).most_common()
    if not counts or counts[0][1] == 1 or any(count == counts[0][1] for _start, count in counts[1:]):
        return None
    usual = counts[0][0]
    return usual if sum(clone.casefold().startswith(usual) for clone in clones) * 2 > len(clones) else None
