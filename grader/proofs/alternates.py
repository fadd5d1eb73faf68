"""The alternates: correct solutions in other styles than the reference's. Each must get all points on every secret.

One is a module or a notebook under ``tests/corpus/alternates/``, as a student would hand it in. Its first line, or the
first line of a notebook's first code cell, says in words what is different about it::

    # style: own training loop with train_on_batch that fills a History
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from grader.submissions.contract import MODULE_SUFFIXES
from grader.submissions.decoding import decode_python
from grader.system.errors import SubmissionError, UsageError

_STYLE = re.compile(r"# style: (\S.*)")
_WANTED = "expected `# style: ...`, which says in words what is different about it"


@dataclass(frozen=True)
class Alternate:
    """One correct solution."""

    name: str
    path: Path
    style: str
    """What is different about it, in words."""


def load_alternates(folder: Path) -> list[Alternate]:
    """Return all alternates of the corpus, by name.

    Raises:
        UsageError: there are none, two have one name, or one does not say its style or cannot be read.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix in MODULE_SUFFIXES)
    if not paths:
        raise UsageError(f"{folder}: holds no alternates. The corpus comes with a clone of the project.")
    names = [path.stem for path in paths]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UsageError(f"{folder}: two alternates are called {', '.join(sorted(twice))}. Rename one of them.")
    return [Alternate(path.stem, path, _style_of(path)) for path in paths]


def _style_of(path: Path) -> str:
    first = _first_line(path)
    match = _STYLE.fullmatch(first.rstrip())
    if match is None:
        raise UsageError(f"{path}: its first line of code is {first[:80]!r}; {_WANTED}")
    return match[1]


def _first_line(path: Path) -> str:
    """Return the first line of a module, in the encoding that it declares, or of a notebook's first code cell.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            text = next(("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"), "")
        else:
            text = decode_python(path.read_bytes(), path.name)
    except (SubmissionError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); {_WANTED}") from error
    return text.partition("\n")[0]
