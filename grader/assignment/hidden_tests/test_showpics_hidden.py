"""Part 1, hidden: a wrong prediction can be told apart at a glance."""

import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import expect_true
from grader.assignment.public_tests.test_showpics import some_pictures, subplots_of


@pytest.mark.line("showpics.wrong_marked")
def test_wrong_prediction_is_marked(student, rng):
    images, _, _ = some_pictures(rng, 4)
    pred_labels, true_labels = np.array([3, 3, 6, 6]), np.array([3, 8, 6, 1])
    subplots = subplots_of(student, images, pred_labels, true_labels, [0, 1, 2, 3])
    marks = [subplot["marks"] for subplot in subplots]
    expect_true(
        len(marks) == 4 and marks[0] != marks[1] and marks[2] != marks[3],
        "showpics draws right and wrong predictions alike.",
        given="two right and two wrong predictions",
        came="subplots that differ in nothing but the label itself",
        expected="a wrong prediction that stands out by colour, text or frame",
        hint='axes.set_title(..., color="red") when the two labels differ',
    )
