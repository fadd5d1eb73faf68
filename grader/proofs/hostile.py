"""The hostile corpus: submissions that attack the grader, each with what it must get.

An attack is a Python file under ``tests/corpus/hostile/<kind>/`` that is put after an honest solution (its *base*),
with comment lines at its head::

    # hopes: that exit status 0 counts as a pass
    # stopped by: a line without an answer is lost
    # base: plain
    # costs: training.accuracy crashed
    # import: fails, and is meant to

It must get exactly the points of its base, save the lines that it costs itself. An attack that finds a way says so by
calling ``it_worked("what")``, which every base has: it spoils an honest line, so that the result shows it.
Attacks that are not code (archives, folders, odd files) are made by functions in ``packages.py``; see `Package`.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.marking.student import IMPORT_FAILED
from grader.proofs.cases import Case, Fault, Kind, Problem
from grader.proofs.variants import MODULE, solved, without
from grader.results.models import Outcome, SubmissionResult
from grader.system.errors import GraderFault, UsageError

MODELS = (
    "build_ann", "build_cnn", "predict_scores", "predict_labels", "save_model", "restore_model", "predict_drawing",
    "build_letters_model", "predict_letters",
)  # fmt: skip
TRAININGS = ("train_model", "train_letters")
SIGNAL_LINE = "letters.letter_of"
WHOLE = "whole"
MAX_SECONDS = 240
"""A whole honest solution takes some 25 s; an attack may use up the time limits of some lines, not of all."""
_ALARM = '''

def it_worked(what):
    """Show that an attack found a way: from now on an honest line fails with these words."""
    global letter_of

    def letter_of(label):
        raise SystemError(f"the attack worked: {what}")

'''
_HEADER = re.compile(r"# (hopes|stopped by|base|costs|import): (.+)")


@dataclass(frozen=True)
class Base:
    """An honest solution, whole or in part, that attacks are put behind."""

    name: str
    source: str


@dataclass(frozen=True)
class Attack:
    """One hostile submission and what it must get."""

    name: str
    hopes: str
    stopped_by: str
    base: str
    make: Callable[[Path], Path]
    """Write the submission into a folder; return its path."""
    costs: dict[str, Outcome] = field(default_factory=dict)
    """Lines that the attack costs itself, with their outcome."""
    rejected: str = ""
    """Words of the reason, for a submission that is not taken at all."""
    import_fails: bool = False
    """Its import fails, so that only its definitions count. Unless that is meant, such an attack never attacked."""


@dataclass(frozen=True)
class Package:
    """An attack that is not code; ``packages.py`` has a list ``PACKAGES`` of them.

    `make` gets a folder and the honest module's text, writes the submission and returns its path.
    """

    name: str
    hopes: str
    stopped_by: str
    make: Callable[[Path, str], Path]
    rejected: str = ""
    costs: dict[str, str] = field(default_factory=dict)
    import_fails: bool = False


def bases() -> dict[str, Base]:
    """Return the honest solutions, from the quickest to grade to the whole reference."""
    sources = {
        "plain": without((*MODELS, *TRAININGS)),
        "models": without(TRAININGS),
        WHOLE: solved(),
    }
    return {name: Base(name, source + _ALARM) for name, source in sources.items()}


def load_attacks(folder: Path) -> list[Attack]:
    """Return all attacks of the corpus, by name.

    Raises:
        UsageError: there are none, or one is not what the corpus' rules ask for.
    """
    known = bases()
    attacks = [_code_attack(path, folder, known) for path in sorted(folder.glob("*/*.py"))]
    attacks += [_package_attack(package, known["plain"]) for package in _packages(folder)]
    if not attacks:
        raise UsageError(f"{folder}: holds no attacks. The corpus comes with a clone of the project.")
    names = [attack.name for attack in attacks]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UsageError(f"{folder}: two attacks are called {', '.join(sorted(twice))}")
    return sorted(attacks, key=lambda attack: attack.name)


def _code_attack(path: Path, folder: Path, known: dict[str, Base]) -> Attack:
    text = path.read_text(encoding="utf-8")
    told: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = _HEADER.fullmatch(line)
        if match is None:
            break
        told.setdefault(match[1], []).append(match[2])
    base = told.get("base", ["plain"])[0]
    if "hopes" not in told or "stopped by" not in told or base not in known:
        raise UsageError(
            f"{path}: its first lines must be `# hopes: ...`, `# stopped by: ...` and, if not plain, `# base: ...` "
            f"with one of {', '.join(known)}"
        )
    source = known[base].source + text

    def make(target: Path) -> Path:
        file = target / MODULE
        file.write_text(source, encoding="utf-8")
        return file

    return Attack(
        name=path.relative_to(folder).with_suffix("").as_posix(),
        hopes=" ".join(told["hopes"]),
        stopped_by=" ".join(told["stopped by"]),
        base=base,
        make=make,
        costs=dict(_cost(line, path) for line in told.get("costs", [])),
        import_fails="import" in told,
    )


def _cost(text: str, path: Path) -> tuple[str, Outcome]:
    line, _, outcome = text.partition(" ")
    try:
        return line, Outcome(outcome)
    except ValueError:
        known = ", ".join(Outcome)
        raise UsageError(f"{path}: `# costs: {text}`: expected a rubric line and one of {known}") from None


def _packages(folder: Path) -> list[Package]:
    path = folder / "packages.py"
    if not path.exists():
        return []
    spec = importlib.util.spec_from_file_location("hostile_packages", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[Package] = module.PACKAGES
    return found


def _package_attack(package: Package, base: Base) -> Attack:
    return Attack(
        name=f"packaging/{package.name}",
        hopes=package.hopes,
        stopped_by=package.stopped_by,
        base=base.name,
        make=lambda target: package.make(target, base.source),
        costs={line: Outcome(outcome) for line, outcome in package.costs.items()},
        rejected=package.rejected,
        import_fails=package.import_fails,
    )


def hostile_cases(attacks: Collection[Attack]) -> list[Case]:
    """Return the attacks as cases, and after them their honest bases: among attacks they get what they get alone."""
    needed = sorted({attack.base for attack in attacks})
    return [_case(attack) for attack in attacks] + [_neighbour(name) for name in needed]


def _case(attack: Attack) -> Case:
    return Case(
        Kind.HOSTILE,
        attack.name,
        f"hopes {attack.hopes}; stopped by {attack.stopped_by}",
        attack.make,
        lambda result, honest: attack_problems(attack, result, honest),
        base=attack.base,
    )


def _neighbour(name: str) -> Case:
    def judge(result: SubmissionResult, honest: SubmissionResult | None) -> list[Problem]:
        assert honest is not None
        return _not_held(base_problems(name, honest) + differences(result, honest, {}))

    return Case(Kind.HOSTILE, f"neighbours/{name}", "an honest submission among attacks", base_maker(name), judge, name)


def base_maker(name: str) -> Callable[[Path], Path]:
    """Return what writes an honest base into a folder."""

    def make(folder: Path) -> Path:
        path = folder / MODULE
        path.write_text(bases()[name].source, encoding="utf-8")
        return path

    return make


def base_problems(name: str, honest: SubmissionResult) -> list[str]:
    """Return why an honest base says nothing of attacks on it: where nothing is marked, nothing can be forged."""
    problems = [f"the base was not taken: {honest.reason}"] if honest.reason else []
    problems += [f"the base has a note: {note}" for note in honest.notes if IMPORT_FAILED in note]
    outcomes = {item.id: item.outcome for item in honest.items}
    if outcomes.get(SIGNAL_LINE) is not Outcome.PASSED:
        problems.append(f"the base does not pass {SIGNAL_LINE}, which every one of them solves")
    if name == WHOLE and honest.score != honest.max_score:
        problems.append(f"the whole base has {honest.score:g} of {honest.max_score:g} points")
    return problems


def attack_problems(attack: Attack, result: SubmissionResult, honest: SubmissionResult | None) -> list[Problem]:
    """Compare what an attack got with what its honest base got.

    Raises:
        GraderFault: the base has no mark.
    """
    if honest is None or honest.score is None:
        raise GraderFault(f"the honest base {attack.base} got no mark: {honest and honest.grader_log}")
    problems = _rejection_problems(attack, result) if attack.rejected else differences(result, honest, attack.costs)
    if any(IMPORT_FAILED in note for note in result.notes) and not attack.import_fails:
        problems.append(f"it never attacked: {next(note for note in result.notes if IMPORT_FAILED in note)}")
    if result.seconds > MAX_SECONDS:
        problems.append(f"it took {result.seconds:.0f} s, more than {MAX_SECONDS}: it held up the class")
    return _not_held(problems)


def _not_held(texts: list[str]) -> list[Problem]:
    return [Problem(Fault.NOT_HELD, text) for text in texts]


def _rejection_problems(attack: Attack, result: SubmissionResult) -> list[str]:
    if result.score == 0 and attack.rejected in result.reason:
        return []
    return [f"not rejected with the words {attack.rejected!r}: score {result.score}, reason {result.reason!r}"]


def differences(result: SubmissionResult, honest: SubmissionResult, costs: dict[str, Outcome]) -> list[str]:
    """Return what is not as it should be, line by line: the honest outcome, save where the attack costs a line.

    How a line without points was lost is the same for both, as long as it was judged.
    """
    found = [f"{line}: no such rubric line" for line in costs if line not in {item.id for item in honest.items}]
    for item, honest_item in zip(result.items, honest.items, strict=True):
        outcome = costs.get(item.id, honest_item.outcome)
        points = 0.0 if item.id in costs else honest_item.points
        is_lost_alike = item.points == points == 0 and item.id not in costs and item.outcome is not Outcome.GRADER_ERROR
        if (item.outcome, item.points) != (outcome, points) and not is_lost_alike:
            found.append(
                f"{item.id}: {item.outcome} with {item.points:g} points, not {outcome} with {points:g}: "
                f"{item.message.splitlines()[0] if item.message else ''}"
            )
    return found
