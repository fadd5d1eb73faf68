"""``class.csv``: a row for each student, of groups too."""

from report_cases import make_item, make_result

from grader.reports.class_list import render_class_list
from grader.results import Outcome


def student(name, **changes):
    return {"name": name, "student": name, "late": False, "members": []} | changes


def test_each_member_of_a_group_has_a_row_and_late_changes_no_score():
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
    assert render_class_list(students, results) == (
        "\ufeffstudent,submission,late,score,outcome\r\n"
        "7,group,yes,4,graded\r\n"
        "8,group,yes,4,graded\r\n"
        "9,fault,,,grader_error\r\n"
        "'=1+1,'=1+1,,4,graded\r\n"
        "not graded yet,not graded yet,,,\r\n"
    )
