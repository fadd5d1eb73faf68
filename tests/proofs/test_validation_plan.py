"""Which cases are graded, on how many secrets, and that the whole engine tells a wrong grader from a right one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from validation_cases import LETTER_OF, case_of, report_of, verdict_of

from grader.cli.commands import main
from grader.engine.run_settings import GradeSettings
from grader.proofs import run as run_module
from grader.proofs.cases import Fault, Kind, must_be_empty, must_be_full, must_lose
from grader.proofs.plan import TRAINED_EVERY, load_cases, plan_of, todays_cases
from grader.proofs.run import is_repeated, run_cases, secret_of, turn_of
from grader.proofs.variants import MODULE, changed, reference_source, solved
from grader.results.rubric import load_rubric
from grader.system.errors import UsageError

RUBRIC = load_rubric()


@pytest.fixture(scope="module")
def cases():
    return {case.name: case for case in load_cases(list(Kind), RUBRIC)}


def test_every_corpus_is_loaded_and_names_are_its_own(cases) -> None:
    kinds = {case.kind for case in cases.values()}
    assert kinds == set(Kind)
    assert len(cases) == len(load_cases(list(Kind), RUBRIC))


def test_a_mistake_is_graded_with_the_lines_that_it_could_change(cases) -> None:
    assert cases["letters/lower-case"].lines == LETTER_OF
    assert cases["build_ann/sgd"].lines >= {"training.trains_ann", "training.ann_accuracy", "drawing.predict_ann"}
    assert "letters.accuracy" in cases["prepare/cnn-not-divided"].lines
    assert cases["training/returns-model"].lines >= RUBRIC.costly
    assert not cases["build-ann/number-1"].lines & RUBRIC.costly
    assert cases["letter-of/unwritten"].lines == frozenset(RUBRIC.by_id) - RUBRIC.costly


def test_right_solutions_are_graded_on_every_secret_and_the_rest_on_the_first(cases) -> None:
    chosen = [cases["reference"], cases["plain-beginner"], cases["letters/lower-case"], cases["network/tcp"]]
    plan = plan_of(chosen, 21, RUBRIC)
    assert [len(part) for part in plan] == [4, *([2] * 20)]
    trained = [number for number, part in enumerate(plan) if part[0].lines is None]
    assert trained == [0, 1, 2, 3, 4, TRAINED_EVERY, 2 * TRAINED_EVERY]
    assert not plan[7][0].lines & RUBRIC.costly
    assert all(part[1].lines is None for part in plan), "an alternate trains on each"


def test_new_cases_come_first_then_those_about_changed_lines_and_the_others_take_turns() -> None:
    cases = [case_of(str(number), concerns=frozenset({f"line{number}"})) for number in range(20)]
    seconds = {case.name: 10.0 for case in cases[:-1]}
    changed = {Kind.ALTERNATE: frozenset({"line7", "line8"}), Kind.MUTANT: frozenset({"line3"})}
    days = [todays_cases(cases, 50, seconds, changed, day) for day in range(5)]
    assert len({tuple(case.name for case in chosen) for chosen in days}) == 5
    for chosen in days:
        assert len(chosen) == 5, "as many as there is time for"
        new, *due = chosen[:3]
        assert (new.name, new.lines) == ("19", None), "nobody has graded it yet"
        assert {case.name: case.lines for case in due} == {"7": {"line7"}, "8": {"line8"}}, "on these lines alone"
        assert all(case.lines is None for case in chosen[3:])
    assert [case.name for case in todays_cases(cases, 10, seconds, changed, day=1)] == ["19"]
    assert len(todays_cases(cases, 50, {}, {}, day=1)) == 5, "what nobody timed counts as an average case"
    reference = case_of("reference", Kind.REFERENCE)
    assert todays_cases([*cases, reference], 5, seconds, {}, day=1) == [reference], "it comes every day"
    mistake = case_of("mistake", Kind.MUTANT, concerns=frozenset({"line3"}), lines=frozenset({"line3", "line4"}))
    assert todays_cases([mistake], 10, {"mistake": 10.0}, changed, day=1) == [mistake], "with all lines it could change"


def test_secrets_differ_and_the_first_is_the_run_s_own() -> None:
    assert secret_of(b"own", 0) == b"own"
    assert len({secret_of(b"own", number) for number in range(20)}) == 20


def module_case(name: str, source: str, judge, **changes):
    def make(folder: Path) -> Path:
        path = folder / MODULE
        path.write_text(source, encoding="utf-8")
        return path

    return case_of(name, make=make, judge=judge, lines=LETTER_OF, **changes)


@pytest.mark.slow
@pytest.mark.usefixtures("canary")
def test_a_grader_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judges are exchanged, so that each fault comes up in a real grading."""
    monkeypatch.setattr(run_module, "is_repeated", lambda _case, _turn, _number: True)
    lower = changed(('chr(ord("A")', 'chr(ord("a")'))
    asked = [
        module_case("right", solved(), must_be_full),
        module_case("killed", lower, must_lose(["letters.letter_of"], []), kind=Kind.MUTANT),
        module_case("survivor", solved(), must_lose(["letters.letter_of"], []), kind=Kind.MUTANT),
        module_case("blamed", lower, must_lose(["letters.letter_of_range"], []), kind=Kind.MUTANT),
        module_case("unearned", solved(), must_be_empty, kind=Kind.STUBS),
        module_case("lost", lower, must_be_full),
    ]
    settings = GradeSettings(secret=b"a secret of the tests")
    report = run_cases(settings, [asked, [asked[0]]], jobs=2)
    found = {(v.case.name, v.seed): {problem.fault for problem in v.problems} for v in report.verdicts}
    assert found == {
        ("right", 0): set(),
        ("right", 1): set(),
        ("killed", 0): set(),
        ("survivor", 0): {Fault.SURVIVED},
        ("blamed", 0): {Fault.SURVIVED, Fault.WRONG_BLAME},
        ("unearned", 0): {Fault.UNEARNED},
        ("lost", 0): {Fault.FALSE_FAIL},
    }
    assert (report.secrets, report.machine, report.good) == (2, (), False)
    assert {item.id for verdict in report.verdicts for item in verdict.result.items} == LETTER_OF


def test_attacks_are_not_repeated(cases) -> None:
    turn = turn_of(b"own", "sources")
    assert sum(is_repeated(case, turn, 0) for case in cases.values()) > 20
    assert not any(is_repeated(case, turn, 0) for case in cases.values() if case.base)
    assert is_repeated(cases["reference"], turn, 0)
    assert not is_repeated(cases["reference"], turn, 1)


def test_the_repeated_cases_take_turns(cases) -> None:
    def repeated(secret: bytes, sources: str) -> set[str]:
        turn = turn_of(secret, sources)
        return {name for name, case in cases.items() if is_repeated(case, turn, 0)}

    assert repeated(b"own", "as it is") == repeated(b"own", "as it is")
    others = [repeated(secret_of(b"own", number), "as it is") for number in range(150)]
    assert set().union(*others) == {name for name, case in cases.items() if not case.base}, "each has its turn"
    assert repeated(b"own", "as it is") != repeated(b"own", "changed"), "on one secret, too"


@pytest.mark.usefixtures("canary")
def test_the_cases_files_are_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Seen(Exception):
        pass

    def grade(_settings) -> None:
        seen.extend(path.stat().st_mode & 0o777 for path in Path(tempfile.gettempdir()).glob("digitlab-*"))
        raise Seen

    monkeypatch.setattr(run_module, "ZygoteClient", grade)
    with pytest.raises(Seen):
        run_cases(GradeSettings(secret=b"a secret of the tests"), [[]], jobs=1)
    assert 0o700 in seen


def validated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *arguments: str):
    """Run the command in which every case is graded in no time and is good."""
    done = report_of(verdict_of(case_of("letters/lower-case", Kind.MUTANT)))
    monkeypatch.setattr(run_module, "run_cases", lambda *_, **__: done)
    monkeypatch.setattr("grader.proofs.gates.with_leaks", lambda report, _secret: report)
    monkeypatch.setattr("grader.proofs.golden.golden_file", lambda: tmp_path / "messages.txt")
    monkeypatch.setattr("grader.proofs.proof.record_file", lambda: tmp_path / "proved.json")
    return CliRunner().invoke(main, ["validate", "--mutants", *arguments])


def test_what_is_proved_is_kept_though_nobody_reads_the_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def closed(*_) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("grader.proofs.report.print_report", closed)
    validated(monkeypatch, tmp_path, "--record", "--json", str(tmp_path / "found.json"))
    assert {path.name for path in tmp_path.iterdir()} == {"messages.txt", "proved.json", "found.json"}


def test_the_report_is_shown_though_a_file_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_) -> None:
        raise UsageError("x.json: the disk is full")

    monkeypatch.setattr("grader.proofs.report.write_json", full)
    result = validated(monkeypatch, tmp_path, "--json", str(tmp_path / "x.json"))
    assert result.exit_code == 2
    assert "the grader is right" in result.output
    assert "the disk is full" in result.output


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [([], 1, "1 recorded and gone"), (["--keep-messages"], 1, "mutant letters/lost: was recorded"),
     (["--record"], 0, "no longer recorded: mutant letters/lost")],
)  # fmt: skip
def test_a_smaller_corpus_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments, status, words) -> None:
    monkeypatch.setattr("grader.proofs.proof.gone_cases", lambda *_: ("mutant letters/lost: was recorded",))
    monkeypatch.setattr("grader.proofs.golden.changes", lambda *_: [])
    monkeypatch.setattr("grader.proofs.gates.changes", lambda *_: [])
    result = validated(monkeypatch, tmp_path, *arguments)
    assert (result.exit_code, "nothing was kept" in result.output) == (status, False)
    assert words in " ".join(result.output.split())


def test_a_day_s_choice_can_be_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen = []
    monkeypatch.setattr("grader.proofs.plan.plan_of", lambda cases, *_: [chosen.extend(cases) or list(cases)])
    today = validated(monkeypatch, tmp_path, "--minutes", "1")
    day = today.output.partition("the same ones again: --day ")[2].split()[0]
    first, chosen[:] = list(chosen), []
    validated(monkeypatch, tmp_path, "--minutes", "1", "--day", day)
    assert [case.name for case in chosen] == [case.name for case in first]
    chosen.clear()
    validated(monkeypatch, tmp_path, "--minutes", "1", "--day", "1")
    assert {case.name for case in chosen} != {case.name for case in first}


def test_a_missing_reference_or_template_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("grader.proofs.plan.template_dir", lambda: tmp_path)
    with pytest.raises(UsageError, match=r"mnist_all_models.py: is not there, so the stubs cannot be graded"):
        load_cases([Kind.STUBS], RUBRIC)
    monkeypatch.setattr("grader.proofs.variants.reference_dir", lambda: tmp_path)
    with pytest.raises(UsageError, match="the reference solution cannot be read"):
        reference_source()


def test_one_file_by_two_names_cannot_hold_both(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "found")
    places = ["--json", str(tmp_path / "found"), "--html", str(tmp_path / "link")]
    result = CliRunner().invoke(main, ["validate", "--only", "letters", *places])
    assert result.exit_code == 2
    assert "cannot hold the verdicts and the page at once" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "no such case"], "no name of the"),
        (["--record", "--mutants", "--only", "parser"], "leave out --only and --minutes"),
        (["--record", "--minutes", "3"], "leave out --only and --minutes"),
        (["--record", "--level", "reduced", "--time-limit", "99"], "leave out --level, --time-limit"),
        (["--keep-messages", "--mutants", "--time-limit", "99"], "--keep-messages is about the grader as it comes"),
        (["--minutes", "nan"], "nan is no number of minutes"),
        (["--only", "letters", "--json", "/nowhere/x.json"], "/nowhere/x.json: there is no folder /nowhere. Choose"),
        (["--only", "letters", "--html", "/"], "/: is a folder. Choose another file."),
        (
            ["--only", "letters", "--json", "/tmp/x", "--html", "/tmp/x"],
            "cannot hold the verdicts and the page at once",
        ),
        (["--seeds", "0"], "is not in the range"),
        (["--day", "739000"], "--day chooses among the cases of --minutes"),
        (["--forget", "no/such"], "--forget no/such: "),
    ],
)
def test_wrong_usage_is_told(arguments, words) -> None:
    result = CliRunner().invoke(main, ["validate", *arguments])
    assert result.exit_code == 2
    assert words in result.output


def test_an_unknown_rubric_line_is_told() -> None:
    result = CliRunner().invoke(main, ["grade", __file__, "--line", "letters.no_line"])
    assert result.exit_code == 2
    assert "there is no rubric line or part 'letters.no_line'" in result.output


def test_a_part_of_the_rubric_is_no_mark_to_store(tmp_path) -> None:
    result = CliRunner().invoke(main, ["grade", __file__, "--line", "letters", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "no mark to store" in result.output


@pytest.mark.slow
@pytest.mark.usefixtures("canary")
def test_secrets_with_one_case_each_are_graded_side_by_side_and_told_in_order() -> None:
    right = module_case("right", solved(), must_be_full)
    report = run_cases(GradeSettings(secret=b"a secret of the tests"), [[right], [right], [right]], jobs=2)
    assert [verdict.seed for verdict in report.verdicts] == [0, 1, 2]
    assert (report.secrets, report.good) == (3, True)
