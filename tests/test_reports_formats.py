"""Gradescope's and GitHub Classroom's files: right keys, no hidden detail too early, a fault of ours is no zero."""

from __future__ import annotations

import io
import json

import pytest
from report_cases import HOSTILE, make_class, make_every_outcome, make_hostile_result, make_item, make_result
from rich.console import Console

from grader.reports.github_classroom import render_github
from grader.reports.gradescope import render_gradescope
from grader.reports.html import render_student_page
from grader.reports.terminal import print_submission
from grader.results import Outcome
from grader.rubric import load_rubric

VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}


def test_gradescope_has_the_keys_of_its_specification() -> None:
    table = json.loads(render_gradescope(make_class()[1]))
    assert set(table) == {"score", "execution_time", "output", "output_format", "stdout_visibility", "tests"}
    assert (table["score"], table["execution_time"], table["stdout_visibility"]) == (0, 11, "hidden")
    assert table["output"] == "Left out: the notebook cell 3 (a shell command)."
    for test in table["tests"]:
        assert test["status"] in {"passed", "failed"}
        assert test["visibility"] in VISIBILITIES
        assert test["score"] <= test["max_score"]


def test_gradescope_shows_hidden_lines_after_publishing_only() -> None:
    lines = load_rubric().line
    result = make_result("a", *(make_item(line.id, message="detail") for line in lines))
    shown = {test["number"]: test["visibility"] for test in json.loads(render_gradescope(result))["tests"]}
    assert shown == {line.id: "visible" if line.public else "after_published" for line in lines}


def test_gradescope_gives_a_rejected_submission_a_zero_with_the_reason() -> None:
    table = json.loads(render_gradescope(make_class()[2]))
    assert table["score"] == 0
    assert "The zip file is damaged." in table["output"]


def test_a_rejected_submission_has_its_reason_once_in_each_report() -> None:
    reason = "The zip file is damaged."
    items = [make_item(f"parser.u{number}", Outcome.SKIPPED, message=reason) for number in range(5)]
    result = make_result("student-3", *items, score=0.0, reason=reason)
    console = Console(width=80, record=True, file=io.StringIO())
    print_submission(result, console)
    for text in (render_gradescope(result), render_student_page(result), console.export_text()):
        assert text.count(reason) == 1
        assert text.count("parser.u4") == 1, "the lines stay"


def test_gradescope_gives_no_score_for_a_fault_of_ours() -> None:
    text = render_gradescope(make_class()[4])
    table = json.loads(text)
    assert "score" not in table
    assert table["tests"] == []
    assert "not a zero" in table["output"]
    assert "secret-of-the-grader" not in text


def test_gradescope_speaks_the_language_of_the_result() -> None:
    passed, faulty = (result.model_copy(update={"lang": "ru"}) for result in (make_class()[0], make_class()[4]))
    assert {test["output"] for test in json.loads(render_gradescope(passed))["tests"]} == {"пройдено"}
    assert "ошибся проверяющий" in json.loads(render_gradescope(faulty))["output"]


def test_github_has_what_the_reporter_reads() -> None:
    table = json.loads(render_github(make_class()[1]))
    assert (table["version"], table["status"], table["max_score"]) == (1, "fail", 10)
    assert [test["status"] for test in table["tests"]] == ["fail", "fail"]
    assert sum(test["score"] for test in table["tests"]) == 0
    assert json.loads(render_github(make_class()[0]))["status"] == "pass"


def test_github_reports_no_points_for_a_fault_of_ours() -> None:
    text = render_github(make_class()[4])
    table = json.loads(text)
    assert (table["status"], table["max_score"]) == ("error", 0)
    assert {test["score"] for test in table["tests"]} == {0}
    assert "secret-of-the-grader" not in text


@pytest.mark.parametrize("render", [render_gradescope, render_github])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_text(render, kind: str) -> None:
    text = render(make_hostile_result(HOSTILE[kind]))
    text.encode()
    json.loads(text)
    assert not any(ord(char) < 32 and char != "\n" for char in text)


def test_every_outcome_has_a_status() -> None:
    result = make_every_outcome()
    statuses = [test["status"] for test in json.loads(render_github(result))["tests"]]
    assert statuses == ["pass", *["fail"] * 6, "error"]
    assert len(Outcome) == 8
