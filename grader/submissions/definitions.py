"""Keep what a module defines and leave out what it does when it is run: the text is blanked, never moved.

A notebook trains, draws and downloads between its definitions. Imports, functions, classes and plain values stay;
calls at top level go. With ``needed``, values that take a call stay when a definition reads them.
Functions here only decide; ``source_text`` cuts, ``plain_values`` judges values, ``needed`` follows names.
"""

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from grader.assignment.public_tests.checks.language import later, tr
from grader.sandbox.notebook_names import NOTEBOOK_NAMES
from grader.submissions.module_facts import (
    Block,
    Definition,
    ModuleFacts,
    bodies_of,
    headers_of,
    statements_in,
    targets_of,
)
from grader.submissions.needed import filled_name, is_filling, names_of_the_contract, needed_names
from grader.submissions.plain_values import is_plain
from grader.submissions.shown_text import shown
from grader.submissions.source_text import Blank, blank_out

CALL = later("a call at top level is not run")
EXPRESSION = later("an expression at top level is not run")
VALUE = later("a value that takes a call to make is not made")
BLOCK = later("a block that does more than define things is not run")
LOOP = later("a loop at top level is not run")
MAIN_BLOCK = later("the main block is not run")
COMMAND = later("a notebook command is not run")
AWAIT = later("`await` at top level is not run")
OTHER = later("a statement of this kind at top level is not run")

ALWAYS_THERE = (
    frozenset(dir(builtins))
    | NOTEBOOK_NAMES
    | {
        "__name__",
        "__file__",
        "__doc__",
        "__spec__",
        "__package__",
        "__loader__",
    }
)
_NO_WORK = frozenset({MAIN_BLOCK, COMMAND, AWAIT})
"""Reasons of what demonstrates: nobody expects it to build what functions read."""
MAX_QUOTED_CHARS = 40
_IN_LOOPS = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Pass | ast.Continue | ast.Break


@dataclass(frozen=True)
class LeftOut:
    """One statement that is not run: its 1-based line, the first line of its text, and why."""

    line: int
    text: str
    reason: str
    names: tuple[str, ...] = ()
    """What it would have made, or built on."""


@dataclass(frozen=True)
class Filtered:
    """A text of the same length in lines, and what was blanked in it."""

    source: str
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Verdict:
    """``reason`` is None when the statement stays; then ``inner`` judges the bodies of a block.

    ``holds`` says that the statement is why a block around it must stay: a definition, an import, a needed value.
    """

    statement: ast.stmt
    reason: str | None = None
    inner: tuple[tuple["_Verdict", ...], ...] = ()
    holds: bool = False

    @cached_property  # a chain of a thousand `elif` is a thousand blocks deep
    def stays_whole(self) -> bool:
        return self.reason is None and all(one.stays_whole for body in self.inner for one in body)


def keep_definitions(facts: ModuleFacts, *, with_needed: bool, with_work: bool = False) -> Filtered:
    """Return the module's text with everything blanked that is neither a definition nor a plain value.

    A name that the assignment's functions read is whole or not there at all: where a statement that builds on it is
    left out, so are all that make it.

    Args:
        facts: of a module that compiles (in a notebook, each of whose cells does).
        with_needed: keep values made by calls when a kept definition reads them, and what surely builds on those that
            the assignment's functions read.
        with_work: keep all that may change the latter.
    """
    broken: dict[str, ast.stmt] = {}
    while True:
        judge = _Judge(facts, broken, with_needed=with_needed, with_work=with_work)
        verdicts = judge.judge_body(facts.tree.body)
        more = judge.broken_by(verdicts)
        if not more:
            break
        broken |= more
    blanks = list(_blanks(facts, verdicts, is_module=True))
    source = blank_out(facts.source, (blank for blank, _ in blanks))
    left_out = sorted((one for _, one in blanks), key=lambda one: one.line)
    return Filtered(source, tuple(left_out))


class _Judge:
    """Goes through the statements in order and knows which names exist by then."""

    def __init__(
        self, facts: ModuleFacts, broken: Mapping[str, ast.stmt], *, with_needed: bool, with_work: bool
    ) -> None:
        self._facts = facts
        self._broken = broken
        """Names that are left out whole, each with the statement that builds on it and is not run."""
        self._with_work = with_work
        self._with_needed = with_needed
        self._of_contract = names_of_the_contract(facts, with_work=with_work)
        self._needed = (needed_names(facts) | self._of_contract) if with_needed else frozenset[str]()
        self._available = set(ALWAYS_THERE | facts.made_by_functions)

    def broken_by(self, verdicts: Sequence["_Verdict"]) -> dict[str, ast.stmt]:
        """Return the names of the assignment's functions that would be half built, with what is left out of them."""
        kept: set[str] = set()
        found: dict[str, ast.stmt] = {}
        for one in _each(verdicts):
            if one.reason is None:
                made = _plainly_made(one.statement)
                kept |= made
                found = {name: statement for name, statement in found.items() if name not in made}
            elif one.reason not in _NO_WORK:
                built = self._facts.effects_of(one.statement).built & self._of_contract & kept
                found |= dict.fromkeys(built - self._facts.around.functions - self._broken.keys(), one.statement)
        return found

    def judge_body(self, body: Sequence[ast.stmt]) -> tuple[_Verdict, ...]:
        return tuple(self._judge(statement) for statement in body)

    def _judge(self, statement: ast.stmt) -> _Verdict:
        if isinstance(statement, Block) and not _is_main_block(statement):
            return self._judge_block(statement)
        reason = self._why_not(statement)
        if reason is None:
            self._run(statement)
        is_anchor = isinstance(statement, Definition | ast.Import | ast.ImportFrom)
        return _Verdict(statement, reason, holds=reason is None and (is_anchor or self._is_needed(statement)))

    def _judge_block(self, block: ast.stmt) -> _Verdict:
        headers = headers_of(block)
        missing = [name for header in headers for name in self._missing(self._facts.names_of(header).now)]
        before = set(self._available)
        self._available |= targets_of(block) | {handler.name or "" for handler in getattr(block, "handlers", ())}
        inner = tuple(self.judge_body(body) for body in bodies_of(block))
        verdict = _Verdict(block, None, inner, holds=any(one.holds for body in inner for one in body))
        is_plain_throughout = verdict.stays_whole and all(is_plain(one, self._facts.around) for one in headers)
        is_wanted = (verdict.holds or is_plain_throughout) and not any(_waits(header) for header in headers)
        if is_wanted and not missing:
            return verdict
        self._available = before
        return _Verdict(block, _needs(missing[0]) if is_wanted else BLOCK)

    def _why_not(self, statement: ast.stmt) -> str | None:
        """Return why a statement that is no block is left out, or None."""
        if isinstance(statement, Definition | ast.Import | ast.ImportFrom):
            return None
        reason = self._why_not_by_form(statement) or self._why_left_out_whole(statement)
        if reason is None:
            names = self._facts.names_of(statement)
            own = names.bound if isinstance(statement, ast.For) else set()
            read = set(_deleted(statement)) or names.now - own
            missing = self._missing(read)
            reason = _needs(missing[0]) if missing else None
        return reason

    def _why_not_by_form(self, statement: ast.stmt) -> str | None:
        if _is_main_block(statement):
            return MAIN_BLOCK
        if _runs_command(statement):
            return COMMAND
        if _waits(statement):
            return AWAIT
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return None
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                return None if self._is_plain_assignment(statement) or self._is_needed(statement) else VALUE
            case ast.Delete() if _deleted(statement) or self._works(statement):
                return None
            case ast.Expr(value=value):
                is_kept = self._works(statement) or (self._is_needed(statement) and is_filling(statement, self._facts))
                return None if is_kept else CALL if isinstance(value, ast.Call) else EXPRESSION
            case ast.For() | ast.While() | ast.AsyncFor():
                return None if self._is_needed_loop(statement) or self._works_in_loop(statement) else LOOP
        return None if type(statement).__name__ == "TypeAlias" else OTHER  # `type X = ...` is new in Python 3.12

    def _is_plain_assignment(self, statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
        parts: list[ast.expr | None] = [statement.value]
        if isinstance(statement, ast.Assign):
            parts += statement.targets
        else:
            parts.append(statement.target)
        if isinstance(statement, ast.AnnAssign) and not self._facts.postponed_annotations:
            parts.append(statement.annotation)
        return all(part is None or is_plain(part, self._facts.around) for part in parts)

    def _is_needed(self, statement: ast.stmt) -> bool:
        """Tell whether a statement makes, or fills, a name of the module's own that is needed."""
        changed = targets_of(statement) | {filled_name(statement)}
        return self._works(statement) or any(
            name in self._needed and name in self._facts.around.assigned for name in changed
        )

    def _works(self, statement: ast.stmt) -> bool:
        """Tell whether a statement builds on what the assignment's functions read, or with work, perhaps changes it."""
        effects = self._facts.effects_of(statement)
        changed = effects.worked if self._with_work else effects.built if self._with_needed else frozenset()
        return bool(changed & self._of_contract)

    def _works_in_loop(self, loop: ast.stmt) -> bool:
        return self._with_work and not isinstance(loop, ast.AsyncFor) and not _waits(loop) and self._works(loop)

    def _why_left_out_whole(self, statement: ast.stmt) -> str | None:
        changed = self._facts.effects_of(statement).worked | targets_of(statement)
        for name in sorted(changed & self._broken.keys()):
            cause = self._broken[name]
            if statement.lineno <= cause.lineno:
                return tr(
                    "`{name}` is left out whole, since `{statement}` is not run",
                    name=name,
                    statement=shown(self._facts.source.first_line(cause), MAX_QUOTED_CHARS),
                )
        return None

    def _is_needed_loop(self, loop: ast.stmt) -> bool:
        """Tell whether a loop does nothing but fill needed tables with plain values."""
        inside = list(statements_in([loop]))
        return any(self._is_needed(one) for one in inside if one is not loop) and all(
            self._is_plain_in_loop(one) for one in inside
        )

    def _is_plain_in_loop(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.For | ast.If):
            return all(is_plain(header, self._facts.around) for header in headers_of(statement))
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
            return self._is_plain_assignment(statement)
        return isinstance(statement, _IN_LOOPS) or is_filling(statement, self._facts)

    def _missing(self, names: set[str]) -> list[str]:
        """Return the names that do not exist by now. A star import may have brought any that the module never binds."""
        missing = names - self._available
        if self._facts.has_star_import:
            missing &= self._facts.bound_anywhere
        return sorted(missing)

    def _run(self, statement: ast.stmt) -> None:
        """Note what the names are after a kept statement."""
        self._available |= self._facts.names_of(statement).bound
        self._available -= set(_deleted(statement))


def _needs(name: str) -> str:
    return tr("it needs `{name}`, which is not made here", name=name)


def _deleted(statement: ast.stmt) -> list[str]:
    """Return the names that a ``del`` of names only takes away."""
    if not isinstance(statement, ast.Delete):
        return []
    names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return names if len(names) == len(statement.targets) else []


def _is_main_block(statement: ast.stmt) -> bool:
    """Tell whether a statement is ``if __name__ == "__main__":``, with or without more conditions."""
    if not isinstance(statement, ast.If):
        return False
    test = statement.test
    conditions = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    return any(_is_main_test(condition) for condition in conditions)


def _is_main_test(condition: ast.expr) -> bool:
    match condition:
        case (
            ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")])
            | ast.Compare(left=ast.Constant(value="__main__"), ops=[ast.Eq()], comparators=[ast.Name(id="__name__")])
        ):
            return True
    return False


def _runs_command(node: ast.AST) -> bool:
    """Tell whether IPython made this of ``%magic`` or ``!command``."""
    return any(isinstance(one, ast.Name) and one.id == "get_ipython" for one in ast.walk(node))


def _waits(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Await | ast.AsyncFor | ast.AsyncWith) or getattr(one, "is_async", 0)
        for one in ast.walk(node)
    )


def _left_out(facts: ModuleFacts, statement: ast.stmt, reason: str) -> LeftOut:
    names = made_or_built(facts, statement)
    return LeftOut(statement.lineno, facts.source.first_line(statement), reason, names)


def made_or_built(facts: ModuleFacts, statement: ast.stmt) -> tuple[str, ...]:
    """Return the names that a statement makes, or builds on."""
    made = set(facts.effects_of(statement).built)
    for one in statements_in([statement]):
        made |= targets_of(one) if isinstance(one, Block) else facts.names_of(one).bound
    return tuple(sorted(made))


def _each(verdicts: Sequence["_Verdict"]) -> Iterator["_Verdict"]:
    for one in verdicts:
        yield one
        for body in one.inner:
            yield from _each(body)


def _plainly_made(statement: ast.stmt) -> set[str]:
    """Return the names that an assignment binds anew."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    if isinstance(statement, ast.AugAssign | Block):
        return set()
    return {part.id for target in targets if target for part in ast.walk(target) if _is_bound(part)}


def _is_bound(part: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)


def _blanks(
    facts: ModuleFacts, verdicts: Sequence[_Verdict], *, is_module: bool = False
) -> Iterator[tuple[Blank, LeftOut]]:
    source = facts.source
    is_emptied = not is_module and all(one.reason is not None for one in verdicts)
    for index, one in enumerate(verdicts):
        if one.reason is not None:
            is_elif = isinstance(one.statement, ast.If) and source.first_line(one.statement).startswith("elif")
            holds_place = is_emptied and index == 0 and not is_elif
            yield Blank(source.span(one.statement), holds_place), _left_out(facts, one.statement, one.reason)
        elif isinstance(one.statement, Definition):
            yield from _commands_in(facts, one.statement)
        for body in one.inner:
            yield from _blanks(facts, body)


def _commands_in(facts: ModuleFacts, definition: ast.stmt) -> Iterator[tuple[Blank, LeftOut]]:
    """Blank the notebook commands inside a function: outside Jupyter they would fail when it is called."""
    for inner in ast.walk(definition):
        if isinstance(inner, ast.Expr) and _runs_command(inner):
            text = facts.source.first_line(inner)
            yield Blank(facts.source.span(inner), holds_place=True), LeftOut(inner.lineno, text, COMMAND)
