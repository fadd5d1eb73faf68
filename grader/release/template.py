"""Write the student template: everything is made in memory, written into a fresh folder, then swapped in.

What stands in the target and was not made by a release is never deleted: the release refuses, and names it.
"""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import grader.assignment
from grader.assignment.data_files import PUBLIC_SIZES, dataset_files
from grader.assignment.handwriting.public_set import PUBLIC_SEED
from grader.assignment.solutions import strip_solutions
from grader.release.checking import CHECKING_FOLDER, checking_files
from grader.release.demonstrations import demonstrations_text
from grader.release.notebook import MODULE_NAME, code_of, load_notebook, notebook_text, reference_source
from grader.release.points import points_text
from grader.results.rubric import load_rubric
from grader.submissions.loading import DEMONSTRATIONS
from grader.system.errors import ReleaseError

NOTEBOOK_NAME = "mnist_all_models.ipynb"
TESTS_FOLDER = "tests"
DEMONSTRATIONS_NAME = f"{CHECKING_FOLDER}/{DEMONSTRATIONS.name}"
"""The grader has the same file: neither tells a student of what the notebook came with."""

_ASSIGNMENT = Path(grader.assignment.__file__).parent
_IGNORABLE_FOLDERS = {"__pycache__", ".pytest_cache", ".ipynb_checkpoints", ".ruff_cache", ".mypy_cache"}
_IGNORABLE_FILES = {".DS_Store", "Thumbs.db"}
_LISTED = 5


def build_template(out_dir: Path) -> None:
    """Write the student template to `out_dir`, in place of an older one.

    Raises:
        ReleaseError: the reference is not sound, `out_dir` holds files or work that no release made, or it cannot be
            written.
    """
    target = out_dir.resolve()
    files = template_files()
    _refuse_strangers(target, files)
    _refuse_written_stubs(target, files)
    try:
        _write_beside_and_swap(target, files)
    except OSError as error:
        raise ReleaseError(f"{target}: cannot be written ({error.strerror}). Nothing was changed.") from error


def keep_demonstrations(template_dir: Path) -> None:
    """Give the grader the list of the demonstrations that a template was made with."""
    made = (template_dir / DEMONSTRATIONS_NAME).read_bytes()
    if DEMONSTRATIONS.read_bytes() != made:  # an installed kit may be read-only
        DEMONSTRATIONS.write_bytes(made)


def template_files() -> dict[str, bytes]:
    """Return what the template holds: content by POSIX path, relative to the template, sorted.

    Raises:
        ReleaseError: the reference is not sound.
        RubricError: the rubric is not.
    """
    module = strip_solutions(reference_source(), file_name=MODULE_NAME)
    files = {MODULE_NAME: module.encode(), NOTEBOOK_NAME: notebook_text(module).encode()}
    files |= _copies(_ASSIGNMENT / "template", "*", "")
    files |= _copies(_ASSIGNMENT / "public_tests", "*.py", f"{TESTS_FOLDER}/")
    files |= _copies(_ASSIGNMENT / "public_tests", "*.mo", f"{TESTS_FOLDER}/")
    files |= checking_files()
    files[DEMONSTRATIONS_NAME] = demonstrations_text(files[NOTEBOOK_NAME]).encode()
    files[f"{TESTS_FOLDER}/points.toml"] = points_text(load_rubric()).encode()
    files |= dict(dataset_files(PUBLIC_SEED, PUBLIC_SIZES))
    return dict(sorted(files.items()))


def found_files(folder: Path) -> Iterator[str]:
    """Yield the POSIX path of every file below `folder`, sorted, without caches; links are named, not followed."""
    for path in sorted(folder.rglob("*")):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_dir() and not path.is_symlink():
            continue
        if not is_ignorable(relative):
            yield str(relative)


def is_ignorable(relative: PurePosixPath) -> bool:
    """Is this a cache that some tool left and anyone may delete?"""
    in_cache = not _IGNORABLE_FOLDERS.isdisjoint(relative.parts[:-1])
    return in_cache or relative.name in _IGNORABLE_FILES or relative.suffix == ".pyc"


def _copies(folder: Path, pattern: str, prefix: str) -> dict[str, bytes]:
    """Return files below a folder of ours: texts with Unix line ends, pictures and compiled catalogues as they are."""
    names = [name for name in found_files(folder) if PurePosixPath(name).match(pattern)]
    return {f"{prefix}{name}": _content(folder / name) for name in names}


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    return data if path.suffix in {".mo", ".png"} else data.replace(b"\r\n", b"\n")


def _refuse_strangers(target: Path, files: dict[str, bytes]) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise ReleaseError(f"{target} is a file; a folder was expected. Choose another name.")
    strangers = [name for name in found_files(target) if name not in files]
    if strangers:
        more = f" and {len(strangers) - _LISTED} more" if len(strangers) > _LISTED else ""
        raise ReleaseError(
            f"{target} holds files that the release did not make: {', '.join(strangers[:_LISTED])}{more}. "
            "Nothing was changed. Move or delete them, or choose another folder."
        )


def _refuse_written_stubs(target: Path, files: dict[str, bytes]) -> None:
    """A function that is a stub in the new template and none in the old one is somebody's work."""
    stubs = stub_names(files[MODULE_NAME].decode())
    for name in (MODULE_NAME, NOTEBOOK_NAME):
        path = target / name
        if not path.is_file():
            continue
        written = stubs & _written_functions(path)
        if written:
            raise ReleaseError(
                f"{path} holds work: {', '.join(sorted(written))} is written. Nothing was changed. Move the file away, "
                "or choose another folder."
            )


def _written_functions(path: Path) -> set[str]:
    """Return the functions of a module or notebook that are more than a stub; all of none when it cannot be read."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        source = text if path.suffix == ".py" else code_of(load_notebook(text, file_name=path.name))
        return function_names(source) - stub_names(source)
    except (SyntaxError, ReleaseError) as error:
        raise ReleaseError(
            f"{path} cannot be read, so it may hold work ({error}). Nothing was changed. Move the file away, or choose "
            "another folder."
        ) from error


def function_names(source: str) -> set[str]:
    """Return the names of the functions at module level."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def stub_names(source: str) -> set[str]:
    """Return the names of the functions at module level that do nothing but raise NotImplementedError."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and _is_stub(node)}


def _is_stub(function: ast.FunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return len(body) == 1 and ast.unparse(body[0]).startswith("raise NotImplementedError(")


def _write_beside_and_swap(target: Path, files: dict[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
        fresh = Path(folder) / "new"  # a plain folder inside: the temporary one is closed to everybody else
        for name, data in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        _swap(fresh, target, Path(folder) / "old")


def _swap(fresh: Path, target: Path, old: Path) -> None:
    """Put `fresh` where `target` is; what was there goes to `old`, and comes back when the move fails."""
    had_target = target.exists()
    if had_target:
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if had_target:
            old.rename(target)
        raise
