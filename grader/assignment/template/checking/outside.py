"""Keep out what the grader does not have: helper modules beside the file, and libraries that nobody asked for."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parent.parent
NAMED_OTHERWISE = {"opencv-python": "cv2"}
"""Comes under several names, which all bring this module and nothing else."""
ALWAYS_THERE = {"keras", "mnist_all_models", "IPython", "nbformat"}
"""Keras belongs to TensorFlow; with the last two the grader reads notebooks."""
_NAME = re.compile(r"[\w.-]+")


class NotThere(importlib.abc.MetaPathFinder):
    """Finds nothing: these modules raise what they raise in the grader."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise ModuleNotFoundError for what is kept out; leave all else to the finders that come later."""
        if (top := name.partition(".")[0]) in self._names:
            raise ModuleNotFoundError(f"No module named {top!r}", name=top)
        return None


def keep_out(source: str) -> list[str]:
    """Make every import in a module's source fail that would fail in the grader; return which modules they name."""
    names = frozenset(outside_names(source))
    for name in names:
        sys.modules.pop(name, None)
    sys.meta_path[:] = [NotThere(names), *(one for one in sys.meta_path if not isinstance(one, NotThere))]
    return sorted(names)


def outside_names(source: str) -> set[str]:
    """Return the modules that a source imports and that are neither Python's own nor the lab's libraries'."""
    wanted = set(_imported(ast.parse(source))) - sys.stdlib_module_names - ALWAYS_THERE
    known = lab_modules()
    if known is None:
        return {name for name in wanted if (FOLDER / f"{name}.py").is_file() or (FOLDER / name).is_dir()}
    return wanted - known


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def lab_modules() -> frozenset[str] | None:
    """Return the modules of the libraries in `requirements.txt`, and of all that these need.

    None when nobody can know: the file is gone, or one of them is there without saying what it needs.
    """
    if not (path := FOLDER / "requirements.txt").is_file():
        return None
    waiting = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
    asked, seen = {_plain(line) for line in waiting}, set()
    while waiting:
        name = _plain(waiting.pop())
        if name in seen or name in NAMED_OTHERWISE:
            continue
        try:
            needed = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            if name in asked and importlib.util.find_spec(name.replace("-", "_")):
                return None
            continue  # for another system
        seen.add(name)
        waiting += [line for line in needed if "extra ==" not in line]
    modules = importlib.metadata.packages_distributions().items()
    found = {module for module, packages in modules if not seen.isdisjoint(map(_plain, packages))}
    return frozenset(found | set(NAMED_OTHERWISE.values()))


def _plain(requirement: str) -> str:
    """Return a package's name as package indexes compare them, without its versions."""
    name = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", name.group()).lower() if name else ""
