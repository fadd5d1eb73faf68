"""The corpus of correct solutions: what its files must say, and that the corpus is what it promises."""

from __future__ import annotations

import ast
import itertools
import json
from pathlib import Path

import pytest

from grader.engine.grade import Grader
from grader.engine.run_settings import GradeSettings
from grader.proofs.alternates import load_alternates
from grader.submissions.contract import CONTRACT_NAMES
from grader.submissions.loading import read_submission
from grader.system.assets import corpus_dir
from grader.system.errors import UsageError

FOLDER = corpus_dir() / "alternates"
AT_LEAST, NOTEBOOKS = 34, 6
PADDING = "\n# " + "ы" * 400_000


def notebook(*cells: tuple[str, str]) -> str:
    return json.dumps({"cells": [{"cell_type": kind, "source": [text]} for kind, text in cells]})


def test_a_style_is_read_from_the_first_line_in_its_encoding(tmp_path: Path) -> None:
    (tmp_path / "mark.py").write_bytes(b"\xef\xbb\xbf# style: with a mark\r\nx = 1\r\n")
    (tmp_path / "old.py").write_bytes("# style: old\n# coding: cp1251\nимя = 1\n".encode("cp1251"))
    (tmp_path / "russian.py").write_text("# style: по-русски\n", encoding="utf-8")
    (tmp_path / "note.ipynb").write_text(notebook(("markdown", "# A"), ("code", "# style: a notebook\n1")))
    (tmp_path / "notes.txt").write_text("no submission")
    found = [(one.name, one.style, one.path.name) for one in load_alternates(tmp_path)]
    assert found == [
        ("mark", "with a mark", "mark.py"),
        ("note", "a notebook", "note.ipynb"),
        ("old", "old", "old.py"),
        ("russian", "по-русски", "russian.py"),
    ]


def test_a_folder_without_alternates_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no alternates"):
        load_alternates(tmp_path)


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("# style: a module\n")
    (tmp_path / "one.ipynb").write_text(notebook(("code", "# style: a notebook")))
    with pytest.raises(UsageError, match="two alternates are called one"):
        load_alternates(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "import gzip\n"),
        ("a.py", "# style:\n"),
        ("a.py", "\n# style: too late\n"),
        ("a.ipynb", notebook(("code", "import gzip"))),
        ("a.ipynb", notebook(("markdown", "# style: not code"))),
    ],
)
def test_one_that_does_not_say_its_style_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=rf"{name}: its first line of code is .* expected `# style: "):
        load_alternates(tmp_path)


@pytest.mark.parametrize(
    ("name", "data"), [("a.py", b"# style: \xff\n"), ("a.ipynb", b"{"), ("a.ipynb", b"{}"), ("a.ipynb", b"[]")]
)
def test_one_that_cannot_be_read_is_named(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=f"{name}: cannot be read"):
        load_alternates(tmp_path)


def test_the_corpus_is_as_large_as_it_promises() -> None:
    alternates = load_alternates(FOLDER)
    assert len(alternates) >= AT_LEAST
    assert sum(one.path.suffix == ".ipynb" for one in alternates) >= NOTEBOOKS
    assert len({one.style for one in alternates}) == len(alternates)


def test_every_alternate_is_taken_and_names_the_whole_contract() -> None:
    for one in load_alternates(FOLDER):
        source = read_submission(one.path).plans[0].source
        assert [name for name in CONTRACT_NAMES if name not in source] == [], one.name


def test_no_two_alternates_have_most_functions_alike() -> None:
    bodies = {one.name: functions_of(read_submission(one.path).plans[0].source) for one in load_alternates(FOLDER)}
    for one, other in itertools.combinations(bodies, 2):
        same = [name for name, body in bodies[one].items() if bodies[other].get(name) == body]
        assert len(same) < len(CONTRACT_NAMES) / 2, (one, other, same)


def functions_of(source: str) -> dict[str, str]:
    """Return the functions of the contract without their documentation."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name in CONTRACT_NAMES:
            statements = node.body[1:] if ast.get_docstring(node) else node.body
            found[node.name] = "\n".join(ast.unparse(statement) for statement in statements)
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_very_long_source_gets_all_points(tmp_path: Path) -> None:
    """One alternate, and a comment that makes it long, but not too long."""
    submission = tmp_path / "mnist_all_models.py"
    source = (FOLDER / "subclassed-letters-model.py").read_text(encoding="utf-8")
    submission.write_text(source + PADDING, encoding="utf-8")
    with Grader(GradeSettings(secret=b"a secret of the tests")) as grader:
        result = grader.grade(submission)
    assert {item.id: item.message for item in result.items if item.outcome != "passed"} == {}
    assert result.score == 100
