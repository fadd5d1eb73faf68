"""What is known about a module before anything is left out: its statements, its names, what it imports."""

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from grader.sandbox.statement_effects import Effects, aliases_in, effects_of, functions_in
from grader.submissions.plain_values import Surroundings, root_name
from grader.submissions.scopes import Names, names_in
from grader.submissions.source_text import SourceText

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Block = ast.If | ast.Try | ast.TryStar | ast.With
"""Statements whose bodies are looked into; a loop is kept or left out as a whole."""


def bodies_of(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the lists of statements directly inside a block or a loop; empty for definitions and simple statements."""
    if isinstance(statement, Definition):
        return []
    handlers = getattr(statement, "handlers", [])
    parts = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    return [body for body in [parts[0], *(handler.body for handler in handlers), *parts[1:]] if body]


def headers_of(statement: ast.stmt) -> list[ast.expr]:
    """Return the expressions that a block or a loop evaluates besides its bodies."""
    match statement:
        case ast.If(test=test):
            return [test]
        case ast.With(items=items):
            return [item.context_expr for item in items]
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            return [handler.type for handler in handlers if handler.type is not None]
        case ast.For(iter=iterated):
            return [iterated]
        case _:
            return []


def statements_in(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Walk all statements that run when the module is loaded, those inside blocks and loops included."""
    waiting = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        yield statement
        for inner in reversed(bodies_of(statement)):
            waiting.extend(reversed(inner))


def targets_of(statement: ast.stmt) -> set[str]:
    """Return the names that an assignment, a loop or a ``with`` binds or changes: ``a`` for ``a[0] = 1``, too."""
    targets: list[ast.expr]
    match statement:
        case ast.Assign(targets=targets):
            pass
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.For(target=target):
            targets = [target]
        case ast.With(items=items):
            targets = [item.optional_vars for item in items if item.optional_vars is not None]
        case _:
            targets = []
    return {name for target in targets for name in _bound_by(target)}


def _bound_by(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _bound_by(element)
    elif (name := root_name(target)) is not None:
        yield name


class ModuleFacts:
    """A module's text and tree, and questions about them that are answered once."""

    def __init__(self, source: SourceText, tree: ast.Module) -> None:
        self.source = source
        self.tree = tree
        self._names: dict[ast.stmt | ast.expr, Names] = {}
        self._effects: dict[ast.stmt, Effects] = {}
        self._imports = [one for one in statements_in(tree.body) if isinstance(one, ast.Import | ast.ImportFrom)]

    @cached_property
    def postponed_annotations(self) -> bool:
        return any(
            isinstance(one, ast.ImportFrom)
            and one.module == "__future__"
            and any(alias.name == "annotations" for alias in one.names)
            for one in self._imports
        )

    @cached_property
    def has_star_import(self) -> bool:
        """Tell whether names may come from a module that is not read here."""
        return any(alias.name == "*" for one in self._imports for alias in one.names)

    @cached_property
    def bound_anywhere(self) -> frozenset[str]:
        return frozenset(name for statement in self.tree.body for name in self.names_of(statement).bound)

    @cached_property
    def made_by_functions(self) -> frozenset[str]:
        """Return the names that functions make with ``global``."""
        return frozenset(name for statement in self.tree.body for name in self.names_of(statement).made_global)

    @cached_property
    def around(self) -> Surroundings:
        imported = dict(_imported_names(self._imports))
        definitions = frozenset(one.name for one in statements_in(self.tree.body) if isinstance(one, Definition))
        simple = (one for one in statements_in(self.tree.body) if isinstance(one, ast.Assign | ast.AnnAssign | ast.For))
        assigned = frozenset(
            name for one in simple for name in targets_of(one) if name not in imported or _binds_plainly(one, name)
        )
        return Surroundings(imported, definitions, assigned | definitions)

    def names_of(self, node: ast.stmt | ast.expr) -> Names:
        """Return the names of a statement, or of an expression in a block's header."""
        if node not in self._names:
            self._names[node] = self._look_up(node)
        return self._names[node]

    def effects_of(self, statement: ast.stmt) -> Effects:
        """Return which of the module's own objects a statement changes in place; of a class, only what surely does.

        A method of a class of one's own may be all that a script does; functions are no objects to build on.
        """
        if statement not in self._effects:
            found = effects_of(statement, self._functions).seen_through(self._aliases)
            own = self.around.assigned - self._functions.keys()
            perhaps = own - self.around.functions
            self._effects[statement] = Effects(found.built & own, (found.worked & perhaps) | (found.built & own))
        return self._effects[statement]

    @cached_property
    def _functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        return functions_in(self.tree.body)

    @cached_property
    def _aliases(self) -> dict[str, frozenset[str]]:
        return aliases_in(statements_in(self.tree.body))

    def _look_up(self, node: ast.stmt | ast.expr) -> Names:
        if isinstance(node, ast.expr):
            return names_in(f"({self.source.cut(node)}\n)")
        text = self.source.cut(node)
        if indentation := self.source.indentation(node):  # an `else` further down must still fit
            text = f"if 1:\n{indentation}{text}"
        names = names_in(text, postponed_annotations=self.postponed_annotations)
        if isinstance(node, Definition):
            for decorator in node.decorator_list:
                names.now |= self.names_of(decorator).read
        elif isinstance(node, ast.AugAssign):
            names.now |= targets_of(node)
        return names


def _imported_names(imports: list[ast.Import | ast.ImportFrom]) -> Iterator[tuple[str, str]]:
    for statement in imports:
        for alias in statement.names:
            if isinstance(statement, ast.ImportFrom):
                yield alias.asname or alias.name, f"{statement.module}.{alias.name}"
            else:
                first = alias.name.split(".")[0]
                yield alias.asname or first, alias.name if alias.asname else first


def _binds_plainly(statement: ast.stmt, name: str) -> bool:
    """Tell ``np = ...`` from ``np.option = ...``."""
    return isinstance(statement, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == name for target in statement.targets
    )
