"""The mutants: mistakes that students of this lab make, as small patches of the reference, each with what it must cost.

``tests/corpus/mutants/<part>.toml`` holds tables like::

    [[mutant]]
    name = "lower-case"
    mistake = "letter_of gives small letters"
    within = "letter_of"
    patch = [['chr(ord("A")', 'chr(ord("a")']]
    loses = ["letters.letter_of"]
    consequences = ["letters.letter_of_range"]
    hint = "A, B, C"
    causes = ["small letters, not capital ones"]

`patch` pairs a text that stands once in the function `within` with what the student wrote instead. See `Mutant`.
"""

from __future__ import annotations

import ast
import functools
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.proofs.variants import solved
from grader.results.rubric import Rubric, load_rubric
from grader.system.errors import UsageError


class Mutant(BaseModel):
    """One mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9/_-]+$")]
    mistake: Annotated[str, Field(min_length=1)]
    """What the student did wrong."""
    source: str
    """The whole module with the mistake in it."""
    loses: tuple[str, ...] = Field(min_length=1)
    """The rubric lines that the mistake is about: each loses points."""
    consequences: frozenset[str] = frozenset()
    """Lines that build on them and lose, too; those that train may."""
    hint: str = ""
    """Words of the message for the first line of the rubric that `loses` names, which help to find the mistake."""
    unseen: str = ""
    """Why no public line tells the student of it; empty when one does."""
    causes: tuple[str, ...] = ()
    """What its messages may name as their cause, numbers aside: another one is wrong."""
    any_of: bool = False
    """One of `loses` is enough."""
    everywhere: bool = False
    """It is graded on the lines that do not reach what it changes, too."""

    @property
    def functions(self) -> frozenset[str]:
        """The functions of the reference that it changes or lacks."""
        mine = functions_of(self.source)
        return frozenset(name for name, text in functions_of(solved()).items() if mine.get(name) != text)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
    mistake: Annotated[str, Field(pattern=r"\S")]
    within: str
    patch: list[tuple[str, str]] = Field(min_length=1)
    loses: tuple[str, ...] = Field(min_length=1)
    consequences: frozenset[str] = frozenset()
    hint: Annotated[str, Field(pattern=r"\S")]
    unseen: str = ""
    causes: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mutant: list[_Entry] = Field(min_length=1)


def load_mutants(folder: Path) -> list[Mutant]:
    """Return all mutants of the corpus, by name.

    Raises:
        UsageError: there are none, or one is not what the corpus' rules ask for.
    """
    rubric = load_rubric()
    mutants = [mutant for path in sorted(folder.glob("*.toml")) for mutant in _read(path, rubric)]
    if not mutants:
        raise UsageError(f"{folder}: holds no mutants. The corpus comes with a clone of the project.")
    names = [mutant.name for mutant in mutants]
    if twice := {name for name in names if names.count(name) > 1}:
        raise UsageError(f"{folder}: two mutants are called {', '.join(sorted(twice))}")
    return sorted(mutants, key=lambda mutant: mutant.name)


def _read(path: Path, rubric: Rubric) -> list[Mutant]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = _File.model_validate(table).mutant
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: is no file of mutants ({error}). See docs/authoring.md.") from error
    except ValidationError as error:
        raise UsageError(f"{path}: {_first_problem(error, table)}. See docs/authoring.md.") from error
    return [_made(entry, path, rubric) for entry in entries]


def _first_problem(error: ValidationError, table: dict[str, Any]) -> str:
    """Return the first thing that is wrong with a file's entries: of which mutant, which key, and why."""
    first = error.errors()[0]
    kind, *where = first["loc"] or ("",)
    if kind == "mutant" and where and isinstance(where[0], int):
        entry = table["mutant"][where[0]]
        name = entry.get("name", where[0]) if isinstance(entry, dict) else where[0]
        return f"mutant {name}: {'.'.join(map(str, where[1:])) or 'the entry'}: {first['msg']}"
    return f"{kind or 'the file'}: {first['msg']} (it is {first['input']!r})"


def _made(entry: _Entry, path: Path, rubric: Rubric) -> Mutant:
    where = f"{path}, {entry.name}"
    if unknown := sorted({*entry.loses, *entry.consequences} - rubric.by_id.keys()):
        raise UsageError(f"{where}: the rubric has no line {unknown[0]!r}")
    if both := sorted(set(entry.loses) & entry.consequences):
        raise UsageError(f"{where}: {both[0]} stands in loses and in consequences; put it into one of them")
    shown = sorted(line for line in _sure_losses(entry, rubric) if rubric.by_id[line].public)
    if shown and entry.unseen:
        raise UsageError(f"{where}: `unseen` says why no public line shows it, but {shown[0]} is public; leave it out")
    if not shown and not entry.unseen:
        raise UsageError(
            f"{where}: no public line shows this mistake: a student who makes it sees all public points. Make a line "
            "that it loses public, or say in `unseen` why that cannot be"
        )
    return Mutant(
        name=f"{path.stem}/{entry.name}",
        mistake=entry.mistake,
        source=_patched(entry, where),
        loses=entry.loses,
        consequences=entry.consequences,
        hint=entry.hint,
        unseen=entry.unseen,
        causes=entry.causes,
    )


def _sure_losses(entry: _Entry, rubric: Rubric) -> frozenset[str]:
    """Return the lines that it loses on every secret; consequences that train may keep their points."""
    return entry.consequences - rubric.costly | set(entry.loses)


def _patched(entry: _Entry, where: str) -> str:
    source = solved()
    functions = functions_of(source)
    if entry.within not in functions:
        raise UsageError(f"{where}: the reference has no function {entry.within!r}; it has {', '.join(functions)}")
    before = after = functions[entry.within]
    for old, new in entry.patch:
        if after.count(old) != 1:
            raise UsageError(f"{where}: this text stands {after.count(old)} times in {entry.within}, not once: {old!r}")
        after = after.replace(old, new)
    if after == before:
        raise UsageError(f"{where}: the patch changes nothing")
    mutated = source.replace(before, after)
    try:
        ast.parse(mutated)
    except SyntaxError as error:
        raise UsageError(f"{where}: what the patch makes is no Python: {error}") from error
    return mutated


@functools.cache
def functions_of(source: str) -> dict[str, str]:
    """Return the text of each function of a module, by its name."""
    lines = source.splitlines(keepends=True)
    return {
        node.name: "".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
