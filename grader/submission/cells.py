"""Turn one code cell of a notebook into Python: magics and shell commands become calls that the filter leaves out."""

import re
import tokenize
from dataclasses import dataclass

from grader.submission.parsing import find_problem
from grader.submission.shown_text import shown

PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun"})
"""Cell magics whose body is ordinary Python; the body of any other is not."""
MAX_COMMANDS = 40
"""In one cell. IPython reads the cell anew for each of them."""

_CELL_MAGIC = re.compile(r"\s*%%(?P<name>\w+)[^\n]*")
_COMMAND_LINE = re.compile(r"^\s*[%!?,;/]|\?\s*$|=\s*[%!]", re.MULTILINE)


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
    body = text
    while (magic := _CELL_MAGIC.match(body)) is not None:
        if magic["name"] not in PYTHON_MAGICS:
            return f"cell {number} was left out: `%%{shown(magic['name'])}` makes it something else than Python."
        body = "\n" * magic.group().count("\n") + body[magic.end() :]
    if len(_COMMAND_LINE.findall(body)) > MAX_COMMANDS:
        return f"cell {number} was left out: it has more than {MAX_COMMANDS} notebook commands."
    python = _without_magics(body)
    if (problem := find_problem(python, in_notebook=True)) is not None:
        at = "" if problem.line is None else f" in line {problem.line}"
        return f"cell {number} was left out: {problem.message}{at}."
    return Cell(number, tuple(text.split("\n")), tuple(python.split("\n")))


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
