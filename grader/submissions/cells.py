"""Turn one code cell of a notebook into Python: magics and shell commands become calls that the filter leaves out."""

import re
import tokenize
from dataclasses import dataclass

from grader.assignment.public_tests.checks.language import tr
from grader.submissions.parsing import find_problem
from grader.submissions.shown_text import shown

PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun"})
"""Cell magics whose body is ordinary Python; the body of any other is not."""
MAX_COMMANDS = 40
"""In one cell, and above it as many cell magics. IPython reads the cell anew for each command."""

_CELL_MAGIC = re.compile(r"\s*%%(?P<name>\w+)[^\n]*")
_COMMAND_LINE = re.compile(r"^[^\S\n]*[%!?,;/]|\?[^\S\n]*$|=[^\S\n]*[%!]", re.MULTILINE)
"""No part spans lines: over blank ones, that would take the square of their number."""


@dataclass(frozen=True)
class Cell:
    """A code cell that was read.

    ``number`` counts as Jupyter does after "Restart and run all": code cells only, empty ones passed over.
    ``written`` are the lines as the student sees them, ``python`` the same number of lines as Python source.
    """

    number: int
    written: tuple[str, ...]
    python: tuple[str, ...]


def read_cell(number: int, text: str) -> Cell | str:
    """Return the cell as Python, or one sentence on why it was left out.

    Args:
        number: see ``Cell``.
        text: the cell's source, with normal line ends, not blank.
    """
    if find_problem(text, in_notebook=True) is None:  # valid Python holds no magic
        return Cell(number, tuple(text.split("\n")), tuple(text.split("\n")))
    magics = start = 0
    while (magic := _CELL_MAGIC.match(text, start)) is not None and magics <= MAX_COMMANDS:
        if magic["name"] not in PYTHON_MAGICS:
            return tr(
                "cell {number} was left out: `%%{magic}` makes it something else than Python.",
                number=number,
                magic=shown(magic["name"]),
            )
        magics, start = magics + 1, magic.end()
    body = "\n" * text.count("\n", 0, start) + text[start:]
    if magics > MAX_COMMANDS or sum(1 for _ in _COMMAND_LINE.finditer(body)) > MAX_COMMANDS:
        return tr(
            "cell {number} was left out: it has more than {limit} notebook commands.",
            number=number,
            limit=MAX_COMMANDS,
        )
    python = _without_magics(body)
    if (problem := find_problem(python, in_notebook=True)) is not None:
        if problem.line is None:
            return tr("cell {number} was left out: {reason}.", number=number, reason=problem.message)
        return tr(
            "cell {number} was left out: {reason} in line {line}.",
            number=number,
            reason=problem.message,
            line=problem.line,
        )
    return Cell(number, tuple(text.split("\n")), tuple(python.split("\n")))


def holds_commands(text: str) -> bool:
    """Tell whether a line may be a notebook's command; only whoever knows that the text is no Python may believe it."""
    return _COMMAND_LINE.search(text) is not None


def _without_magics(text: str) -> str:
    """Return the text with IPython's syntax turned into calls of ``get_ipython()``, line for line; as it was if bad."""
    from IPython.core.inputtransformer2 import TransformerManager

    body = text.lstrip("\n")
    try:
        transformed: str = TransformerManager().transform_cell(body)
    except (SyntaxError, RuntimeError, ValueError, tokenize.TokenError):
        return text
    lines = _in_step(body.split("\n"), transformed.removesuffix("\n").split("\n"))
    return "\n" * (len(text) - len(body)) + "\n".join(lines)


def _in_step(before: list[str], after: list[str]) -> list[str]:
    """Pad the transformed lines where a command that was continued with backslashes has become one line."""
    padded: list[str] = []
    surplus = len(before) - len(after)
    for line in after:
        position = len(padded)
        padded.append(line)
        while surplus > 0 and line != before[position] and before[len(padded) - 1].endswith("\\"):
            padded.append("")
            surplus -= 1
    return padded + [""] * surplus
