"""`digitlab doctor --attack`: the corpus' attacks on this machine, and what held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from grader.cli.commands import main
from grader.proofs import attack_trial
from grader.proofs.attack_trial import attacks_here
from grader.proofs.cases import Case, Fault, Problem

Run = Callable[..., Result]


@pytest.fixture
def run(canary: object, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the doctor's attacks with a few of them."""

    def invoke(cases: list[Case]) -> Result:
        monkeypatch.setattr(attack_trial, "attacks_here", lambda: cases)
        return CliRunner().invoke(main, ["doctor", "--attack", "--jobs", "2"])

    return invoke


def test_all_attacks_are_tried_but_those_that_train() -> None:
    kinds = {case.name.partition("/")[0] for case in attacks_here()}
    assert {"escape", "reading", "network", "resources", "neighbours"} <= kinds
    assert len(attacks_here()) > 150
    assert {case.base for case in attacks_here()} == {"plain", "models"}


@pytest.mark.slow
def test_what_holds_is_told_by_kind(run: Run) -> None:
    done = run(cheapest())
    assert done.exit_code == 0, done.output
    assert "ok      escape                  1 attacks, all held" in done.stdout
    assert "ok      this machine" in done.stdout


@pytest.mark.slow
def test_what_does_not_hold_is_named(run: Run) -> None:
    """The judge is exchanged: whatever this attack got is too much."""
    broken = replace(cheapest()[0], judge=lambda _result, _honest: [Problem(Fault.NOT_HELD, "it read\nthe secret")])
    done = run([broken])
    assert done.exit_code == 1
    assert "BROKEN  escape                  1 attacks, 1 NOT HELD" in done.stdout
    assert f"{broken.name}: it read the secret" in done.stdout


def cheapest() -> list[Case]:
    return [next(case for case in attacks_here() if case.name.startswith("escape/"))]


def test_without_a_clone_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(attack_trial, "corpus_dir", lambda: tmp_path)
    done = CliRunner().invoke(main, ["doctor", "--attack"])
    assert done.exit_code == 2
    assert "holds no attacks. The corpus comes with a clone of the project." in done.output
