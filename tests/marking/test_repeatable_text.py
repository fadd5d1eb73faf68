"""No path of the grading machine reaches a student, whoever names it: Python, a library, the student's own code."""

from __future__ import annotations

import json
import sys
import sysconfig
from pathlib import Path

import keras.utils
import pytest
from conftest import OpenWorker, StartChild, submission_of

import grader
from grader.marking.repeatable_text import own_folders, repeatable
from grader.marking.student import StudentWorker
from grader.marking.student_errors import StudentException
from grader.proofs.leaks import Hidden, machine_paths


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (f"no 'a' in 'b' ({keras.utils.__file__})", "no 'a' in 'b' (keras/utils/__init__.py)"),
        (f"File {json.__file__}, line 3", "File json/__init__.py, line 3"),
        (f"in {sysconfig.get_path('stdlib')}", "in (libraries)"),
        (f"{Path(grader.__file__).parent}/sandbox/worker.py", "sandbox/worker.py"),
        (f"{sys.executable}: no module", f"{Path(sys.executable).name}: no module"),
        ("/opt/other/lib/python3.12/site-packages/keras/a.py", "keras/a.py"),
        ("<f at 0x7f00aa> in /tmp/worker-x/a.py and /tmp/worker-x", "<f> in a.py and (scratch)"),
        ("/usr/share/dict/words, /usr", "/usr/share/dict/words, /usr"),
    ],
)  # fmt: skip
def test_texts_are_the_same_on_every_machine(text: str, cleaned: str) -> None:
    assert repeatable(text, "/tmp/worker-x") == cleaned


def test_a_folder_that_begins_like_one_of_the_machines_is_another() -> None:
    other = f"{own_folders()[-1]}-of-mine/a.txt"
    assert repeatable(other) == other


def test_the_leak_gate_searches_for_all_of_them() -> None:
    searched = machine_paths()
    for name in ("stdlib", "platstdlib", "purelib", "platlib"):
        assert sysconfig.get_path(name) in searched
    assert {sys.prefix, str(Path(grader.__file__).parent)} <= set(searched)
    assert Hidden(searched, {}).found_in(f"raised in {json.__file__}") == ["a path of this machine"]


OLD = "from keras.utils import np_utils\n"


def test_neither_notes_nor_messages_name_a_librarys_file(start_child: StartChild) -> None:
    function = "def f():\n    from keras.utils import np_utils\n"
    worker = StudentWorker(submission_of(OLD + function, OLD + function), start_child, seed=7)
    worker.open()
    with pytest.raises(StudentException) as caught:
        worker.call("f", (), {})
    texts = [*worker.notes, str(caught.value)]
    assert len(texts) == 3
    for text in texts:
        assert "(keras/utils/__init__.py)" in text
        assert repeatable(text) == text
    cause = "this name is from an older Keras"
    assert all(cause in text for text in [*worker.notes, caught.value.cause])


def test_the_note_on_data_of_keras_says_why_there_are_none(start_child: StartChild) -> None:
    load = "keras.datasets.mnist.load_data()"
    source = f"import keras\n(a, b), (c, d) = {load}\ndef f():\n    {load}\n"
    worker = StudentWorker(submission_of(source, source), start_child, seed=7)
    worker.open()
    why = "data were to be downloaded, but the grader has no network"
    assert all(why in note for note in worker.notes)
    assert len(worker.notes) == 2
    with pytest.raises(StudentException) as caught:
        worker.call("f", (), {})
    assert why in caught.value.cause


def test_what_a_student_prints_of_the_machine_is_cleaned_in_a_message(open_worker: OpenWorker) -> None:
    worker = open_worker("import sys, json\ndef f(): raise ValueError(sys.prefix, json.__file__)\n")
    with pytest.raises(StudentException) as caught:
        worker.call("f", (), {})
    assert sys.prefix not in str(caught.value)
    assert "json/__init__.py" in str(caught.value)
