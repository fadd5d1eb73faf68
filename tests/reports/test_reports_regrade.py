"""What a second grading changed: whole texts, and nothing of what stayed."""

from __future__ import annotations

import json

from report_cases import HOSTILE, make_item, make_result

from grader.reports.regrade import describe_regraded, render_regrade_csv, render_regrade_json
from grader.results.models import Outcome
from grader.results.store import Regraded

HEAD = "\ufeffsubmission,student,changed,parts,line,old_points,new_points,old_outcome,new_outcome\r\n"
REGRADED = [
    Regraded(
        make_result("anna", make_item(), make_item("parser.u2", Outcome.FAILED), make_item("save.old", max_points=1)),
        make_result("anna", make_item(), make_item("parser.u2", max_points=4.5), make_item("save.new", max_points=1)),
        ("submission", "grader"),
        ("parser", "save"),
        "7",
    ),
    Regraded(make_result("boris", make_item()), make_result("boris", make_item()), ("grader",), ("save",)),
    Regraded(
        make_result("clara", make_item()),
        make_result("clara", make_item(outcome=Outcome.GRADER_ERROR)),
        ("grader",),
        (),
    ),
]


def test_csv_has_a_total_for_each_submission_and_each_changed_line() -> None:
    assert render_regrade_csv(REGRADED) == HEAD + (
        "anna,7,submission and grader,parser save,total,5,9.5,,\r\n"
        "anna,7,submission and grader,parser save,parser.u2,0,4.5,failed,passed\r\n"
        "anna,7,submission and grader,parser save,save.new,,1,,passed\r\n"
        "anna,7,submission and grader,parser save,save.old,1,,passed,\r\n"
        "boris,,grader,save,total,4,4,,\r\n"
        "clara,,grader,,total,4,,,\r\n"
        "clara,,grader,,parser.u1,4,,passed,grader_error\r\n"
    )


def test_json_has_the_same() -> None:
    anna, boris, clara = json.loads(render_regrade_json(REGRADED))
    assert (anna["old_score"], anna["new_score"], len(anna["lines"])) == (5, 9.5, 3)
    assert boris == {
        "submission": "boris",
        "student": "",
        "changed": ["grader"],
        "parts": ["save"],
        "old_score": 4,
        "new_score": 4,
        "lines": [],
    }
    assert clara["new_score"] is None
    assert clara["lines"][0]["new_points"] is None


def test_the_terminal_tells_who_has_another_score() -> None:
    assert describe_regraded(REGRADED) == [
        "regraded:  3, 2 of them with another score",
        "anna: 5 -> 9.5 (parser.u2, save.new, save.old)",
        "clara: 4 -> no mark: grader error (parser.u1)",
    ]
    assert describe_regraded([]) == []


def test_names_do_no_harm() -> None:
    for name in HOSTILE.values():
        one = Regraded(make_result(name, make_item()), make_result(name), ("grader",), ())
        assert not render_regrade_csv([one]).removeprefix(HEAD).startswith("=")
        assert json.loads(render_regrade_json([one]))
        assert "\x1b" not in "".join(describe_regraded([one]))
