"""The students' pages as Moodle takes them back: to whom the worksheet gives the number, and to nobody else."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from report_cases import make_item, make_result

from grader.cli import commands
from grader.gradebooks.feedback_zip import write_feedback_zip
from grader.results.journal_index import WorkKey
from grader.results.models import Outcome
from grader.results.store import ResultStore
from grader.system.errors import UsageError

CALLED = {"101": "Anna Petrova", "102": "Борис Иванов", "103": "fault"}
HEAD = "Identifier,Full name,Status,Group,Grade,Maximum grade,Grade can be changed\n"


def make_class(out: Path, platform: str = "moodle", called: Mapping[str, str] = CALLED) -> None:
    store = ResultStore(out)
    store.prepare()
    students = [
        {"name": name, "student": number, "late": False, "members": [], "platform": platform, "called": name}
        for number, name in called.items()
    ]
    contents = {name: name for name in called.values()}
    store.begin(list(called.values()), students=students, contents=contents)
    for name in called.values():
        outcome = Outcome.GRADER_ERROR if name == "fault" else Outcome.PASSED
        store.save(make_result(name, make_item(outcome=outcome)), WorkKey(name, "b"))
    store.close()


def make_worksheet(folder: Path, *rows: str, with_groups: bool = False) -> Path:
    path = folder / "worksheet.csv"
    table = [HEAD, *(f"Participant {row},,4,Yes\n" for row in rows)]
    if not with_groups:
        table = [",".join(line.split(",")[:3] + line.split(",")[4:]) for line in table]
    path.write_text("".join(table))
    return path


def report(out: Path, *args: object) -> Result:
    return CliRunner().invoke(commands.main, ["report", str(out), *map(str, args)])


def test_each_student_with_a_grade_has_a_page_under_moodles_name(tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "feedback.zip"
    make_class(out, called={"101": "Anna DAngelo Jr", "102": "Борис Иванов", "103": "fault"})
    sheet = make_worksheet(tmp_path, '101,"Anna_D/Angelo ""Jr""",,', "102,Иванов Борис,,", "103,fault,,")
    done = report(out, "--roster", sheet, "--feedback-zip", path)
    assert done.exit_code == 0, done.stderr
    assert f"for Moodle: {path} (2 pages for 2 students)\n" in done.stdout
    assert done.stdout.endswith(
        f"in Moodle: first upload the worksheet {out / 'filled-worksheet.csv'}, then the pages {path}.\n"
        "           After the pages Moodle takes the worksheet's grades for outdated and updates none of them. Once a\n"
        '           student has a grade or a page, tick "Allow updating records that have been modified more recently\n'
        '           in Moodle than in the spreadsheet", or download a new worksheet and fill that.\n'
    )
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [
            "Anna DAngelo Jr_101_assignsubmission_file_/feedback.html",
            "Иванов Борис_102_assignsubmission_file_/feedback.html",
        ]
        assert "Anna DAngelo Jr" in archive.read(archive.namelist()[0]).decode()
    assert report(out, "--feedback-zip", path).exit_code == 0, "a worksheet is given once"


def test_groups_pages_go_to_no_number_that_could_be_anothers(tmp_path: Path) -> None:
    """Today's Moodle takes the numbers for groups', older ones for students'."""
    out, path = tmp_path / "out", tmp_path / "feedback.zip"
    zipped = ("--feedback-zip", path)
    make_class(out, called={"1": "Team Red", "2": "Team Blue", "7": "Green", "Default group": "Default group"})
    rows = ["6,Ann,,Team_Red", "2,Ben,,Team_Red", "7,Cid,,Green", "8,Dan,,Green", "9,Eve,,Default group"]
    done = report(out, "--roster", make_worksheet(tmp_path, *rows, "3,Fay,,Team Blue", with_groups=True), *zipped)
    assert done.exit_code == 0, done.stderr
    assert pages(path) == {"Team Red_1": "Team Red", "Ann_6": "Team Red", "Fay_3": "Team Blue", "Green_7": "Green",
                           "Dan_8": "Green", "Eve_9": "Default group"}  # fmt: skip
    assert [line for line in done.stderr.splitlines() if "no page" in line] == [
        (
            "digitlab: no page in Moodle 4.1 (the own number is also that of a group, which could get the page): "
            "Ben (2), Cid (7)"
        ),
        "digitlab: no page in Moodle 4.5 (the group's number 2 is also that of Ben, who could get the page): Fay (3)",
        "digitlab: no page in Moodle 4.5 (in no group, and Moodle takes pages of groups alone): Eve (9)",
    ]
    assert f"for Moodle: {path} (4 pages for 6 students)\n" in done.stdout
    sheet = make_worksheet(tmp_path, *rows, "5,Gus,,Purple", with_groups=True)
    done = report(out, "--roster", sheet, *zipped)
    assert pages(path) == {"Team Red_1": "Team Red", "Green_7": "Green"}, (
        "Purple, of which nothing is here, may be 6 or 8"
    )
    assert f"for Moodle: {path} (2 pages for 4 students)\n" in done.stdout
    assert [line for line in done.stderr.splitlines() if "no page" in line] == [
        "digitlab: no page in the zip (no row of the worksheet names this group): Team Blue (group 2)",
        (
            "digitlab: no page in Moodle 4.1 (the own number may be that of a group of which the class has no work): "
            "Ann (6), Ben (2), Dan (8)"
        ),
        "digitlab: no page in Moodle 4.1 (the own number is also that of a group, which could get the page): Cid (7)",
        "digitlab: no page in the zip (in no group, and Moodle takes pages of groups alone): Eve (9)",
    ]
    sheet.write_text(sheet.read_text().replace("8,Dan,,Green,,4,Yes", "8,Dan,,Green,,4,No"))
    done = report(out, "--roster", sheet, *zipped)
    assert pages(path) == {"Team Red_1": "Team Red"}
    assert (
        "no page in the zip (the page would go to all of the group, and 8 must not have it): Cid (7)\n" in done.stderr
    )


def pages(path: Path) -> dict[str, str]:
    """Return whose page each folder holds."""
    with zipfile.ZipFile(path) as archive:
        return {
            name.removesuffix("_assignsubmission_file_/feedback.html"): re.findall(
                "<h1><bdi>([^<]*)</bdi>", archive.read(name).decode()
            )[0]
            for name in archive.namelist()
        }


def test_partners_whom_the_course_names_have_it_under_their_own_names(tmp_path: Path) -> None:
    out, path, rules = tmp_path / "out", tmp_path / "feedback.zip", tmp_path / "course.toml"
    make_class(out)
    rules.write_text('[groups]\n101 = ["101", "102", "104", "105"]\n')
    sheet = make_worksheet(tmp_path, "101,Anna Petrova,,", "102,Борис Иванов,,", "104,Chen Wei,,")
    done = report(out, "--course", rules, "--roster", sheet, "--feedback-zip", path)
    assert done.exit_code == 0, done.stderr
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == [
            "Anna Petrova_101_assignsubmission_file_/feedback.html",
            "Chen Wei_104_assignsubmission_file_/feedback.html",
            "Борис Иванов_102_assignsubmission_file_/feedback.html",
        ]
    assert "no page in the zip (the worksheet does not have this number): 105\n" in done.stderr


def test_who_is_another_by_the_worksheet_gets_no_page_and_is_named(tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "feedback.zip"
    make_class(out)
    sheet = make_worksheet(tmp_path, "101,Zoe Other,,", "102,Борис Иванов,,", "103,fault,,")
    done = report(out, "--roster", sheet, "--feedback-zip", path)
    assert done.exit_code == 0, done.stderr
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["Борис Иванов_102_assignsubmission_file_/feedback.html"]
    assert "no page in the zip (the class has Anna Petrova under this number): Zoe Other (101)\n" in done.stderr


def test_drafts_and_locked_rows_get_no_page(tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "feedback.zip"
    make_class(out)
    sheet = make_worksheet(tmp_path, "101,Anna Petrova,Draft (not submitted),", "102,Борис Иванов,Submitted,")
    sheet.write_text(sheet.read_text().replace("Submitted,,4,Yes", "Submitted,,4,No"))
    done = report(out, "--roster", sheet, "--feedback-zip", path)
    assert "(0 pages for 0 students)" in done.stdout
    assert "no page in the zip (a draft, which was not submitted): Anna Petrova (101)\n" in done.stderr
    assert "no page in the zip (Moodle does not let its grade be changed): Борис Иванов (102)\n" in done.stderr


@pytest.mark.parametrize(
    ("platform", "name", "words"),
    [
        ("canvas", "feedback.zip", "does not hold a class of Moodle, and only Moodle takes"),
        ("moodle", "feedback.zip", "no grading worksheet was given yet, and Moodle goes by numbers alone"),
        ("moodle", "missing/feedback.zip", "cannot be written, for there is no such folder. Choose another file"),
    ],
)
def test_what_cannot_be_written_is_told(tmp_path: Path, platform: str, name: str, words: str) -> None:
    make_class(tmp_path / "out", platform)
    roster = ["--roster", make_worksheet(tmp_path, "101,Anna Petrova,,")] if "/" in name else []
    done = report(tmp_path / "out", *roster, "--feedback-zip", tmp_path / name)
    assert done.exit_code != 0
    assert words in done.stderr
    assert not (tmp_path / "out" / "report.html").exists(), "it is told before anything is written"


def test_a_page_that_is_missing_is_named(tmp_path: Path) -> None:
    out = tmp_path / "out"
    make_class(out)
    assert report(out, "--roster", make_worksheet(tmp_path, "101,Anna Petrova,,")).exit_code == 0
    next((out / "feedback").glob("Anna*")).unlink()
    with pytest.raises(UsageError, match=r"there is no such file\. Make the pages anew: digitlab report"):
        write_feedback_zip(out, tmp_path / "feedback.zip")
    assert not (tmp_path / "feedback.zip").exists()
