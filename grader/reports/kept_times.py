"""The times of Moodle's grading worksheet, kept in the output folder: later reports need not be given it again.

``OUT/worksheet-times.json`` has the clock's time of each student as the worksheet showed it, so that a course's other
time zone moves it, and the content that the student's submission had then: of what was handed in anew the time is
another one, and nobody has told it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import UsageError
from grader.store import ResultStore, write_text_atomic

FILE_NAME = "worksheet-times.json"


@dataclass(frozen=True)
class KeptTimes:
    """What is known of a class."""

    source: str
    """The worksheet's file name."""
    handed_in: Mapping[str, datetime.datetime]
    """By the students' numbers."""


def keep_times(store: ResultStore, source: str, handed_in: Mapping[str, datetime.datetime]) -> None:
    """Keep what a worksheet says of the students of the class, in the place of an earlier one.

    Args:
        handed_in: as the worksheet's clock shows it, whatever zone is noted.
    Raises:
        UsageError: the file cannot be written.
    """
    contents = store.load_contents()
    times = {
        student: {
            "time": moment.replace(tzinfo=None).isoformat(timespec="minutes"),
            "content": contents[student],
        }
        for student, moment in sorted(handed_in.items())
        if student in contents
    }
    text = json.dumps({"worksheet": source, "times": times}, indent=2, ensure_ascii=False)
    write_text_atomic(store.out_dir / FILE_NAME, f"{text}\n")


def find_kept_times(store: ResultStore, zone: datetime.tzinfo) -> KeptTimes | None:
    """Return the times of those whose submission is the same as then; None where no worksheet was given.

    Raises:
        UsageError: the file cannot be read.
    """
    path = store.out_dir / FILE_NAME
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        times = {
            str(student): (_moment(told["time"], zone), told["content"]) for student, told in table["times"].items()
        }
        source = str(table["worksheet"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(
            f"{path}: cannot be read ({type(error).__name__}: {error}). Remove it, and give Moodle's worksheet with "
            "--roster again."
        ) from error
    contents = store.load_contents()
    same = {
        student: moment
        for student, (moment, content) in times.items()
        if student in contents and contents[student] == content
    }
    return KeptTimes(source, same)


def _moment(text: str, zone: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(datetime.UTC)
