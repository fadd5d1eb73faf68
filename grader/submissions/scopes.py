"""Which names a piece of source reads and binds, by Python's own scope analysis (``symtable``)."""

import ast
import symtable
import warnings
from dataclasses import dataclass, field

_FUTURE = "from __future__ import annotations\n"


@dataclass
class Names:
    """The module's names that one statement touches.

    ``now`` is read when the statement runs, ``later`` when a function in it is called; ``bound`` is made by it,
    ``made_global`` by a function in it through ``global``.
    """

    now: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    made_global: set[str] = field(default_factory=set)

    @property
    def read(self) -> set[str]:
        return self.now | self.later


def names_in(source: str, *, postponed_annotations: bool = False) -> Names:
    """Return the names of a text that compiles as a module.

    Args:
        source: one statement, or several.
        postponed_annotations: annotations are not evaluated, as after ``from __future__ import annotations``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = _with_generators(source)
        table = symtable.symtable(_FUTURE + text if postponed_annotations else text, "<submission>", "exec")
    names = Names()
    for symbol in table.get_symbols():
        if symbol.is_referenced():
            names.now.add(symbol.get_name())
        if symbol.is_assigned() or symbol.is_imported():
            names.bound.add(symbol.get_name())
    if postponed_annotations:
        names.bound.discard("annotations")
    for child in table.get_children():
        _add_inner(child, names, runs_now=True)
    return names


def _add_inner(table: symtable.SymbolTable, names: Names, *, runs_now: bool) -> None:
    """Add what a class, a comprehension or a function reads of the module."""
    runs_now = runs_now and (table.get_type() == "class" or table.get_name() == "genexpr")
    for symbol in table.get_symbols():
        if not symbol.is_global():
            continue
        if symbol.is_referenced():
            (names.now if runs_now else names.later).add(symbol.get_name())
        if symbol.is_assigned():  # by `global`, or by `:=` in a comprehension
            (names.bound if runs_now else names.made_global).add(symbol.get_name())
    for child in table.get_children():
        _add_inner(child, names, runs_now=runs_now)


def _with_generators(source: str) -> str:
    """Return the source with comprehensions written as generators.

    Both have the same scopes, but since Python 3.12 (PEP 709) ``symtable`` shows a comprehension's variables as if
    they were the module's.
    """
    if "for" not in source:
        return source
    tree = ast.parse(source)
    if not any(isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp) for node in ast.walk(tree)):
        return source
    return ast.unparse(ast.fix_missing_locations(_Generators().visit(tree)))


class _Generators(ast.NodeTransformer):
    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    def visit_DictComp(self, node: ast.DictComp) -> ast.expr:
        self.generic_visit(node)
        return ast.GeneratorExp(ast.Tuple([node.key, node.value], ast.Load()), node.generators)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """Keep what an f-string reads; unparsing the string itself fails for some quotes and backslashes."""
        self.generic_visit(node)
        return ast.Tuple([part for part in node.values if not isinstance(part, ast.Constant)], ast.Load())

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        self.generic_visit(node)
        parts = [node.value] if node.format_spec is None else [node.value, node.format_spec]
        return ast.Tuple(parts, ast.Load())
