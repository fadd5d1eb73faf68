"""The grader, graded, as far as a daily run has time for it: attacks, right solutions, mistakes.

What is graded changes with the day (`--day` repeats one); new cases come first, then those about rubric lines that
changed since the record.
All of it: `make validate` and `make hostile`.
"""

from __future__ import annotations

import pytest

from grader.cli.validate import SECRET
from grader.engine.run_settings import GradeSettings
from grader.proofs.cases import Case, Kind
from grader.proofs.gates import with_leaks, with_reviewed_messages
from grader.proofs.golden import read_messages
from grader.proofs.hostile import WHOLE, Attack, hostile_cases, load_attacks
from grader.proofs.plan import load_cases, todays_cases
from grader.proofs.run import Report, run_cases
from grader.results.rubric import load_rubric
from grader.results.validation_record import changed_lines, read_record
from grader.sandbox.probe import probe
from grader.system.assets import corpus_dir
from grader.system.machine import sensible_jobs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

JOBS = sensible_jobs(1500)
ATTACKS = load_attacks(corpus_dir() / "hostile")
DECIDED_BY_LAYERS = ("escape/", "network/", "reading/", "resources/")
"""Kinds of attacks that namespaces, or their want, can make a difference to; marking is the same at every level."""
BUDGET_S = 30.0
"""On the clock, for right solutions and mistakes; attacks take as long again."""


@pytest.fixture(scope="module")
def day(request: pytest.FixtureRequest) -> int:
    number: int = request.config.getoption("--day")
    return number


def attacks_of(day: int, quick: int, slow: int) -> list[Attack]:
    """Return every so many-th of the quick attacks, and of those that need whole trainings."""
    chosen = []
    for parts, is_slow in ((quick, False), (slow, True)):
        attacks = [attack for attack in ATTACKS if (attack.base == WHOLE) is is_slow]
        chosen += attacks[day % parts :: parts]
    return chosen


def run(level: str, cases: list[Case]) -> Report:
    found = probe(level)
    if found.level != level:
        pytest.skip(f"this machine offers {found.level}: {found.reasons}")
    return run_cases(GradeSettings(secret=SECRET, level=level), [cases], jobs=JOBS)


def expect_good(report: Report) -> None:
    problems = [
        f"{verdict.case.name}: {problem} (again: digitlab validate --only {verdict.case.name})"
        for verdict in report.verdicts
        for problem in verdict.problems
    ]
    assert [*problems, *report.machine, *report.leaks] == []
    assert report.good


def test_the_hostile_corpus_is_as_large_as_the_docs_say() -> None:
    assert len(ATTACKS) >= 200
    assert {attack.name.partition("/")[0] for attack in ATTACKS} >= {"forging", "learning", "packaging", "reading"}


def test_attacks_hold_at_the_strongest_level(day: int) -> None:
    expect_good(run(probe().level, hostile_cases(attacks_of(day, quick=20, slow=40))))


def test_attacks_on_the_layers_hold_without_namespaces(day: int) -> None:
    chosen = [attack for attack in attacks_of(day, quick=40, slow=80) if attack.name.startswith(DECIDED_BY_LAYERS)]
    expect_good(run("reduced", hostile_cases(chosen)))


def test_right_solutions_never_lose_and_wrong_ones_never_pass(day: int) -> None:
    rubric = load_rubric()
    cases = load_cases([kind for kind in Kind if kind is not Kind.HOSTILE], rubric)
    record = read_record()
    changed = changed_lines(record, rubric)
    chosen = todays_cases(cases, BUDGET_S * JOBS, record.seconds if record else {}, changed, day)
    report = run(probe().level, chosen)
    expect_good(with_leaks(with_reviewed_messages(report, read_messages()), SECRET))
