"""One submission whose result is known, and what is found of it: the same for every kind of corpus."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.results.models import Outcome, SubmissionResult

_CAUSE = re.compile(r"^  cause:? +(.*)$", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w=<>'-])-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")
"""Not what is a part of a name or of code: uint8, axis=1, '>i4'."""
LOG_CHARS = 600
"""Of the grader's log, shown with a line that has no mark."""


class Kind(StrEnum):
    """Which corpus a case belongs to."""

    REFERENCE = "reference"
    ALTERNATE = "alternate"
    MUTANT = "mutant"
    AUTOMATIC = "automatic"
    HOSTILE = "hostile"
    STUBS = "stubs"


class Fault(StrEnum):
    """What a grader can do wrong with a case."""

    FALSE_FAIL = "false fail"
    """A right solution lost points."""
    SURVIVED = "survived"
    """A mistake cost nothing where it should have."""
    WRONG_BLAME = "wrong blame"
    """A line lost points that the mistake has nothing to do with."""
    OVERSTATED = "overstated"
    """A line that the mistake is said to cost as well kept its points: if it lost them wrongly, nobody would see."""
    NOT_HELD = "not held"
    """An attack changed something."""
    UNEARNED = "unearned"
    """An empty template got points."""
    DISAGREES = "disagrees"
    """Two gradings of one submission differ."""
    NO_MARK = "no mark"
    """A fault of the grader left a line without a mark."""
    LEAK = "leak"
    """The student reads what must stay hidden."""
    MESSAGE = "message"
    """A message does not point to the mistake."""
    CAUSE = "wrong cause"
    """A message names a cause that is not the mistake's."""


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be."""

    fault: Fault
    text: str


@dataclass(frozen=True)
class Case:
    """A submission, and how to tell whether it got what it must get."""

    kind: Kind
    name: str
    about: str
    """What it is: a style, a mistake, what an attack hopes for."""
    make: Callable[[Path], Path]
    """Write the submission into an empty folder; return its path."""
    judge: Callable[[SubmissionResult, SubmissionResult | None], list[Problem]]
    """Compare a result with what must come, given the result of the case's base."""
    base: str = ""
    """Name of the honest solution whose result `judge` gets; empty when it needs none."""
    lines: frozenset[str] | None = None
    """The rubric lines to test, and those that they need; None for all."""
    concerns: frozenset[str] = frozenset()
    """The rubric lines that the case is a proof about, where it is about some."""
    unseen: str = ""
    """Why no public line tells a student of this mistake; empty when one does."""


@dataclass(frozen=True)
class Verdict:
    """What one grading of a case came to."""

    case: Case
    seed: int
    """Number of the secret, from 0."""
    result: SubmissionResult
    problems: tuple[Problem, ...]

    @property
    def good(self) -> bool:
        return not self.problems


def cause_in(message: str) -> str:
    """Return the cause that a message in English names; nothing when it names none."""
    found = _CAUSE.search(message)
    return found[1] if found else ""


def is_among(cause: str, causes: Collection[str]) -> bool:
    """Tell whether a cause is one of these, numbers aside."""
    return without_numbers(cause) in set(map(without_numbers, causes))


def without_numbers(text: str) -> str:
    """Return the text with `#` for each number."""
    return _NUMBER.sub("#", text)


def lost_lines(result: SubmissionResult) -> dict[str, str]:
    """Return the lines that did not get all their points, with the first line of their message."""
    return {item.id: item.message.partition("\n")[0] for item in result.items if item.points < item.max_points}


def faults_of_ours(result: SubmissionResult) -> list[Problem]:
    """Return the lines that a fault of the grader left without a mark."""
    return [
        Problem(Fault.NO_MARK, f"{item.id}: {_tail(result.grader_log) or 'no log'}")
        for item in result.items
        if item.outcome is Outcome.GRADER_ERROR
    ]


def _tail(log: str) -> str:
    """Return the last whole lines of a log."""
    return log[-LOG_CHARS:] if len(log) <= LOG_CHARS else log[-LOG_CHARS:].partition("\n")[2]


def must_be_full(result: SubmissionResult, _base: SubmissionResult | None = None) -> list[Problem]:
    """Judge a right solution: every line has all its points."""
    reason = [Problem(Fault.FALSE_FAIL, f"not taken: {result.reason}")] if result.reason else []
    return reason + [Problem(Fault.FALSE_FAIL, f"{line}: {text}") for line, text in lost_lines(result).items()]


def must_be_empty(result: SubmissionResult, _base: SubmissionResult | None = None) -> list[Problem]:
    """Judge a template that nobody has worked on: no line has points."""
    reason = [Problem(Fault.FALSE_FAIL, f"not taken: {result.reason}")] if result.reason else []
    got = [f"{item.id}: {item.points:g} points" for item in result.items if item.points]
    return reason + [Problem(Fault.UNEARNED, text) for text in got] + faults_of_ours(result)


def must_lose(
    loses: Collection[str],
    consequences: Collection[str],
    *,
    by_luck: Collection[str] = (),
    any_of: bool = False,
    hint: str = "",
    causes: Collection[str] | None = None,
) -> Callable[[SubmissionResult, SubmissionResult | None], list[Problem]]:
    """Return the judge of a mistake.

    Args:
        loses: the lines that the mistake is about; each must be tested and lose points, or one of them with `any_of`.
        consequences: lines that build on them, and lose, too; with `any_of` they may.
        by_luck: lines that train; where they are consequences, they may keep their points.
        hint: words of the message that the first of `loses` must get, in any case of letters.
        causes: all that the messages may name as a cause, numbers aside; None for anything.
    """

    def judge(result: SubmissionResult, _base: SubmissionResult | None = None) -> list[Problem]:
        lost = lost_lines(result)
        skipped = {item.id for item in result.items if item.outcome is Outcome.SKIPPED}
        kept = [line for line in loses if line not in lost]
        found = [Problem(Fault.SURVIVED, f"{line} lost nothing") for line in kept if not any_of]
        found += [Problem(Fault.SURVIVED, f"{line} was not tested") for line in loses if line in skipped and not any_of]
        if any_of and len(kept) == len(loses):
            found = [Problem(Fault.SURVIVED, f"none of {', '.join(loses)} lost anything")]
        found += [
            Problem(Fault.WRONG_BLAME, f"{line}: {text} (if the mistake is to cost it: name it in `loses`)")
            for line, text in lost.items()
            if line not in loses and line not in consequences and line not in skipped  # what it needs is judged itself
        ]
        if not any_of:
            idle = sorted(line for line in consequences if line not in lost and line not in by_luck)
            found += [Problem(Fault.OVERSTATED, f"{line} is named as a consequence and lost nothing") for line in idle]
        messages = {item.id: item.message for item in result.items if item.id in lost}
        message = next((messages[line] for line in loses if line in messages), None)
        if message is not None and hint.lower() not in message.lower():
            found.append(Problem(Fault.MESSAGE, f"does not point to the cause (`hint` is {hint!r}):\n{message}"))
        named = {line: cause for line, text in messages.items() if (cause := cause_in(text)) and line not in skipped}
        found += [
            Problem(Fault.CAUSE, f"{line} names {cause!r} (if that is the mistake: name it in `causes`)")
            for line, cause in named.items()
            if causes is not None and not is_among(cause, causes)
        ]
        return found + faults_of_ours(result)

    return judge


def disagreements(first: SubmissionResult, second: SubmissionResult) -> list[Problem]:
    """Return in what two gradings of one submission differ, but for times."""
    found = []
    for one, other in zip(first.items, second.items, strict=True):
        if one.model_copy(update={"seconds": 0}) != other.model_copy(update={"seconds": 0}):
            was, became = (f"{item.outcome} {item.points:g} {item.message[:200]!r}" for item in (one, other))
            found.append(Problem(Fault.DISAGREES, f"{one.id}: {was}, then {became}"))
    if first.notes != second.notes or first.reason != second.reason:
        found.append(Problem(Fault.DISAGREES, "the notes or the reason"))
    return found
