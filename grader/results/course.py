"""A course's rules, from ``course.toml``: when work is due, what being late costs, which attempt counts.

Points are what the rubric gave and never change by this: the penalty and the grade stand beside them.
"""

from __future__ import annotations

import datetime
import math
import tomllib
import zoneinfo
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from grader.system.errors import UsageError
from grader.system.file_errors import read_given, why_not_read

_NotNegative = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, strict=True)]
"""Minutes or points: a million of them is a mistake in writing."""
_YEARS = range(2000, 2101)
_DAY = datetime.timedelta(days=1)


class Course(BaseModel):
    """The rules of one assignment; without any, nothing is ever late and the last attempt counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    due: AwareDatetime | None = None
    time_zone: str | None = None
    """Of `due` and `handed_in` where they have no offset of their own, such as ``Europe/Moscow``."""
    grace_minutes: _NotNegative = 0
    """Whoever is late by no more than this is not late; the days of others count from `due`."""
    penalty_per_day: _NotNegative = 0
    """Points for each day that was begun."""
    penalty_at_most: _NotNegative | None = None
    attempts: Literal["last", "best"] = "last"
    """Which attempt counts; the best one is that of the highest grade, of equal ones the last."""
    handed_in: dict[str, AwareDatetime] = {}
    """By student, as the platform numbers them: stands over the time that the platform gave, if it gave one."""
    groups: dict[str, list[Annotated[str, Field(min_length=1)]]] = {}
    """Whose a group's submission is, by the student or name that it came under: all members, by their ids."""

    @model_validator(mode="before")
    @classmethod
    def _in_time_zone(cls, table: Any) -> Any:
        """Give the moments without an offset that of the course's time zone."""
        if not isinstance(table, dict) or not isinstance(table.get("time_zone"), str):
            return table
        try:
            zone = zoneinfo.ZoneInfo(table["time_zone"])
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(
                f"time_zone {table['time_zone']!r} is not known on this machine; write offsets instead, "
                "as in 2026-12-01T23:59:00+03:00"
            ) from error
        times = table.get("handed_in")
        zoned = {name: _zoned(moment, zone) for name, moment in times.items()} if isinstance(times, dict) else times
        return table | {"due": _zoned(table.get("due"), zone)} | ({} if zoned is None else {"handed_in": zoned})

    @model_validator(mode="after")
    def _has_due(self) -> Self:
        if self.due is None and (self.penalty_per_day or self.grace_minutes or self.handed_in):
            raise ValueError("due is missing: without it nothing is late")
        return self

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        for name, members in self.groups.items():
            if not members or len(set(members)) < len(members):
                ids = ", ".join(members)
                raise ValueError(f"groups.{name} is ({ids}): expected the id of each member, once")
        return self

    @property
    def zone(self) -> datetime.tzinfo:
        """What the course's clocks show: its time zone, else the offset that `due` is written with."""
        if self.time_zone is not None:
            return zoneinfo.ZoneInfo(self.time_zone)
        return (self.due.tzinfo if self.due is not None else None) or datetime.UTC

    def late_days(self, handed_in: datetime.datetime) -> int:
        """Return how many days after `due` were begun; 0 within the grace."""
        if self.due is None or handed_in <= self.due + datetime.timedelta(minutes=self.grace_minutes):
            return 0
        return math.ceil((handed_in - self.due) / _DAY)

    def penalty(self, points: float, late_days: int) -> float:
        """Return what being late costs, never more than the points."""
        most = math.inf if self.penalty_at_most is None else self.penalty_at_most
        return round(min(points, most, self.penalty_per_day * late_days), 2)


def _zoned(moment: Any, zone: zoneinfo.ZoneInfo) -> Any:
    """Return a moment without an offset in UTC: two of one zone would be compared by the clock on the wall."""
    if isinstance(moment, datetime.datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=zone).astimezone(datetime.UTC)
    return moment


def load_course(path: Path) -> Course:
    """Read a ``course.toml``.

    Raises:
        UsageError: it cannot be read, or a rule is not known or makes no sense.
    """
    try:
        table = tomllib.loads(read_given(path).decode("utf-8-sig"))  # editors on Windows put a mark at the beginning
        _expect_moments(path, table)
        course = Course.model_validate(table)
    except OSError as error:
        raise UsageError(
            f"{path}: {why_not_read(error)}. Expected the course's rules, a course.toml as in docs/class.md. Check the "
            "path."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"{path}: cannot be read as TOML in UTF-8 ({error}). See docs/class.md for an example."
        ) from error
    except ValidationError as error:
        raise UsageError(f"{path}: {_first_fault(error)} See docs/class.md for what may stand there.") from error
    counts = Counter(member for members in course.groups.values() for member in members)
    if twice := sorted(member for member, count in counts.items() if count > 1):
        raise UsageError(
            f"{path}: groups has {', '.join(twice)} more than once: expected each student in one group, for nobody "
            "could tell which grade is theirs. See docs/class.md for what may stand there."
        )
    return course


def _expect_moments(path: Path, table: dict[str, Any]) -> None:
    """Check that what should be a moment is one, in this century.

    Raises:
        UsageError: naming the first that is not.
    """
    times = table.get("handed_in")
    places = {"due": table.get("due")} if "due" in table else {}
    places |= {f"handed_in.{name}": moment for name, moment in times.items()} if isinstance(times, dict) else {}
    for place, moment in places.items():
        if not isinstance(moment, datetime.datetime) or moment.year not in _YEARS:
            told = f"{moment}, a date alone" if type(moment) is datetime.date else repr(str(moment))
            raise UsageError(
                f"{path}: {place} is {told}: expected a date and a time, without quotes, as in 2026-12-01T23:59:00. "
                "See docs/class.md for what may stand there."
            )


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{place} is not known; there are {', '.join(Course.model_fields)}."
    if first["type"] == "timezone_aware":
        return (
            f'{place} has no time zone: add time_zone = "Europe/Moscow", or an offset as in 2026-12-01T23:59:00+03:00.'
        )
    what = first["msg"].removeprefix("Value error, ")
    return f"{place} is {first['input']!r}: {what}." if place else f"{what}."
