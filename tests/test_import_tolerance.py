"""A notebook's demonstrations may need what only its own surroundings have: the rest of it is graded all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import OpenWorker, StartChild, submission_of

from grader.marking.raised import ImportFailed
from grader.marking.student import Student, StudentWorker
from grader.submission import read_submission

SOURCE = """
from no_such_package import interact, shown as show
import no_such_package.parts

def accuracy(a, b):
    return 0.5

@interact(first=3)
def browse(first): return accuracy(first, first)

@show
class Sheet: pass

@no_such_package.parts.slow
def later(): return 1
"""


def test_what_a_missing_import_would_decorate_is_left_out(start_child: StartChild) -> None:
    worker = StudentWorker(submission_of("raise ImportError('not here')", SOURCE), start_child, seed=7)
    worker.open()
    notes = " ".join(worker.notes)
    assert Student(worker).accuracy(1, 2) == 0.5
    for name in ("browse", "Sheet", "later"):
        assert f"{name} is left out, for want of its decorator" in notes


def test_a_decorator_that_is_there_decorates(open_worker: OpenWorker) -> None:
    source = "import functools\nimport no_such_package\n\n@functools.lru_cache\ndef f(x):\n    return x + 1\n"
    assert Student(open_worker("raise ImportError('not here')", source)).f(1) == 2


def test_a_definition_that_fails_for_another_reason_still_fails_the_import(open_worker: OpenWorker) -> None:
    source = "import no_such_package\n\n@misspelt\ndef f(x):\n    return x\n"
    with pytest.raises(ImportFailed, match="misspelt"):
        open_worker("raise NameError('misspelt')", source)


def test_a_module_of_definitions_alone_is_tried_again_without_the_import_that_fails(
    start_child: StartChild, tmp_path: Path
) -> None:
    path = tmp_path / "mnist_all_models.py"
    path.write_text("import no_such_package\n\ndef accuracy(a, b):\n    return 0.5\n", encoding="utf-8")
    worker = StudentWorker(read_submission(path), start_child, seed=7)
    worker.open()
    assert Student(worker).accuracy(1, 2) == 0.5
    assert "No module named 'no_such_package'" in " ".join(worker.notes)
