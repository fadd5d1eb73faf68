"""What is asked of showpics by one line alone: a grid of a fixed number, labels of a picture or of its place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import student_mistakes as mistakes

from grader.assignment.public_tests import test_showpics as showpics
from grader.marking.student_errors import kind_of

PICTURE = np.zeros((28, 28), np.uint8)
PICTURE[8:20, 10:18] = 255


def figure(*indices: int, count: int) -> Any:
    if len(indices) != count:
        raise kind_of(["IndexError"])("no", type_name="IndexError", message="no", place="")
    subplots = [{"pictures": [PICTURE + index], "texts": [str(index)], "marks": []} for index in indices]
    return SimpleNamespace(facts={"subplots": subplots})


@pytest.mark.parametrize("count", [3, 10, 25])
def test_a_grid_of_a_fixed_number_is_asked_for_that_many(count: int) -> None:
    images = np.zeros((30, 28, 28), np.uint8)
    student = SimpleNamespace(showpics=lambda _images, _pred, _true, indices: figure(*indices, count=count))
    subplots = showpics.drawn(student, images, [], [], [0, 2, 1])
    assert [subplot["texts"] for subplot in subplots][:3] == [["0"], ["2"], ["1"]]
    assert len(subplots) == count


def test_a_grid_that_never_works_is_told_as_it_failed_first() -> None:
    student = SimpleNamespace(showpics=lambda _images, _pred, _true, indices: figure(*indices, count=7))
    with pytest.raises(IndexError):
        showpics.drawn(student, np.zeros((30, 28, 28)), [], [], [0, 2, 1])
    with pytest.raises(ZeroDivisionError):
        showpics.drawn(SimpleNamespace(showpics=lambda *_: 1 / 0), np.zeros((30, 28, 28)), [], [], [0])


def test_what_is_written_is_right_at_the_picture_or_at_its_place() -> None:
    shown, other = ({"pictures": pictures, "texts": [], "marks": []} for pictures in ([PICTURE], []))
    assert showpics.subplots_for([other, shown], PICTURE, 1) == [shown, shown]
    assert showpics.subplots_for([shown, other], PICTURE, 1) == [shown, other]
    assert showpics.subplots_for([other, other], PICTURE, 1) == [other]
    assert showpics.subplots_for([other], PICTURE, 1) == [{"texts": [], "marks": []}]


EMPTY = ("enumerate(indices, start=1)", "enumerate([], start=1)")


def test_an_empty_figure_is_no_work(tmp_path: Any) -> None:
    def check(student: Any, _files: Any, rng: Any) -> None:
        showpics.test_no_indices_draw_nothing(student, rng)

    assert "showpics draws nothing, whatever the indices are." in mistakes.told_of([EMPTY], check, tmp_path)
