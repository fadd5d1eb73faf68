"""Find the names that the definitions of a module need: what their bodies read, and what those values read in turn."""

import ast
from collections.abc import Iterator, Sequence

from .contract import CONTRACT_NAMES
from .module_facts import (
    Definition,
    ModuleFacts,
    bodies_of,
    headers_of,
    statements_in,
    targets_of,
)
from .plain_values import FILLING_METHODS, is_plain, root_name


def needed_names(facts: ModuleFacts) -> frozenset[str]:
    """Return the module's names that a definition, or the grader, reads: directly or through other values."""
    needed: set[str] = set()
    waiting = set(CONTRACT_NAMES) | _read_by_definitions(facts)
    read_for: dict[str, set[str]] = {}
    for name, read in _makers(facts, facts.tree.body, frozenset()):
        read_for.setdefault(name, set()).update(read)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting |= read_for.get(name, set()) - needed
    return frozenset(needed)


def is_filling(statement: ast.stmt, facts: ModuleFacts) -> bool:
    """Tell whether a statement puts plain values into one of the module's own tables: ``TABLE.append("A")``."""
    return (
        (name := filled_name(statement)) is not None
        and name in facts.around.assigned
        and (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Call)
            and all(is_plain(argument, facts.around) for argument in statement.value.args)
            and all(is_plain(keyword.value, facts.around) for keyword in statement.value.keywords)
        )
    )


def filled_name(statement: ast.stmt) -> str | None:
    """Return ``TABLE`` for ``TABLE.append(...)`` or ``TABLE[k].update(...)``; None for other statements."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=table, attr=method))) if method in FILLING_METHODS:
            return None if isinstance(table, ast.Call) else root_name(table)
        case _:
            return None


def _read_by_definitions(facts: ModuleFacts) -> set[str]:
    """Return what definitions read, and what decides whether an import or a definition inside a block is reached."""
    read: set[str] = set()
    for statement in statements_in(facts.tree.body):
        if isinstance(statement, Definition):
            read |= facts.names_of(statement).read
        elif any(isinstance(one, Definition | ast.Import | ast.ImportFrom) for one in _inside(statement)):
            for header in headers_of(statement):
                read |= facts.names_of(header).read
    return read


def _inside(statement: ast.stmt) -> Iterator[ast.stmt]:
    for body in bodies_of(statement):
        yield from statements_in(body)


def _makers(
    facts: ModuleFacts, body: Sequence[ast.stmt], around: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each name that a statement makes or changes, with what is read for that in it and in the blocks around."""
    for statement in body:
        makes = targets_of(statement)
        if (filled := filled_name(statement)) is not None:
            makes.add(filled)
        inner = bodies_of(statement)
        headers = frozenset(name for header in headers_of(statement) for name in facts.names_of(header).read)
        reads = around | (headers if inner else facts.names_of(statement).read)
        yield from ((name, reads) for name in makes)
        for inner_body in inner:
            yield from _makers(facts, inner_body, around | headers | makes)
