"""The names that every notebook has and no module: IPython puts them there. Here they show and remember nothing.

The release copies this file into the student template: standard library only.
"""

from __future__ import annotations

import os
from typing import Any


class Idle:
    """Does nothing, whatever is called or asked of it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _do_nothing


class ZMQInteractiveShell(Idle):
    """Stands in for what `get_ipython()` returns, under the name by which programs recognise a notebook."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.user_ns = names
        self.config: dict[str, Any] = {}
        self.execution_count = 1

    def getoutput(self, *_command: Any, **_options: Any) -> list[str]:
        """Return the lines that a shell command printed: none, since it is not run."""
        return []


def notebook_names(names: dict[str, Any]) -> dict[str, Any]:
    """Return what IPython adds to a notebook's own names, as it is before the first cell has run."""
    shell = ZMQInteractiveShell(names)
    inputs, outputs = [""], dict[int, Any]()
    return {
        "display": _display,
        "get_ipython": lambda: shell,
        "exit": _do_nothing,  # a notebook's cell goes on after it
        "quit": _do_nothing,
        "In": inputs,
        "_ih": inputs,
        "Out": outputs,
        "_oh": outputs,
        "_dh": [os.getcwd()],  # noqa: PTH109 -- as IPython keeps it
        **dict.fromkeys(("_", "__", "___", "_i", "_ii", "_iii"), ""),
    }


def _display(*_shown: Any, display_id: Any = None, **_options: Any) -> Idle | None:
    """Show nothing; with a `display_id`, return what could be updated."""
    return None if display_id is None else Idle()


def _do_nothing(*_arguments: Any, **_options: Any) -> None:
    """Stand in for a function whose work shows outside of the program alone."""


NOTEBOOK_NAMES = frozenset(notebook_names({}))
