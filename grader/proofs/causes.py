"""Which causes the messages of failed checks can name, and whether each is named for its own mistake and no other.

A mutant states in `causes` what its messages may name; a message that names anything else is wrong. What a message says
without a cause counts as said in its own words where the mutant's `hint` stands in it, else as vague.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import grader
from grader.proofs.cases import cause_in, is_among, without_numbers
from grader.proofs.golden import Messages
from grader.proofs.mutants import Mutant

ASSIGNMENT = Path(grader.__file__).resolve().parent / "assignment"
_SIDE_BY_SIDE = "the handout's"
"""Stands in each table of two networks, layer by layer: it marks the layer that differs."""
_TEXTS = {"tr": 1, "later": 1, "trn": 2}
"""What marks a text for translation, and how many forms of it are given."""
_TABLES = re.compile(
    r"(CAUSES|MOVES|SCALES|SWAPPED|TRANSPOSED|CHANNEL_FIRST|FLAT|CUT_OFF|ONE_FOR_MANY|ASSERTED)$"
    r"|^(instead|exchanged|lost|overwritten|wrong_order)$"
)
"""Names of what holds causes."""
_KEYWORDS = {"cause", "instead", "lost"}
_FINDERS = {"look", "unread", "made_anew", "of_bytes"}
"""Functions inside others that find causes by further calls."""
_NOT_CAUSES = {"hint", "given", "expected", "came", "what", "function"}
"""Keywords of checks whose texts are said elsewhere in a message."""


@dataclass(frozen=True)
class Matrix:
    """What the reviewed messages name."""

    right: int = 0
    own_words: int = 0
    vague: tuple[tuple[str, str], ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()
    idle: tuple[tuple[str, str], ...] = ()
    """Mutants with a cause that none of their messages names."""
    mistakes: Mapping[str, list[str]] = field(default_factory=dict)
    """By cause, numbers aside: the mutants whose messages name it."""

    def __str__(self) -> str:
        return (
            f"reviewed messages: {self.right} name their mistake's cause, {self.own_words} say it in their own words, "
            f"{len(self.vague)} are vague, {len(self.wrong)} name a wrong cause"
        )


def matrix_of(mutants: Collection[Mutant], messages: Messages) -> Matrix:
    """Return what these messages name of these mistakes."""
    by_name = {mutant.name: mutant for mutant in mutants}
    kinds: dict[str, list[tuple[str, str]]] = defaultdict(list)
    mistakes: dict[str, list[str]] = defaultdict(list)
    for (name, line), words in messages.items():
        mutant, cause = by_name[name], cause_in(words)
        if cause:
            kinds["right" if is_among(cause, mutant.causes) else "wrong"].append((name, line))
            if name not in mistakes[without_numbers(cause)]:
                mistakes[without_numbers(cause)].append(name)
        else:
            is_clear = mutant.hint.lower() in words.lower() or _SIDE_BY_SIDE in words
            kinds["own words" if is_clear else "vague"].append((name, line))
    named = {(name, cause) for cause, names in mistakes.items() for name in names}
    idle = [(mutant.name, one) for mutant in mutants for one in mutant.causes]
    return Matrix(
        right=len(kinds["right"]),
        own_words=len(kinds["own words"]),
        vague=tuple(kinds["vague"]),
        wrong=tuple(kinds["wrong"]),
        idle=tuple((name, one) for name, one in idle if (name, without_numbers(one)) not in named),
        mistakes=dict(sorted(mistakes.items())),
    )


def namable_causes(folder: Path = ASSIGNMENT) -> dict[tuple[str, ...], str]:
    """Return every text of the checks and tests that stands where a cause is named, with the file it stands in.

    A text with a number has two forms.
    """
    files = [path for part in ("public_tests", "hidden_tests") for path in sorted((folder / part).rglob("*.py"))]
    return {text: path.name for path in files for text in _causes_in(ast.parse(path.read_text(encoding="utf-8")))}


def _causes_in(tree: ast.AST, within: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield the texts in functions and tables that name causes, and in arguments that are causes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.keyword):
            yield from _causes_in(node, (within or node.arg in _KEYWORDS) and node.arg not in _NOT_CAUSES)
        elif isinstance(node, ast.FunctionDef):
            yield from _causes_in(node, within or "cause" in node.name or node.name in _FINDERS)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            yield from _causes_in(node, within or any(_TABLES.search(name) for name in names))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Cause":  # with its own thing to try
            yield from _causes_in(ast.Tuple(node.args[:1], ast.Load()), True)
        elif isinstance(node, ast.Call) and within and getattr(node.func, "id", "") in _TEXTS:
            forms = node.args[: _TEXTS[getattr(node.func, "id", "")]]
            texts = tuple(str(form.value) for form in forms if isinstance(form, ast.Constant))
            yield from [texts] if texts else []
        else:
            yield from _causes_in(node, within)


def pattern_of(*forms: str) -> re.Pattern[str]:
    """Return what matches a cause, in any of its forms, that is named with any numbers and names in its places."""
    return re.compile("|".join(r"(?s:.+?)".join(map(re.escape, re.split(r"\{[^}]*\}", form))) for form in forms))
