"""Parse source text, never run it, and say in a student's words what Python does not like about it."""

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from grader.assignment.public_tests.checks.language import later, tr
from grader.sandbox.module_running import compile_text, room_for_deep_trees
from grader.submissions.shown_text import shown
from grader.system.errors import SubmissionError

MAX_TOKENS = 60_000
"""Words, numbers and signs in one module. Python needs 1 KiB of memory and more for each: 2 MiB of them need 2 GiB."""
TOO_DEEP = later("it is nested too deeply for Python to read")

_TOKEN = re.compile(r"\w+|([^\w\s])\1*")  # a line of dashes is one


@dataclass(frozen=True)
class Problem:
    """Why a text is not Python: Python's message and, when known, the 1-based line."""

    message: str
    line: int | None


def check_amount(text: str, where: str) -> None:
    """Raise SubmissionError when a text holds so much code that only reading it would take minutes."""
    if sum(1 for _ in _TOKEN.finditer(text)) > MAX_TOKENS:
        raise SubmissionError(
            tr(
                "{where}: holds more than {limit} words and signs. "
                "Take data and generated tables out of it and hand in the code alone.",
                where=where,
                limit=MAX_TOKENS,
            )
        )


def find_problem(text: str, *, in_notebook: bool = False) -> Problem | None:
    """Return why a text does not compile, or None; in a notebook ``await`` may stand at top level."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if in_notebook else 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a SyntaxWarning is between the student and Python
            compile_text(text, "<submission>", flags=flags)
    except SyntaxError as error:
        return Problem(shown(error.msg or tr("invalid syntax")), error.lineno or None)
    except (RecursionError, MemoryError):
        return Problem(tr(TOO_DEEP), None)
    except ValueError as error:  # zero characters, halves of surrogate pairs
        return Problem(shown(str(error)), None)
    return None


def parse_tree(text: str) -> ast.Module:
    """Return the tree of a text that is known to compile."""
    with warnings.catch_warnings(), room_for_deep_trees():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def check_module(text: str, where: str, file_name: str, place: Callable[[int], str]) -> None:
    """Check that a whole module compiles.

    Args:
        text: the source, with normal line ends.
        where: what messages call the file.
        file_name: its bare name, for the command that the student can try.
        place: turns a line of ``text`` into words.
    Raises:
        SubmissionError: it does not.
    """
    if (problem := find_problem(text)) is not None:
        raise SubmissionError(f"{where}{_described(problem, text, place)} {_advice(file_name)}")


def _described(problem: Problem, text: str, place: Callable[[int], str]) -> str:
    if problem.line is None:
        return f": {problem.message}."
    lines = text.split("\n")
    line = lines[min(problem.line, len(lines)) - 1]
    return f", {place(problem.line)}: `{shown(line)}`: {problem.message}."


def _advice(file_name: str) -> str:
    if file_name.casefold().endswith(".py"):
        return tr("Run `python {file}` to see it.", file=file_name)
    return tr("Restart the kernel and run all cells to see it.")
