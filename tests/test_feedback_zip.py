"""The students' pages as Moodle takes them back."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from report_cases import make_item, make_result

from grader import cli
from grader.results import Outcome
from grader.roll import WorkKey
from grader.store import ResultStore

NAMES = {"Anna Petrova (101)": "101", "Борис_Иванов": "102", "fault": "103"}


def make_class(out: Path, platform: str) -> None:
    store = ResultStore(out)
    store.prepare()
    students = [
        {"name": name, "student": number, "late": False, "members": [], "platform": platform}
        for name, number in NAMES.items()
    ]
    store.begin(list(NAMES), students=students)
    for name in NAMES:
        outcome = Outcome.GRADER_ERROR if name == "fault" else Outcome.PASSED
        store.save(make_result(name, make_item(outcome=outcome)), WorkKey("a", "b"))
    store.close()


def test_each_student_with_a_grade_has_a_page_under_moodles_name(tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "feedback.zip"
    make_class(out, "moodle")
    done = CliRunner().invoke(cli.main, ["report", str(out), "--feedback-zip", str(path)])
    assert done.exit_code == 0, done.stderr
    assert f"for Moodle: {path} (2 pages)\n" in done.stdout
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [
            "Anna Petrova_101_assignsubmission_file_/feedback.html",
            "Борис Иванов_102_assignsubmission_file_/feedback.html",
        ]
        assert "Anna Petrova" in archive.read(archive.namelist()[0]).decode()


def test_each_member_of_a_group_has_the_page_under_their_own_name(tmp_path: Path) -> None:
    """Of a partner who handed in nothing, the download has no name."""
    out, path, rules = tmp_path / "out", tmp_path / "feedback.zip", tmp_path / "course.toml"
    make_class(out, "moodle")
    rules.write_text('[groups]\n101 = ["101", "102", "104"]\n102 = ["101"]\n')
    done = CliRunner().invoke(cli.main, ["report", str(out), "--course", str(rules), "--feedback-zip", str(path)])
    assert done.exit_code == 0, done.stderr
    assert f"for Moodle: {path} (3 pages)\n" in done.stdout
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [
            "Anna Petrova_101_assignsubmission_file_/feedback.html",
            "Борис Иванов_102_assignsubmission_file_/feedback.html",
            "Anna Petrova_104_assignsubmission_file_/feedback.html",
        ]
        assert "Anna Petrova" in archive.read(archive.namelist()[1]).decode()
    assert done.stderr.endswith(
        "with the name of who handed in, and the student's own number, by which Moodle goes: 104\n"
    )


@pytest.mark.parametrize(
    ("platform", "name", "words"),
    [
        ("canvas", "feedback.zip", "does not hold a class of Moodle, and only Moodle takes"),
        ("moodle", "missing/feedback.zip", "cannot be written from the pages in"),
    ],
)
def test_what_cannot_be_written_is_told(tmp_path: Path, platform: str, name: str, words: str) -> None:
    make_class(tmp_path / "out", platform)
    done = CliRunner().invoke(cli.main, ["report", str(tmp_path / "out"), "--feedback-zip", str(tmp_path / name)])
    assert done.exit_code != 0
    assert words in done.stderr
