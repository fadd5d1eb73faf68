"""The points that the template's tests show: all lines of the rubric, of hidden ones what may be known."""

import tomllib

from grader.assignment.public_tests.checks.to_do_list import Line
from grader.proofs.mutants import functions_of
from grader.proofs.variants import solved
from grader.release.points import points_text
from grader.results.rubric import load_rubric


def test_all_lines_stand_in_order_and_add_up():
    rubric = load_rubric()
    table = tomllib.loads(points_text(rubric))
    told = [(line["id"], line["points"], line["title"], line["public"]) for line in table["line"]]
    assert told == [(line.id, line.points, line.title, line.public) for line in rubric.line]
    assert sum(line["points"] for line in table["line"]) == table["total"] == rubric.total
    needs = {line["id"]: tuple(line["needs"]) for line in table["line"] if "needs" in line}
    assert needs == {line.id: line.needs for line in rubric.line if line.needs}


def test_nothing_else_is_said():
    table = tomllib.loads(points_text(load_rubric()))
    assert {key for line in table["line"] for key in line} <= set(Line.__annotations__)


def test_a_line_names_what_must_be_written():
    """So that a local run which left its tests out, with -k say, promises nothing of what is a stub."""
    functions = functions_of(solved()).keys()
    assert [line.id for line in load_rubric().line if not line.functions or not set(line.functions) <= functions] == []
