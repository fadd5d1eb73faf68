"""What happened to each rubric line while a submission is graded, and what that is worth."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from grader.assignment.public_tests.checks.language import later, tr
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.marking.child_session import KilledFromOutside
from grader.marking.student_errors import StudentCrash, StudentException, StudentMemory, StudentTimeout
from grader.results.models import ItemResult, Outcome
from grader.results.rubric import Rubric, RubricLine
from grader.system.errors import ForkServerLost

MAX_MESSAGE = 4_000


class PartialCredit(Exception):
    """A test is passed in part."""

    def __init__(self, share: float, message: str) -> None:
        super().__init__(message)
        self.share = share


@dataclass
class _State:
    outcome: Outcome | None = None
    share: float = 0.0
    message: str = ""
    seconds: float = 0.0


@dataclass
class OutcomeRecorder:
    """The outcomes of one submission, line by line; the first test that is not passed decides a line."""

    rubric: Rubric
    log: list[str] = field(default_factory=list)
    """Tracebacks of our own faults, for the instructor."""
    lost_process: bool = False
    """A process died while a line was tested, and perhaps not by this submission's doing."""
    _states: dict[str, _State] = field(default_factory=dict)
    _raised: list[tuple[BaseException, str]] = field(default_factory=list)
    """What failed, and the line that it failed first."""

    def is_open(self, line_id: str) -> bool:
        """Tell whether further tests of a line can still change it."""
        state = self._states.get(line_id)
        return state is None or state.outcome is Outcome.PASSED

    def missing_need(self, line: RubricLine) -> RubricLine | None:
        """Return the first prerequisite of a line that was not met."""
        met = {Outcome.PASSED, Outcome.PARTIAL}
        for need in line.needs:
            state = self._states.get(need)
            if state is None or state.outcome not in met:
                return self.rubric.by_id[need]
        return None

    def skip(self, line: RubricLine, need: RubricLine) -> None:
        message = tr("Not tested: it builds on {id} ({title}), which comes first.", id=need.id, title=tr(need.title))
        self._states[line.id] = _State(Outcome.SKIPPED, message=message)

    def skip_lines(self, lines: Iterable[str], message: str) -> None:
        """None of these lines can be graded."""
        self._states |= {line: _State(Outcome.SKIPPED, message=message) for line in lines}

    def pass_test(self, line_id: str, seconds: float) -> None:
        state = self._states.setdefault(line_id, _State(Outcome.PASSED, share=1.0))
        state.seconds += seconds

    def fail_test(self, line_id: str, error: BaseException, seconds: float) -> None:
        """Record what a test raised; everything that is not the student's doing is a fault of ours.

        What the tests of several lines share, such as a training, raises the same error for each of them: the later
        ones are not judged.
        """
        outcome, share, message = judge(error)
        first = next((line for known, line in self._raised if known is error), line_id)
        if first != line_id and outcome is not Outcome.GRADER_ERROR:
            self.skip(self.rubric.by_id[line_id], self.rubric.by_id[first])
            return
        self._raised.append((error, line_id))
        self.lost_process |= isinstance(error, ForkServerLost) or isinstance(error.__cause__, KilledFromOutside)
        if outcome is Outcome.GRADER_ERROR:
            self.log.append(f"{line_id}:\n" + "".join(traceback.format_exception(error)))
        if outcome is Outcome.CRASHED and isinstance(error, StudentException):  # it was meant to return something
            message += "\n" + tr("This was to be tested: {title}", title=tr(self.rubric.by_id[line_id].title))
        earlier = self._states.get(line_id, _State())
        self._states[line_id] = _State(outcome, share, message[:MAX_MESSAGE], earlier.seconds + seconds)

    def results(self) -> tuple[ItemResult, ...]:
        """Return one result for every line of the rubric, in its order."""
        return tuple(self._result(line) for line in self.rubric.line)

    def _result(self, line: RubricLine) -> ItemResult:
        state = self._states.get(line.id)
        if state is None or state.outcome is None:
            self.log.append(f"{line.id}: no test of it ran")
            state = _State(Outcome.GRADER_ERROR, message=tr(GRADER_ERROR_MESSAGE))
        assert state.outcome is not None
        return ItemResult(
            id=line.id,
            points=round(line.points * state.share, 2),
            max_points=line.points,
            outcome=state.outcome,
            title=tr(line.title),
            message=state.message,
            seconds=round(state.seconds, 3),
        )


GRADER_ERROR_MESSAGE = later(
    "The grader failed here, not your code. Your instructor has been told; this is not a mark."
)


def judge(error: BaseException) -> tuple[Outcome, float, str]:
    """Return the outcome, the share of the points and the student's message for what a test raised."""
    text = str(error)
    if isinstance(error, PartialCredit):
        return Outcome.PARTIAL, error.share, text
    if isinstance(error, CheckFailed):
        return Outcome.FAILED, 0.0, text
    if isinstance(error, StudentException):
        if isinstance(error, NotImplementedError):
            what = tr(error.message) or tr("the stub is still there")
            return Outcome.FAILED, 0.0, tr("Not written yet: {what}", what=what)
        lead = f"{tr('cause')}: {error.cause}" if error.cause else f"{tr('try')}: {tr(CALL_IT)}"
        return Outcome.CRASHED, 0.0, f"{text}\n  {lead}"
    if isinstance(error, StudentCrash):
        return Outcome.CRASHED, 0.0, text
    for kind, outcome, hint in (
        (StudentTimeout, Outcome.TIMEOUT, FIND_LOOP),
        (StudentMemory, Outcome.MEMORY, PRINT_SIZES),
    ):
        if isinstance(error, kind):
            return outcome, 0.0, f"{text}\n  {tr('try')}: {tr(hint)}"
    if isinstance(error, AssertionError) and _is_raised_by_a_test(error):  # pytest appends to the text what it found
        return (
            Outcome.FAILED,
            0.0,
            text.partition("\nassert ")[0] if not text.startswith("assert ") else tr(PLAIN_ASSERT),
        )
    return Outcome.GRADER_ERROR, 0.0, tr(GRADER_ERROR_MESSAGE)


def is_students(error: BaseException) -> bool:
    """Tell whether what a test raised is the student's doing, not a fault of ours."""
    return judge(error)[0] is not Outcome.GRADER_ERROR


def _is_raised_by_a_test(error: AssertionError) -> bool:
    """Tell a plain assert in a test from an assert about our own mistakes."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).name.startswith("test_")


CALL_IT = later("call it yourself in the same way, and print what it works on where it stops")
FIND_LOOP = later("look for a loop that never ends, and for one over single pixels, where NumPy takes a whole array")
PRINT_SIZES = later("print the shapes of the arrays that it makes: one of them is larger than you meant it to be")
PLAIN_ASSERT = later("The function does not do what the assignment says.")
