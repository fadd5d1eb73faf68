"""Copies are found under other names, the assignment's own code counts for nobody, hostile sources cost little."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from grader.similarity import find_pairs
from grader.similarity.fingerprints import WINDOW, K, fingerprints, gram_hashes
from grader.similarity.known import known_code
from grader.similarity.pairs import MAX_PAIRS, MAX_PART_LINES
from grader.similarity.tokens import MAX_TOKENS, tokenize

WORDS = ("alpha", "beta", "gamma", "delta", "x", "y", "rows", "count")


def some_code(seed: int, functions: int = 8) -> str:
    """Return code of a structure that no other seed has."""
    rng = random.Random(seed)
    heads = (
        "",
        "if {}:\n        ",
        "for x in {}:\n        ",
        "while {}:\n        ",
        "with {}:\n        ",
        "assert {}\n    ",
    )
    lines = []
    for number in range(functions):
        lines.append(f"def function_{number}({rng.choice(WORDS)}, {rng.choice(WORDS)}=None):")
        for _ in range(rng.randint(4, 8)):
            head = rng.choice(heads).format(expression(rng, 1))
            lines.append(f"    {head}{rng.choice(WORDS)} {rng.choice(('', '+', '-', '*'))}= {expression(rng, 3)}")
        lines.append(f"    return {rng.choice(WORDS)}\n")
    return "\n".join(lines)


def expression(rng: random.Random, depth: int) -> str:
    if not depth or rng.random() < 0.2:
        return rng.choice((*WORDS, "1", "'text'"))
    one, other = (expression(rng, depth - 1) for _ in range(2))
    operator = rng.choice(("+", "-", "*", "/", "**", "//", "%", "<", "and", "or", "in", "is not"))
    return rng.choice((f"{one} {operator} {other}", f"f({one}, {other})", f"[{one}, {other}]", f"x[{one}:{other}]"))


def renamed(code: str) -> str:
    """Return the code as a copyist leaves it: other names, other numbers, comments, blank lines."""
    code = re.sub(r"\b(alpha|beta|gamma|delta|rows|count)\b", lambda match: match[0].upper() + "_1", code)
    return "# my own work\n\n" + re.sub(r"\b\d\b", "7", code).replace("\n    return", "\n\n    # done\n    return")


def test_a_copy_under_other_names_is_found_with_its_parts() -> None:
    sources = {f"s{number}": some_code(number) for number in range(6)} | {"copy": renamed(some_code(3))}
    (pair,) = find_pairs(sources, ())
    assert (pair.first, pair.second) == ("copy", "s3")
    assert pair.share == 1
    assert pair.parts[0].first_line > pair.parts[0].second_line
    assert "# done" in pair.parts[0].first_text
    assert "def function_0" in pair.parts[0].second_text
    assert len(pair.parts[0].first_text.splitlines()) == MAX_PART_LINES + 1


def test_a_copied_function_counts_by_its_share() -> None:
    lines = some_code(1, 9)
    sources = {"a": lines, "b": some_code(2, 4) + lines[: len(lines) // 2]}
    assert find_pairs(sources, (), level=0.9) == []
    (pair,) = find_pairs(sources, (), level=0.3)
    assert 0.3 < pair.share < 0.9


def test_a_pair_shares_four_fingerprints_or_is_none() -> None:
    """A few equal lines are no copy, even where there is not much else."""
    words = some_code(3).split(" ")
    sizes = set()
    for number in range(1, 200):
        text = " ".join(words[:number])
        sizes.add(size := len(fingerprints(tokenize(text))))
        assert bool(find_pairs({"one": text, "other": text}, ())) is (size >= 4)
    assert {3, 4} <= sizes


def test_code_of_the_template_counts_for_nobody() -> None:
    template = some_code(10)
    sources = {"a": template + some_code(1), "b": template + some_code(2)}
    assert find_pairs(sources, (), level=0.4)
    assert find_pairs(sources, (template,), level=0.4) == []


def test_common_parts_do_not_reach_into_the_template() -> None:
    template, own = some_code(10), some_code(1, 3)
    (pair,) = find_pairs({"a": template + own, "b": template + own}, (template,))
    assert pair.parts[0].first_line >= len(template.splitlines()) - 1


def test_an_excerpt_begins_with_a_line_that_is_not_the_templates() -> None:
    """A head and a docstring are too few tokens to count as the template's code, between code of one's own."""
    template = 'def predict(model, x):\n    """Say what it is."""\n    raise NotImplementedError\n'
    head = "".join(template.splitlines(keepends=True)[:2])
    body = "".join(f"    {line}\n" for line in some_code(5, 3).splitlines())
    texts = {"anna": head + "\n" + body, "boris": "import os\n" + head + "    # mine\n" + renamed(body)}
    (pair,) = find_pairs(texts, [template])
    part = pair.parts[0]
    assert (part.first_line, part.second_line) == (4, 4)
    assert part.first_text.startswith(body.splitlines()[0])
    assert part.second_text.startswith("    # mine")


def test_what_many_have_counts_for_nobody() -> None:
    common = some_code(10)
    sources = {f"s{number}": common + some_code(number + 20) for number in range(12)}
    assert find_pairs(sources, (), level=0.3) == []


def test_any_common_run_of_39_tokens_shares_a_fingerprint() -> None:
    common = tokenize(some_code(5)).codes
    for length in (K + WINDOW - 1, 80):
        for start in range(0, 60, 7):
            run = " ".join(f"{['if', 'while', 'in', 'or', 'not', '+', '-', '(', ')'][code % 9]}" for code in common)
            piece = " ".join(run.split()[start : start + length])
            first, second = f"{some_code(1)} {piece} {some_code(2)}", f"{some_code(3)} {piece} {some_code(4)}"
            assert set(fingerprints(tokenize(first))) & set(fingerprints(tokenize(second)))


@pytest.mark.parametrize("source", ["", "x", "'''never closed", "\\", "\ud800 \x00", '"', "f'{", "# only", "é = 'ж'"])
def test_odd_sources_have_no_fingerprints_and_raise_nothing(source: str) -> None:
    assert fingerprints(tokenize(source)) == {}
    assert len(gram_hashes(tokenize(source))) == 0


def test_names_numbers_and_texts_count_by_kind_and_comments_not_at_all() -> None:
    one, other = tokenize("def f(a):  # one\n    return a + 1.5e3, 'x'\n"), tokenize('def g(bb): return bb + 2, r"y z"')
    assert list(one.codes) == list(other.codes)
    assert list(one.lines) == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]
    assert list(tokenize("a and b").codes) != list(tokenize("a or b").codes)


@pytest.mark.parametrize(
    "text",
    ["x = 1\n" * 500_000, "(" * 1_000_000, "'" * 1_000_001, '"""' + "\\" * 1_000_000, "a" * 2_000_000, "#\n" * 500_000,
     '"' * 1_000_000, "'''\"" * 250_000],
)  # fmt: skip
def test_hostile_sources_are_cut_and_take_little(text: str) -> None:
    started = time.monotonic()
    assert len(tokenize(text).codes) <= MAX_TOKENS
    find_pairs({"a": text, "b": text, "c": "x"}, ())
    assert time.monotonic() - started < 20  # a generous bound: below a second on an idle machine


def test_a_class_of_copies_lists_no_more_than_the_limit() -> None:
    sources = {f"{group}-{number}": some_code(group) for group in range(20) for number in range(6)}
    assert len(find_pairs(sources, ())) == MAX_PAIRS


def test_the_known_code_is_the_reference_and_the_template() -> None:
    reference, template = known_code()
    root = Path(__file__).resolve().parents[2]
    assert template == (root / "student_template" / "mnist_all_models.py").read_text(encoding="utf-8")
    assert find_pairs({"a": reference, "b": reference, "c": template, "d": template}, known_code()) == []


@pytest.mark.parametrize("copies", [10, 11, 15])
def test_half_a_class_that_copied_is_no_common_knowledge(copies: int) -> None:
    sources = {f"s{number}": some_code(number) for number in range(30 - copies)}
    sources |= {f"copy-{number}": renamed(some_code(99)) for number in range(copies)}
    pairs = find_pairs(sources, ())
    assert len(pairs) == min(MAX_PAIRS, copies * (copies - 1) // 2)
    assert all(pair.first.startswith("copy-") and pair.second.startswith("copy-") for pair in pairs)


def test_a_thousand_copies_take_no_longer_than_their_texts() -> None:
    text = some_code(99)
    begin = time.process_time()
    pairs = find_pairs({f"copy-{number:04}": text for number in range(1000)}, ())
    assert len(pairs) == MAX_PAIRS
    assert time.process_time() - begin < 60
