"""The rules of a course: when something is late, what that costs, and words for rules that make no sense."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from grader.results.course import Course, load_course
from grader.system.errors import UsageError

TEXT = """
due = 2026-12-01T23:59:00
time_zone = "Europe/Moscow"
grace_minutes = 10
penalty_per_day = 10
penalty_at_most = 25
attempts = "best"

[handed_in]
"12345" = 2026-12-02T00:20:00
"""
DUE = datetime.datetime(2026, 12, 1, 20, 59, tzinfo=datetime.UTC)


def course(folder: Path, text: str) -> Course:
    path = folder / "course.toml"
    path.write_text(text, encoding="utf-8")
    return load_course(path)


def test_moments_are_those_of_the_time_zone(tmp_path: Path) -> None:
    found = course(tmp_path, TEXT)
    assert found.due == DUE
    assert found.handed_in["12345"] == DUE + datetime.timedelta(minutes=21)
    assert course(tmp_path, "due = 2026-12-01T23:59:00+03:00").due == DUE
    assert Course.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("minutes", "days"), [(-5, 0), (0, 0), (10, 0), (10.1, 1), (24 * 60, 1), (24 * 60 + 0.1, 2), (5 * 24 * 60, 5)]
)
def test_a_day_that_was_begun_counts_from_the_due_time(tmp_path: Path, minutes: float, days: int) -> None:
    assert course(tmp_path, TEXT).late_days(DUE + datetime.timedelta(minutes=minutes)) == days


@pytest.mark.parametrize(
    ("points", "days", "penalty"), [(80, 0, 0), (80, 1, 10), (80, 2, 20), (80, 3, 25), (5.5, 1, 5.5)]
)
def test_the_penalty_has_bounds(tmp_path: Path, points: float, days: int, penalty: float) -> None:
    assert course(tmp_path, TEXT).penalty(points, days) == penalty


def test_days_are_counted_over_a_change_of_the_clocks(tmp_path: Path) -> None:
    """In Berlin the clocks went back on that night: it is 22:00 when a day has passed since 23:00."""
    text = 'due = 2026-10-24T23:00:00\ntime_zone = "Europe/Berlin"\n[handed_in]\na = {}\nb = {}'
    found = course(tmp_path, text.format("2026-10-25T22:00:00", "2026-10-25T22:00:01"))
    assert [found.late_days(found.handed_in[name]) for name in "ab"] == [1, 2]


def test_without_rules_nothing_is_late() -> None:
    rules = Course()
    assert (rules.late_days(DUE), rules.penalty(80, 3), rules.attempts) == (0, 0, "last")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("due = ", "cannot be read as TOML"),
        ('due = "2026-12-01T23:59:00"', "due is '2026-12-01T23:59:00': expected a date and a time, without quotes"),
        ('due = 2026-12-01\ntime_zone = "UTC"', "due is 2026-12-01, a date alone: expected a date and a time"),
        ("due = 1764633540", "due is '1764633540': expected a date and a time"),
        ("due = 0001-01-01T00:00:00Z", "due is '0001-01-01 00:00:00"),
        ("due = 2026-12-01T23:59:00Z\n[handed_in]\na = 3", "handed_in.a is '3': expected a date"),
        ("due = 2026-12-01T23:59:00Z\ngrace_minutes = 1e12", "grace_minutes is 1000000000000.0: Input should be less"),
        ("due = 2026-12-01T23:59:00Z\npenalty_per_day = true", "penalty_per_day is True: Input should be a valid num"),
        ('due = 2026-12-01T23:59:00Z\ngrace_minutes = "10"', "grace_minutes is '10': Input should be a valid number"),
        ("due = 2026-12-01T23:59:00", "due has no time zone: add time_zone"),
        ('[groups]\ng1 = ["11", "12", "11"]', r"groups.g1 is \(11, 12, 11\): expected the id of each member, once"),
        (
            '[groups]\ng1 = ["11", "12"]\ng2 = ["13", "12"]',
            "groups has 12 more than once: expected each student",
        ),
        ("[groups]\ng1 = []", r"groups.g1 is \(\): expected the id of each member, once"),
        ('due = 2026-12-01T23:59:00\ntime_zone = "Moskau"', "time_zone 'Moskau' is not known"),
        ('due = 2026-12-01T23:59:00\ntime_zone = "/etc"', "time_zone '/etc' is not known"),
        ("penalty_per_day = 3", "due is missing: without it nothing is late"),
        ("penalty = 3", "penalty is not known; there are due, time_zone, grace_minutes"),
        ("grace_minutes = -1", "grace_minutes is -1: Input should be greater than or equal to 0"),
        ("penalty_per_day = nan", "penalty_per_day is nan: Input should be a finite number"),
        ('attempts = "first"', "attempts is 'first': Input should be 'last' or 'best'"),
        ("time_zone = 3", "time_zone is 3: Input should be a valid string"),
        ('time_zone = "UTC"\nhanded_in = 3', "handed_in is 3: Input should be a valid dictionary"),
    ],
)
def test_rules_that_make_no_sense_are_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        course(tmp_path, text)


def test_a_mark_at_the_beginning_of_the_file_is_passed_over(tmp_path: Path) -> None:
    assert course(tmp_path, "\ufeff" + TEXT).due == DUE


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"course\.toml: there is no such file\. Expected the course's rules"):
        load_course(tmp_path / "course.toml")
