"""Run the source of a student's module: whole, or passing over imports that fail.

The release copies this file into the student template, where `check.py` uses it: standard library only.
"""

import ast
from types import ModuleType

MAX_REASON_CHARS = 2_000


def run_whole(source: str | ast.Module, path: str, module: ModuleType) -> None:
    """Run the student's code, which is what a worker is for."""
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102


def run_tolerantly(source: str, path: str, module: ModuleType) -> list[tuple[int, str]]:
    """Run the module but for the imports at its top level that fail; return a line and a reason for each."""
    tree = ast.parse(source)
    failed: list[tuple[int, str]] = []
    kept: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom) and getattr(statement, "module", "") != "__future__":
            try:
                run_whole(ast.Module([statement], []), path, module)
            except ImportError as error:
                failed.append((statement.lineno, str(error)[:MAX_REASON_CHARS]))
        else:
            kept.append(statement)
    run_whole(ast.Module(kept, []), path, module)
    return failed
