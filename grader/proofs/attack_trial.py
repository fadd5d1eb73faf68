"""Attack this machine: the corpus' attacks, graded here, and what held, by what they hope for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from grader.proofs.cases import Case
from grader.proofs.hostile import WHOLE, hostile_cases, load_attacks
from grader.proofs.run import Report
from grader.system.assets import corpus_dir


@dataclass(frozen=True)
class Held:
    """What came of one kind of attacks."""

    name: str
    """The folder of the corpus; what was reached or left outside of any submission is a kind of its own."""
    attacks: int
    not_held: tuple[str, ...]
    """Each attack that got what it must not, with what that was."""


def attacks_here() -> list[Case]:
    """Return the attacks that train nothing, and the honest submissions that they are graded beside.

    Raises:
        UsageError: the corpus is not there; it comes with a clone.
    """
    return hostile_cases([attack for attack in load_attacks(corpus_dir() / "hostile") if attack.base != WHOLE])


def what_held(report: Report) -> list[Held]:
    """Return what held, by kind."""
    found: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for verdict in report.verdicts:
        kind = verdict.case.name.partition("/")[0]
        counts[kind] += 1
        found.setdefault(kind, []).extend(f"{verdict.case.name}: {problem.text}" for problem in verdict.problems)
    kinds = [Held(kind, counts[kind], tuple(problems)) for kind, problems in sorted(found.items())]
    return [*kinds, Held("this machine", len(report.verdicts), report.machine)]
