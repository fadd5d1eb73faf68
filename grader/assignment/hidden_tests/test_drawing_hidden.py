"""Part 4, hidden: light on black, other sizes, colour, cubic interpolation, and the dense network."""

import cv2
import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import expect_true
from grader.assignment.public_tests.test_drawing import expect_drawing, expect_predicted


@pytest.mark.line("drawing.light_on_black")
@pytest.mark.parametrize("character", ["2", "9"])
def test_light_on_black(student, files, drawing, character):
    picture = 255 - drawing(character)
    came = expect_drawing(student, files, picture, given="a 56x56 drawing, light on black")
    _expect_alike(came, picture, "a 56x56 drawing, light on black")


def _expect_alike(came, light_on_black, given):
    wanted = cv2.resize(light_on_black, (28, 28), interpolation=cv2.INTER_AREA)
    expect_true(
        np.corrcoef(came.ravel().astype(float), wanted.ravel().astype(float))[0, 1] > 0.8,
        "load_drawing gave another picture.",
        given=given,
        came="ink in other places",
        expected="the same drawing, light on black",
        hint="find out which of the two colours is the paper, for example from the border",
    )


@pytest.mark.line("drawing.cubic")
@pytest.mark.parametrize("character", ["4", "8"])
def test_cubic_interpolation(student, files, drawing, character):
    picture = drawing(character)
    came = expect_drawing(student, files, picture, given="a 56x56 drawing").astype(int)
    wanted = 255 - cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC).astype(int)
    inverted_first = cv2.resize(255 - picture, (28, 28), interpolation=cv2.INTER_CUBIC).astype(int)
    off = min(np.abs(came - other).mean() for other in (wanted, inverted_first))
    expect_true(
        off < 0.25,
        "load_drawing resizes in another way.",
        given="a 56x56 drawing",
        came=f"pixels that are off by {off:.2f} on average",
        expected="cubic interpolation",
        hint="cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)",
    )


@pytest.mark.line("drawing.other_sizes")
@pytest.mark.parametrize("size", [28, 100, 224])
def test_other_sizes(student, files, drawing, size):
    picture = drawing("6", size=size)
    given = f"a {size}x{size} drawing, dark on white"
    _expect_alike(expect_drawing(student, files, picture, given=given), 255 - picture, given)


@pytest.mark.line("drawing.other_sizes")
@pytest.mark.parametrize("shape", [(60, 90), (120, 56)])
def test_drawings_that_are_not_square(student, files, drawing, shape):
    picture = cv2.resize(drawing("9"), shape, interpolation=cv2.INTER_AREA)
    given = f"a drawing of {shape[0]}x{shape[1]}, dark on white"
    _expect_alike(expect_drawing(student, files, picture, given=given), 255 - picture, given)


@pytest.mark.line("drawing.colour")
@pytest.mark.parametrize("channels", [3, 4])
def test_colour_pictures(student, files, drawing, channels):
    picture = drawing("5")
    colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR if channels == 3 else cv2.COLOR_GRAY2BGRA)
    given = f"a drawing with {channels} channels"
    _expect_alike(expect_drawing(student, files, colour, given=given), 255 - picture, given)


@pytest.mark.line("drawing.predict_ann")
def test_predict_drawing_with_the_dense_network(student, files, drawing, outputs_of):
    model = student.build_ann()
    what = "the dense network"
    expect_predicted(student, files, model, drawing("3"), outputs_of, shape=(784,), what=what)
