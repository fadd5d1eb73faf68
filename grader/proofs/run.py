"""Grade submissions whose result is known, on one secret or on several, and say whether the grader was right."""

from __future__ import annotations

import contextlib
import hmac
import os
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from grader.engine.grade import Grader
from grader.engine.run_settings import GradeSettings
from grader.engine.zygote_client import ZygoteClient
from grader.proofs.cases import Case, Fault, Kind, Problem, Verdict, disagreements
from grader.proofs.host_monitor import HostMonitor
from grader.proofs.hostile import base_maker
from grader.proofs.leaks import Hidden
from grader.results.grading_sources import sources_digest
from grader.results.models import SubmissionResult
from grader.results.rubric import Rubric
from grader.system.run_folder import RunFolder

REPEATED = 10
"""Of so many cases about one is graded twice: the same submission must get the same result, messages too."""


@dataclass(frozen=True)
class Report:
    """All verdicts, and what was seen on the machine around them."""

    level: str
    verdicts: tuple[Verdict, ...]
    machine: tuple[str, ...]
    """What was reached, changed or left behind."""
    secrets: int
    seconds: float
    """On the clock."""
    core_seconds: float
    """Of processor time, all processes together."""
    leaks: tuple[str, ...] = ()
    """What files and pages that students see give away."""
    passed_over: tuple[str, ...] = ()
    """Caches in the template's folder that were not searched: git does not keep them, so nobody gets them."""
    gone: tuple[str, ...] = ()
    """Cases that were recorded and that the corpora no longer hold, in words."""

    @property
    def good(self) -> bool:
        return all(verdict.good for verdict in self.verdicts) and not (self.machine or self.leaks or self.gone)


def secret_of(secret: bytes, number: int) -> bytes:
    """Return the secret of a number: the run's own for 0, one derived from it for the others."""
    return secret if number == 0 else hmac.digest(secret, f"validation {number}".encode(), "sha256")


def run_cases(
    settings: GradeSettings,
    plan: Sequence[Sequence[Case]],
    *,
    jobs: int,
    on_result: Callable[[SubmissionResult], None] = lambda _result: None,
) -> Report:
    """Grade the cases of each secret, `jobs` side by side, secrets too; `plan[k]` holds those of the k-th secret."""
    started, spent = time.monotonic(), _core_seconds()
    with contextlib.closing(RunFolder()) as folder, HostMonitor() as watch:
        folder.path.chmod(0o700)  # the cases' own files: children get copies in the graders' folders
        with ZygoteClient(settings) as zygote:

            def run_secret(number: int, side_by_side: int) -> list[Verdict]:
                own = replace(settings, secret=secret_of(settings.secret, number))
                root = folder.path / str(number)
                root.mkdir()
                with Grader(own, zygote) as grader:
                    return _run_with(grader, plan[number], number, root, side_by_side, on_result)

            graded = [run_secret(number, jobs) for number, cases in enumerate(plan) if len(cases) > 1]
            alone = [number for number, cases in enumerate(plan) if len(cases) == 1]  # a case alone keeps one core busy
            with ThreadPoolExecutor(jobs, thread_name_prefix="secret") as pool:
                graded += pool.map(lambda number: run_secret(number, 1), alone)
        machine = tuple(watch.problems())
    verdicts = [verdict for found in sorted(graded, key=lambda one: one[0].seed) for verdict in found]
    used = sum(bool(cases) for cases in plan)
    seconds, core_seconds = time.monotonic() - started, _core_seconds() - spent
    return Report(zygote.confinement.level, tuple(verdicts), machine, used, round(seconds, 1), round(core_seconds, 1))


def _core_seconds() -> float:
    """Return the processor time of this process and of all that has ended below it."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _run_with(
    grader: Grader,
    cases: Sequence[Case],
    number: int,
    root: Path,
    jobs: int,
    on_result: Callable[[SubmissionResult], None],
) -> list[Verdict]:
    hidden = Hidden.of(grader.settings.secret)
    turn = turn_of(grader.settings.secret, sources_digest())
    alone = {}
    for base in sorted({case.base for case in cases} - {""}):
        folder = root / f"base-{base}"
        folder.mkdir()
        alone[base] = grader.grade(base_maker(base)(folder), name=base)

    def judge(case: Case) -> Verdict:
        folder = root / f"{case.kind}-{case.name.replace('/', '-')}"
        folder.mkdir()
        path = case.make(folder)
        result = grader.grade(path, name=case.name, lines=case.lines)
        problems = (
            case.judge(result, alone.get(case.base)) + hidden.problems(result) + untested(grader.rubric, case, result)
        )
        if is_repeated(case, turn, number):
            problems += disagreements(result, grader.grade(path, name=case.name, lines=case.lines))
        on_result(result)
        return Verdict(case, number, result, tuple(_unique(problems)))

    with ThreadPoolExecutor(jobs, thread_name_prefix="validate") as pool:
        return list(pool.map(judge, cases))


def untested(rubric: Rubric, case: Case, result: SubmissionResult) -> list[Problem]:
    """Return the lines that were to be tested and of which the result says nothing."""
    asked = rubric.by_id.keys() if case.lines is None else rubric.with_needs(case.lines)
    missing = sorted(asked - {item.id for item in result.items})
    return [Problem(Fault.NO_MARK, f"nothing is said of {', '.join(missing)}")] if missing else []


def turn_of(secret: bytes, sources: str) -> bytes:
    """Return what decides which cases are repeated: others for each secret, and others as the grader changes."""
    return hmac.digest(secret, f"repeated {sources}".encode(), "sha256")


def is_repeated(case: Case, turn: bytes, number: int) -> bool:
    """Tell whether a case is graded twice on this secret; attacks are not, their outcome may hang on time.

    Args:
        case: to be graded.
        turn: see `turn_of`.
        number: of the secret.
    """
    if case.kind is Kind.REFERENCE:
        return number == 0
    return not case.base and zlib.crc32(turn + case.name.encode()) % REPEATED == 0


def _unique(problems: Sequence[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
