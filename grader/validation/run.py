"""Grade the hostile corpus and say of each attack whether the grader held."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderFault
from grader.grade import Grader
from grader.marking.student import IMPORT_FAILED
from grader.results import Outcome, SubmissionResult
from grader.run_settings import GradeSettings
from grader.validation.hostile import Attack, bases
from grader.validation.variants import MODULE
from grader.validation.watch import Watch

MAX_SECONDS = 240
"""A whole honest solution takes some 25 s; an attack may use up the time limits of some lines, not of all."""


@dataclass(frozen=True)
class Verdict:
    """One attack, what it got, and what was wrong with that."""

    attack: Attack
    score: float | None
    honest_score: float
    problems: tuple[str, ...]
    seconds: float

    @property
    def held(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class HostileReport:
    """All verdicts, and what was seen on the machine around them."""

    level: str
    verdicts: tuple[Verdict, ...]
    neighbours: tuple[str, ...]
    """Honest submissions that got something else among the attacks than alone."""
    machine: tuple[str, ...]
    """What was reached, changed or left behind."""

    @property
    def held(self) -> bool:
        return all(verdict.held for verdict in self.verdicts) and not self.neighbours and not self.machine


def run_hostile(
    settings: GradeSettings,
    attacks: Sequence[Attack],
    *,
    jobs: int,
    on_result: Callable[[SubmissionResult], None] = lambda _result: None,
) -> HostileReport:
    """Grade the honest bases alone, then all attacks with the bases among them, `jobs` side by side."""
    with tempfile.TemporaryDirectory(prefix="validate-") as folder, Watch() as watch:
        root = Path(folder)
        needed = sorted({attack.base for attack in attacks})
        honest = {name: _written(root / f"honest-{name}", bases()[name].source) for name in needed}
        with Grader(settings) as grader, ThreadPoolExecutor(jobs, thread_name_prefix="validate") as pool:
            level = grader.confinement.level
            alone = {name: grader.grade(path, name=name) for name, path in honest.items()}

            def judge(attack: Attack) -> Verdict:
                target = root / attack.name.replace("/", "-")
                target.mkdir()
                result = grader.grade(attack.make(target), name=attack.name)
                on_result(result)
                return judged(attack, result, alone[attack.base])

            waiting = [pool.submit(judge, attack) for attack in attacks]
            again = {name: pool.submit(grader.grade, path, name=name) for name, path in honest.items()}
            verdicts = tuple(future.result() for future in waiting)
            neighbours = tuple(
                f"the honest base {name} got another result among the attacks: {problem}"
                for name, future in again.items()
                for problem in differences(future.result(), alone[name], {})
            )
        return HostileReport(level, verdicts, neighbours, machine=tuple(watch.problems()))


def _written(folder: Path, source: str) -> Path:
    folder.mkdir()
    path = folder / MODULE
    path.write_text(source, encoding="utf-8")
    return path


def judged(attack: Attack, result: SubmissionResult, honest: SubmissionResult) -> Verdict:
    """Compare what an attack got with what its honest base got."""
    problems = _rejection_problems(attack, result) if attack.rejected else differences(result, honest, attack.costs)
    if any(IMPORT_FAILED in note for note in result.notes) and not attack.import_fails:
        problems.append(f"it never attacked: {next(note for note in result.notes if IMPORT_FAILED in note)}")
    if result.seconds > MAX_SECONDS:
        problems.append(f"it took {result.seconds:.0f} s, more than {MAX_SECONDS}: it held up the class")
    if honest.score is None:
        raise GraderFault(f"the honest base {attack.base} got no mark: {honest.grader_log}")
    return Verdict(attack, result.score, honest.score, tuple(problems), result.seconds)


def _rejection_problems(attack: Attack, result: SubmissionResult) -> list[str]:
    if result.score == 0 and attack.rejected in result.reason:
        return []
    return [f"not rejected with the words {attack.rejected!r}: score {result.score}, reason {result.reason!r}"]


def differences(result: SubmissionResult, honest: SubmissionResult, costs: dict[str, Outcome]) -> list[str]:
    """Return what is not as it should be, line by line: the honest outcome, save where the attack costs a line."""
    found = [f"{line}: no such rubric line" for line in costs if line not in {item.id for item in honest.items}]
    for item, honest_item in zip(result.items, honest.items, strict=True):
        outcome = costs.get(item.id, honest_item.outcome)
        points = 0.0 if item.id in costs else honest_item.points
        if (item.outcome, item.points) != (outcome, points):
            found.append(
                f"{item.id}: {item.outcome} with {item.points:g} points, not {outcome} with {points:g}: "
                f"{item.message.splitlines()[0] if item.message else ''}"
            )
    return found
