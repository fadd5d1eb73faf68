"""The mutants: what a patch must be, and what the rules make."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from validation_cases import LETTER_OF

from grader.proofs.automatic import EQUIVALENT, LINES, RULES, automatic_mutants
from grader.proofs.golden import read_messages
from grader.proofs.line_coverage import reached_lines
from grader.proofs.mutants import functions_of, load_mutants
from grader.proofs.variants import solved, without
from grader.results.rubric import load_rubric
from grader.submissions.contract import CONTRACT_NAMES
from grader.system.assets import corpus_dir
from grader.system.errors import UsageError

RUBRIC = load_rubric()
ENTRY = {
    "name": '"lower-case"',
    "mistake": '"small letters"',
    "within": '"letter_of"',
    "patch": """[['chr(ord("A")', 'chr(ord("a")']]""",
    "loses": '["letters.letter_of"]',
    "consequences": '["letters.letter_of_range"]',
    "hint": '"A, B, C"',
}


def corpus(tmp_path: Path, copies: int = 1, **changes: str) -> Path:
    entry = "\n".join(f"{key} = {value}" for key, value in (ENTRY | changes).items())
    (tmp_path / "letters.toml").write_text(f"[[mutant]]\n{entry}\n" * copies, encoding="utf-8")
    return tmp_path


def test_a_mutant_is_the_reference_with_one_function_changed(tmp_path) -> None:
    (mutant,) = load_mutants(corpus(tmp_path))
    assert mutant.name == "letters/lower-case"
    assert mutant.functions == {"letter_of"}
    assert mutant.source == solved().replace('chr(ord("A")', 'chr(ord("a")')
    assert (mutant.loses, mutant.consequences) == (("letters.letter_of",), {"letters.letter_of_range"})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"loses": '["letters.no_line"]'}, "the rubric has no line 'letters.no_line'"),
        ({"loses": "[]"}, "letters.toml: mutant lower-case: loses: .* at least 1 item"),
        ({"hint": '" "'}, "mutant lower-case: hint: "),
        ({"foo": "1"}, "mutant lower-case: foo: Extra inputs"),
        ({"consequences": '["letters.letter_of"]'}, "stands in loses and in consequences"),
        (
            {"unseen": '"why"'},
            "`unseen` says why no public line shows it, but letters.letter_of is public; leave it out",
        ),
        ({"loses": '["letters.accuracy"]', "consequences": '["letters.train"]'}, "no public line shows this mistake: "),
        ({"within": '"no_function"'}, "the reference has no function 'no_function'"),
        ({"patch": "[['no such text', '']]"}, "stands 0 times in letter_of, not once"),
        ({"patch": "[['label', '']]"}, r"stands \d+ times in letter_of, not once"),
        ({"patch": "[['chr(', 'chr(']]"}, "the patch changes nothing"),
        ({"patch": "[['chr(', 'chr((']]"}, "is no Python"),
        ({"patch": "[['chr(']]"}, r"mutant lower-case: patch\.0\.1: Field required"),
        ({"name": '"Lower Case"'}, "mutant Lower Case: name: "),
        ({"name": "="}, "is no file of mutants"),
    ],
)
def test_a_bad_entry_is_told(tmp_path, changes, words) -> None:
    with pytest.raises(UsageError, match=words):
        load_mutants(corpus(tmp_path, **changes))


def test_two_of_one_name_and_none_at_all_are_told(tmp_path) -> None:
    with pytest.raises(UsageError, match="holds no mutants"):
        load_mutants(tmp_path)
    with pytest.raises(UsageError, match="two mutants are called letters/lower-case"):
        load_mutants(corpus(tmp_path, copies=2))
    for text, words in (
        ("mutants = []", r"letters\.toml: mutant: Field required"),
        ("mutant = [5]", "mutant 0: the entry: "),
        ("mutant = []", r"letters\.toml: mutant: .* at least 1 item"),
    ):
        (tmp_path / "letters.toml").write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=words):
            load_mutants(tmp_path)


def test_the_reviewed_messages_are_those_of_the_corpus() -> None:
    """Whoever removes a mistake, or a line that it costs, removes its messages."""
    mutants = {mutant.name: mutant for mutant in load_mutants(corpus_dir() / "mutants")}
    kept = read_messages()
    stale = sorted(name for name, _line in kept if name not in mutants)
    assert stale == []
    needless = [(name, line) for name, line in kept if line not in {*mutants[name].loses, *mutants[name].consequences}]
    assert needless == []


def test_the_corpus_is_as_large_as_the_docs_say_and_about_every_line() -> None:
    mutants = load_mutants(corpus_dir() / "mutants")
    assert len(mutants) >= 190
    aimed_at = {line for mutant in mutants for line in mutant.loses}
    assert {line.id for line in RUBRIC.line} - aimed_at == set(), "each line has a mistake that it must find"


def test_at_most_one_mistake_in_ten_leaves_the_public_points_full() -> None:
    mutants = load_mutants(corpus_dir() / "mutants")
    unseen = {mutant.name: mutant.unseen for mutant in mutants if mutant.unseen}
    assert len(unseen) <= len(mutants) / 10
    table = (corpus_dir().parents[1] / "docs" / "authoring.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+/[\w-]+)` \| (.+) \|$", table, re.MULTILINE))
    assert told == unseen, "the table of docs/authoring.md"


def test_the_rules_make_valid_modules_that_differ_from_the_reference() -> None:
    mutants = automatic_mutants(RUBRIC)
    assert len(mutants) >= 100
    sources = [mutant.source for mutant in mutants]
    assert len(set(sources)) == len(sources)
    assert solved() not in sources
    for mutant in mutants:
        ast.parse(mutant.source)
        assert len(mutant.functions) == 1
        assert mutant.any_of
        assert not set(mutant.loses) & mutant.consequences
    ruled = {mutant.name.partition("/")[2].rpartition("-")[0] for mutant in mutants if not mutant.everywhere}
    assert ruled == set(RULES)


def test_each_function_is_left_unwritten_once() -> None:
    unwritten = {mutant.name: mutant for mutant in automatic_mutants(RUBRIC) if mutant.everywhere}
    assert len(unwritten) == len(CONTRACT_NAMES)
    mutant = unwritten["letter-of/unwritten"]
    assert mutant.source == without(["letter_of"])
    assert set(mutant.loses) == LETTER_OF


def test_the_tables_name_functions_and_lines_that_exist() -> None:
    assert set(LINES) <= set(functions_of(solved()))
    for beginnings in LINES.values():
        for beginning in beginnings:
            assert any(line.startswith(beginning) for line in RUBRIC.by_id), beginning


def test_what_a_function_is_tested_by_reaches_it() -> None:
    reached = reached_lines(RUBRIC)
    for mutant in automatic_mutants(RUBRIC):
        (function,) = mutant.functions
        assert set(mutant.loses) <= reached[function], mutant.name


def test_what_is_called_equivalent_would_be_made() -> None:
    made = {mutant.name for mutant in automatic_mutants(RUBRIC, with_equivalent=True)}
    assert set(EQUIVALENT) <= made
    assert all(EQUIVALENT.values())


def test_what_is_called_equivalent_changes_the_statements_that_its_reason_is_about() -> None:
    """Their numbers shift when the reference changes."""
    about = {"another rule that tells light paper": "border", "no tested drawing has": "layers|ink"}
    right = set(ast.unparse(ast.parse(solved())).splitlines())
    for mutant in automatic_mutants(RUBRIC, with_equivalent=True):
        words = [word for start, word in about.items() if EQUIVALENT.get(mutant.name, "").startswith(start)]
        changed = [line for line in ast.unparse(ast.parse(mutant.source)).splitlines() if line not in right]
        assert not words or all(re.search(words[0], line) for line in changed), mutant.name


def test_every_reviewed_message_names_a_cause_or_one_thing_to_try() -> None:
    mute = [key for key, words in read_messages().items() if "cause:" not in words and "try:" not in words]
    assert mute == []
