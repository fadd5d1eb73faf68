"""grades.csv: opens in a spreadsheet, reads back, and runs nothing there."""

from __future__ import annotations

import csv
import io

import pytest
from report_cases import HOSTILE, make_class, make_every_outcome, make_hostile_result, make_item, make_result

from grader.reports import render_grades


def read_back(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_whole_file_of_a_small_class() -> None:
    assert render_grades(make_class()) == (
        "\ufeffsubmission,score,max_score,outcome,reason,parser.u1,letters.accuracy\r\n"
        "student-1,10,10,graded,,4,6\r\n"
        "student-2,0,10,graded,,0,0\r\n"
        'student-3,0,4,rejected,"The zip file is damaged.\nZip it again.",0,\r\n'
        "student-4,0,10,rejected,No Python file found.,,\r\n"
        "student-10,,10,grader_error,,4,\r\n"
    )


def test_a_grader_error_leaves_only_its_own_line_empty() -> None:
    (row,) = read_back(render_grades([make_every_outcome()]))
    assert row["score"] == ""
    assert row["outcome"] == "grader_error"
    assert row["parser.grader_error"] == ""
    assert row["parser.passed"] == "4"
    assert {row[f"parser.{word}"] for word in ("partial", "failed", "crashed", "timeout", "memory", "skipped")} == {"0"}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_reads_back_as_one_harmless_row(kind: str) -> None:
    text = render_grades([make_hostile_result(HOSTILE[kind]), make_result("student-2", make_item())])
    text.encode("utf-8")
    rows = read_back(text)
    assert len(rows) == 2
    assert rows[0]["score"] == "4"
    assert rows[1]["submission"] == "student-2"
    assert None not in rows[0]
    for cell in rows[0].values():
        assert cell[:1] not in set("=+-@\t\r")


def test_a_formula_in_a_rubric_line_id_is_text_too() -> None:
    assert "'=x" in render_grades([make_result("s", make_item("=x"))]).splitlines()[0]


def test_the_log_of_the_grader_is_left_out() -> None:
    assert "secret-of-the-grader" not in render_grades([make_every_outcome()])
