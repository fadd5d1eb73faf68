"""Find the names that a module's functions read and that do not exist once it is imported as the grader does."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from grader.submissions.contract import CONTRACT_NAMES
from grader.submissions.definitions import ALWAYS_THERE
from grader.submissions.module_facts import Definition, ModuleFacts, bodies_of, statements_in
from grader.submissions.parsing import parse_tree
from grader.submissions.source_text import SourceText


@dataclass(frozen=True)
class Unmade:
    """A name that will not exist when functions of the assignment are called."""

    functions: tuple[str, ...]
    """Those of the assignment that fail for it, in the order of the module."""
    within: str
    """What reads the name: one of these functions, or what they need."""
    name: str
    line: int
    """Where it is read first, in the module's text."""
    made: int | None
    """The line that would make it; None when there is none. A function's own import makes and reads it in one."""


def unmade_names(text: str, existing: Collection[str], outside: Collection[str] = ()) -> list[Unmade]:
    """Return the names that the assignment's functions read, in themselves or in what they need, and that nobody makes.

    Args:
        text: of the whole module, as its author wrote it.
        existing: the names that it had when it was imported.
        outside: modules that are not there to be imported.
    """
    try:
        facts = ModuleFacts(SourceText(text), parse_tree(text))
        makers = dict(_makers(facts))
    except (RecursionError, SyntaxError):  # Python takes it, or has said why not; names are followed no further
        return []
    known = ALWAYS_THERE | facts.made_by_functions | set(existing)
    readers: dict[str, list[ast.stmt]] = {}
    for name, statements in makers.items():
        if name in existing:
            readers[name] = statements
    here_only = {name for name, statements in makers.items() if all(_is_there(one, outside) for one in statements)}
    users: dict[str, list[str]] = {}
    for function in sorted(CONTRACT_NAMES & readers.keys(), key=lambda name: readers[name][0].lineno):
        for within in _needed_by(function, readers, facts):
            users.setdefault(within, []).append(function)
    found = []
    for within, functions in users.items():
        for statement in readers[within]:
            missing = facts.names_of(statement).later - known - here_only
            places = {name: _line_of(name, statement) for name in missing}
            own = dict(_own_imports(statement, outside))
            for name, line in sorted((places | own).items(), key=lambda one: (one[1], one[0])):
                made = line if name in own else makers[name][0].lineno if name in makers else None
                found.append(Unmade(tuple(functions), within, name, line, made))
    return found


def _is_there(statement: ast.stmt, outside: Collection[str]) -> bool:
    """Tell whether a statement imports what is there: it failed for a library that is not installed rightly here."""
    return isinstance(statement, ast.Import | ast.ImportFrom) and not any(top in outside for top in _tops(statement))


def _tops(statement: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the modules that an import names, without what lies inside them."""
    names = [alias.name for alias in statement.names] if isinstance(statement, ast.Import) else [statement.module or ""]
    return [name.partition(".")[0] for name in names]


def _own_imports(statement: ast.stmt, outside: Collection[str]) -> Iterator[tuple[str, int]]:
    """Yield each module that a definition imports when it is called and that is not there, with the line."""
    for part in ast.walk(statement) if isinstance(statement, Definition) else ():
        if isinstance(part, ast.Import | ast.ImportFrom):
            yield from ((top, part.lineno) for top in _tops(part) if top in outside)


def _makers(facts: ModuleFacts) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield each name that a statement outside of the functions makes, with these statements."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in statements_in(facts.tree.body):
        if not bodies_of(statement):
            for name in facts.names_of(statement).bound:
                found.setdefault(name, []).append(statement)
        elif isinstance(statement, ast.For | ast.AsyncFor):
            for part in ast.walk(statement.target):
                if isinstance(part, ast.Name):
                    found.setdefault(part.id, []).append(statement)
    yield from found.items()


def _needed_by(function: str, readers: dict[str, list[ast.stmt]], facts: ModuleFacts) -> list[str]:
    """Return a function and the module's own names that its call leads to."""
    waiting, seen = [function], [function]
    while waiting:
        for statement in readers[waiting.pop()]:
            new = sorted((facts.names_of(statement).later & readers.keys()) - set(seen))
            seen += new
            waiting += new
    return seen


def _line_of(name: str, statement: ast.stmt) -> int:
    lines = [part.lineno for part in ast.walk(statement) if isinstance(part, ast.Name) and part.id == name]
    return min(lines, default=statement.lineno)
