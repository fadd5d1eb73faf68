"""The `student` of the tests in the grader: calls, exceptions, limits and handles over a real worker."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from conftest import OpenWorker, StartChild, submission_of

from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.marking import student as student_module
from grader.marking.child_session import ChildSession, KilledFromOutside
from grader.marking.line_limits import LineLimits
from grader.marking.student import Saved, Student, StudentWorker
from grader.marking.student_errors import ImportFailed, StudentCrash, StudentException, StudentMemory, StudentTimeout
from grader.marking.student_files import StudentFiles
from grader.sandbox.values import Handle
from grader.system.errors import GraderFault
from grader.system.machine import usable_cores

RAISING = """
class Own(ValueError):
    pass

class Strange(Exception):
    pass

def own():
    raise Own("the magic is wrong")

def strange():
    x = 1
    raise Strange("odd")

def missing_file():
    open("no such file")

def missing_key():
    return {}["it's"]

def index():
    return [][3]

def name():
    return undefined_name

def attribute():
    return (5).nothing

def stub():
    raise NotImplementedError("write build_ann")

def encoding():
    return b"\\xff".decode()

def empty():
    raise ValueError

def assertion():
    assert 1 == 2, "no"
"""


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        ("own", ValueError),
        ("missing_file", FileNotFoundError),
        ("missing_file", OSError),
        ("missing_key", KeyError),
        ("index", IndexError),
        ("name", NameError),
        ("attribute", AttributeError),
        ("stub", NotImplementedError),
        ("stub", RuntimeError),
        ("encoding", ValueError),
        ("empty", ValueError),
        ("assertion", AssertionError),
        ("strange", StudentException),
    ],
)
def test_exceptions_are_raised_as_the_builtin_class_they_descend_from(
    open_worker: OpenWorker, function: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as caught:
        Student(open_worker(RAISING)).__getattr__(function)()
    assert isinstance(caught.value, StudentException)


def test_a_class_that_is_no_builtin_is_of_no_builtin_class(open_worker: OpenWorker) -> None:
    with pytest.raises(StudentException) as caught:
        Student(open_worker(RAISING)).strange()
    assert type(caught.value) is StudentException


@pytest.mark.parametrize(
    ("function", "text"),
    [
        ("own", "own() raised Own: the magic is wrong (line 9)."),
        ("missing_key", 'missing_key() raised KeyError: "it\'s" (line 19).'),
        ("empty", "empty() raised ValueError (line 37)."),
    ],
)
def test_the_text_names_the_call_the_class_the_message_and_the_line(
    open_worker: OpenWorker, function: str, text: str
) -> None:
    with pytest.raises(StudentException) as caught:
        getattr(Student(open_worker(RAISING)), function)()
    assert str(caught.value) == text


def test_in_a_notebook_the_line_is_one_of_a_cell(open_worker: OpenWorker) -> None:
    worker = open_worker("def f():\n    return 1 / 0\n", origins=((3, 1), (3, 2)))
    with pytest.raises(ZeroDivisionError, match="cell 3, line 2"):
        Student(worker).f()


def test_the_line_is_the_students_even_when_a_library_raised(open_worker: OpenWorker) -> None:
    worker = open_worker("import numpy as np\ndef f():\n    return np.zeros(3).reshape(2, 2)\n")
    with pytest.raises(ValueError, match=r"\(line 3\)"):
        Student(worker).f()


@pytest.mark.parametrize("line", ["10 ** 4000", "-1", "0", "True", "'1'"])
def test_a_line_that_no_module_has_is_not_told(open_worker: OpenWorker, line: str) -> None:
    forged = f"lambda error: dict(type='ValueError', bases=['ValueError'], message='no', line={line}, errno=None)"
    source = f"import sys\nsys.modules['grader.sandbox.worker'].describe_error = {forged}\ndef f():\n    return 1 / 0\n"
    with pytest.raises(ValueError, match=r"^f\(\) raised ValueError: no\.$"):
        Student(open_worker(source)).f()


def test_a_call_is_described_by_types_and_not_by_contents(open_worker: OpenWorker) -> None:
    with pytest.raises(TypeError) as caught:
        Student(open_worker("def f(x): return x + None\n")).f(np.arange(1234, dtype=np.int64))
    assert "f(int64 array of shape (1234,), values 0 to 1233)" in str(caught.value)


@pytest.mark.parametrize("source", ["def other(): pass\n", "f = None\n"])
def test_a_missing_function_is_a_failed_check(open_worker: OpenWorker, source: str) -> None:
    with pytest.raises(CheckFailed, match=r"mnist_all_models\.py has no function `f`"):
        Student(open_worker(source)).f()


def test_something_that_is_no_function_is_the_students_type_error(open_worker: OpenWorker) -> None:
    with pytest.raises(TypeError, match="not callable"):
        Student(open_worker("f = 5\n")).f()


def test_private_names_are_no_functions_of_the_student(open_worker: OpenWorker) -> None:
    """pytest looks at `__bases__`, `__test__` and the like of whatever it shows."""
    with pytest.raises(AttributeError):
        _ = Student(open_worker("_x = 5\n"))._x


def test_paths_of_the_scratch_directory_are_not_told(open_worker: OpenWorker) -> None:
    worker = open_worker("def f(path): open(path)\n")
    with pytest.raises(FileNotFoundError) as caught:
        Student(worker).f(StudentFiles(worker).path("nothing"))
    assert caught.value.message.endswith("'nothing'")


def test_files_go_there_and_back(open_worker: OpenWorker) -> None:
    worker = open_worker("def copy(a, b):\n    open(b, 'wb').write(open(a, 'rb').read())\n")
    files = StudentFiles(worker)
    target = files.path("b.h5")
    before = files.times() or {}
    Student(worker).copy(files.put("a.h5", b"\0\xff"), target)
    assert files.get(target) == b"\0\xff"
    assert {Path(path).name for path in set(files.times() or {}) - set(before)} == {"a.h5", "b.h5"}
    assert Path(target).name == "b.h5"


@pytest.mark.parametrize("forged", ["lambda *_: 5", "lambda *_: 1 / 0", "None"])
def test_when_files_were_changed_is_not_known_where_the_worker_does_not_say(
    open_worker: OpenWorker, forged: str
) -> None:
    worker = open_worker(f"from grader.sandbox import worker\nworker.Worker.op_times = {forged}\n")
    assert StudentFiles(worker).times() is None


def test_only_the_students_time_is_counted_and_a_line_has_it_in_all(open_worker: OpenWorker) -> None:
    worker = open_worker(
        "import time\n"
        "def f(s): time.sleep(s)\n"
        "def spin(s):\n"
        "    end = time.process_time() + s\n"
        "    while time.process_time() < end: pass\n"
    )
    worker.limits = LineLimits(0.4, 1500)
    Student(worker).f(0.5)
    assert 0.5 <= worker.limits.used_s < 1.2
    assert worker.limits.used_cpu_s < 0.1
    with pytest.raises(StudentTimeout, match=r"\(of the 1\.2 s on the clock that this line has in all\)\.$"):
        Student(worker).f(1)
    worker.limits = LineLimits(2, 1500)
    Student(worker).spin(1.5)
    assert 1.4 <= worker.limits.used_cpu_s < 2
    with pytest.raises(StudentTimeout, match=r"\(of the 2 s that this line has in all\)"):
        Student(worker).spin(600)


def test_replacing_a_worker_is_not_charged_to_the_line(open_worker: OpenWorker) -> None:
    worker = open_worker("import time, os\ntime.sleep(0.3)\ndef f(): return 1\ndef die(): os._exit(1)\n")
    with pytest.raises(StudentCrash):
        Student(worker).die()
    worker.limits = LineLimits(5, 1500)
    assert Student(worker).f() == 1
    assert worker.limits.used_s < 0.3


MODELS = """
import os, keras

def build():
    return keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])

def total(model):
    return model.count_params()

def outputs(model, x):
    return model(x).numpy()

def die():
    os._exit(1)

class Thing:
    pass

def thing():
    return Thing()
"""


def test_a_model_stays_in_the_worker_and_goes_back_as_a_handle(open_worker: OpenWorker) -> None:
    student = Student(open_worker(MODELS))
    model = student.build()
    assert isinstance(model, Handle)
    assert model.type_name == "Sequential"
    assert student.total(model) == 8


def test_a_handle_of_a_lost_worker_is_refused_as_a_fault_of_ours(open_worker: OpenWorker) -> None:
    """It must never be taken for another object of the new worker, or blamed on the student."""
    worker = open_worker(MODELS)
    student = Student(worker)
    model = student.build()
    with pytest.raises(StudentCrash):
        student.die()
    for use in (
        lambda: student.total(model),
        lambda: student.total(model=model),
        lambda: worker.save(model),
        lambda: worker.facts(model),
        lambda: worker.centre(model, np.zeros((4, 3), np.float32)),
    ):
        with pytest.raises(GraderFault, match="belongs to a worker that is gone"):
            use()
    assert student.total(student.build()) == 8


def test_the_outputs_of_a_live_model_are_centred(open_worker: OpenWorker) -> None:
    worker = open_worker(MODELS)
    student, x = Student(worker), np.random.default_rng(1).random((40, 3), dtype=np.float32)
    model = student.build()
    assert np.abs(student.outputs(model, x).mean(axis=0)).max() > 1e-3
    worker.centre(model, x)
    assert np.abs(student.outputs(model, x).mean(axis=0)).max() < 1e-5
    worker.centre(student.thing(), x)  # which is no model: it stays as it is
    worker.put_back()
    assert np.abs(student.outputs(model, x).mean(axis=0)).max() > 1e-3
    with pytest.raises(StudentCrash):
        student.die()
    worker.put_back()  # what was shifted is gone
    assert student.total(student.build()) == 8


def test_a_saved_model_is_brought_back_into_a_new_worker(open_worker: OpenWorker) -> None:
    worker = open_worker(MODELS)
    student = Student(worker)
    model = student.build()
    saved = Saved(worker.save(model), model)
    assert worker.present(saved) is model
    with pytest.raises(StudentCrash):
        student.die()
    again = worker.present(saved)
    assert again.generation != model.generation
    assert student.total(again) == 8
    assert worker.facts(again)["parameters"] == 8


def test_what_is_no_model_cannot_be_saved(open_worker: OpenWorker) -> None:
    worker = open_worker(MODELS)
    with pytest.raises(StudentException):
        worker.save(Student(worker).thing())


FORGING = """
import keras
from grader.sandbox import worker
worker.Worker.op_load = worker.Worker.op_facts = worker.Worker.op_get = worker.Worker.op_save = lambda *_: 5

class Thing:
    pass

def thing():
    return Thing()
"""


def test_a_worker_that_answers_with_something_else_has_crashed(open_worker: OpenWorker) -> None:
    worker = open_worker(FORGING)
    thing = Student(worker).thing()
    for use, words in (
        (lambda: worker.load(b""), "did not load a model"),
        (lambda: worker.facts(thing), "did not state a model's facts"),
        (lambda: worker.get("x"), "gave no bytes"),
        (lambda: worker.save(thing), "gave no bytes"),
    ):
        with pytest.raises(StudentCrash, match=words):
            use()


def test_the_first_plan_that_works_is_taken_and_the_problem_noted(open_worker: OpenWorker) -> None:
    worker = open_worker("raise ValueError('at top level')\n", "def f(): return 2\n")
    assert Student(worker).f() == 2
    assert len(worker.notes) == 1
    assert "ValueError: at top level (line 1)" in worker.notes[0]
    assert "Only its imports, definitions and constants were taken." in worker.notes[0]


def test_the_problem_of_the_first_plan_is_the_one_that_is_told(open_worker: OpenWorker) -> None:
    with pytest.raises(ImportFailed, match="first"):
        open_worker("raise ValueError('first')\n", "raise SystemExit('second')\n")


def test_an_import_that_takes_too_long_is_told(start_child: StartChild, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(student_module, "IMPORT_TIME_S", 0.5)
    worker = StudentWorker(submission_of("while True: pass\n"), start_child, seed=1)
    with pytest.raises(ImportFailed, match=r"the import took too long: it"):
        worker.open()


SLEEPERS = {
    "a sleep": "import time\ndef f(): time.sleep(600)\n",
    "a lock": "import threading\ndef f():\n    lock = threading.Lock()\n    lock.acquire()\n    lock.acquire()\n",
    "a queue": "import queue\ndef f(): queue.Queue().get()\n",
    "a pipe": "import os\nends = os.pipe()\ndef f(): os.read(ends[0], 1)\n",
    "short sleeps": "import time\ndef f():\n    while True: time.sleep(0.5)\n",
    "a thread": "import threading, time\ndef f():\n    it = threading.Thread(target=time.sleep, args=(600,))\n"
    "    it.start()\n    it.join()\n",
}


@pytest.mark.parametrize("source", SLEEPERS.values(), ids=SLEEPERS)
def test_who_sleeps_while_an_answer_is_due_is_not_waited_for(
    open_worker: OpenWorker, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setattr(student_module, "IDLE_S", 1.0)
    worker = open_worker(source)
    started = time.monotonic()
    with pytest.raises(
        StudentTimeout, match=r"f\(\) took too long: it slept for 1\.0 s without any work: is there a `sleep`"
    ):
        Student(worker).f()
    assert time.monotonic() - started < 15


def test_work_is_no_sleep_however_busy_the_machine_is(open_worker: OpenWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(student_module, "IDLE_S", 0.3)
    source = "import time\ndef f():\n    while time.process_time() < 4: pass\n    return 5\n"
    worker = open_worker(source)
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * usable_cores())]
    try:
        assert Student(worker).f() == 5
    finally:
        for other in others:
            other.kill()
            other.wait()


def test_a_function_that_took_too_long_is_waited_for_less_and_then_not_at_all(open_worker: OpenWorker) -> None:
    """Its other calls may be right: a loop that never ends for a damaged file costs the lines about that."""
    source = "def f(x):\n    while x: pass\n    return 7\ndef g():\n    return 8\n"
    worker = open_worker(source, time_s=2)
    student = Student(worker)
    with pytest.raises(StudentTimeout, match=r"2\.0 s are allowed\."):
        student.f(1)
    for _ in range(3):
        worker.limits = LineLimits(60, 1500)
        assert student.f(0) == 7
        worker.limits = LineLimits(2, 1500)
        with pytest.raises(StudentTimeout, match=r"1\.0 s are allowed \(it took too long before\)\."):
            student.f(1)
    with pytest.raises(StudentTimeout, match=r"^f\(0\) was not tried: f took too long 4 times\.$"):
        student.f(0)
    assert student.g() == 8
    worker.open()
    assert student.f(0) == 7, "another section begins anew"


def test_a_plan_whose_import_never_ends_is_tried_once(start_child: StartChild, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(student_module, "IMPORT_TIME_S", 0.5)
    started = []
    worker = StudentWorker(
        submission_of("while True: pass\n", "def f(): return 3\n"),
        lambda: started.append(1) or start_child("worker"),
        seed=1,
    )
    for section in (1, 2, 3):
        worker.open()
        assert Student(worker).f() == 3
        assert len(started) == 1 + section
    assert len([note for note in worker.notes if "the import took too long" in note]) == 1


def test_a_module_that_cannot_be_imported_again_is_never_taken_for_an_empty_one(start_child: StartChild) -> None:
    """Its functions exist; saying that they are missing would be wrong."""
    worker = StudentWorker(submission_of("import os\ndef f(): os._exit(1)\n"), start_child, seed=1)
    worker.open()
    plan = worker._plan
    worker._plan = submission_of("raise OSError('second time')\n").plans[0]
    with pytest.raises(StudentCrash):
        Student(worker).f()
    for _ in range(2):
        with pytest.raises(StudentCrash, match=r"starting it anew failed: the import raised OSError: second time"):
            Student(worker).f()
    worker._plan = plan
    with pytest.raises(StudentCrash):
        Student(worker).f()


def test_a_worker_that_was_never_opened_is_our_own_mistake(start_child: StartChild) -> None:
    worker = StudentWorker(submission_of("x = 1\n"), start_child, seed=1)
    with pytest.raises(AssertionError, match="open it first"):
        worker.call("f", (), {})


def test_closing_leaves_no_worker(open_worker: OpenWorker) -> None:
    worker = open_worker("def f(): return 1\n")
    assert worker._session is not None
    scratch = worker._session.scratch
    worker.close()
    worker.close()
    assert not scratch.exists()


def test_starting_anew_ends_after_its_time_in_all(open_worker: OpenWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.marking.student.STARTS_TIME_S", 0.0)
    worker = open_worker("import os\ndef f(): os._exit(3)\n")
    with pytest.raises(StudentCrash):
        worker.call("f", (), {})
    with pytest.raises(StudentTimeout, match="Starting the module anew took more than 0 s in all"):
        worker.call("f", (), {})
    worker.open()
    with pytest.raises(StudentCrash):
        worker.call("f", (), {})


def test_a_section_begins_with_a_fresh_module_and_no_note_twice(open_worker: OpenWorker) -> None:
    worker = open_worker("raise OSError\n", "calls = []\ndef f():\n    calls.append(1)\n    return len(calls)\nx = y\n")
    assert [worker.call("f", (), {}) for _ in range(2)] == [1, 2]
    notes = list(worker.notes)
    worker.open()
    assert worker.call("f", (), {}) == 1
    assert worker.notes == notes != []


def test_a_module_that_cannot_be_imported_again_keeps_its_definitions(start_child: StartChild) -> None:
    """For a section of its own it would have them, too."""
    started = []

    def start_counted() -> ChildSession:
        started.append(start_child())
        return started[-1]

    worker = StudentWorker(submission_of("def f(): return 1\n", "def f(): return 2\n"), start_counted, seed=1)
    worker.open()
    assert (Student(worker).f(), worker.notes) == (1, [])
    whole = worker.submission.plans[0]
    object.__setattr__(whole, "source", "raise OSError('second time')\n")  # as a file that is gone would do
    for _section in range(2):
        worker.open()
        assert Student(worker).f() == 2
    assert len(worker.notes) == 1
    assert "second time" in worker.notes[0]
    assert len(started) == 1 + 2 + 2, "each section tries what it would try alone"


def test_every_import_has_the_limits_of_its_process(start_child: StartChild, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of the line that it is for would make it hang on which lines are graded."""
    asked = []
    ask = ChildSession.ask

    def counted(self: ChildSession, header: Any, *args: Any, **limits: Any) -> Any:
        asked.append((header["op"], limits["time_s"], limits["memory_mib"]))
        return ask(self, header, *args, **limits)

    monkeypatch.setattr(ChildSession, "ask", counted)
    worker = StudentWorker(submission_of("import os\ndef f(): os._exit(1)\n"), lambda: start_child(memory_mib=900), 1)
    worker.open()
    worker.limits = LineLimits(5, 600)
    for _ in range(2):
        with pytest.raises(StudentCrash):
            Student(worker).f()
    assert asked == [("import", 20, 900), ("call", 5, 600), ("import", 20, 900), ("call", pytest.approx(5, abs=1), 600)]


def test_a_process_that_was_killed_from_outside_while_importing_is_told(start_child: StartChild) -> None:
    """By the kernel, for want of memory, say: the submission is scored once more."""
    worker = StudentWorker(submission_of("x = 1\n"), start_child, seed=1)
    worker.open()
    assert not worker.lost_process

    def start_lost() -> ChildSession:
        session = start_child()
        session.ask = Mock(side_effect=KilledFromOutside("somebody did it"))  # type: ignore[method-assign]
        return session

    worker.start_child = start_lost
    with pytest.raises(ImportFailed, match="somebody did it"):
        worker.open()
    assert worker.lost_process


def test_an_import_that_says_that_a_function_is_missing_is_a_crash(open_worker: OpenWorker) -> None:
    """Else a module could have the grader fail, in place of getting no points."""
    hostile = 'import sys\nraise sys.modules["grader.sandbox.worker"]._MissingFunctionError\n'
    with pytest.raises(ImportFailed, match="cannot be read: missing"):
        open_worker(hostile)


def test_notes_of_all_imports_are_bounded(open_worker: OpenWorker) -> None:
    bad = "".join(f"open('{number}/' + __import__('os').urandom(4).hex())\n" for number in range(60))
    worker = open_worker("raise OSError\n", bad)
    for _section in range(3):
        worker.open()
    assert len(worker.notes) == student_module.MAX_NOTES_IN_ALL


@pytest.mark.parametrize(
    ("own_mount", "free", "ours"), [(False, 1 << 20, True), (False, 1 << 40, False), (True, 0, False)]
)
def test_a_full_disk_of_the_machine_is_no_students_doing(
    monkeypatch: pytest.MonkeyPatch, own_mount: bool, free: int, ours: bool
) -> None:
    worker = StudentWorker(submission_of("x = 1\n"), lambda: pytest.fail("no worker is needed"), seed=1)
    worker._session = SimpleNamespace(home="/h", scratch="/s", has_own_mount=own_mount, kill=lambda: None)
    monkeypatch.setattr(student_module.shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    header = {"type": "OSError", "bases": ["OSError"], "message": "No space left", "errno": 28, "line": 1}
    if ours:
        with pytest.raises(GraderFault, match="disk for temporary files is full: 1 MiB are free"):
            worker._exception(header, "f()")
    else:
        assert isinstance(worker._exception(header, "f()"), StudentMemory)
        assert worker._session is None, "the next line gets an empty folder"


def test_the_seeds_of_a_test_hang_on_no_other_test(open_worker: OpenWorker) -> None:
    worker = open_worker("import random\ndef f(): return random.random()\n")

    def called(test: str, times: int) -> list[float]:
        worker.begin_test(test)
        return [Student(worker).f() for _ in range(times)]

    first = called("first", 2)
    assert len({*first, *called("second", 3)}) == 5, "another seed for every call"
    assert called("first", 2) == first


def test_a_module_without_a_function_is_told_before_anything_is_made(open_worker: OpenWorker) -> None:
    worker = open_worker("def letter_of(label): return 'A'\nparse_idx = None\n")
    worker.expect_one_of(["letter_of"])
    worker.expect_one_of(["train_model", "letter_of"])
    worker.expect_one_of([])
    for name in ("parse_idx", "train_model"):
        with pytest.raises(CheckFailed, match=f"has no function `{name}`"):
            worker.expect_one_of([name, "save_model"])
        with pytest.raises(CheckFailed, match=f"has no function `{name}`"):
            getattr(Student(worker), name)(1)


@pytest.mark.parametrize("told", ["7", "[7, None]", "{'missing': 7}", "{'missing': [7, None]}"])
def test_a_forged_list_of_missing_functions_takes_nothing_away(open_worker: OpenWorker, told: str) -> None:
    forged = f"""from grader.sandbox import worker
encode = worker.Encoder.encode
def once(self, _value):
    worker.Encoder.encode = encode
    return encode(self, {told})
worker.Encoder.encode = once
"""
    worker = open_worker(f"{forged}def letter_of(label): return 'A'\n")
    worker.expect_one_of(["letter_of"])
    assert Student(worker).letter_of(0) == "A"
