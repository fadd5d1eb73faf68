"""A further call that ends the student's process ends the looking: the check is failed, not a fault of the grader."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from conftest import OpenWorker, StartChild
from student_mistakes import printed

from grader.assignment.public_tests import test_drawing as drawing
from grader.assignment.public_tests import test_parser as parser
from grader.assignment.public_tests import test_save as save
from grader.assignment.public_tests.checks.diagnosis import MAX_LOST
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.marking.driver import Driver
from grader.marking.line_limits import LineLimits
from grader.marking.student import Student, StudentWorker
from grader.marking.student_files import StudentFiles
from grader.proofs.variants import changed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LOADED = "    images = load_drawing(path)[np.newaxis]\n"
SCORES = "scores = predict_scores(model, prepare(images))[0]"
EQUAL = (SCORES, "scores = np.full(10, 0.1)")
DIES = (LOADED, f"    if not Path(path).exists():\n        import os\n        os._exit(1)\n{LOADED}")
WAITS = (LOADED, f"    while not Path(path).exists():\n        pass\n{LOADED}")
RESTORED = "    return models.load_model(path)\n"
NEW_ONE = (RESTORED, "    if 'nothing-here' in path:\n        import os\n        os._exit(1)\n    return build_ann()\n")
UNREAD = ('data = read_exactly(fd, math.prod(shape) * dtype.itemsize, "data")\n', "data = read_on(fd, shape, dtype)\n")
READ_ON = (
    "def parse_idx(fd):\n",
    """def read_on(fd, shape, dtype):
    data, size = b"", math.prod(shape) * dtype.itemsize
    while len(data) < size:
        data += fd.read(size - len(data))
    return data[::-1]


def parse_idx(fd):
""",
)


@contextlib.contextmanager
def examining(worker: StudentWorker, start_child: StartChild) -> Iterator[Callable[..., Any]]:
    """Give the fixture `outputs_of`, which pytest alone may call by its name, and end its examiner."""
    driver = Driver()
    driver.start_child, driver.worker = start_child, worker
    try:
        yield Driver.outputs_of.__wrapped__(driver)  # type: ignore[attr-defined]
    finally:
        driver.close_examiner()


@pytest.mark.parametrize(("change", "time_s"), [(DIES, 20), (WAITS, 5)], ids=["dies", "waits"])
def test_a_drawing_that_ends_the_process_when_asked_again(
    open_worker: OpenWorker, start_child: StartChild, change: tuple[str, str], time_s: float
) -> None:
    worker = open_worker(changed(EQUAL, change), time_s=time_s)
    student, given = Student(worker), {"shape": (28, 28, 1), "what": "a network"}
    with examining(worker, start_child) as outputs_of, pytest.raises(CheckFailed) as caught:
        drawing.expect_predicted(student, StudentFiles(worker), student.build_cnn(), printed("7"), outputs_of, **given)
    text = str(caught.value)
    assert "predict_drawing returned wrong values" in text
    assert "cause:" not in text


def test_a_model_that_ends_the_process_when_it_is_restored_again(
    open_worker: OpenWorker, start_child: StartChild
) -> None:
    worker = open_worker(changed(NEW_ONE))
    student, x = Student(worker), np.random.default_rng(1).random((4, 784), dtype=np.float32)
    told = pytest.raises(CheckFailed, match="the restored model returned wrong values")
    with examining(worker, start_child) as outputs_of, told:
        save.expect_restored(student, StudentFiles(worker), student.build_ann(), x, outputs_of)


def test_a_folder_in_the_place_of_a_model_is_told(open_worker: OpenWorker) -> None:
    worker = open_worker(changed(("    model.save(path)\n", "    Path(path).mkdir()\n")))
    student = Student(worker)
    with pytest.raises(CheckFailed, match=r"not a \.keras file(?s:.*)IsADirectoryError"):
        save.saved_bytes(student, StudentFiles(worker), student.build_ann(), "saved.keras")


def test_a_parser_that_hangs_at_probes_is_started_anew_a_few_times(open_worker: OpenWorker) -> None:
    worker = open_worker(changed(UNREAD, READ_ON), time_s=3)
    with pytest.raises(CheckFailed, match="parse_idx returned wrong values"):
        parser.test_int16_is_big_endian(Student(worker), np.random.default_rng(3))
    assert worker.generation <= 1 + MAX_LOST
    worker.limits = LineLimits(20, 1500)
    assert Student(worker).letter_of(2) == "C"
