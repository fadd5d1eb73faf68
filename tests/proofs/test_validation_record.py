"""The record of a whole validation: what it keeps, and which rubric lines changed since."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from validation_cases import BAD, case_of, report_of, verdict_of

from grader.proofs.cases import Kind
from grader.proofs.plan import load_cases
from grader.proofs.proof import forget_cases, gone_cases, write_record
from grader.results.rubric import load_rubric
from grader.results.validation_record import (
    ASSIGNMENT,
    changed_lines,
    highest_rate,
    line_digests,
    read_record,
    record_file,
)
from grader.system.errors import UsageError

RUBRIC = load_rubric()


@pytest.fixture
def record(tmp_path):
    write_record(report_of(verdict_of()), RUBRIC, tmp_path / "proved.json")
    return read_record(tmp_path / "proved.json")


def test_a_record_keeps_the_figures(record) -> None:
    kind = record.kinds["alternate"]
    assert (kind.cases, kind.gradings, kind.secrets, kind.minutes) == (1, 1, 1, 1.0)
    assert kind.tested == {"first": 1, "second": 1}
    assert record.seconds == {"one": round(verdict_of().result.seconds, 1)}


def test_kinds_are_recorded_one_by_one(record, tmp_path) -> None:
    path = tmp_path / "proved.json"
    reference = case_of("reference", Kind.REFERENCE)
    write_record(report_of(verdict_of(reference), replace(verdict_of(reference), seed=1)), RUBRIC, path)
    both = read_record(path)
    assert both.kinds["alternate"] == record.kinds["alternate"]
    assert (both.kinds["reference"].secrets, both.kinds["reference"].gradings) == (2, 2)
    assert both.tested == {"first": 3, "second": 3}
    assert both.seconds.keys() == {"one", "reference"}


def test_a_report_says_what_is_proved_only_when_every_kind_is(record, tmp_path) -> None:
    path = tmp_path / "proved.json"
    assert record.figures() is None
    write_record(report_of(*(verdict_of(case_of(kind, kind)) for kind in Kind)), RUBRIC, path)
    whole = read_record(path)
    figures = whole.figures()
    assert (figures.right, figures.tests, figures.mistakes, figures.attacks) == (2, 4, 2, 1)
    assert figures.false_fails == highest_rate(2, 0), "it is said of the lines that were tested"
    tested = dict.fromkeys(RUBRIC.by_id, 100)
    right = {name: whole.kinds[name].model_copy(update={"tested": tested}) for name in ("alternate", "reference")}
    both = whole.model_copy(update={"kinds": whole.kinds | right})
    assert both.figures().false_fails == highest_rate(200, 0) == pytest.approx(1 - 0.05 ** (1 / 200))
    assert both.is_of_this_grader()
    older = right["reference"].model_copy(update={"grader": "another"})
    assert not both.model_copy(update={"kinds": both.kinds | {"reference": older}}).is_of_this_grader()


def test_a_validation_that_found_faults_is_not_recorded(tmp_path) -> None:
    with pytest.raises(UsageError, match="this validation found faults"):
        write_record(report_of(BAD), RUBRIC, tmp_path / "proved.json")
    with pytest.raises(UsageError, match="cannot be written"):
        write_record(report_of(verdict_of()), RUBRIC, tmp_path / "missing" / "proved.json")


def test_a_broken_record_is_told_and_a_missing_one_is_none(tmp_path) -> None:
    assert read_record(tmp_path / "none.json") is None
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(UsageError, match="is no record of a validation"):
        read_record(tmp_path / "bad.json")
    with pytest.raises(UsageError, match="Remove it and make it anew"):
        write_record(report_of(verdict_of()), RUBRIC, tmp_path / "bad.json")


def test_lines_change_with_their_tests_their_checks_and_their_entry(record, tmp_path) -> None:
    assert changed_lines(record, RUBRIC) == {"alternate": frozenset()}
    assert changed_lines(None, RUBRIC) == {}
    assignment = tmp_path / "assignment"
    shutil.copytree(ASSIGNMENT, assignment)
    before = line_digests(RUBRIC, assignment)
    with (assignment / "hidden_tests" / "test_letters_hidden.py").open("a") as file:
        file.write("# changed\n")
    after = line_digests(RUBRIC, assignment)
    changed = {line for line in before if before[line] != after[line]}
    assert "letters.accuracy" in changed
    assert "parser.u1" not in changed
    with (assignment / "public_tests" / "checks" / "idx_files.py").open("a") as file:
        file.write("# changed\n")
    assert line_digests(RUBRIC, assignment)["parser.u1"] != after["parser.u1"]
    assert line_digests(RUBRIC, assignment)["builders.ann_built"] == after["builders.ann_built"]
    other = RUBRIC.with_line_limits({"parser.u1": (99, 99)})
    assert changed_lines(record, other) == {"alternate": {"parser.u1"}}
    before = line_digests(RUBRIC, assignment)
    with (assignment / "public_tests" / "test_drawing.py").open("a") as file:
        file.write("# changed\n")
    after = line_digests(RUBRIC, assignment)
    changed = {line for line in before if before[line] != after[line]}
    assert {"drawing.uint8", "drawing.colour"} <= changed, "hidden tests use what stands in public ones"
    assert "parser.u1" not in changed


def test_a_case_that_is_gone_is_named(record) -> None:
    assert gone_cases(record, [Kind.ALTERNATE], [case_of()]) == ()
    assert gone_cases(None, [Kind.ALTERNATE], []) == ()
    assert gone_cases(record, [Kind.MUTANT], []) == (), "not asked for"
    (told,) = gone_cases(record, [Kind.ALTERNATE], [case_of("another")])
    assert told.startswith("alternate one: was recorded, and the corpus no longer holds it.")
    assert not report_of(verdict_of(), gone=(told,)).good


def test_a_case_that_went_on_purpose_is_taken_out_by_name(record, tmp_path) -> None:
    path = tmp_path / "proved.json"
    with pytest.raises(UsageError, match="--forget one: the corpus holds this case"):
        forget_cases(["one"], [case_of()], path)
    with pytest.raises(UsageError, match=r"--forget other: .*proved\.json has no case of this name"):
        forget_cases(["one", "other"], [], path)
    assert read_record(path) == record, "all names or none"
    forget_cases(["one"], [], path)
    kind = read_record(path).kinds["alternate"]
    assert (kind.cases, kind.seconds, kind.tested) == (0, {}, record.kinds["alternate"].tested)


def test_the_corpora_hold_what_was_recorded() -> None:
    assert gone_cases(read_record(), list(Kind), load_cases(list(Kind), RUBRIC)) == ()


def test_the_record_lies_in_the_package() -> None:
    assert record_file().parent.parent.name == "grader"
