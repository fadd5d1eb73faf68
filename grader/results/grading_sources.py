"""The files of the kit that a grading may read: where they are the same, the same submission gets the same result."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import grader
from grader.results.rubric import RUBRIC_FILE, Rubric
from grader.system.assets import datasets_dir

PACKAGE = Path(grader.__file__).resolve().parent
NOT_GRADING = frozenset(
    {"__main__", "_assets", "assignment/data_files", "assignment/solutions", "assignment/template", "cli",
     "engine/batch", "engine/grading_key", "gradebooks", "packing", "proofs", "release", "reports", "results/course",
     "results/grading_sources", "results/journal", "results/journal_index", "results/reason_paths", "results/store",
     "results/validation_record", "similarity", "submissions/names", "submissions/platforms"}
)  # fmt: skip
"""Parts of the package that no grading reaches, as paths in it (a test holds this against the imports)."""
_ABSOLUTE = "grader.assignment."
FOR_LOCAL_RUNS = frozenset(
    {"conftest", "acceptance", "crash_words", "import_words", "local_networks", "local_student", "still_running",
     "to_do_list"}
)  # fmt: skip
"""Modules of the public tests that only a student's own run of them imports (the same test holds this, too)."""


def grading_sources() -> Iterator[Path]:
    """Yield the files of the kit that a grading may read, in a fixed order."""
    for root in (PACKAGE, datasets_dir() / "glyphs"):
        for path in sorted(root.rglob("*")):
            parts = path.relative_to(root).with_suffix("").parts
            is_read = not {parts[0], "/".join(parts[:2])} & NOT_GRADING and "__pycache__" not in parts
            is_local = parts[:2] == ("assignment", "public_tests") and path.stem in FOR_LOCAL_RUNS
            if path.is_file() and is_read and not is_local and path.suffix != ".po":  # gettext reads the .mo beside it
                yield path


def sources_digest(*, translations: bool = True) -> str:
    """Return one digest of all of them, in hex.

    Args:
        translations: those of the messages, too; they change what a student reads, not what is marked.
    """
    return _digest(path for path in grading_sources() if translations or path.suffix != ".mo")


def section_digests(rubric: Rubric, lang: str) -> dict[frozenset[str], str]:
    """Return, for each section of the rubric, the digest of all that its lines hang on, in hex.

    That is all grading sources but for the tests of other sections, the other sections' lines and limits, and the
    translations of other languages.
    """
    assignment = PACKAGE / "assignment"
    parts_of: dict[Path, set[str]] = {path: set() for path in find_tests(assignment)}
    for path in list(parts_of):
        parts = {line.partition(".")[0] for line in marked_lines(path)} or set(rubric.parts)
        for used in (path, *used_by(path, assignment)):  # helpers of one test file serve others
            if used in parts_of:
                parts_of[used] |= parts
    common = [
        path for path in grading_sources() if path.name != RUBRIC_FILE.name and not _is_other_language(path, lang)
    ]
    digests = {}
    for section in rubric.sections:
        files = _digest(path for path in common if path not in parts_of or parts_of[path] & section)
        lines = [line.model_dump_json() for line in rubric.line if line.part in section]
        text = "\n".join([files, str(rubric.memory_mib), *lines])
        digests[section] = hashlib.sha256(text.encode()).hexdigest()
    return digests


def find_tests(assignment: Path) -> list[Path]:
    """Return the files of the tests, hidden and public."""
    return sorted(assignment.glob("*_tests/test_*.py"))


def used_by(file: Path, assignment: Path) -> list[Path]:
    """Return the files of the tests that a file imports, and those that these import."""
    waiting, seen = [file], set()
    while waiting:
        for path in _imported_by(waiting.pop(), assignment):
            if path not in seen:
                seen.add(path)
                waiting.append(path)
    return sorted(seen - {file})


def _imported_by(file: Path, assignment: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            folder = file.parents[node.level - 1] if node.level else assignment
            if not folder.is_relative_to(assignment):
                continue
            package = [_ABSOLUTE.rstrip("."), *folder.relative_to(assignment).parts] if node.level else []
            module = ".".join([*package, *([node.module] if node.module else [])])
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            path = assignment.joinpath(*name.removeprefix(_ABSOLUTE).split(".")).with_suffix(".py")
            if name.startswith(_ABSOLUTE) and path.is_file():
                yield path


def marked_lines(path: Path) -> set[str]:
    """Return the ids of the rubric lines that the tests in a file are marked with."""
    return set(lines_of(ast.parse(path.read_text(encoding="utf-8"))))


def lines_of(node: ast.AST) -> Iterator[str]:
    """Yield the rubric lines that a definition is marked with: as a decorator, or by calling the mark."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.line":
            yield ast.literal_eval(call.args[0])


def _is_other_language(path: Path, lang: str) -> bool:
    return path.suffix == ".mo" and path.parts[-3] != lang


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
