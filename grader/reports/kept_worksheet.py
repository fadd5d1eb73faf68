"""What Moodle's grading worksheet said of the class, kept in the output folder for later reports.

``OUT/worksheet.json`` has, of each submission that the worksheet surely speaks of, the clock's time as it showed it, so
that a course's other time zone moves it, and the content that was handed in then: of what was handed in anew nobody has
told the time. Of group work it has the members of each group, by their own numbers, and the group's name, without which
another class in the same folder could be taken for this one. And it has all students' names, for the pages that go back
to Moodle.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.results.store import ResultStore, write_text_atomic
from grader.system.errors import UsageError

FILE_NAME = "worksheet.json"


@dataclass(frozen=True)
class KeptWorksheet:
    """What is known of a class."""

    source: str
    """The worksheet's file name."""
    handed_in: Mapping[str, datetime.datetime]
    """By the submissions' numbers, of those that are the same as then."""
    groups: Mapping[str, Sequence[str]]
    """By the number (or name) of a group's submission the numbers of its members."""
    has_all_groups: bool
    """Whether the download has work of every group that the worksheet names."""
    names: Mapping[str, str]
    """What the worksheet calls each of its students, by number."""
    own: Mapping[str, str]
    """Whose number and name both sides have alike, and what the download calls them."""
    stays: Mapping[str, str]
    """Whose rows Moodle wants left as they are, by number, and why."""


def keep_worksheet(store: ResultStore, said: KeptWorksheet) -> None:
    """Keep what a worksheet says of the class, in the place of an earlier one.

    Args:
        said: with the times as the worksheet's clock shows them, without a zone.
    Raises:
        UsageError: the file cannot be written.
    """
    contents = store.load_contents()
    called = {str(entry["student"]): called_of(entry) for entry in store.load_students()}
    table = {
        "worksheet": said.source,
        "times": {
            number: {"time": moment.isoformat(timespec="minutes"), "content": contents[number]}
            for number, moment in sorted(said.handed_in.items())
            if number in contents
        },
        "groups": {
            number: {"called": called[number], "members": list(members)}
            for number, members in sorted(said.groups.items())
        },
        "has_all_groups": said.has_all_groups,
        "names": dict(sorted(said.names.items())),
        "own": dict(sorted(said.own.items())),
        "stays": dict(sorted(said.stays.items())),
    }
    text = json.dumps(table, indent=2, ensure_ascii=False)
    write_text_atomic(store.out_dir / FILE_NAME, f"{text}\n")


def find_kept_worksheet(store: ResultStore, zone: datetime.tzinfo) -> KeptWorksheet | None:
    """Return what is kept; None where no worksheet was given.

    Args:
        zone: of the times, which Moodle writes by the clock of whoever downloaded the file.
    Raises:
        UsageError: the file cannot be read.
    """
    path = store.out_dir / FILE_NAME
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        contents = store.load_contents()
        called = {str(entry["student"]): called_of(entry) for entry in store.load_students()}
        return KeptWorksheet(
            str(table["worksheet"]),
            {
                number: _moment(told["time"], zone)
                for number, told in table["times"].items()
                if number in contents and contents[number] == told["content"]
            },
            {
                number: [str(member) for member in told["members"]]
                for number, told in table["groups"].items()
                if called.get(number) == told["called"]
            },
            table["has_all_groups"] is True,
            {str(number): str(name) for number, name in table["names"].items()},
            {str(number): str(told) for number, told in table["own"].items()},
            {str(number): str(reason) for number, reason in table["stays"].items()},
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise UsageError(
            f"{path}: cannot be read ({type(error).__name__}: {error}). Remove it, and give Moodle's worksheet with "
            "--roster again."
        ) from error


def called_of(entry: Mapping[str, Any]) -> str:
    """Return what the download calls an entry of the class; of older records, what the reports call it."""
    return str(entry.get("called") or str(entry["name"]).removesuffix(f" ({entry['student']})"))


def with_worksheet(entry: Mapping[str, Any], kept: KeptWorksheet) -> Mapping[str, Any]:
    """Return what is known of an entry, with its time, the names of all students and, in group work, its members.

    In group work a group of which the worksheet says nothing is nobody's: its number is no student's.
    """
    number = str(entry["student"])
    if entry.get("platform") != "moodle":
        return entry
    added: dict[str, Any] = {"names": kept.names}
    if not entry.get("handed_in") and number in kept.handed_in:
        added["handed_in"] = kept.handed_in[number].isoformat()
    if kept.groups:
        label = f"{called_of(entry)} (group {number})" if number.isdecimal() else called_of(entry)
        added["members"] = list(kept.groups.get(number, [label]))
        added["is_group"] = True
    return {**entry, **added}


def _moment(text: str, zone: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(datetime.UTC)
