"""Who refuses everything notices nothing; what is asked of a drawing by one line alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignment.public_tests import test_drawing as drawing
from grader.assignment.public_tests import test_parser as parser
from grader.assignment.public_tests.checks.messages import CheckFailed, is_told
from grader.assignment.public_tests.checks.path_checks import expect_found, expect_taken
from grader.marking.student_errors import StudentCrash, kind_of

PICTURE = np.zeros((28, 28), np.uint8)
PICTURE[8:20, 10:18] = 255


def raising(name: str) -> Callable[..., Any]:
    def call(*_given: object) -> None:
        raise kind_of([name])(f"it raised {name}", type_name=name, message="no", place="line 3")

    return call


def test_what_is_told_a_student_and_what_is_not() -> None:
    assert is_told(CheckFailed("wrong"))
    assert is_told(NotImplementedError("write it"))
    for error in (ValueError("a mistake of the tests"), StudentCrash("gone")):
        assert not is_told(error)


def test_sound_input_is_taken_when_one_of_some_is() -> None:
    calls = [raising("ValueError"), raising("KeyError"), lambda: None]
    assert expect_taken(calls, function="f", given="bad input") == 2
    with pytest.raises(CheckFailed, match=r"f refuses sound input, too(?s:.*)bad input(?s:.*)it raised ValueError"):
        expect_taken(calls[:2], function="f", given="bad input")


@pytest.mark.parametrize("name", ["NotImplementedError"])
def test_a_stub_is_told_as_such(name: str) -> None:
    with pytest.raises(NotImplementedError):
        expect_taken([raising(name)], function="f", given="bad input")
    with pytest.raises(NotImplementedError):
        expect_found(raising(name), "path")


def test_a_mistake_of_the_tests_passes() -> None:
    def ours(*_given: object) -> None:
        raise ZeroDivisionError

    for check in (lambda: expect_taken([ours], function="f", given=""), lambda: expect_found(ours, "path")):
        with pytest.raises(ZeroDivisionError):
            check()


def test_who_misses_a_file_that_is_there_finds_none_missing() -> None:
    expect_found(raising("ValueError"), "path")
    expect_found(lambda _path: None, "path")
    with pytest.raises(CheckFailed, match="FileNotFoundError is raised where a file is, too"):
        expect_found(raising("FileNotFoundError"), "path")
    with pytest.raises(FileNotFoundError, match="ours"):
        expect_found(lambda _path: (_ for _ in ()).throw(FileNotFoundError("ours")), "path")


def test_a_parser_that_reads_one_shape_alone_is_asked_with_that() -> None:
    asked: list[int] = []

    def parse_idx(fd: io.BytesIO) -> np.ndarray:
        data = fd.read()
        asked.append(len(data))
        if data[3] != 3 or len(data) < 16 + 12:
            raise kind_of(["ValueError"])("no", type_name="ValueError", message="no", place="")
        return np.zeros(0)

    parser.test_truncated_data(SimpleNamespace(parse_idx=parse_idx), 1)
    assert asked[-2:] == [16 + 12, 16 + 11]


@pytest.mark.parametrize(
    "came",
    [
        PICTURE,
        PICTURE / 255,
        PICTURE[..., np.newaxis],
        np.dstack([PICTURE] * 3),
        PICTURE.astype(int),
        PICTURE.repeat(2, 0).repeat(2, 1),
    ],
)
def test_a_picture_is_seen_in_arrays_of_other_types_and_sizes(came: np.ndarray) -> None:
    assert np.array_equal(drawing.as_picture(came), PICTURE)


def test_what_is_no_picture_or_not_of_the_shape_asked_for_stays() -> None:
    for came, shape in ((np.zeros(784), None), (np.zeros((2, 28, 28)), None), (np.zeros((56, 56)), (28, 28))):
        assert drawing.as_picture(came, shape) is came
