"""Part 4, hidden: light on black, other sizes, colour, cubic interpolation, and the dense network."""

import cv2
import numpy as np
import pytest

from grader.assignment.public_tests.checks.differences import likeness, picture_cause
from grader.assignment.public_tests.checks.expect import expect_true
from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.test_drawing import expect_drawing, expect_predicted


@pytest.mark.line("drawing.light_on_black")
@pytest.mark.parametrize("character", ["2", "9"])
def test_light_on_black(student, files, drawing, character):
    picture = 255 - drawing(character)
    came = expect_drawing(student, files, picture, given=tr("a 56x56 drawing, light on black"))
    _expect_alike(came, picture, tr("a 56x56 drawing, light on black"))


def _expect_alike(came, light_on_black, given):
    wanted = cv2.resize(light_on_black, (28, 28), interpolation=cv2.INTER_AREA)
    expect_true(
        likeness(came, wanted) > 0.8,
        tr("load_drawing returned the wrong picture."),
        given=given,
        came=tr("ink in other places"),
        expected=tr("the same drawing, light on black"),
        cause=lambda: picture_cause(came, wanted),
        hint=tr("find out which of the two colours is the paper, for example from the border"),
    )


@pytest.mark.line("drawing.cubic")
@pytest.mark.parametrize("character", ["4", "8"])
def test_cubic_interpolation(student, files, drawing, character):
    picture = drawing(character)
    came = expect_drawing(student, files, picture, given=tr("a 56x56 drawing")).astype(int)
    wanted = 255 - cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC).astype(int)
    inverted_first = cv2.resize(255 - picture, (28, 28), interpolation=cv2.INTER_CUBIC).astype(int)
    off = min(np.abs(came - other).mean() for other in (wanted, inverted_first))
    expect_true(
        off < 0.25,
        tr("load_drawing resizes in the wrong way."),
        given=tr("a 56x56 drawing"),
        came=tr("pixels that are off by {off:.2f} on average", off=off),
        expected=tr("cubic interpolation"),
        hint="cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)",
    )


@pytest.mark.line("drawing.other_sizes")
@pytest.mark.parametrize("size", [28, 100, 224])
def test_other_sizes(student, files, drawing, size):
    picture = drawing("6", size=size)
    given = tr("a {size}x{size} drawing, dark on white", size=size)
    _expect_alike(expect_drawing(student, files, picture, given=given), 255 - picture, given)


@pytest.mark.line("drawing.other_sizes")
@pytest.mark.parametrize("shape", [(60, 90), (120, 56)])
def test_drawings_that_are_not_square(student, files, drawing, shape):
    picture = cv2.resize(drawing("9"), shape, interpolation=cv2.INTER_AREA)
    given = tr("a drawing of {width}x{height}, dark on white", width=shape[0], height=shape[1])
    _expect_alike(expect_drawing(student, files, picture, given=given), 255 - picture, given)


@pytest.mark.line("drawing.colour")
@pytest.mark.parametrize("channels", [3, 4])
def test_colour_pictures(student, files, drawing, channels):
    picture = drawing("5")
    colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR if channels == 3 else cv2.COLOR_GRAY2BGRA)
    given = tr("a drawing with {channels} channels", channels=channels)
    _expect_alike(expect_drawing(student, files, colour, given=given), 255 - picture, given)


INKS = {"blue": (255, 0, 0), "red": (0, 0, 255)}
"""As OpenCV orders channels. Each vanishes for whoever takes its channel for the grey value."""


@pytest.mark.line("drawing.colour")
@pytest.mark.parametrize("ink", INKS)
def test_coloured_ink(student, files, drawing, ink):
    picture = drawing("7")
    paper = picture[..., np.newaxis] / 255
    colour = (paper * 255 + (1 - paper) * np.array(INKS[ink])).astype(np.uint8)
    given = tr("a drawing in blue ink") if ink == "blue" else tr("a drawing in red ink")
    lost = tr("one colour channel alone does not see every ink: cv2.IMREAD_GRAYSCALE weighs all three")
    _expect_alike(expect_drawing(student, files, colour, given=given, lost=lost), 255 - picture, given)


@pytest.mark.line("drawing.predict_ann")
def test_predict_drawing_with_the_dense_network(student, files, drawing, outputs_of):
    model = student.build_ann()
    what = tr("the dense network")
    expect_predicted(student, files, model, drawing("3"), outputs_of, shape=(784,), what=what)
