"""What a worksheet said of times counts in later reports, as long as the submission is the same."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from report_cases import make_item, make_result

from grader.cli import commands
from grader.reports.class_grades import students_of
from grader.reports.kept_worksheet import FILE_NAME, KeptWorksheet, find_kept_worksheet, keep_worksheet
from grader.results.course import Course
from grader.results.journal_index import WorkKey
from grader.results.store import ResultStore
from grader.system.errors import UsageError

CONTENTS = {"anna": "a", "boris": "b"}
NUMBERS = {"anna": "101", "boris": "102"}
MOSCOW = zoneinfo.ZoneInfo("Europe/Moscow")
HEAD = "Identifier,Full name,Grade,Maximum grade,Last modified (submission)\n"
WORKSHEET = (
    HEAD + 'Participant 101,Anna,,100,"Wednesday, 2 December 2026, 12:10 AM"\n'
    'Participant 102,Boris,,100,"Wednesday, 2 December 2026, 12:10 AM"\n'
)


def begin(
    store: ResultStore,
    contents: Mapping[str, str],
    course: Course | None = None,
    numbers: Mapping[str, str] = NUMBERS,
) -> None:
    students = [
        {"name": name, "student": numbers[name], "late": False, "members": [], "platform": "moodle"}
        for name in contents
    ]
    rules = {} if course is None else course.model_dump(mode="json")
    store.begin(list(contents), resume=True, contents=contents, students=students, course=rules)
    for name, content in contents.items():
        store.save(make_result(name, make_item(max_points=100)), WorkKey(content, "grading"))


@pytest.fixture
def store(tmp_path: Path) -> ResultStore:
    result_store = ResultStore(tmp_path / "out")
    result_store.prepare()
    return result_store


def grades(store: ResultStore) -> list[str]:
    """Return the columns late and grade of class.csv."""
    rows = [row.split(",") for row in (store.out_dir / "class.csv").read_text(encoding="utf-8").splitlines()[1:]]
    return [f"{row[3]} {row[7]}".strip() for row in rows]


def report(store: ResultStore, *args: object) -> str:
    done = CliRunner().invoke(commands.main, ["report", str(store.out_dir), *map(str, args)])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_later_reports_need_no_worksheet_and_say_so(store: ResultStore, tmp_path: Path) -> None:
    due = datetime.datetime(2026, 12, 1, 23, 59, tzinfo=MOSCOW)
    begin(store, CONTENTS, Course(due=due, time_zone="Europe/Moscow", penalty_per_day=10))
    (tmp_path / "sheet.csv").write_text(WORKSHEET)
    assert "times:" not in report(store)
    assert grades(store) == ["100", "100"]
    told = "times:     2 from sheet.csv, as a report was given it last (--roster), taken for Europe/Moscow\n"
    assert told in report(store, "--roster", tmp_path / "sheet.csv")
    assert told in report(store)
    assert grades(store) == ["yes 90", "yes 90"]
    (tmp_path / "newer.csv").write_text(WORKSHEET.partition("Participant 102")[0].replace("2 Dec", "1 Dec"))
    report(store, "--roster", tmp_path / "newer.csv")
    assert "times:     1 from newer.csv" in report(store)
    assert grades(store) == ["100", "100"]


def test_a_time_is_the_clocks_and_another_zone_of_the_rules_moves_it(store: ResultStore, tmp_path: Path) -> None:
    """No rules were known when the worksheet was given."""
    begin(store, CONTENTS)
    (tmp_path / "sheet.csv").write_text(WORKSHEET)
    assert "times:" not in report(store, "--roster", tmp_path / "sheet.csv")
    rules = tmp_path / "course.toml"
    rules.write_text("due = 2026-12-01T23:00:00Z\npenalty_per_day = 10\n")
    report(store, "--course", rules)
    assert grades(store) == ["yes 90", "yes 90"]
    rules.write_text('due = 2026-12-01T23:00:00Z\npenalty_per_day = 10\ntime_zone = "Europe/Moscow"\n')
    report(store, "--course", rules)
    assert grades(store) == ["100", "100"]
    rules.write_text(rules.read_text() + "[handed_in]\n101 = 2026-12-03T12:00:00\n")
    report(store, "--course", rules)
    assert grades(store) == ["yes 80", "100"], "the course's own time stands over it"


def said(moments: Mapping[str, datetime.datetime]) -> KeptWorksheet:
    return KeptWorksheet("sheet.csv", moments, {}, False, {"101": "Anna"}, {"101": "anna"}, {"102": "a draft"})


def test_who_handed_in_anew_has_no_time(store: ResultStore) -> None:
    begin(store, CONTENTS)
    moment = datetime.datetime(2026, 12, 1, 12)  # noqa: DTZ001 -- the clock's
    keep_worksheet(store, said({"101": moment, "102": moment, "999": moment}))
    begin(store, CONTENTS | {"boris": "handed in anew"})
    kept = find_kept_worksheet(store, datetime.UTC)
    assert kept is not None
    assert kept.handed_in == {"101": moment.replace(tzinfo=datetime.UTC)}
    assert (kept.names, kept.own, kept.stays) == ({"101": "Anna"}, {"101": "anna"}, {"102": "a draft"})
    begin(store, CONTENTS)
    kept = find_kept_worksheet(store, MOSCOW)
    assert kept is not None
    assert set(kept.handed_in) == {"101", "102"}
    assert kept.handed_in["101"] == moment.replace(tzinfo=MOSCOW)


def test_members_are_those_of_a_group_of_this_name_and_number(store: ResultStore) -> None:
    """The folder may hold another class by now, in which the number is a student's."""
    begin(store, CONTENTS)
    keep_worksheet(store, KeptWorksheet("s", {}, {"101": ["6", "7"]}, True, {}, {}, {}))
    students = students_of(store, Course())
    assert [entry["members"] for entry in students] == [["6", "7"], ["boris (group 102)"]]
    begin(store, {"carol": "c"}, numbers={"carol": "101"})
    assert [entry["members"] for entry in students_of(store, Course())] == [[]]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"worksheet": "a", "times": {"1": {"time": "x", "content": ""}}}'])
def test_a_damaged_file_is_named_and_a_new_worksheet_mends_it(store: ResultStore, tmp_path: Path, text: str) -> None:
    begin(store, CONTENTS, Course(due=datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)))
    (store.out_dir / FILE_NAME).write_text(text)
    with pytest.raises(UsageError, match=r"worksheet\.json: cannot be read \(.*\)\. Remove it, and give"):
        find_kept_worksheet(store, datetime.UTC)
    (tmp_path / "sheet.csv").write_text(WORKSHEET)
    assert "times:     2 from sheet.csv" in report(store, "--roster", tmp_path / "sheet.csv")


def test_a_time_before_all_times_is_named(store: ResultStore) -> None:
    begin(store, CONTENTS)
    text = '{"worksheet": "a", "times": {"101": {"time": "0001-01-01T00:00", "content": "a"}}}'
    (store.out_dir / FILE_NAME).write_text(text)
    with pytest.raises(UsageError, match=r"worksheet\.json: cannot be read \(OverflowError"):
        find_kept_worksheet(store, MOSCOW)
