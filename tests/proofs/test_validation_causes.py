"""Every cause that can be named is named for its own mistake, and for no other of the corpus."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import test_checks_library_errors
import test_told_mistakes
import test_told_mistakes_numbers

from grader.proofs.cases import cause_in, without_numbers
from grader.proofs.causes import matrix_of, namable_causes, pattern_of
from grader.proofs.golden import read_messages
from grader.proofs.mutants import load_mutants
from grader.system.assets import corpus_dir

ROOT = Path(__file__).resolve().parents[2]
MISTAKES = (
    test_told_mistakes.test_a_mistake_is_told_with_its_cause,
    test_told_mistakes_numbers.test_a_mistake_is_told_with_its_cause,
    test_checks_library_errors.test_errors_lose_their_noise_and_get_a_cause,
)
"""Tests of one mistake each: what they ask for is the only cause that its message names."""


def words_of_tests() -> list[str]:
    """Return the words that these tests ask of a cause, with # for numbers and names."""
    tables = [mark.args[1] for test in MISTAKES for mark in test.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    return [placeless(row[-1]) for table in tables for row in table if row[-1]]


def placeless(text: str) -> str:
    return re.sub(r"\{[^}]*\}|\"[^\"]*\"|\d+", "#", text)


@pytest.fixture(scope="module")
def matrix():
    return matrix_of(load_mutants(corpus_dir() / "mutants"), read_messages())


def test_no_message_names_the_cause_of_another_mistake(matrix):
    assert matrix.wrong == ()


def test_every_cause_that_a_mistake_declares_is_named_for_it(matrix):
    assert matrix.idle == ()


def test_every_cause_in_the_messages_is_known_as_one():
    known = [pattern_of(*forms) for forms in namable_causes()]
    causes = {cause_in(words) for words in read_messages().values()} - {""}
    assert [cause for cause in causes if not any(one.fullmatch(cause) for one in known)] == []


def test_every_cause_is_proven_by_a_mistake(matrix):
    """By one of the corpus, or by one of the tests that put a mistake into the reference or make a library raise."""
    asked = [words for words in words_of_tests() if len(words) > 10]

    def is_proven(forms: tuple[str, ...]) -> bool:
        one = pattern_of(*map(without_numbers, forms))
        by_test = any(words in placeless(form) for words in asked for form in forms)
        return by_test or any(one.fullmatch(named) for named in matrix.mistakes)

    assert [f"{file}: {forms[0]}" for forms, file in namable_causes().items() if not is_proven(forms)] == []


def test_the_page_of_causes_is_what_the_messages_give(matrix):
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        from causes import table_of
    finally:
        sys.path.pop(0)
    assert (ROOT / "docs" / "causes.md").read_text(encoding="utf-8") == table_of(matrix), "benchmarks/causes.py --write"


def test_a_message_that_names_the_cause_of_another_mistake_is_found():
    mutants = load_mutants(corpus_dir() / "mutants")
    name = "letters/lower-case"
    said = {(name, "letters.letter_of"): "Wrong.\n  cause:    it was rounded\n  try:      x"}
    found = matrix_of(mutants, said)
    assert found.wrong == ((name, "letters.letter_of"),)
    assert (name, "small letters, not capital ones") in found.idle
    assert "0 are vague, 1 name a wrong cause" in str(found)
