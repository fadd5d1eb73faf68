"""The list that a student sees after the local tests: what works, what is to do, how many points."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment.public_tests.checks.to_do_list import Line, ToDoList
from grader.i18n.languages import in_language

POINTS = """
total = 12
[[line]]
id = "parser.u1"
points = 2
title = "Bytes"
public = true
[[line]]
id = "parser.i2"
points = 1.5
title = "Shorts"
public = true
needs = ["parser.u1"]
[[line]]
id = "parser.i4"
points = 4
title = "Longs"
public = false
needs = ["parser.i2"]
functions = ["parse_idx"]
[[line]]
id = "save.file"
points = 3
title = "Saves"
public = true
functions = ["save_model"]
[[line]]
id = "save.trained"
points = 1.5
title = "Saves more"
public = false
"""


@pytest.fixture
def to_do(tmp_path: Path) -> ToDoList:
    path = tmp_path / "points.toml"
    path.write_text(POINTS, encoding="utf-8")
    return ToDoList.load(path)


def test_the_list_is_in_the_order_of_the_assignment_by_parts(to_do: ToDoList) -> None:
    to_do.lines["save.file"].note("passed")
    to_do.lines["parser.u1"].note("failed", "wrong\n  got:      1")
    to_do.lines["parser.i2"].note("to do", "to do: write it")
    assert to_do.text() == [
        "",
        "parser: reading the files",
        "  [ ]    2  Bytes",
        "             wrong",
        "               got:      1",
        "  [ ]  1.5  Shorts",
        "             to do: write it",
        "  [?]    4  Longs",
        "",
        "save: saving and restoring",
        "  [x]    3  Saves",
        "  [?]  1.5  Saves more",
        "",
    ]
    assert to_do.total() == "between 3 and 4.5 of 12 points; tested by the grader only: 1.5"


def test_what_is_not_run_is_told_with_what_to_do(to_do: ToDoList) -> None:
    to_do.lines["parser.u1"].note("passed")
    assert "  [-]    3  Saves" in to_do.text()
    begin, end = "between 2 and 12 of 12 points; ", "; tested by the grader only: 5.5"
    assert to_do.total() == f"{begin}not run now: 4.5{end}", "left out with -k, say"
    for line in to_do.lines.values():
        line.trains = line.title == "Saves"
    assert to_do.total() == f"{begin}not run now: 1.5; not run: 3 (try: pytest --train){end}"


def test_what_a_lost_line_takes_along_is_not_promised(to_do: ToDoList) -> None:
    for name, state in (("parser.u1", "failed"), ("parser.i2", "waits"), ("save.file", "passed")):
        to_do.lines[name].note(state)
    assert to_do.missing_need(to_do.lines["parser.i2"]) == to_do.lines["parser.u1"]
    assert to_do.total() == "between 3 and 4.5 of 12 points; tested by the grader only: 1.5"


def test_a_line_is_sure_when_what_it_needs_is(to_do: ToDoList) -> None:
    to_do.lines["parser.i2"].note("passed")
    assert to_do.missing_need(to_do.lines["parser.i2"]) is None
    assert to_do.total().startswith("between 0 and 12 of 12 points"), "parser.u1 was left out"
    to_do.lines["parser.u1"].note("passed")
    assert to_do.total().startswith("between 3.5 and 12 of 12 points")


def test_a_line_of_a_function_that_is_not_written_is_not_possible(to_do: ToDoList) -> None:
    to_do.lines["parser.u1"].note("passed")
    to_do.lines["parser.i2"].note("passed")
    assert to_do.total({"save_model"}.__contains__).startswith("between 3.5 and 8 of 12 points")
    assert to_do.total({"parse_idx"}.__contains__).startswith("between 3.5 and 9 of 12 points"), (
        "nor where it is public"
    )


def test_one_number_is_said_when_everything_is_known(to_do: ToDoList) -> None:
    for line in to_do.lines.values():
        line.note("failed")
        line.state = "failed"
    assert to_do.total() == "0 of 12 points"


def test_the_same_message_is_said_once(to_do: ToDoList) -> None:
    for line in to_do.lines.values():
        line.note("to do", "to do: write parse_idx")
    assert sum("write parse_idx" in text for text in to_do.text()) == 1


@pytest.mark.parametrize(
    ("notes", "state", "message"),
    [
        ([], "not run", ""),
        ([("passed", "")], "passed", ""),
        ([("passed", ""), ("passed", "")], "passed", ""),
        ([("passed", ""), ("failed", "a")], "failed", "a"),
        ([("failed", "a"), ("passed", "")], "failed", "a"),
        ([("failed", "a"), ("to do", "b")], "failed", "a"),
        ([("to do", "a"), ("passed", "")], "to do", "a"),
    ],
)
def test_a_line_has_passed_when_all_of_its_tests_have(notes: list[tuple[str, str]], state: str, message: str) -> None:
    line = Line("a.b", 1, "title")
    for note in notes:
        line.note(*note)
    assert (line.state, line.message) == (state, message)


def test_long_messages_are_broken_under_their_text_and_tables_are_not(to_do: ToDoList) -> None:
    table = "    > 2 " + "Conv2D " * 12
    to_do.lines["parser.u1"].note("failed", "It is off.\n  expected: " + "many words " * 9 + f"\n{table}")
    lines = [text for kind, text in to_do.rows(80) if kind == "message"]
    assert lines[0] == " " * 13 + "It is off."
    assert lines[1].startswith(" " * 15 + "expected: many words")
    assert lines[2].startswith(" " * 25 + "many") or lines[2].startswith(" " * 25 + "words")
    assert max(len(line) for line in lines[:-1]) <= 80
    assert lines[-1] == " " * 13 + table


def test_points_are_written_as_the_language_does(to_do: ToDoList) -> None:
    with in_language("ru"):
        to_do.lines["parser.u1"].note("failed")
        assert to_do.total() == (
            "от 0 до 4,5 из 12 баллов; сейчас не запускалось: 3; проверяется только при оценивании: 1,5"
        )
        assert "  [-]  1,5  Shorts" in to_do.text()
