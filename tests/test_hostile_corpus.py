"""The hostile corpus, at the strongest level; at level `reduced` what the layers of confinement decide.

Attacks that need whole trainings take half a minute each: every day a third of them is run. `make hostile` runs all.
"""

from __future__ import annotations

import datetime

import pytest

from grader.assets import corpus_dir
from grader.machine import sensible_jobs
from grader.run_settings import GradeSettings
from grader.sandbox.offer import offer
from grader.validation.hostile import Attack, load_attacks
from grader.validation.run import HostileReport, run_hostile

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ATTACKS = load_attacks(corpus_dir() / "hostile")
DECIDED_BY_LAYERS = ("escape/", "network/", "reading/", "resources/")
"""Kinds of attacks that namespaces, or their want, can make a difference to; marking is the same at every level."""


SAMPLES = 3


def todays_attacks() -> list[Attack]:
    slow = [attack for attack in ATTACKS if attack.base == "whole"]
    today = datetime.datetime.now(datetime.UTC).toordinal() % SAMPLES
    return [attack for attack in ATTACKS if attack not in slow or slow.index(attack) % SAMPLES == today]


def run(level: str, *kinds: str) -> HostileReport:
    found = offer(level)
    if found.level != level:
        pytest.skip(f"this machine offers {found.level}: {found.reasons}")
    chosen = [attack for attack in todays_attacks() if not kinds or attack.name.startswith(kinds)]
    return run_hostile(GradeSettings(secret=b"a secret of the tests", level=level), chosen, jobs=sensible_jobs(1500))


def expect_held(report: HostileReport) -> None:
    problems = [f"{verdict.attack.name}: {problem}" for verdict in report.verdicts for problem in verdict.problems]
    assert [*problems, *report.neighbours, *report.machine] == []
    assert report.held


def test_the_corpus_is_as_large_as_the_docs_say() -> None:
    assert len(ATTACKS) >= 90
    assert {attack.name.partition("/")[0] for attack in ATTACKS} >= {"forging", "learning", "packaging", "reading"}


def test_attacks_hold_at_the_strongest_level() -> None:
    expect_held(run(offer().level))


def test_attacks_on_the_layers_hold_without_namespaces() -> None:
    expect_held(run("reduced", *DECIDED_BY_LAYERS))
