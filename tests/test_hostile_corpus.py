"""The whole hostile corpus, at the strongest level; at level `reduced` what the layers of confinement decide."""

from __future__ import annotations

import pytest

from grader.assets import corpus_dir
from grader.machine import sensible_jobs
from grader.run_settings import GradeSettings
from grader.sandbox.offer import offer
from grader.validation.hostile import load_attacks
from grader.validation.run import HostileReport, run_hostile

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ATTACKS = load_attacks(corpus_dir() / "hostile")
DECIDED_BY_LAYERS = ("escape/", "network/", "reading/", "resources/")
"""Kinds of attacks that namespaces, or their want, can make a difference to; marking is the same at every level."""


def run(level: str, *kinds: str) -> HostileReport:
    found = offer(level)
    if found.level != level:
        pytest.skip(f"this machine offers {found.level}: {found.reasons}")
    chosen = [attack for attack in ATTACKS if not kinds or attack.name.startswith(kinds)]
    return run_hostile(GradeSettings(secret=b"a secret of the tests", level=level), chosen, jobs=sensible_jobs(1500))


def expect_held(report: HostileReport) -> None:
    problems = [f"{verdict.attack.name}: {problem}" for verdict in report.verdicts for problem in verdict.problems]
    assert [*problems, *report.neighbours, *report.machine] == []
    assert report.held


def test_the_corpus_is_as_large_as_the_docs_say() -> None:
    assert len(ATTACKS) >= 90
    assert {attack.name.partition("/")[0] for attack in ATTACKS} >= {"forging", "learning", "packaging", "reading"}


def test_every_attack_holds_at_the_strongest_level() -> None:
    expect_held(run(offer().level))


def test_attacks_on_the_layers_hold_without_namespaces() -> None:
    expect_held(run("reduced", *DECIDED_BY_LAYERS))
