"""Prove that a student template is up to date, is sound, gives nothing away and is worth no point as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from grader.assignment.solutions import solution_lines
from grader.release.notebook import MODULE_NAME, code_of, load_notebook, notebook_text, reference_source
from grader.release.same_content import has_same_content
from grader.release.stub_check import find_stub_problems
from grader.release.template import (
    DEMONSTRATIONS_NAME,
    NOTEBOOK_NAME,
    found_files,
    function_names,
    template_files,
)
from grader.submissions.loading import DEMONSTRATIONS
from grader.system.errors import ReleaseError

REMEDY = "Run: digitlab release"
_BINARY_SUFFIXES = {".gz", ".npz", ".jpg", ".mo"}
_UNMISTAKABLE_LENGTH = 40
"""From this length on a solution's line gives itself away even in the middle of another line."""


def check_template(template_dir: Path, *, grade: Callable[[Path], float | None]) -> list[str]:
    """Return what is wrong with a template: one sentence each, naming the file; an empty list when all is proved.

    `grade` returns the points of one submission, None when the grader could not tell.

    Raises:
        ReleaseError: the reference itself is not sound, so there is nothing to compare with.
    """
    if not template_dir.is_dir():
        return [f"{template_dir}: there is no such folder. {REMEDY}"]
    expected = template_files()
    problems = list(_find_file_problems(template_dir, expected))
    if (template_dir / MODULE_NAME).is_file():
        problems += find_stub_problems(template_dir, sorted(function_names(expected[MODULE_NAME].decode())))
        problems += _find_notebook_problems(template_dir)
    problems += _find_leaks(template_dir)
    problems += _find_points(template_dir, grade)
    return problems


def _find_file_problems(template_dir: Path, expected: dict[str, bytes]) -> Iterator[str]:
    found = set(found_files(template_dir))
    for name, data in expected.items():
        if name not in found or not (template_dir / name).is_file():
            yield f"{name}: is missing. {REMEDY}"
        elif not has_same_content(name, (template_dir / name).read_bytes(), data):
            yield f"{name}: is not what the reference makes now. {REMEDY}"
    if DEMONSTRATIONS.read_bytes() != expected[DEMONSTRATIONS_NAME]:
        yield f"{DEMONSTRATIONS}: is not what the reference makes now. {REMEDY}"
    for name in sorted(found - expected.keys()):
        yield f"{name}: the release did not make it. Move or delete it."


def _find_notebook_problems(template_dir: Path) -> Iterator[str]:
    """Compare with the module that lies beside the notebook, so that the two agree even when both are out of date."""
    path = template_dir / NOTEBOOK_NAME
    if not path.is_file():
        return  # named as missing already
    try:
        notebook = load_notebook(_text_of(path) or "", file_name=NOTEBOOK_NAME)
        made = load_notebook(notebook_text(_text_of(template_dir / MODULE_NAME) or ""), file_name=MODULE_NAME)
    except ReleaseError as error:
        yield f"{error} {REMEDY}"
        return
    if code_of(notebook) != code_of(made):
        yield f"{NOTEBOOK_NAME}: its code cells are not those of {MODULE_NAME}. {REMEDY}"


def _find_leaks(template_dir: Path) -> Iterator[str]:
    secrets = solution_lines(reference_source(), file_name=MODULE_NAME)
    for name in found_files(template_dir):
        text = None if PurePosixPath(name).suffix in _BINARY_SUFFIXES else _text_of(template_dir / name)
        for secret in leaked_lines(text or "", secrets):
            yield f"{name}: holds a line of the solution: {secret!r}. {REMEDY}; if it stays, change what was copied."


def leaked_lines(text: str, secrets: list[str]) -> list[str]:
    """Return the lines of the solution that `text`, or a text inside of it when it is JSON, holds.

    A short line counts when it stands alone on its line, commented out or not; a long one counts anywhere.
    """
    whole = "\n".join([text, *_json_texts(text)])
    lines = {line.strip().lstrip("#").strip() for line in whole.splitlines()}
    return [
        secret for secret in secrets if secret in lines or (len(secret) >= _UNMISTAKABLE_LENGTH and secret in whole)
    ]


def _json_texts(text: str) -> Iterator[str]:
    """Yield every text inside a JSON document such as a notebook, unescaped; nothing for other text."""
    try:
        pending = [json.loads(text)]
    except ValueError:
        return
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value


def _find_points(template_dir: Path, grade: Callable[[Path], float | None]) -> Iterator[str]:
    """Grade the untouched template: it must be worth exactly nothing."""
    for name in (MODULE_NAME, NOTEBOOK_NAME):
        path = template_dir / name
        if not path.is_file():
            continue
        points = grade(path)
        if points is None:
            yield f"{name}: the grader could not mark the untouched template. Run: digitlab grade {path}"
        elif points != 0:
            yield f"{name}: is worth {points:g} points before anything is written, expected 0."


def _text_of(path: Path) -> str | None:
    """Return the text of a file; None when it is no UTF-8 text or a link to nowhere."""
    try:
        return path.read_bytes().decode("utf-8")
    except (UnicodeDecodeError, OSError):
        return None
