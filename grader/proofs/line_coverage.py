"""Which rubric lines a mistake in one function can change: those whose tests get to it, and those that need these.

Read from the sources: a test asks for functions of the student's module as ``student.name``, its fixtures and helpers
may ask for more, and in the reference one function calls others. Names are followed by their spelling alone, so a line
may be counted that is not reached, but none is missed: for each function there is a mutant without it that is graded on
the other lines, too.
"""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.proofs.mutants import functions_of
from grader.proofs.variants import solved
from grader.results.grading_sources import PACKAGE, find_tests, lines_of
from grader.results.rubric import Rubric

TESTS = tuple(find_tests(PACKAGE / "assignment"))
FIXTURES = (PACKAGE / "marking" / "driver.py", PACKAGE / "marking" / "networks.py")


def reached_lines(rubric: Rubric) -> dict[str, frozenset[str]]:
    """Return, for each function of the reference, the ids of the lines that a mistake in it can change."""
    found: dict[str, set[str]] = {name: set() for name in functions_of(solved())}
    for line, asked in _asked().items():
        for function in _with_called(asked):
            found[function].add(line)
    for reached in found.values():
        for entry in rubric.line:  # what a line needs stands above it
            if reached & set(entry.needs):
                reached.add(entry.id)
    return {function: frozenset(lines) for function, lines in found.items()}


@functools.cache
def _asked() -> dict[str, frozenset[str]]:
    """Return the functions that the tests of each line ask for."""
    asked: dict[str, set[str]] = defaultdict(set)
    helpers: dict[str, list[ast.AST]] = defaultdict(list)
    for node in _definitions((*TESTS, *FIXTURES)):
        for name in _names(node):
            helpers[name].append(node)
    for node in _definitions(TESTS):
        for line in lines_of(node):
            asked[line] |= _asked_by(node, helpers)
    return {line: frozenset(functions) for line, functions in asked.items()}


def _definitions(files: Iterable[Path]) -> Iterator[ast.stmt]:
    """Yield what the files define at their top level, and in their classes."""
    for file in files:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            yield from node.body if isinstance(node, ast.ClassDef) else [node]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    return (
        [target.id for target in node.targets if isinstance(target, ast.Name)] if isinstance(node, ast.Assign) else []
    )


def _asked_by(node: ast.AST, helpers: dict[str, list[ast.AST]]) -> set[str]:
    known = functions_of(solved()).keys()
    waiting, seen, asked = [node], set(), set()
    while waiting:
        current = waiting.pop()
        asked |= {name for name in _asked_directly(current) if name in known}
        for name in _used(current):
            if name in helpers and name not in seen:
                seen.add(name)
                waiting += helpers[name]
    return asked


def _asked_directly(node: ast.AST) -> Iterator[str]:
    """Yield ``name`` of ``student.name``, and every text but those of named arguments: one may be for getattr."""
    told = {id(keyword.value) for call in ast.walk(node) if isinstance(call, ast.Call) for keyword in call.keywords}
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "student":
            yield part.attr
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and id(part) not in told:
            yield part.value


def _used(node: ast.AST) -> Iterator[str]:
    """Yield the names that a definition uses: helpers, constants, methods, and fixtures, by parameter or by request."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and ast.unparse(part.func) == "request.getfixturevalue":
            yield ast.literal_eval(part.args[0])
        elif isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.arg):
            yield part.arg


def _with_called(functions: Iterable[str]) -> set[str]:
    """Return the functions and those of the reference that these call."""
    texts = functions_of(solved())
    waiting, seen = list(functions), set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [used for used in _used(ast.parse(texts[name])) if used in texts]
    return seen
