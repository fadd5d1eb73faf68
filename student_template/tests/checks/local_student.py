"""The student's own module, in their own folder: import it, call it, tell what is missing."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from .language import tr
from .messages import MODULE, CheckFailed, Places


class LocalStudent:
    """Every attribute is a function of the module; one that is missing is a failed check, not a crash."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._made: dict[int, tuple[object, str]] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._module, name, None)
        if function is None:
            raise CheckFailed(
                tr("{module}.py has no function `{name}`.", module=MODULE, name=name),
                hint=tr("define `def {name}(...)` with exactly this name, at the top level of the module", name=name),
            )
        return functools.partial(self._call, name, function)

    def maker_of(self, model: object) -> str:
        """Return the name of the function that returned a network first; nothing when none of them did."""
        return self._made.get(id(model), (model, ""))[1]

    def _call(self, name: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        came = function(*arguments, **named)
        if hasattr(came, "count_params"):  # kept, so that no other network gets its id
            self._made.setdefault(id(came), (came, name))
        return came


def load_module(folder: Path, *, notebook: bool) -> ModuleType:
    """Import the module from its `.py`, or from the code cells of its notebook as the grader takes them.

    From a notebook only imports, definitions and the values that they read are taken: what a cell calls is not run.
    """
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    if not notebook:
        Places.of = Places.by_line
        return importlib.import_module(MODULE)
    # What the grader reads submissions with; only the student's folder has it under this name.
    loading = importlib.import_module("checking.loading")
    run_tolerantly = importlib.import_module("checking.module_running").run_tolerantly
    path = folder / f"{MODULE}.ipynb"
    submission = loading.read_submission(path)
    Places.of = submission.place
    problem: Exception | None = None
    for plan in submission.plans:
        module = sys.modules[MODULE] = ModuleType(MODULE)
        module.__file__ = str(path)
        try:
            run_tolerantly(plan.source, str(path), module)
        except Exception as error:
            problem = problem or error
        else:
            return module
    assert problem is not None, "a submission has a plan"
    raise problem
