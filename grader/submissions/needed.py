"""Find the names that the definitions of a module need: what their bodies read, and what those values read in turn."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from grader.submissions.contract import CONTRACT_NAMES
from grader.submissions.module_facts import (
    Block,
    Definition,
    ModuleFacts,
    bodies_of,
    headers_of,
    statements_in,
    targets_of,
)
from grader.submissions.plain_values import FILLING_METHODS, is_plain, root_name


def needed_names(facts: ModuleFacts) -> frozenset[str]:
    """Return the module's names that a definition, or the grader, reads: directly or through other values."""
    return _followed(set(CONTRACT_NAMES) | _read_by_definitions(facts), _makers(facts, facts.tree.body, frozenset()))


def names_of_the_contract(facts: ModuleFacts, *, with_work: bool) -> frozenset[str]:
    """Return the names that functions of the contract read, themselves or by way of what they call and read.

    Args:
        with_work: a statement that perhaps changes such a name's object counts as making it, too.
    """
    definitions = ((one.name, frozenset(facts.names_of(one).read)) for one in _definitions(facts))
    makers = _makers(facts, facts.tree.body, frozenset(), with_work=with_work)
    return _followed(set(CONTRACT_NAMES), chain(makers, definitions))


def _definitions(facts: ModuleFacts) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    return (one for one in statements_in(facts.tree.body) if isinstance(one, Definition))


def _followed(waiting: set[str], makers: Iterable[tuple[str, frozenset[str]]]) -> frozenset[str]:
    """Return these names and, step by step, those that are read for making them."""
    read_for: dict[str, set[str]] = {}
    for name, read in makers:
        read_for.setdefault(name, set()).update(read)
    needed: set[str] = set()
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
    holding = _holding_definitions(facts.tree.body)
    for statement in statements_in(facts.tree.body):
        if isinstance(statement, Definition):
            read |= facts.names_of(statement).read
        elif statement in holding:
            for header in headers_of(statement):
                read |= facts.names_of(header).read
    return read


def _holding_definitions(body: Sequence[ast.stmt]) -> set[ast.stmt]:
    """Return the statements that have a definition or an import inside them; each is walked once."""
    around: dict[ast.stmt, ast.stmt] = {}
    holding: set[ast.stmt] = set()
    for statement in statements_in(body):
        around |= dict.fromkeys(chain.from_iterable(bodies_of(statement)), statement)
        if isinstance(statement, Definition | ast.Import | ast.ImportFrom):
            block = around.get(statement)
            while block is not None and block not in holding:
                holding.add(block)
                block = around.get(block)
    return holding


def _makers(
    facts: ModuleFacts, body: Sequence[ast.stmt], around: frozenset[str], *, with_work: bool = False
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each name that a statement makes or changes, with what is read for that in it and in the blocks around."""
    for statement in body:
        inner = bodies_of(statement)
        makes = targets_of(statement)
        if (filled := filled_name(statement)) is not None:
            makes.add(filled)
        if not isinstance(statement, Definition | Block):
            effects = facts.effects_of(statement)
            makes |= effects.worked if with_work else effects.built
        headers = frozenset(name for header in headers_of(statement) for name in facts.names_of(header).read)
        reads = around | (headers if inner and isinstance(statement, Block) else facts.names_of(statement).read)
        yield from ((name, reads) for name in makes)
        for inner_body in inner:
            yield from _makers(facts, inner_body, around | headers | makes, with_work=with_work)
