"""Which rubric lines a mistake in a function can change, as it is read from the sources."""

from __future__ import annotations

import pytest
from validation_cases import LETTER_OF

from grader.proofs.line_coverage import reached_lines
from grader.proofs.mutants import load_mutants
from grader.results.rubric import load_rubric
from grader.system.assets import corpus_dir

RUBRIC = load_rubric()
REACHED = reached_lines(RUBRIC)


@pytest.mark.parametrize(
    ("function", "lines"),
    [
        ("letter_of", LETTER_OF),
        ("accuracy", {"training.accuracy", "training.lists"}),  # not the lines that measure an accuracy themselves
        ("predict_drawing", {"drawing.predict_ann", "drawing.predict_cnn"}),
    ],
)
def test_only_lines_whose_tests_ask_for_a_function_are_reached(function, lines) -> None:
    assert REACHED[function] == lines


@pytest.mark.parametrize(
    ("function", "line", "way"),
    [
        ("parse_idx", "parser.f8", "the mark is called, and a helper of another file asks"),
        ("parse_idx", "letters.upright", "one function of the reference calls another"),
        ("read_exactly", "parser.gzip_file", "the reference has a helper of its own"),
        ("build_cnn", "training.cnn_accuracy", "a fixture asks"),
        ("prepare_ann", "training.prepare_sizes", "getattr with a name that is a parameter"),
        ("save_model", "save.restores_trained", "the helper of a public test asks"),
        ("train_model", "letters.accuracy", "a fixture asks for a function that calls it"),
    ],
)
def test_every_way_to_a_function_is_seen(function, line, way) -> None:
    assert line in REACHED[function], way


def test_a_line_that_needs_a_reached_one_can_be_skipped() -> None:
    for lines in REACHED.values():
        assert lines >= {line.id for line in RUBRIC.line if lines & set(line.needs)}


def test_every_line_is_reached_and_every_known_mistake_loses_nothing_else() -> None:
    assert set().union(*REACHED.values()) == set(RUBRIC.by_id)
    for mutant in load_mutants(corpus_dir() / "mutants"):
        reached = frozenset().union(*(REACHED[name] for name in mutant.functions))
        assert {*mutant.loses, *mutant.consequences} <= reached, mutant.name
