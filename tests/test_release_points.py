"""The points that the template's tests show: the rubric's public lines, and one sum for the rest."""

import tomllib

from grader.release.points import points_text
from grader.rubric import load_rubric


def test_public_lines_stand_in_order_and_add_up_with_the_hidden_points():
    rubric = load_rubric()
    table = tomllib.loads(points_text(rubric))
    public = [{"id": line.id, "points": line.points, "title": line.title} for line in rubric.line if line.public]
    assert table["line"] == public
    assert sum(line["points"] for line in table["line"]) + table["hidden_points"] == rubric.total


def test_nothing_about_a_hidden_line_is_said():
    text = points_text(load_rubric())
    assert [line.id for line in load_rubric().line if not line.public and line.id in text.split('"')] == []
