"""What becomes of a rubric line: only the student's own doing is a mark; a fault of ours never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.marking.child_session import ChildEnded, KilledFromOutside
from grader.marking.outcomes import (
    CALL_IT,
    FIND_LOOP,
    GRADER_ERROR_MESSAGE,
    MAX_MESSAGE,
    PLAIN_ASSERT,
    PRINT_SIZES,
    OutcomeRecorder,
    PartialCredit,
    judge,
)
from grader.marking.student_errors import StudentCrash, StudentException, StudentMemory, StudentTimeout, kind_of
from grader.results.models import Outcome, total
from grader.results.rubric import Rubric, load_rubric
from grader.system.errors import ForkServerLost, GraderFault


@pytest.fixture
def rubric(tmp_path: Path) -> Rubric:
    path = tmp_path / "rubric.toml"
    line = '[[line]]\nid = "a.{0}"\npoints = {1}\npublic = true\ntitle = "Line {0}"\n{2}\n'
    path.write_text(
        "total = 10\n[defaults]\ntime_s = 1\nmemory_mib = 1\n[parts]\na = 10\n"
        + line.format("first", 2, "")
        + line.format("second", 5, 'needs = ["a.first"]')
        + line.format("third", 3, 'needs = ["a.first", "a.second"]')
    )
    return load_rubric(path)


@pytest.fixture
def book(rubric: Rubric) -> OutcomeRecorder:
    return OutcomeRecorder(rubric)


def raised(name: str, text: str = "f() raised it.", message: str = "it") -> StudentException:
    kind = kind_of([name])
    return kind(text, type_name=name, message=message, place="line 1")


def asserted(text: str, file_name: str) -> AssertionError:
    """Return the error of a plain assert in a file of this name."""
    try:
        exec(compile("raise AssertionError(text)", file_name, "exec"), {"text": text})
    except AssertionError as error:
        return error
    raise NotImplementedError


RAISED_IT = f"f() raised it.\n  try: {CALL_IT}"
OUR_FAULT = (Outcome.GRADER_ERROR, 0, GRADER_ERROR_MESSAGE)


@pytest.mark.parametrize(
    ("error", "outcome", "share", "message"),
    [
        (PartialCredit(0.5, "half"), Outcome.PARTIAL, 0.5, "half"),
        (CheckFailed("wrong", came=1), Outcome.FAILED, 0, "wrong\n  got:      1"),
        (raised("ValueError"), Outcome.CRASHED, 0, RAISED_IT),
        (raised("KeyError"), Outcome.CRASHED, 0, RAISED_IT),
        (raised("AssertionError"), Outcome.CRASHED, 0, RAISED_IT),
        (raised("Own"), Outcome.CRASHED, 0, RAISED_IT),
        (raised("NotImplementedError", message="write it"), Outcome.FAILED, 0, "Not written yet: write it"),
        (raised("NotImplementedError", message=""), Outcome.FAILED, 0, "Not written yet: the stub is still there"),
        (StudentCrash("died"), Outcome.CRASHED, 0, "died"),
        (StudentTimeout("slow"), Outcome.TIMEOUT, 0, f"slow\n  try: {FIND_LOOP}"),
        (StudentMemory("big"), Outcome.MEMORY, 0, f"big\n  try: {PRINT_SIZES}"),
        (asserted("the sum is off\nassert 3 == 4", "test_letters.py"), Outcome.FAILED, 0, "the sum is off"),
        (asserted("assert 3 == 4", "test_letters.py"), Outcome.FAILED, 0, PLAIN_ASSERT),
        (asserted("a dead child cannot be asked", "child_session.py"), *OUR_FAULT),
        (GraderFault("ours"), Outcome.GRADER_ERROR, 0, GRADER_ERROR_MESSAGE),
        (ForkServerLost("gone"), Outcome.GRADER_ERROR, 0, GRADER_ERROR_MESSAGE),
        (ValueError("ours too"), Outcome.GRADER_ERROR, 0, GRADER_ERROR_MESSAGE),
        (NotImplementedError("ours too"), Outcome.GRADER_ERROR, 0, GRADER_ERROR_MESSAGE),
        (MemoryError(), Outcome.GRADER_ERROR, 0, GRADER_ERROR_MESSAGE),
        (KeyboardInterrupt(), Outcome.GRADER_ERROR, 0, GRADER_ERROR_MESSAGE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_kind_of_end_has_its_outcome(error: BaseException, outcome: Outcome, share: float, message: str) -> None:
    assert judge(error) == (outcome, share, message)


def test_an_error_whose_cause_is_known_is_told_with_it(book: OutcomeRecorder) -> None:
    error = raised("ValueError")
    error.cause = "the file is not compressed"
    assert judge(error)[2] == "f() raised it.\n  cause: the file is not compressed"


def test_a_line_passes_when_all_of_its_tests_pass(book: OutcomeRecorder) -> None:
    book.pass_test("a.first", 0.25)
    assert book.is_open("a.first")
    book.pass_test("a.first", 0.5)
    first = book.results()[0]
    assert (first.outcome, first.points, first.seconds, first.message) == (Outcome.PASSED, 2, 0.75, "")


def test_the_first_test_that_is_not_passed_decides(book: OutcomeRecorder) -> None:
    book.pass_test("a.first", 0.25)
    book.fail_test("a.first", CheckFailed("wrong"), 0.5)
    assert not book.is_open("a.first")
    first = book.results()[0]
    assert (first.outcome, first.points, first.seconds, first.message) == (Outcome.FAILED, 0, 0.75, "wrong")


def test_partial_credit_is_a_share_of_the_points(book: OutcomeRecorder) -> None:
    book.fail_test("a.second", PartialCredit(0.25, "quarter"), 1)
    assert not book.is_open("a.second")
    second = book.results()[1]
    assert (second.outcome, second.points) == (Outcome.PARTIAL, 1.25)


def test_a_line_waits_for_its_needs(book: OutcomeRecorder, rubric: Rubric) -> None:
    first, second, third = rubric.line
    assert book.missing_need(first) is None
    assert book.missing_need(second) == first
    book.pass_test(first.id, 0)
    assert book.missing_need(second) is None
    assert book.missing_need(third) == second
    book.fail_test(second.id, PartialCredit(0.5, ""), 0)
    assert book.missing_need(third) is None, "a need that is met in part is met"


def test_a_skipped_line_says_what_it_builds_on(book: OutcomeRecorder, rubric: Rubric) -> None:
    first, second, third = rubric.line
    book.fail_test(first.id, CheckFailed("wrong"), 0)
    book.skip(second, first)
    assert book.missing_need(third) == first
    assert not book.is_open(second.id)
    skipped = book.results()[1]
    assert (skipped.outcome, skipped.points) == (Outcome.SKIPPED, 0)
    assert skipped.message == "Not tested: it builds on a.first (Line first), which comes first."


def test_what_several_lines_share_and_fails_is_judged_once(book: OutcomeRecorder) -> None:
    shared = CheckFailed("the training fails")
    book.fail_test("a.first", shared, 1)
    book.fail_test("a.second", shared, 1)
    book.fail_test("a.third", CheckFailed("the training fails"), 1)
    assert [item.outcome for item in book.results()] == [Outcome.FAILED, Outcome.SKIPPED, Outcome.FAILED]
    assert book.results()[1].message == "Not tested: it builds on a.first (Line first), which comes first."


def test_a_shared_fault_of_ours_leaves_none_of_its_lines_with_a_mark(book: OutcomeRecorder) -> None:
    fault = GraderFault("ours")
    book.fail_test("a.first", fault, 1)
    book.fail_test("a.second", fault, 1)
    assert [item.outcome for item in book.results()][:2] == [Outcome.GRADER_ERROR] * 2


def test_lines_that_cannot_be_graded_are_skipped_with_the_reason(book: OutcomeRecorder) -> None:
    book.pass_test("a.first", 0)
    book.skip_lines([line.id for line in book.rubric.line[1:]], "no import")
    first, *others = book.results()
    assert first.outcome is Outcome.PASSED
    assert {(item.outcome, item.message, item.points) for item in others} == {(Outcome.SKIPPED, "no import", 0)}


def test_a_fault_of_ours_is_logged_and_leaves_no_mark(book: OutcomeRecorder) -> None:
    book.fail_test("a.first", ForkServerLost("the warm process is gone"), 0)
    book.pass_test("a.second", 0)
    book.pass_test("a.third", 0)
    items = book.results()
    assert items[0].outcome is Outcome.GRADER_ERROR
    assert total(items) is None
    assert "a.first" in book.log[0]
    assert "ForkServerLost: the warm process is gone" in book.log[0]
    assert "gone" not in items[0].message, "a traceback is not for a student"


def test_a_line_none_of_whose_tests_ran_is_a_fault_of_ours(book: OutcomeRecorder) -> None:
    items = book.results()
    assert {item.outcome for item in items} == {Outcome.GRADER_ERROR}
    assert book.log[0] == "a.first: no test of it ran"


def test_a_long_message_is_cut(book: OutcomeRecorder) -> None:
    book.fail_test("a.first", StudentCrash("x" * 10 * MAX_MESSAGE), 0)
    assert len(book.results()[0].message) == MAX_MESSAGE


def test_results_stand_in_the_rubrics_order(book: OutcomeRecorder, rubric: Rubric) -> None:
    for line in reversed(rubric.line):
        book.pass_test(line.id, 0)
    assert [item.id for item in book.results()] == [line.id for line in rubric.line]


@pytest.mark.parametrize(("cause", "lost"), [(KilledFromOutside("killed"), True), (ChildEnded("segfault"), False)])
def test_a_process_killed_from_outside_may_not_be_this_submissions_doing(
    book: OutcomeRecorder, cause: Exception, lost: bool
) -> None:
    error = StudentCrash("f() ended the program")
    error.__cause__ = cause
    book.fail_test("a.first", error, 1)
    assert book.lost_process is lost
    assert book.results()[0].outcome is Outcome.CRASHED
