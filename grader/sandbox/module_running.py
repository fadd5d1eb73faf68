"""Run the source of a student's module: whole, or passing over imports that fail.

The release copies this file into the student template, where `check.py` uses it: standard library only.
"""

import ast
from types import ModuleType

MAX_REASON_CHARS = 2_000
_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def run_whole(source: str | ast.Module, path: str, module: ModuleType) -> None:
    """Run the student's code, which is what a worker is for."""
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102


def run_tolerantly(source: str, path: str, module: ModuleType) -> list[list[int | str]]:
    """Run the module but for the imports at its top level that fail, and what they would have decorated.

    Returns: a line and a reason for each statement that was passed over.
    """
    tree = ast.parse(source)
    failed: list[list[int | str]] = []
    lost: set[str] = set()
    kept: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom) and getattr(statement, "module", "") != "__future__":
            try:
                run_whole(ast.Module([statement], []), path, module)
            except ImportError as error:
                failed.append([statement.lineno, str(error)[:MAX_REASON_CHARS]])
                lost |= {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
        elif isinstance(statement, _DECORATED) and _reads(statement.decorator_list, lost):
            failed.append([statement.lineno, f"{statement.name} is left out, for want of its decorator"])
        else:
            kept.append(statement)
    run_whole(ast.Module(kept, []), path, module)
    return failed


def _reads(expressions: list[ast.expr], names: set[str]) -> bool:
    parts = (part for expression in expressions for part in ast.walk(expression))
    return any(isinstance(part, ast.Name) and part.id in names for part in parts)
