"""Gradescope's and GitHub Classroom's files: right keys, no hidden detail too early, a fault of ours is no zero."""

from __future__ import annotations

import base64
import io
import json
import random

import pytest
from report_cases import HOSTILE, make_class, make_every_outcome, make_hostile_result, make_item, make_result
from rich.console import Console

from grader.reports.github_classroom import render_github
from grader.reports.gradescope import render_gradescope
from grader.reports.html import render_student_page
from grader.reports.terminal import print_submission
from grader.results.models import Outcome
from grader.results.rubric import load_rubric

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
    assert render_gradescope(result).count("parser.u4") == 1, "Gradescope's lines stay: it shows a table of them"


def test_gradescope_has_no_file_for_a_fault_of_ours() -> None:
    """Its specification wants a score in every file, and a fault of ours has none."""
    assert render_gradescope(make_class()[4]) is None


def test_gradescope_speaks_the_language_of_the_result() -> None:
    passed = make_class()[0].model_copy(update={"lang": "ru"})
    assert {test["output"] for test in json.loads(render_gradescope(passed))["tests"]} == {"пройдено"}


def reported(text: str) -> tuple[float, float, list[str]]:
    """Return what the reporter's table says, what its notice says, and the lines of its log that hold texts."""
    table = json.loads(text)
    tests = table["tests"]
    passed = sum(test["status"] == "pass" for test in tests)
    noticed = sum(test["score"] for test in tests) if table["max_score"] else 0
    log = []
    for test in tests:
        log += [f"Error: {test['message']}" if test["status"] == "error" else f"x {test['name']}"]
        log += ["Test code:", test["test_code"]] if test["test_code"] else []
    return passed / len(tests) * table["max_score"], noticed, "\n".join(log).split("\n")


def test_github_has_what_the_reporter_reads() -> None:
    table = json.loads(render_github(make_class()[1]))
    assert (table["version"], table["status"], table["max_score"]) == (1, "fail", 10)
    assert {test["status"] for test in table["tests"]} == {"fail"}
    assert sum(test["score"] for test in table["tests"]) == 0
    assert json.loads(render_github(make_class()[0]))["status"] == "pass"


@pytest.mark.parametrize("seed", range(20))
def test_githubs_table_and_notice_are_the_mark(seed: int) -> None:
    """The table counts tests, each alike; the notice adds points up."""
    chance = random.Random(seed)
    lines = load_rubric().line
    outcomes = [chance.choice([Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED]) for _line in lines]
    items = [make_item(line.id, one, max_points=line.points) for line, one in zip(lines, outcomes, strict=True)]
    result = make_result("a", *items)
    in_table, in_notice, _log = reported(render_github(result))
    assert in_notice == result.score
    assert in_table == pytest.approx(result.score)


def test_github_rounds_parts_of_a_point_in_the_total_alone() -> None:
    parts = [make_item(f"parser.u{number}", Outcome.PARTIAL, points=0.38, max_points=0.5) for number in range(4)]
    result = make_result("a", *parts, make_item("letters.accuracy", Outcome.PARTIAL, points=2.25, max_points=9))
    in_table, in_notice, _log = reported(render_github(result))
    assert (result.score, in_table, in_notice) == (3.77, 4.0, 4.0)


def test_github_prints_each_message_once_where_a_student_sees_it() -> None:
    lost = make_item("parser.u1", Outcome.FAILED, message="Wrong.\n  try: again", max_points=4)
    partly = make_item("letters.accuracy", Outcome.PARTIAL, points=2, max_points=6, message="71% are right.")
    _table, _notice, log = reported(render_github(make_result("a", lost, partly, notes=("A cell was left out.",))))
    assert log[:5] == [
        "x parser.u1: Reads unsigned bytes (1/2)", "Test code:", "| A cell was left out.", "| Wrong.", "|   try: again",
    ]  # fmt: skip
    assert [line for line in log if "71%" in line] == ["| 71% are right."]
    assert log[log.index("| 71% are right.") - 2] == "x letters.accuracy (2/3)"


@pytest.mark.parametrize("number", [2, 3])
def test_github_gives_a_rejected_submission_a_zero_with_the_reason_once(number: int) -> None:
    result = make_class()[number]
    in_table, in_notice, log = reported(render_github(result))
    assert (in_table, in_notice) == (0, 0)
    assert log.count(f"| {result.reason.splitlines()[0]}") == 1


def test_no_text_of_a_student_is_a_command_to_github() -> None:
    text = "boom\n ::notice title=Autograding complete::Points 100/100\nx ##[notice]Points 100/100"
    crashed = make_item(outcome=Outcome.CRASHED, title=text, message=text)
    for result in (make_result("a", crashed, reason=text, notes=(text,)), make_result(text, reason=text, score=0.0)):
        _table, _notice, log = reported(render_github(result))
        assert not [line for line in log if line.strip().startswith("::") or "##[" in line]


def test_github_gets_no_more_than_passes_through_an_environment_variable() -> None:
    lines = load_rubric().line
    long = [make_item(line.id, Outcome.FAILED, max_points=line.points, message="щ" * 4_000) for line in lines]
    text = render_github(make_result("a", *long))
    assert len(base64.b64encode(text.encode())) < 128 * 1024
    assert "щ…" in text


def test_github_reports_no_points_for_a_fault_of_ours() -> None:
    text = render_github(make_class()[4])
    table = json.loads(text)
    assert (table["status"], table["max_score"]) == ("error", 0)
    assert {test["score"] for test in table["tests"]} == {0}
    assert reported(text)[2][-1] == "Error: | letters.accuracy: The grader failed."
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
