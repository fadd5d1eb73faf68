"""The list that a student sees after the local tests: what works, what is to do, how many points."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment.public_tests.checks.to_do_list import Line, ToDoList
from grader.languages import in_language

POINTS = """
hidden_points = 25.5
[[line]]
id = "parser.u1"
points = 2
title = "Bytes"
[[line]]
id = "parser.i2"
points = 1.5
title = "Shorts"
[[line]]
id = "save.file"
points = 3
title = "Saves"
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
        "",
        "save: saving and restoring",
        "  [x]    3  Saves",
        "",
        "public 3 of 6.5 points; hidden lines are not run here: 25.5 points",
    ]


def test_what_is_not_run_is_told_with_what_to_do(to_do: ToDoList) -> None:
    to_do.lines["parser.u1"].note("passed")
    assert "  [-]    3  Saves" in to_do.text()
    begin, end = "public 2 of 6.5 points; ", "; hidden lines are not run here: 25.5 points"
    assert to_do.total() == f"{begin}not run now: 4.5{end}", "left out with -k, say"
    for line in to_do.lines.values():
        line.trains = line.title == "Saves"
    assert to_do.total() == f"{begin}not run now: 1.5; not run: 3 (try: pytest --train){end}"


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
        assert to_do.total() == (
            "открытые тесты: 0 из 6,5 баллов; сейчас не запускалось: 6,5; "
            "скрытые тесты здесь не запускаются: 25,5 баллов"
        )
        assert "  [-]  1,5  Shorts" in to_do.text()
