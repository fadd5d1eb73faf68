"""A result that is joined with the lines of an earlier one: each part from one of the two, in the rubric's order."""

from __future__ import annotations

from report_cases import make_item, make_result

from grader.results import NetworkLook, Outcome

BEFORE = make_result(
    "old name",
    make_item("parser.u1"),
    make_item("letters.train", Outcome.FAILED, max_points=3),
    make_item("gone.part"),
    networks=(NetworkLook(name="ann"),),
)
NOW = make_result("ann", make_item("letters.train", max_points=3), make_item("letters.new", Outcome.FAILED))


def test_each_part_comes_from_one_of_the_two_in_the_rubrics_order() -> None:
    joined = NOW.with_kept(BEFORE, {"parser": True, "letters": False})
    assert [(item.id, item.points) for item in joined.items] == [
        ("parser.u1", 4),
        ("letters.train", 3),
        ("letters.new", 0),
    ]
    assert (joined.submission, joined.score, joined.max_score) == ("ann", 7, 11)
    assert joined.networks == BEFORE.networks


def test_networks_that_were_looked_at_again_take_the_place_of_the_kept_ones() -> None:
    again = NOW.model_copy(update={"networks": (NetworkLook(name="cnn"),)})
    assert [look.name for look in again.with_kept(BEFORE, {"parser": True, "letters": False}).networks] == ["cnn"]


def test_a_fault_in_the_new_lines_leaves_no_mark() -> None:
    faulty = make_result("ann", make_item("letters.train", Outcome.GRADER_ERROR))
    assert faulty.with_kept(BEFORE, {"parser": True, "letters": False}).score is None


def test_a_fault_that_tells_of_every_line_costs_no_kept_one() -> None:
    items = [make_item(name, Outcome.GRADER_ERROR) for name in ("parser.u1", "letters.train")]
    joined = make_result("ann", *items).with_kept(BEFORE, {"parser": True, "letters": False})
    assert [item.outcome for item in joined.items] == [Outcome.PASSED, Outcome.GRADER_ERROR]
