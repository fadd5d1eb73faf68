"""What a function does to its arguments is noticed: pixels, shape, type, and what is in a list."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from conftest import OpenWorker

from grader.assignment.public_tests.checks.arguments import MAX_DEPTH, changes, seen
from grader.assignment.public_tests.checks.local_student import LocalStudent
from grader.marking.fact_validation import changed_arguments
from grader.marking.student import MAX_NOTES_IN_ALL, Student

NESTED: list[Any] = []
NESTED.append(NESTED)


def change(value: Any, do: Callable[[Any], object]) -> dict[str, str]:
    before = [seen(0), seen(value)]
    do(value)
    return changes(before, [0, value])


def images() -> np.ndarray:
    return np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("value", "do", "kind"),
    [
        (images(), lambda value: setattr(value, "shape", (2, 12)), "shape"),
        (images(), lambda value: setattr(value, "dtype", np.int8), "dtype"),
        (np.zeros(6), lambda value: value.resize((7,), refcheck=False), "shape"),
        (images(), lambda value: value.__setitem__((0, 0, 0), 7), "values"),
        (images().T, lambda value: value.sort(axis=1), None),
        (images()[:, ::-1], lambda value: value.sort(axis=1), "values"),
        (np.array(3.5), lambda value: value.fill(4.5), "values"),
        (np.zeros((0, 28)), lambda value: setattr(value, "shape", (28, 0)), "shape"),
        ([3, 1, 2], lambda value: value.sort(), "elements"),
        ([3, 1, 2], lambda value: value.pop(), "elements"),
        ([3, 1], lambda value: value.__setitem__(0, "3"), "elements"),
        ([3, 1], lambda value: value.__setitem__(0, 3.0), "elements"),
        ([images()], lambda value: value[0].fill(0), "elements"),
        ({"a": 1}, lambda value: value.update(b=2), "elements"),
        ({"a": [1]}, lambda value: value["a"].clear(), "elements"),
        ([3, 1, 2], sorted, None),
        (NESTED, len, None),
        (object(), repr, None),
        (None, repr, None),
    ],
)
def test_what_is_changed_is_named(value: Any, do: Callable[[Any], object], kind: str | None) -> None:
    assert change(value, do) == ({} if kind is None else {"1": kind})


def test_an_argument_that_contains_itself_is_looked_at_to_a_depth() -> None:
    text, depth = str(seen(NESTED)), 0
    while "elements" in text:
        text, depth = text.replace("elements", "", 1), depth + 1
    assert depth == MAX_DEPTH + 1


def test_what_the_students_own_function_changes_is_told_in_their_folder() -> None:
    module = ModuleType("mnist_all_models")
    exec(CHANGING, vars(module))
    student = LocalStudent(module)
    student.reshapes(images())
    assert student.changed == ["its shape"]
    student.keeps(images())
    assert student.changed == []


CHANGING = """
def reshapes(images):
    images.shape = (len(images), -1)
    return images / 255

def sorts(first, second=()):
    second.sort()
    return first

def keeps(images):
    return images / 255
"""


def test_a_call_that_changes_its_arguments_is_told_and_noted(open_worker: OpenWorker) -> None:
    worker = open_worker(CHANGING)
    student = Student(worker)
    given = images()
    given.flags.writeable = False
    assert student.reshapes(given).shape == (2, 12), "the shape of an array that cannot be written to can be changed"
    assert student.changed == ["its shape"]
    student.sorts(1, second=[3, 1])
    assert student.changed == ["its elements"]
    student.keeps(given)
    assert student.changed == []
    student.reshapes(given)
    notes = ["reshapes changes what it is given: its shape.", "sorts changes what it is given: its elements."]
    assert worker.notes == notes
    worker.notes += [f"note {number}" for number in range(MAX_NOTES_IN_ALL - 3)]
    worker._note(["one more", "and another"])
    assert len(worker.notes) == MAX_NOTES_IN_ALL


@pytest.mark.parametrize("told", [None, 5, [], {"0": 5}, {"0": "everything"}, {"0": ["shape"]}])
def test_what_a_worker_should_not_say_of_changes_says_nothing(told: object) -> None:
    assert changed_arguments(told) == []
