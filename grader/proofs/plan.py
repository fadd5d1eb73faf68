"""Choose which cases are graded, and on how many secrets: all of them, or as many as a time allows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.proofs.alternates import load_alternates
from grader.proofs.automatic import automatic_mutants
from grader.proofs.cases import Case, Kind, must_be_empty, must_be_full, must_lose
from grader.proofs.hostile import hostile_cases, load_attacks
from grader.proofs.line_coverage import reached_lines
from grader.proofs.mutants import Mutant, load_mutants
from grader.proofs.variants import MODULE
from grader.results.rubric import Rubric
from grader.system.assets import corpus_dir, reference_dir, template_dir
from grader.system.errors import UsageError

TRAINED_EVERY = 10
"""The reference trains on every so many-th secret, and on the first ones; its other lines are tested on each."""
TRAINED_FIRST = 5
Plan = list[list[Case]]
"""The cases of each secret."""


def load_cases(kinds: Collection[Kind], rubric: Rubric) -> list[Case]:
    """Return the cases of these kinds, as `digitlab validate` grades them on the first secret.

    Raises:
        UsageError: a corpus is not there, or is not as it must be.
    """
    cases: list[Case] = []
    mutants = [(Kind.MUTANT, one) for one in load_mutants(corpus_dir() / "mutants")] if Kind.MUTANT in kinds else []
    if Kind.AUTOMATIC in kinds:
        mutants += [(Kind.AUTOMATIC, one) for one in automatic_mutants(rubric)]
    if Kind.REFERENCE in kinds:
        cases.append(_right(Kind.REFERENCE, "reference", "the reference solution", reference_dir() / MODULE, rubric))
    if Kind.ALTERNATE in kinds:
        found = load_alternates(corpus_dir() / "alternates")
        cases += [_right(Kind.ALTERNATE, one.name, one.style, one.path, rubric) for one in found]
    reached = reached_lines(rubric)
    cases += [_mistake(kind, mutant, rubric, reached) for kind, mutant in mutants]
    if Kind.HOSTILE in kinds:
        cases += hostile_cases(load_attacks(corpus_dir() / "hostile"))
    if Kind.STUBS in kinds:
        cases += [_stubs(file) for file in _stub_files()]
    return cases


def _stub_files() -> list[Path]:
    """Return the module and the notebook of the template.

    Raises:
        UsageError: one is not there.
    """
    files = [template_dir() / name for name in (MODULE, Path(MODULE).with_suffix(".ipynb").name)]
    for file in files:
        if not file.is_file():
            raise UsageError(f"{file}: is not there, so the stubs cannot be graded. Make it: make template")
    return files


def _copy(source: Path, folder: Path) -> Path:
    target = folder / source.name
    target.write_bytes(source.read_bytes())
    return target


def _right(kind: Kind, name: str, style: str, path: Path, rubric: Rubric) -> Case:
    concerns = frozenset(rubric.by_id)
    return Case(kind, name, style, lambda folder: _copy(path, folder), must_be_full, concerns=concerns)


def _stubs(path: Path) -> Case:
    about = "the template, as it is given out"
    return Case(Kind.STUBS, path.name, about, lambda folder: _copy(path, folder), must_be_empty)


def _mistake(kind: Kind, mutant: Mutant, rubric: Rubric, reached: Mapping[str, frozenset[str]]) -> Case:
    def make(folder: Path) -> Path:
        path = folder / MODULE
        path.write_text(mutant.source, encoding="utf-8")
        return path

    judge = must_lose(
        mutant.loses,
        mutant.consequences,
        by_luck=rubric.costly,
        any_of=mutant.any_of,
        hint=mutant.hint,
        causes=mutant.causes if kind is Kind.MUTANT else None,
    )
    concerns = frozenset(mutant.loses) | mutant.consequences
    lines = _lines_for(mutant, rubric, reached)
    return Case(kind, mutant.name, mutant.mistake, make, judge, lines=lines, concerns=concerns, unseen=mutant.unseen)


def _lines_for(mutant: Mutant, rubric: Rubric, reached: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the lines that a mistake can change; of those that train, a rule's mistake gets the ones it is about."""
    lines = frozenset(mutant.loses).union(mutant.consequences, *(reached[name] for name in mutant.functions))
    if mutant.everywhere:
        return lines | quick_lines(rubric)
    return lines - (rubric.costly - set(mutant.loses)) if mutant.any_of else lines


def quick_lines(rubric: Rubric) -> frozenset[str]:
    """Return the lines that do not train."""
    return frozenset(rubric.by_id) - rubric.costly


def plan_of(cases: Sequence[Case], secrets: int, rubric: Rubric) -> Plan:
    """Spread the cases over the secrets: all on the first one, right solutions on each of the others too."""
    quick = quick_lines(rubric)
    plan = [list(cases)]
    for number in range(1, secrets):
        trained = number < TRAINED_FIRST or number % TRAINED_EVERY == 0
        right = [case for case in cases if case.kind in {Kind.REFERENCE, Kind.ALTERNATE}]
        plan.append([case if trained or case.kind is Kind.ALTERNATE else replace(case, lines=quick) for case in right])
    return plan


def todays_cases(
    cases: Sequence[Case],
    budget_s: float,
    known_s: Mapping[str, float],
    changed: Mapping[str, frozenset[str]],
    day: int,
) -> list[Case]:
    """Choose the reference and as many others as a time allows: new ones first, then those about changed lines.

    Within each group the order is another one each day. A right solution that comes for changed lines is graded on
    these alone.

    Args:
        cases: all of them.
        budget_s: processor time in seconds that they may take together.
        known_s: what each took, by name; those that nobody timed count as an average one.
        changed: by kind of cases, the rubric lines that changed since they were recorded.
        day: a number that changes with each day.
    """
    average = sum(known_s.values()) / len(known_s) if known_s else 10.0

    def changed_of(case: Case) -> frozenset[str]:
        return case.concerns & changed.get(case.kind, frozenset())

    def turn(case: Case) -> tuple[bool, bool, bool, bytes]:
        is_new = case.name not in known_s
        order = hashlib.sha256(f"{day} {case.name}".encode()).digest()
        return case.kind is not Kind.REFERENCE, not is_new, not changed_of(case), order

    chosen, spent_s = [], 0.0
    for case in sorted(cases, key=turn):
        spent_s += known_s.get(case.name, average)
        if spent_s > budget_s and case.kind is not Kind.REFERENCE:
            break
        due = changed_of(case)
        narrowed = case.kind is Kind.ALTERNATE and due and case.name in known_s
        chosen.append(replace(case, lines=due) if narrowed else case)
    return chosen
