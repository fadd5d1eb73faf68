"""The student's own module, in their own folder: import it, call it, tell what is missing."""

from __future__ import annotations

import ast
import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from .language import tr
from .messages import MODULE, CheckFailed


class LocalStudent:
    """Every attribute is a function of the module; one that is missing is a failed check, not a crash."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._module, name, None)
        if function is None:
            raise CheckFailed(
                tr("{module}.py has no function `{name}`.", module=MODULE, name=name),
                hint=tr("define `def {name}(...)` with exactly this name, at the top level of the module", name=name),
            )
        return function


def load_module(folder: Path, *, notebook: bool) -> ModuleType:
    """Import the module from its `.py`, or from the code cells of its notebook.

    From a notebook only imports, definitions and constants are taken, as in the grader: what a cell calls is not run.
    """
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    if not notebook:
        return importlib.import_module(MODULE)
    path = folder / f"{MODULE}.ipynb"
    module = ModuleType(MODULE)
    module.__file__ = str(path)
    sys.modules[MODULE] = module
    exec(compile(definitions(path), str(path), "exec"), module.__dict__)  # noqa: S102 -- the student's own code, on their own machine
    return module


def definitions(path: Path) -> str:
    """Return the imports, definitions and constants of a notebook's code cells.

    A value that takes a call to make counts as a constant when a definition reads it.
    """
    statements = [node for cell in code_cells(path) for node in parse_cell(cell, path.name).body]
    functions = [node for node in statements if isinstance(node, DEFINITIONS)]
    read = {part.id for node in functions for part in ast.walk(node) if isinstance(part, ast.Name)}
    kept = [node for node in statements if is_kept(node, read)]
    return "\n".join(ast.unparse(node) for node in kept)


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def code_cells(path: Path) -> list[str]:
    """Return the source of each code cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def parse_cell(source: str, name: str) -> ast.Module:
    """Return a cell's syntax tree; lines that are notebook commands are left out."""
    lines = ["" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError as error:
        came = str(error.text).strip()
        raise CheckFailed(tr("{name}: a cell cannot be read: {msg}", name=name, msg=error.msg), came=came) from None


def is_kept(node: ast.stmt, read: set[str]) -> bool:
    """Tell whether a statement is taken: a definition, an import, or a value that is plain or needed."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return isinstance(node, (*DEFINITIONS, ast.Import, ast.ImportFrom))
    calls = any(isinstance(part, ast.Call) for part in ast.walk(node))
    targets = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return not calls or bool(targets & read)
