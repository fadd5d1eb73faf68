"""A result that is joined with the lines of an earlier one: each part from one of the two, in the rubric's order."""

from __future__ import annotations

from report_cases import make_item, make_result

from grader.results.models import LOOKED_AT_IN, LayerSummary, NetworkSummary, Outcome, PublicDigits
from grader.results.rubric import load_rubric

LAYERS = (LayerSummary(layer="Dense 10", activation="", output_shape=(10,), parameters=7850),)
DIGITS = PublicDigits(pictures_sha256="ef" * 32, confusion=(), wrong=())
ANN = NetworkSummary(name="ann", layers=LAYERS, public_digits=DIGITS)
OF_THE_NETWORKS = {"parser": True, "builders": True, "training": True}

BEFORE = make_result(
    "old name",
    make_item("parser.u1"),
    make_item("letters.train", Outcome.FAILED, max_points=3),
    make_item("gone.part"),
    networks=(ANN,),
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


def test_networks_are_of_whoever_graded_their_parts() -> None:
    cnn = NetworkSummary(name="cnn", layers=LAYERS)
    for parts, found, expected in (
        (OF_THE_NETWORKS | {"letters": False}, (), (ANN,)),
        (OF_THE_NETWORKS | {"builders": False, "training": False}, (cnn,), (cnn,)),
        (OF_THE_NETWORKS | {"builders": False, "training": False}, (), ()),  # nothing is built any more
        (OF_THE_NETWORKS | {"builders": False}, (cnn,), (NetworkSummary(name="ann", public_digits=DIGITS), cnn)),
        ({"builders": True}, (), (NetworkSummary(name="ann", layers=LAYERS),)),  # the rubric trains nothing any more
    ):
        again = NOW.model_copy(update={"networks": found})
        assert again.with_kept(BEFORE, parts).networks == expected
    assert set(LOOKED_AT_IN.values()) <= load_rubric().parts.keys()


def test_the_time_counts_what_is_kept() -> None:
    before = make_result("ann", make_item(seconds=2.5), make_item("letters.train", seconds=4), seconds=9)
    now = make_result("ann", make_item("letters.train", seconds=1), seconds=3)
    assert now.with_kept(before, {"parser": True, "letters": False}).seconds == 5.5


def test_a_submission_that_nothing_is_graded_of_again_keeps_all_that_is_said_of_it() -> None:
    before = BEFORE.model_copy(update={"reason": "it could not be imported", "notes": ("b", "a")})
    left = make_result("ann").with_kept(before, {"parser": True, "letters": True})
    assert [item.id for item in left.items] == ["parser.u1", "letters.train"]
    assert (left.reason, left.notes) == ("it could not be imported", ("b", "a"))


def test_one_section_that_could_be_imported_is_enough_to_be_graded() -> None:
    refused, graded = NOW.model_copy(update={"reason": "no import", "notes": ("n",)}), BEFORE
    parts = {"parser": True, "letters": False}
    assert refused.with_kept(graded, parts).reason == ""
    assert NOW.with_kept(BEFORE.model_copy(update={"reason": "no import"}), parts).reason == ""
    assert refused.with_kept(BEFORE.model_copy(update={"reason": "no import"}), parts).reason == "no import"
    assert refused.with_kept(graded.model_copy(update={"notes": ("m", "o")}), parts).notes == ("n",)


def test_a_fault_in_the_new_lines_leaves_no_mark() -> None:
    faulty = make_result("ann", make_item("letters.train", Outcome.GRADER_ERROR))
    assert faulty.with_kept(BEFORE, {"parser": True, "letters": False}).score is None


def test_a_fault_that_tells_of_every_line_costs_no_kept_one() -> None:
    items = [make_item(name, Outcome.GRADER_ERROR) for name in ("parser.u1", "letters.train")]
    joined = make_result("ann", *items).with_kept(BEFORE, {"parser": True, "letters": False})
    assert [item.outcome for item in joined.items] == [Outcome.PASSED, Outcome.GRADER_ERROR]
