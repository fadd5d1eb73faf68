"""Who may import whom: trust and speed rest on it."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader
from grader.results.grading_sources import FOR_LOCAL_RUNS, NOT_GRADING

PACKAGE = Path(grader.__file__).resolve().parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
PUBLIC_TESTS = PACKAGE / "assignment" / "public_tests"

DESIGN = PACKAGE.parent / "docs" / "design.md"
ROOMS = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()} - {
    "__init__"
}


def drawn_rows() -> list[list[str]]:
    """Return the rooms in each row of the picture in `docs/design.md`: a module imports nothing above its own row."""
    picture = DESIGN.read_text(encoding="utf-8").partition("reads this picture -->")[2].split("```")[1]
    rows = ([word for word in line.split("  ") if word.strip() in ROOMS] for line in picture.splitlines())
    return [[word.strip() for word in row] for row in rows if row]


ROWS = drawn_rows()
BESIDE_STUDENT_CODE = ("zygote", "worker", "examiner", "confinement", "frames", "values", "forkserver")


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in SOURCES}


def imports(path: Path, *, at_module_level: bool = False) -> Iterator[str]:
    """Yield the absolute names that a file imports: ``a.b`` for ``import a.b``, ``a.b.c`` for ``from a.b import c``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    for node in _top_level(tree) if at_module_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            full = ".".join(part for part in (base, node.module) if part)
            yield from (f"{full}.{alias.name}" for alias in node.names)


def _top_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs at import: no function bodies, no blocks for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        yield node
        yield from _top_level(node)


def own(name: str) -> str | None:
    """Return the module of the kit that an imported name is, or stands in."""
    while name.startswith("grader"):
        if name in MODULES:
            return name
        name = name.rpartition(".")[0]
    return None


def own_imports(path: Path, *, at_module_level: bool = False) -> set[str]:
    found = {own(name) for name in imports(path, at_module_level=at_module_level)}
    return {name for name in found if name is not None} - {module_name(path)}


def loaded_by(module: str) -> set[str]:
    """Return what is in ``sys.modules`` after an import in a fresh process."""
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("grader.cli.commands", ("tensorflow", "keras", "numpy", "pydantic", "matplotlib", "cv2")),
        ("grader.marking.scorer", ("tensorflow", "keras", "matplotlib")),
        ("grader.engine.grade", ("tensorflow", "keras", "matplotlib", "cv2")),
        ("grader.engine.batch", ("tensorflow", "keras", "matplotlib", "cv2")),
        (
            "grader.sandbox.zygote",
            ("pydantic", "pytest", "grader.marking", "grader.results.rubric", "grader.system.secret"),
        ),
    ],
)
def test_an_import_stays_light(module: str, never: tuple[str, ...]) -> None:
    assert not loaded_by(module) & set(never)


@pytest.mark.parametrize("name", BESIDE_STUDENT_CODE)
def test_what_runs_beside_student_code_imports_nothing_else_of_the_kit(name: str) -> None:
    """Followed through every module that is reached, imports inside functions included."""
    allowed = ("grader.sandbox", "grader.assignment.public_tests.checks")
    open_, seen = [f"grader.sandbox.{name}"], set()
    while open_:
        module = open_.pop()
        seen.add(module)
        reached = own_imports(MODULES[module])
        strange = {one for one in reached if not any(one == ok or one.startswith(ok + ".") for ok in allowed)}
        assert not strange, f"{module} imports {strange}"
        open_ += reached - seen


def test_packages_around_what_runs_beside_student_code_are_empty() -> None:
    """Importing grader.a.b runs the __init__ of grader and of grader.a."""
    for name in ("grader", "grader.sandbox", "grader.assignment", "grader.assignment.public_tests",
                 "grader.assignment.public_tests.checks"):  # fmt: skip
        assert own_imports(MODULES[name]) == set()


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {name: own_imports(path, at_module_level=True) for name, path in MODULES.items()}
    for name, reached in graph.items():  # a package's __init__ re-exports its parts; that is no circle
        if MODULES[name].name == "__init__.py":
            reached -= {one for one in reached if one.startswith(name + ".")}
    graphlib.TopologicalSorter(graph).prepare()


def row_of(module: str) -> int | None:
    part = module.split(".")[1] if "." in module else ""
    return next((number for number, row in enumerate(ROWS) if part in row), None)


def test_every_room_is_in_the_picture_once() -> None:
    drawn = [room for row in ROWS for room in row]
    assert sorted(drawn) == sorted(ROOMS), "put the new room into the picture in docs/design.md"


@pytest.mark.parametrize("module", sorted(name for name in MODULES if "." in name))
def test_imports_point_one_way(module: str) -> None:
    row = row_of(module)
    for other in own_imports(MODULES[module]):
        other_row = row_of(other)
        assert row is None or other_row is None or other_row >= row, f"{module} imports {other}, which stands above it"


def test_what_no_key_of_a_result_covers_is_reached_by_no_grading() -> None:
    """Followed from everything that grades; what is left out of the key may change without a second grading."""
    open_, seen = [name for name in MODULES if name.split(".")[1:2] in (["marking"], ["sandbox"], ["grade"])], set()
    open_ += [name for name in MODULES if "_tests.test_" in name]
    while open_:
        module = open_.pop()
        seen.add(module)
        open_ += own_imports(MODULES[module]) - seen
    assert {"grader.submissions.loading", "grader.assignment.public_tests.checks.figure_facts"} <= seen
    reached = {"/".join(name.split(".")[1:end]) for name in seen for end in (2, 3)}
    assert not reached & NOT_GRADING
    local = {
        name for name in MODULES if name.startswith("grader.assignment.") and name.rpartition(".")[2] in FOR_LOCAL_RUNS
    }
    assert len(local) == len(FOR_LOCAL_RUNS)
    assert not local & seen


@pytest.mark.parametrize("path", sorted(PUBLIC_TESTS.rglob("*.py")), ids=lambda path: path.stem)
def test_public_tests_need_nothing_but_the_students_libraries(path: Path) -> None:
    """They are copied into a folder where there is no `grader`."""
    outside = {"numpy", "pytest", "cv2", "matplotlib", "mnist_all_models"} | set(sys.stdlib_module_names)
    prefix = module_name(PUBLIC_TESTS / "__init__.py")
    for name in imports(path, at_module_level=True):
        assert name.split(".")[0] in outside or name.startswith(prefix + "."), name
    for name in imports(path):
        assert name.split(".")[0] in outside | {"keras"} or name.startswith(prefix + "."), name
    tree = ast.parse(path.read_text(encoding="utf-8"))
    absolute = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    assert not [node for node in absolute if (node.module or "").startswith("grader")], "relative imports only"


def test_public_tests_reach_no_higher_than_their_folder() -> None:
    for path in PUBLIC_TESTS.rglob("*.py"):
        depth = len(path.relative_to(PUBLIC_TESTS).parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert all(node.level <= depth for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)), path.name


def test_the_package_says_that_it_is_typed() -> None:
    """As its classifier in `pyproject.toml` does: without the marker, no type checker reads its annotations."""
    assert "Typing :: Typed" in (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert (PACKAGE / "py.typed").is_file()
