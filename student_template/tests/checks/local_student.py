"""The student's own module, in their own folder: import it, call it, tell what is missing."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from .messages import CheckFailed

MODULE = "mnist_all_models"


class LocalStudent:
    """Every attribute is a function of the module; one that is missing is a failed check, not a crash."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._module, name, None)
        if function is None:
            raise CheckFailed(
                f"{MODULE}.py has no function `{name}`.",
                hint=f"define `def {name}(...)` with exactly this name, at the top level of the module",
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
    """Return the imports, definitions and constants of a notebook's code cells."""
    import ast

    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kept: list[str] = []
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        lines = "".join(cell["source"]).splitlines()
        source = "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines)
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            came = str(error.text).strip()
            raise CheckFailed(f"{path.name}: a cell cannot be read: {error.msg}", came=came) from None
        kept += [ast.unparse(node) for node in tree.body if _is_definition(node)]
    return "\n".join(kept)


def _is_definition(node: Any) -> bool:
    import ast

    if isinstance(node, ast.Assign | ast.AnnAssign):
        called = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
        return all(isinstance(function, ast.Attribute) for function in called)
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return isinstance(node, kinds)
