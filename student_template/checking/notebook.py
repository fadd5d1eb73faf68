"""Read a notebook into one Python source: its code cells in order, each under a comment with its number."""

import ast
import json
import warnings
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from tests.checks.language import tr
from .cells import Cell, read_cell
from .decoding import normal_line_ends
from .kinds import MAX_PYTHON_BYTES
from .opening import check_size
from .parsing import check_amount, parse_tree
from .shown_text import shown
from .source_text import Blank, SourceText, blank_out
from .errors import SubmissionError

NEWEST_FORMAT = 4
PYTHON_LANGUAGES = frozenset({"", "python", "python3", "ipython"})


@dataclass(frozen=True)
class NotebookSource:
    """A notebook as one text.

    ``written`` are its lines as the student sees them; ``origins`` gives cell and line for each of them (line 1 for the
    comment line above a cell); ``left_out`` has one sentence for each cell that could not be read.
    """

    text: str
    written: tuple[str, ...]
    origins: tuple[tuple[int, int], ...]
    left_out: tuple[str, ...]


def read_notebook(data: bytes, where: str) -> NotebookSource:
    """Return the Python source of a notebook of any format version up to 4.

    Raises:
        SubmissionError: no notebook, not for Python, or without a code cell that can be read.
    """
    document = _load_document(data, where)
    _check_language(document, where)
    codes = _code_cells(_in_newest_format(document, where), where)
    check_size(sum(len(code) for code in codes), tr("{where}: its code", where=where), MAX_PYTHON_BYTES)
    check_amount("\n".join(codes), where)
    read = [read_cell(number, code) for number, code in enumerate(codes, start=1)]
    cells = [one for one in read if isinstance(one, Cell)]
    left_out = tuple(one for one in read if isinstance(one, str))
    if not cells:
        raise SubmissionError(_no_cells(left_out, where))
    return _join(cells, left_out)


def _no_cells(left_out: tuple[str, ...], where: str) -> str:
    if not left_out:
        return tr(
            "{where}: has no code cells with code in them. Save the notebook in Jupyter and hand it in again.",
            where=where,
        )
    return tr(
        "{where}: no code cell can be read; {first} Restart the kernel, run all cells, and correct those that fail.",
        where=where,
        first=left_out[0],
    )


def _load_document(data: bytes, where: str) -> dict[str, Any]:
    if not data.strip():
        raise SubmissionError(tr("{where}: is empty. Save the notebook in Jupyter and hand it in again.", where=where))
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SubmissionError(
            tr("{where}: is not UTF-8 text. Save the notebook in Jupyter again.", where=where)
        ) from error
    except (ValueError, RecursionError) as error:
        raise SubmissionError(_not_json(error, where)) from error
    if not isinstance(document, dict):
        raise SubmissionError(_not_a_notebook(where))
    return document


def _not_json(error: Exception, where: str) -> str:
    place = tr("line {line}", line=error.lineno) if isinstance(error, json.JSONDecodeError) else tr("nested too deeply")
    return tr(
        "{where}: is not a notebook: its JSON is broken ({place}). Save the notebook in Jupyter again.",
        where=where,
        place=place,
    )


def _not_a_notebook(where: str) -> str:
    return tr("{where}: is not a notebook that Jupyter writes. Save it in Jupyter again, as .ipynb.", where=where)


def _check_language(document: dict[str, Any], where: str) -> None:
    metadata = document.get("metadata")
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        part = metadata.get(section) if isinstance(metadata, dict) else None
        language = part.get(key) if isinstance(part, dict) else None
        if isinstance(language, str) and language.casefold() not in PYTHON_LANGUAGES:
            raise SubmissionError(
                tr(
                    "{where}: is a notebook for {language}. Expected one for Python: "
                    "choose a Python kernel, save, and hand it in again.",
                    where=where,
                    language=shown(language),
                )
            )


def _in_newest_format(document: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the notebook in format 4. Outputs go first: nothing in them matters, and oddities there may fail."""
    import nbformat

    if type(document.get("nbformat")) is not int and isinstance(document.get("cells"), list):
        document = document | {"nbformat": NEWEST_FORMAT, "nbformat_minor": 0}  # that has the cells at its top
    for cell in _cells_anywhere(document):
        cell["outputs"] = []
        cell.pop("attachments", None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without an id, and the like
            node = nbformat.from_dict(document)
            converted = nbformat.convert(node, NEWEST_FORMAT)
    except (
        nbformat.ValidationError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        raise SubmissionError(_not_a_notebook(where)) from error
    return dict(converted)


def _cells_anywhere(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells of a notebook of any version: before version 4 they lie in worksheets."""
    sheets = document.get("worksheets")
    holders = [document, *(sheets if isinstance(sheets, list) else [])]
    lists = [holder.get("cells") for holder in holders if isinstance(holder, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells if isinstance(cell, dict)]


def _code_cells(document: dict[str, Any], where: str) -> list[str]:
    """Return the sources of the code cells that have any."""
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise SubmissionError(_not_a_notebook(where))
    codes = [_cell_source(cell) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return [code for code in codes if code.strip()]


def _cell_source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return normal_line_ends(source) if isinstance(source, str) else ""


def _join(cells: list[Cell], left_out: tuple[str, ...]) -> NotebookSource:
    """Put the cells under one another. ``from __future__`` counts from its cell on: it moves to the first line."""
    lines: list[str] = []
    written: list[str] = []
    origins: list[tuple[int, int]] = []
    postponed = False
    for cell in cells:
        python, found = _without_future(cell.python)
        postponed = postponed or found
        heading = f"# %% cell {cell.number}"
        lines += [heading, *python]
        written += [heading, *(line for line, _ in zip_longest(cell.written, python, fillvalue=""))]
        origins += [(cell.number, 1), *((cell.number, line) for line in range(1, len(python) + 1))]
    if postponed:
        lines[0] = f"from __future__ import annotations  {lines[0]}"
    return NotebookSource("\n".join(lines) + "\n", tuple(written), tuple(origins), left_out)


def _without_future(lines: tuple[str, ...]) -> tuple[list[str], bool]:
    """Blank ``from __future__``; tell whether it asked for ``annotations``, the only one that still matters."""
    source = SourceText("\n".join(lines))
    if "__future__" not in source.text:
        return source.lines, False
    futures = [
        one for one in parse_tree(source.text).body if isinstance(one, ast.ImportFrom) and one.module == "__future__"
    ]
    blanked = blank_out(source, [Blank(source.span(one), holds_place=False) for one in futures])
    return blanked.split("\n"), any(alias.name == "annotations" for one in futures for alias in one.names)
