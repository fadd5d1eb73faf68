"""The student's own module, in their own folder: import it, call it, tell what is missing."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from .arguments import change_words, changes, seen
from .language import tr
from .messages import MODULE, CheckFailed, Places

STUB = ("NotImplementedError",)
"""All that the code of a function names that nobody has written yet."""


class LocalStudent:
    """Every attribute is a function of the module; one that is missing is a failed check, not a crash."""

    def __init__(self, module: ModuleType, problem: BaseException | None = None) -> None:
        """Take a module, and what the import of the whole file raised where only a part of it was taken."""
        self.problem = problem
        self._module = module
        self._made: dict[int, tuple[object, str]] = {}
        self.changed: list[str] = []
        """What the last call changed of the arguments that it was given, in words."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._module, name, None)
        if function is None:
            raise CheckFailed(
                tr("{module}.py has no function `{name}`.", module=MODULE, name=name),
                hint=tr("define `def {name}(...)` with exactly this name, at the top level of the module", name=name),
            )
        return functools.partial(self._call, name, function)

    def has_written(self, name: str) -> bool:
        """Tell whether there is such a function, and more than the stub that the template has."""
        function = getattr(self._module, name, None)
        return function is not None and getattr(getattr(function, "__code__", None), "co_names", ()) != STUB

    def maker_of(self, model: object) -> str:
        """Return the name of the function that returned a network first; nothing when none of them did."""
        return self._made.get(id(model), (model, ""))[1]

    def _call(self, name: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        given = [*arguments, *named.values()]
        before = [seen(value) for value in given]
        came = function(*arguments, **named)
        self.changed = change_words(changes(before, given).values())
        if hasattr(came, "count_params"):  # kept, so that no other network gets its id
            self._made.setdefault(id(came), (came, name))
        return came


def load_student(folder: Path, *, notebook: bool) -> LocalStudent:
    """Import the module, or the code cells of the notebook, as the grader takes them: whole where that works.

    What lies beside the file, and libraries that are not the lab's, are not there, as in the grader. From a notebook,
    and from a module that cannot be imported whole, only imports, definitions and the values that they read are taken.

    Raises:
        Exception: what the import raised, or why the file would not be accepted.
    """
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    # What the grader reads submissions with; only the student's folder has it under this name.
    loading, running, outside = (
        importlib.import_module(f"checking.{name}") for name in ("loading", "module_running", "outside")
    )
    path = folder / f"{MODULE}{'.ipynb' if notebook else '.py'}"
    submission = loading.read_submission(path)
    Places.of = submission.place
    problem: BaseException | None = None
    for plan in submission.plans:
        outside.keep_out(plan.source)
        module = sys.modules[MODULE] = ModuleType(MODULE)
        module.__file__ = str(path)
        run = running.run_whole if plan.name == "whole" else running.run_tolerantly
        try:
            run(plan.source, str(path), module)
        except (Exception, SystemExit) as error:  # the border to the student's code
            problem = problem or error
        else:
            return LocalStudent(module, problem)
    assert problem is not None, "a submission has a plan"
    raise problem
