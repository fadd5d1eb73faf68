"""Expectations: what is right passes, what is wrong is told with what was given, what came and what to try."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import (
    ANY,
    as_numbers,
    expect_array,
    expect_error,
    expect_number,
    expect_same,
    expect_true,
)
from grader.assignment.public_tests.checks.messages import CheckFailed, describe
from grader.sandbox.values import Handle, Opaque


def told(check: Callable[..., Any], *args: Any, **options: Any) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, function="f", given="a file", **options)
    return str(caught.value)


NESTED: list[Any] = []
NESTED.append(NESTED)


def array(value: Any, **options: Any) -> np.ndarray:
    return expect_array(value, function="f", given="a file", **options)


@pytest.mark.parametrize(
    "value", [np.zeros((2, 3)), [[0, 0, 0], [0, 0, 0]], ((0, 0, 0), (0, 0, 0)), [np.zeros(3), np.zeros(3)]]
)
def test_arrays_and_lists_of_the_right_shape_pass(value: Any) -> None:
    assert array(value, shape=(2, 3)).shape == (2, 3)
    assert array(value, shape=(ANY, 3)).shape == (2, 3)
    assert array(value).shape == (2, 3)


@pytest.mark.parametrize(
    ("value", "came"),
    [
        (None, "None"),
        ("text", '"text"'),
        (5, "5"),
        (float("nan"), "nan"),
        (b"bytes", "5 bytes"),
        ({}, "a dict"),
        ([[1, 2], [3]], "a list of 2"),
        (["a", "b"], "a list of 2"),
        ([None], "a list of 1"),
        ([2**200], "a list of 1"),
        ([Opaque("X")], "a list of 1"),
        (Opaque("generator"), "a generator"),
        (Handle(1, "Sequential"), "a Sequential"),
        ([bytes(10_000_000)] + [b""] * 19_999, "a list of 20000"),
        ([["a"], [b"b"]], "a list of 2"),
        ([[1.0, 2.0], [1.0, "b"]], "a list of 2"),
        ([1, [2]], "a list of 2"),
        ([np.zeros(3), np.zeros(4)], "a list of 2"),
        ([np.array(["a"])], "a list of 1"),
        ([{}], "a list of 1"),
        ([io.BytesIO()], "a list of 1"),
        (NESTED, "a list of 1"),
    ],
)
def test_what_is_no_array_is_told(value: Any, came: str) -> None:
    text = told(expect_array, value, shape=(2,))
    assert text.startswith("f returned something that is not an array.\n  given:    a file\n")
    assert f"got:      {came}" in text
    assert "expected: an array of shape (2,)" in text
    assert ("is there a `return`?" in text) is (value is None)


@pytest.mark.parametrize("shape", [(3,), (3, 2), (2, 3, 1), (2, ANY, ANY), ()])
def test_another_shape_is_told(shape: tuple[int, ...]) -> None:
    text = told(expect_array, np.zeros((2, 3)), shape=shape)
    assert "the wrong shape" in text
    assert "got:      float64 array of shape (2, 3), values 0 to 0" in text
    wanted = ", ".join("N" if side == ANY else str(side) for side in shape)
    assert f"expected: shape ({wanted}{',' if len(shape) == 1 else ''})" in text


@pytest.mark.parametrize("value", [np.zeros((2, 3)), {1, 2}])
def test_any_length_is_told_in_words(value: Any) -> None:
    assert "expected: an array with one dimension, of any length\n" in told(expect_array, value, shape=(ANY,))


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("integer", ["i1", ">i4", "u8"], ["f4", "?"]),
        ("number", ["i1", ">f8", "u8", "f2"], ["?"]),
        ("float", ["f2", "f4", ">f8"], ["i4", "?"]),
        ("float32", ["<f4"], ["f8", "f2", "i4"]),
        ("uint8", ["u1"], ["i1", "i8", "?"]),
    ],
)
def test_the_kind_of_the_elements_is_checked(kind: str, right: list[str], wrong: list[str]) -> None:
    for dtype in right:
        array(np.zeros(2, dtype), kind=kind)
    for dtype in wrong:
        text = told(expect_array, np.zeros(2, dtype), kind=kind)
        assert "the wrong type" in text
        assert "`.astype(" in text


def test_the_hint_of_a_test_stands_before_the_general_one() -> None:
    for options in ({"shape": (3,)}, {"kind": "uint8"}):
        assert "try:      look there" in told(expect_array, np.zeros(2), hint="look there", **options)
    assert "is there a `return`?" in told(expect_array, None, hint="look there"), "nothing came: that is first"


def test_the_same_values_pass_whatever_their_type() -> None:
    for came in (np.array([1, 2, 3], ">i2"), np.array([1.0, 2, 3])):
        expect_same(came, np.array([1, 2, 3]), function="f", given="", hint="")
    expect_same(np.array([np.nan, np.inf]), np.array([np.nan, np.inf]), function="f", given="", hint="")
    expect_same(np.zeros((0, 3)), np.zeros((0, 3)), function="f", given="", hint="")
    expect_same(np.array([1.05]), np.array([1.0]), function="f", given="", hint="", tolerance=0.1)


@pytest.mark.parametrize("bad", [9.0, np.nan, np.inf, -np.inf])
def test_values_that_differ_are_counted_and_placed(bad: float) -> None:
    came = np.zeros((2, 3))
    came[1, 0] = came[1, 2] = bad
    text = told(expect_same, came, np.zeros((2, 3)), hint="byte order?")
    assert "2 of 6 elements differ, the first one at index (1, 0)" in text
    assert "try:      byte order?" in text


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_a_whole_number_passes(value: Any) -> None:
    assert expect_number(value, function="f", given="", kind="int") == 3
    assert expect_number(value, function="f", given="", kind="float") == 3


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.array(0.5)])
def test_a_fraction_passes_as_a_float_only(value: Any) -> None:
    assert expect_number(value, function="f", given="", kind="float") == 0.5
    assert "is not an int" in told(expect_number, value, kind="int")


@pytest.mark.parametrize(
    "value", [None, True, np.bool_(True), "3", [3], np.array([3]), 1j, Opaque("X"), Handle(1, "X")]
)
def test_what_is_no_number_is_told(value: Any) -> None:
    text = told(expect_number, value, kind="float")
    assert "is not a float" in text
    assert ("is there a `return`?" in text) is (value is None)


def fails(error: Exception) -> Callable[[], Any]:
    def call() -> None:
        raise error

    return call


def test_a_number_that_no_float_holds_is_told() -> None:
    text = told(expect_number, 10**400, kind="int")
    assert "too large" in text
    assert "an int of 1329 bits" in text


@pytest.mark.parametrize("value", [np.array(["a", "b"]), np.array([None, {}]), np.zeros(2, complex), np.str_("a")])
def test_arrays_of_anything_but_numbers_are_told(value: Any) -> None:
    assert "is not an array" in told(expect_array, value, shape=(2,))


def test_an_error_of_the_kind_with_a_message_passes() -> None:
    for kinds in (ValueError, (TypeError, ValueError)):
        expect_error(kinds, fails(ValueError("bad magic")), function="f", given="", hint="")
    expect_error(ValueError, fails(UnicodeError("a subclass")), function="f", given="", hint="")


@pytest.mark.parametrize("error", [ValueError(), ValueError("  ")])
def test_an_error_without_a_message_is_told(error: Exception) -> None:
    assert "raised ValueError without a message" in told(expect_error, ValueError, fails(error), hint="")


def test_no_error_is_told() -> None:
    text = told(expect_error, (TypeError, ValueError), lambda: np.zeros(3), hint="check the size")
    assert "f accepted bad input." in text
    assert "no error, but float64 array of shape (3,)" in text
    assert "expected: TypeError or ValueError that says what was wrong" in text


def test_another_error_passes_through() -> None:
    with pytest.raises(KeyError):
        expect_error(ValueError, fails(KeyError("x")), function="f", given="", hint="")


def test_anything_else_can_be_expected() -> None:
    expect_true(True, "what", came="", expected="", hint="")
    with pytest.raises(CheckFailed) as caught:
        expect_true(False, "It is off.", came="1", expected="2", hint="add one")
    assert str(caught.value) == "It is off.\n  got:      1\n  expected: 2\n  try:      add one"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.arange(6).reshape(2, 3), "int64 array of shape (2, 3), values 0 to 5"),
        (np.array([0.123456, 1]), "float64 array of shape (2,), values 0.1235 to 1"),
        (np.array([np.nan, 1]), "float64 array of shape (2,), with values that are not finite"),
        (np.zeros((0, 3)), "float64 array of shape (0, 3)"),
        (np.array([True]), "bool array of shape (1,)"),
        (io.BytesIO(b"abc"), "a file of 3 bytes"),
        ((1, 2), "a tuple of 2, each an int"),
        ([1, "2"], "a list of 2"),
        ((np.zeros(2),), "a tuple of 1, each an array"),
        ([], "a list of 0"),
        ("x" * 60, '"' + "x" * 60 + '"'),
        ("a" * 30 + "x" * 57, '"...' + "x" * 57 + '"'),
        (None, "None"),
        (np.float32(0.5), "0.5"),
        (OSError(), "an OSError"),
        (Handle(1, "History"), "a History"),
    ],
)
def test_a_value_is_described_without_its_contents(value: Any, words: str) -> None:
    assert describe(value) == words


@pytest.mark.parametrize("value", [np.zeros((3, 3)), 5])
def test_results_that_are_exchanged_are_called_so(value: object) -> None:
    words = dict.fromkeys([(3, 3), ()], "these are the labels")
    with pytest.raises(CheckFailed, match=r"cause: +these are the labels"):
        expect_array(value, function="f", given="", shape=(9,), instead=words)
    with pytest.raises(CheckFailed) as caught:
        expect_array(np.zeros((4, 5)), function="f", given="", shape=(9,), instead={(3, 3): "these are the labels"})
    assert "cause" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (np.array([3, 1]), [3, 1]),
        ([1, 2.5], [1, 2.5]),
        (np.float32(0.5), 0.5),
        (True, True),
        ([[1, 2], [3]], None),
        ([b"x" * 100_000_000, *[b""] * 19_999], None),  # as an array each would be as long as the longest
        (np.array(["a"]), None),
        ("1", None),
        (None, None),
        (Opaque("Thing"), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_numbers_are_read_without_making_an_array_of_texts(value: Any, wanted: object) -> None:
    assert as_numbers(value) == wanted
