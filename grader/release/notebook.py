"""Make a notebook from a module in percent format: no outputs, and the same bytes every time."""

from __future__ import annotations

import ast
import hashlib
import textwrap
from typing import Any

import jupytext
import nbformat

from grader.system.assets import reference_dir
from grader.system.errors import ReleaseError

MODULE_NAME = "mnist_all_models.py"
"""The reference and the student's module; the notebook is called the same, with ``.ipynb``."""

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_FORMAT = (4, 5)
_ID_LENGTH = 12


def reference_source() -> str:
    """Return the text of the reference solution, the one source of the assignment."""
    return (reference_dir() / MODULE_NAME).read_text(encoding="utf-8")


def reference_notebook_text() -> str:
    """Return the reference solution itself as a notebook."""
    return notebook_text(reference_source())


def notebook_text(percent_source: str) -> str:
    """Return the ``.ipynb`` text of a module in percent format.

    A cell that is nothing but an ``if __name__ == "__main__":`` block loses the ``if``: in a notebook it is simply run.
    Cell ids are hashes of position and source, so that equal sources give equal notebooks.

    Raises:
        ReleaseError: the source has no code cell, or does not give a valid notebook.
    """
    cells = [
        _make_cell(position, cell) for position, cell in enumerate(jupytext.reads(percent_source, "py:percent").cells)
    ]
    if not any(cell.cell_type == "code" for cell in cells):
        raise ReleaseError("the module has no code cell; cells beginning with '# %%' were expected.")
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=_METADATA, nbformat=_FORMAT[0], nbformat_minor=_FORMAT[1])
    check_notebook(notebook, "the notebook of the module")
    return str(nbformat.writes(notebook, version=nbformat.NO_CONVERT, indent=1, ensure_ascii=False)) + "\n"


def load_notebook(text: str, *, file_name: str) -> Any:
    """Return the notebook in `text`.

    Raises:
        ReleaseError: it is not a valid notebook.
    """
    try:
        notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # nbformat has no one class for malformed files
        raise ReleaseError(f"{file_name}: not a notebook that can be read ({error}).") from error
    check_notebook(notebook, file_name)
    return notebook


def check_notebook(notebook: Any, file_name: str) -> None:
    """Raise ReleaseError when a notebook does not keep to its format."""
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise ReleaseError(f"{file_name}: not a valid notebook: {error.message}.") from error


def code_of(notebook: Any) -> str:
    """Return the code cells of a notebook as one source text."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def _make_cell(position: int, cell: Any) -> Any:
    """Return a fresh cell, without what jupytext remembers about the text file."""
    if cell.cell_type == "code":
        fresh = nbformat.v4.new_code_cell(source=unwrap_main(cell.source))
    else:
        fresh = nbformat.v4.new_markdown_cell(source=cell.source)
    fresh.id = hashlib.sha256(f"{position}\n{fresh.source}".encode()).hexdigest()[:_ID_LENGTH]
    return fresh


def unwrap_main(source: str) -> str:
    """Return the body of a cell that is only an ``if __name__ == "__main__":`` block; any other cell as it is.

    Raises:
        ReleaseError: the block holds a text over several lines that would change with the indentation.
    """
    body = _main_block(source)
    if body is None:
        return source
    lines = source.split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("if "))
    inside = textwrap.dedent("\n".join(lines[first + 1 :]))
    if ast.dump(ast.parse(inside)) != ast.dump(ast.Module(body=body, type_ignores=[])):
        raise ReleaseError(
            f"{MODULE_NAME}: the cell beginning with {lines[first + 1].strip()!r} changes when it is dedented for the "
            "notebook. A text in it runs over several lines; write it otherwise."
        )
    return "\n".join([*lines[:first], inside]) if first else inside


def _main_block(source: str) -> list[ast.stmt] | None:
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a cell of magics; Jupyter's business
        return None
    if len(statements) != 1 or not isinstance(statements[0], ast.If) or statements[0].orelse:
        return None
    is_main = ast.dump(statements[0].test) == ast.dump(ast.parse('__name__ == "__main__"', mode="eval").body)
    one_line = statements[0].body[0].lineno == statements[0].lineno
    return statements[0].body if is_main and not one_line else None
