"""How the result of a known submission is judged: each fault of a grader has its name, and is found."""

from __future__ import annotations

import pytest
from validation_cases import ALL, HALF, result_of

from grader.proofs.cases import Fault, disagreements, lost_lines, must_be_empty, must_be_full, must_lose
from grader.results.models import Outcome

EMPTY = result_of(first=Outcome.FAILED, second=Outcome.FAILED)
REJECTED = result_of(reason="no module", first=Outcome.SKIPPED, second=Outcome.SKIPPED)
FAULTY = result_of(first=Outcome.PASSED, second=Outcome.GRADER_ERROR)


def faults(problems) -> list[Fault]:
    return [problem.fault for problem in problems]


def test_a_template_without_marks_is_not_empty() -> None:
    assert must_be_empty(result_of(first=Outcome.FAILED, second=Outcome.SKIPPED)) == []
    ours = result_of(first=Outcome.FAILED, second=Outcome.GRADER_ERROR)
    assert [problem.fault for problem in must_be_empty(ours)] == [Fault.NO_MARK]


def test_a_line_that_was_skipped_did_not_find_the_mistake() -> None:
    result = result_of(first=Outcome.FAILED, second=Outcome.SKIPPED)
    assert must_lose(["first"], ["second"])(result, None) == []
    (problem,) = must_lose(["first", "second"], [])(result, None)
    assert (problem.fault, problem.text) == (Fault.SURVIVED, "second was not tested")
    assert must_lose(["first", "second"], [], any_of=True)(result, None) == []


def test_a_consequence_that_lost_nothing_is_told_but_for_lines_that_train() -> None:
    assert must_lose(["second"], ["first"])(EMPTY, None) == []
    (problem,) = must_lose(["second"], ["first"])(HALF, None)
    assert (problem.fault, problem.text) == (Fault.OVERSTATED, "first is named as a consequence and lost nothing")
    assert must_lose(["second"], ["first"], by_luck=["first"])(HALF, None) == []
    assert must_lose(["second"], ["first"], any_of=True)(HALF, None) == []


def test_lost_lines_are_told_with_the_first_line_of_their_message() -> None:
    assert lost_lines(HALF) == {"second": "second: 3 came"}


def test_a_right_solution_must_have_all_points() -> None:
    assert must_be_full(ALL) == []
    assert faults(must_be_full(HALF)) == [Fault.FALSE_FAIL]
    assert "not taken: no module" in must_be_full(REJECTED)[0].text
    assert faults(must_be_full(FAULTY)) == [Fault.FALSE_FAIL]


def test_a_template_must_have_none_and_be_taken() -> None:
    assert must_be_empty(EMPTY) == []
    assert faults(must_be_empty(HALF)) == [Fault.UNEARNED]
    assert faults(must_be_empty(REJECTED)) == [Fault.FALSE_FAIL]


@pytest.mark.parametrize(
    ("result", "found"),
    [
        (HALF, []),
        (ALL, [Fault.SURVIVED]),
        (EMPTY, [Fault.WRONG_BLAME]),
        (FAULTY, [Fault.NO_MARK]),
    ],
    ids=["killed", "survived", "wrong blame", "no mark"],
)
def test_a_mistake_must_cost_its_lines_and_no_others(result, found) -> None:
    assert faults(must_lose(["second"], [])(result, None)) == found


def test_of_an_automatic_mistake_one_line_is_enough() -> None:
    assert must_lose(["first", "second"], [], any_of=True)(HALF, None) == []
    assert faults(must_lose(["first", "second"], [])(HALF, None)) == [Fault.SURVIVED]
    assert faults(must_lose(["first", "second"], [], any_of=True)(ALL, None)) == [Fault.SURVIVED]


def test_the_message_must_point_to_the_cause() -> None:
    assert must_lose(["second"], [], hint="3 CAME")(HALF, None) == []
    assert faults(must_lose(["second"], [], hint="big-endian")(HALF, None)) == [Fault.MESSAGE]
    both = result_of(messages={"second": "second: 3 came"}, first=Outcome.FAILED, second=Outcome.FAILED)
    assert must_lose(["second", "first"], [], hint="second: 3 came")(both, None) == []


def test_a_message_may_name_no_cause_but_the_mistakes_own() -> None:
    named = result_of(
        messages={"second": "Wrong.\n  got:      3\n  cause:    off by 3\n  try:      x"},
        first=Outcome.PASSED,
        second=Outcome.FAILED,
    )
    assert must_lose(["second"], [], causes=["off by 1"])(named, None) == []
    assert must_lose(["second"], [])(named, None) == []
    for others in ([], ["it was rounded"]):
        (problem,) = must_lose(["second"], [], causes=others)(named, None)
        assert problem.fault is Fault.CAUSE
        assert problem.text.startswith("second names 'off by 3'")


def test_two_gradings_may_differ_in_times_only() -> None:
    slower = ALL.model_copy(update={"items": tuple(item.model_copy(update={"seconds": 9}) for item in ALL.items)})
    assert disagreements(ALL, slower) == []
    assert faults(disagreements(ALL, HALF)) == [Fault.DISAGREES]
    assert faults(disagreements(ALL, ALL.model_copy(update={"notes": ("a cell was left out",)}))) == [Fault.DISAGREES]
