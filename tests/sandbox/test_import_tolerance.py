"""A notebook's demonstrations may need what only its own surroundings have: the rest of it is graded all the same."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from conftest import OpenWorker, StartChild, submission_of

from grader.marking.student import Student, StudentWorker
from grader.marking.student_errors import ImportFailed
from grader.sandbox.module_running import run_tolerantly
from grader.sandbox.notebook_names import NOTEBOOK_NAMES
from grader.submissions import read_submission

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
    for name in ("interact", "show", "no_such_package"):
        assert f"did not work and is left out: name '{name}' is not defined" in notes


VALUES = """
from __future__ import annotations
IMAGES = open("/nowhere/train-images").read()
COUNT = len(IMAGES)
TABLE = dict([(8, 1)])
TABLE.update(COUNT=COUNT)
OTHER: Unknown = 3

def size(code): return TABLE[code]

def first(images=IMAGES): return images[0]

class Sheet:
    count = COUNT

def demonstrate(): return first(), Sheet, OTHER
"""


def test_values_that_cannot_be_made_cost_nothing_but_what_reads_them(start_child: StartChild) -> None:
    worker = StudentWorker(submission_of("raise ImportError('not here')", VALUES), start_child, seed=7)
    worker.open()
    assert Student(worker).size(8) == 1
    told = " ".join(worker.notes)
    assert "line 3: did not work and is left out: FileNotFoundError" in told
    for line, name in ((4, "IMAGES"), (6, "COUNT"), (11, "IMAGES"), (13, "COUNT")):
        assert f"line {line}: did not work and is left out: name '{name}' is not defined" in told
    assert len(worker.notes) == 1 + 5


def test_a_notebook_that_reads_its_data_at_the_top_keeps_its_tables(start_child: StartChild, tmp_path: Path) -> None:
    cells = [
        "import numpy as np\ndef parse_idx(fd): return TYPES[fd.read(1)[0]].itemsize",
        "TYPES = dict(zip([8, 11], [np.dtype('>u1'), np.dtype('>i2')]))",
        "images = parse_idx(open('mnist_dataset/train-images', 'rb'))",
        "def show(index): return images[index]",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = tmp_path / "mnist_all_models.ipynb"
    nbformat.write(notebook, path)
    worker = StudentWorker(read_submission(path), start_child, seed=7)
    worker.open()
    assert Student(worker).parse_idx(io.BytesIO(b"\x0b")) == 2
    (note,) = worker.notes
    assert note.startswith("cell 3, line 1: did not work and is left out: FileNotFoundError")


@pytest.mark.parametrize(
    "source",
    [
        "def f(x=1 / 0): pass",
        "class Sheet(Unknown): pass",
        "if True:\n    1 / 0\n    def f(): pass",
        "raise SystemExit",
        "import sys\nsys.exit()",
    ],
)
def test_a_definition_that_fails_by_itself_ends_the_run(source: str) -> None:
    with pytest.raises((ZeroDivisionError, NameError, SystemExit)):
        run_tolerantly(source, "m.py", ModuleType("m"))


@pytest.mark.parametrize(
    "source",
    ["from __future__ import braces", "from __future__ import *", "return 5", "x = 1\nfrom __future__ import division"],
)
def test_what_is_no_python_ends_the_run(source: str) -> None:
    with pytest.raises(SyntaxError):
        run_tolerantly(source, "m.py", ModuleType("m"))


def test_an_import_that_fails_otherwise_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_helper.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ZeroDivisionError):
        run_tolerantly("import broken_helper", "m.py", ModuleType("m"))


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


NAMES = """
import no_such_package

class Sheet: pass

def show(table):
    display(table, metadata={})
    handle = display(table, display_id=True)
    handle.update(table)
    handle.display()
    shell = get_ipython()
    shell.run_line_magic("matplotlib", "inline")
    files = get_ipython().getoutput("ls")
    exit()
    quit()
    return [files, type(shell).__name__, "IPKernelApp" in shell.config, shell.user_ns["show"] is show]

def remembered():
    return [In, _ih, Out, _oh, len(_dh), _, __, ___, _i, _ii, _iii]
"""


def test_the_names_of_every_notebook_are_there_and_do_nothing(open_worker: OpenWorker) -> None:
    student = Student(open_worker("raise ImportError('not here')", NAMES))
    assert student.show(1) == [[], "ZMQInteractiveShell", False, True]
    assert student.remembered() == [[""], [""], {}, {}, 1, "", "", "", "", "", ""]


def test_ipython_gives_a_notebook_no_other_names() -> None:
    """What it adds to a module's own names, and to the builtins; the numbered ones hang on what a cell showed."""
    code = (
        "import builtins; before = set(dir(builtins))\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance(); added = set(shell.user_ns)\n"
        "with shell.builtin_trap: added |= set(dir(builtins)) - before\n"
        "print(*added)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    in_every_module = {"__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtin__", "__builtins__"}
    assert set(done.stdout.split()) - in_every_module <= {*NOTEBOOK_NAMES, "open", "__IPYTHON__"}


def test_an_own_name_hides_a_notebooks(open_worker: OpenWorker) -> None:
    source = "import no_such_package\ndef display(x): return x + 1\ndef f(x): return display(x)\n"
    assert Student(open_worker("raise ImportError('not here')", source)).f(1) == 2
