"""Run the source of a student's module: whole, or passing over what fails in it and can be passed over.

The release copies this file into the student template, where `check.py` uses it: standard library only.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, ModuleType

from grader.sandbox.notebook_names import notebook_names
from grader.sandbox.statement_effects import aliases_in, effects_of, functions_in

MAX_REASON_CHARS = 2_000
USUAL_LIMIT = 1_000
DEEP_TREES = 100_000
"""Calls inside one another. Python compiles about 3,000 levels, and whoever walks them makes some calls for each."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def run_whole(source: str, path: str, module: ModuleType) -> None:
    """Run the student's code, which is what a worker is for."""
    exec(compile_text(source, path), module.__dict__)  # noqa: S102


def run_tolerantly(source: str, path: str, module: ModuleType) -> list[tuple[int, str]]:
    """Run the module statement by statement; return a line and a reason for each that fails and is passed over.

    These are imports of what is not here, values that cannot be made here (a notebook reads its data at the top
    level), and whatever reads one of these names. A definition that fails for another reason ends the run. The module
    finds the names that a notebook has.
    """
    compile_text(source, path)  # what is no Python as a whole is none by statements either
    with room_for_deep_trees():
        statements = ast.parse(source).body
        flags = _future_flags(statements)
        codes = [compile(ast.Module([one], []), path, "exec", flags, dont_inherit=True) for one in statements]
    for name, value in notebook_names(module.__dict__).items():
        module.__dict__.setdefault(name, value)
    failed: list[tuple[int, str]] = []
    lost: set[str] = set()
    for statement, code in zip(statements, codes, strict=True):
        try:
            exec(code, module.__dict__)  # noqa: S102 -- the student's code, as above
        except Exception as error:
            if not _may_fail(statement, error, lost):
                raise
            failed.append((statement.lineno, _reason(error)[:MAX_REASON_CHARS]))
            lost |= _names_made_by(statement) | _take_out_half_built(statement, statements, module)
    return failed


def _take_out_half_built(statement: ast.stmt, statements: list[ast.stmt], module: ModuleType) -> set[str]:
    """Take the names away that a failed statement would have built on; return them.

    A network without one of its layers would be blamed on the function that returns it. A table that lacks a key tells
    so itself, and functions and classes stay.
    """
    built = effects_of(statement, functions_in(statements)).seen_through(aliases_in(iter(statements))).built
    defined = {one.name for one in statements if isinstance(one, _DEFINITIONS)}
    half = {
        name
        for name in built - defined
        if name in module.__dict__ and not isinstance(module.__dict__[name], dict | ModuleType)
    }
    for name in half:
        del module.__dict__[name]
    return half


def compile_text(source: str, path: str, *, flags: int = 0) -> CodeType:
    """Compile a module as `python FILE` does, however deep the caller is: each call around takes from what it may nest.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `compile`.
    """
    with _recursion_limit(USUAL_LIMIT + _depth()):
        code: CodeType = compile(source, path, "exec", flags, dont_inherit=True)
    return code


@contextmanager
def room_for_deep_trees() -> Iterator[None]:
    """Let Python hand over the syntax tree of any text that it compiles: trees have a lower bound than code has.

    A sum of 1,500 numbers is such a text. One that Python did not compile must not be parsed in here: nothing but its
    depth keeps it from the end of the stack.
    """
    with _recursion_limit(max(sys.getrecursionlimit(), DEEP_TREES)):
        yield


@contextmanager
def _recursion_limit(limit: int) -> Iterator[None]:
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


def _depth() -> int:
    """Return how many calls are open."""
    frame: FrameType | None = inspect.currentframe()
    depth = 0
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    return depth


def _future_flags(statements: list[ast.stmt]) -> int:
    """Return the compiler's flags for `from __future__ import ...`, which hold for every statement."""
    flags = 0
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= getattr(__future__, alias.name).compiler_flag
    return flags


def _may_fail(statement: ast.stmt, error: Exception, lost: set[str]) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return isinstance(error, ImportError)
    if isinstance(error, NameError) and error.name in lost:
        return True
    return not any(isinstance(part, _DEFINITIONS) for part in ast.walk(statement))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, ImportError | NameError) else f"{type(error).__name__}: {error}"


def _names_made_by(statement: ast.stmt) -> set[str]:
    """Return the names that the module would have if the statement had worked."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    made = {part.name for part in ast.walk(statement) if isinstance(part, _DEFINITIONS)}
    return made | {part.id for part in ast.walk(statement) if isinstance(part, ast.Name) and _is_store(part)}


def _is_store(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
