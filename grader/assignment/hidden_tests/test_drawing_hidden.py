"""Part 4, hidden: other sizes, and colour."""

import cv2
import numpy as np
import pytest

from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.test_drawing import expect_alike, expect_drawing


@pytest.mark.line("drawing.other_sizes")
@pytest.mark.parametrize("size", [28, 100, 224])
def test_other_sizes(student, files, drawing, size):
    picture = drawing("6", size=size)
    given = tr("a {size}x{size} drawing, dark on white", size=size)
    expect_alike(
        expect_drawing(student, files, picture, given=given, light_paper=True, shape=(28, 28)), 255 - picture, given
    )


@pytest.mark.line("drawing.other_sizes")
@pytest.mark.parametrize("shape", [(60, 90), (120, 56)])
def test_drawings_that_are_not_square(student, files, drawing, shape):
    picture = cv2.resize(drawing("9"), shape, interpolation=cv2.INTER_AREA)
    given = tr("a drawing of {width}x{height}, dark on white", width=shape[0], height=shape[1])
    expect_alike(
        expect_drawing(student, files, picture, given=given, light_paper=True, shape=(28, 28)), 255 - picture, given
    )


@pytest.mark.line("drawing.colour")
@pytest.mark.parametrize("channels", [3, 4])
def test_colour_pictures(student, files, drawing, channels):
    picture = drawing("5")
    colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR if channels == 3 else cv2.COLOR_GRAY2BGRA)
    given = tr("a drawing with {channels} channels", channels=channels)
    expect_alike(expect_drawing(student, files, colour, given=given, light_paper=True), 255 - picture, given)


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
    expect_alike(expect_drawing(student, files, colour, given=given, lost=lost, light_paper=True), 255 - picture, given)
