"""``class.csv``: a row for each student, of groups too; points, penalty and grade stand side by side."""

import datetime

import pytest
from report_cases import make_item, make_result

from grader.reports.class_grades import settle_class, unknown_exceptions
from grader.reports.class_list import render_class_list
from grader.reports.escaping import csv_cell
from grader.results.course import Course
from grader.results.models import Outcome
from grader.submissions.names import page_file

DUE = datetime.datetime(2026, 12, 1, 20, tzinfo=datetime.UTC)
RULES = {"due": DUE, "penalty_per_day": 1.5}


def student(name, **changes):
    return {"name": name, "student": name, "late": False, "members": []} | changes


def attempt(number, days):
    handed_in = (DUE + datetime.timedelta(days=days)).isoformat()
    return student(f"a{number}", student="7", attempt=number, handed_in=handed_in)


def settled(students, results, **rules):
    (row,) = settle_class(students, results, Course(**rules))
    return row.submission, row.late_days, row.penalty, row.grade


def test_each_member_of_a_group_has_a_row_and_late_alone_changes_no_grade():
    results = [
        make_result("group", make_item()),
        make_result("fault", make_item(outcome=Outcome.GRADER_ERROR)),
        make_result("=1+1", make_item()),
    ]
    students = [
        student("group", members=["7", "8"], late=True),
        student("fault", student="9"),
        student("=1+1"),
        student("not graded yet"),
    ]
    assert render_class_list(settle_class(students, results, Course())) == (
        "\ufeffstudent,submission,attempts,late,points,late_days,penalty,grade,outcome,page,name\r\n"
        "7,group,1,yes,4,0,0,4,graded,group.html,\r\n"
        "8,group,1,yes,4,0,0,4,graded,group.html,\r\n"
        "9,fault,1,,,0,,,grader_error,fault.html,fault\r\n"
        f"'=1+1,'=1+1,1,,4,0,0,4,graded,{csv_cell(page_file('=1+1'))},'=1+1\r\n"
        "not graded yet,not graded yet,1,,,,,,not_graded,,not graded yet\r\n"
    )


def test_who_hands_in_alone_and_then_in_a_group_has_two_attempts():
    alone = attempt(1, -2) | {"student": "Zoe"}
    group = attempt(2, -1) | {"student": "Ann, Zoe", "members": ["Ann", "Zoe"]}
    results = [make_result("a1", make_item(points=0)), make_result("a2", make_item())]
    for students in ([alone, group], [group, alone]):
        rows = {row.student: row for row in settle_class(students, results, Course())}
        assert {name: (row.submission, row.attempts) for name, row in rows.items()} == {
            "Ann": ("a2", 1),
            "Zoe": ("a2", 2),
        }


def test_a_penalty_stands_beside_the_points():
    rows = settle_class([attempt(1, 1.2)], [make_result("a1", make_item())], Course(**RULES))
    assert render_class_list(rows).splitlines()[1] == "7,a1,1,yes,4,2,3,1,graded,a1.html,a1"


def test_who_is_marked_late_without_a_time_has_no_grade_where_that_costs_something():
    late, results = [student("a1", student="7", late=True)], [make_result("a1", make_item())]
    assert settled(late, results, **RULES) == ("a1", None, None, None)
    told = {"7": DUE + datetime.timedelta(hours=1)}
    assert settled(late, results, handed_in=told, **RULES) == ("a1", 1, 1.5, 2.5)
    assert settled(late, results) == ("a1", 0, 0, 4)


@pytest.mark.parametrize(
    ("rule", "first_points", "expected"),
    [
        ("last", 4, ("a2", 1, 1.5, 2.5)),
        ("best", 4, ("a1", 0, 0, 4)),
        ("best", 2, ("a2", 1, 1.5, 2.5)),
        ("best", 2.5, ("a2", 1, 1.5, 2.5)),
    ],
)
def test_the_attempt_that_counts(rule, first_points, expected):
    """The best is that of the highest grade, after penalties; of equal ones the last."""
    results = [make_result("a2", make_item()), make_result("a1", make_item(points=first_points))]
    assert settled([attempt(2, 0.5), attempt(1, -1)], results, attempts=rule, **RULES) == expected


def test_an_attempt_without_a_mark_leaves_the_best_open():
    results = [make_result("a1", make_item(outcome=Outcome.GRADER_ERROR)), make_result("a2", make_item())]
    attempts = [attempt(1, -1), attempt(2, -0.5)]
    assert settled(attempts, results, attempts="best", **RULES) == ("a2", 0, None, None)
    assert settled(attempts, results, **RULES) == ("a2", 0, 0, 4)


def test_an_exception_is_for_one_member_of_a_group_and_for_the_last_attempt():
    group = attempt(2, 1.5) | {"student": "7+8", "members": ["7", "8"]}
    results = [make_result("a1", make_item()), make_result("a2", make_item())]
    course = Course(**RULES, handed_in={"7": DUE})
    rows = {row.student: (row.late_days, row.grade) for row in settle_class([group], results, course)}
    assert rows == {"7": (0, 4), "8": (2, 1)}
    both = [attempt(1, 0.5), attempt(2, 1.5)]
    best = Course(**RULES, attempts="best", handed_in={"7": DUE + datetime.timedelta(days=3)})
    (row,) = settle_class(both, results, best)
    assert (row.submission, row.late_days) == ("a1", 1), "the first attempt keeps its time"


def test_an_exception_stands_over_the_time_of_the_platform():
    assert settled([attempt(1, 1.5)], [make_result("a1", make_item())], **RULES, handed_in={"7": DUE})[1] == 0


def test_exceptions_for_nobody_are_found():
    students = [attempt(1, 0), student("group", student="8+9", members=["8", "9"])]
    course = Course(due=DUE, handed_in=dict.fromkeys(("7", "8", "8+9", "77"), DUE))
    assert unknown_exceptions(students, course) == ["77"]
