"""Part 1, hidden: a wrong prediction can be told apart at a glance."""

import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import expect_true
from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.test_showpics import some_pictures, subplot_of, subplots_of


@pytest.mark.line("showpics.wrong_marked")
def test_wrong_prediction_is_marked(student, rng):
    """The same pictures at the same places are drawn twice: all right, then two of them wrong."""
    images, _, _ = some_pictures(rng, 8)
    true_labels = np.array([3, 8, 6, 1, 0, 9, 2, 4])
    wrong_labels = np.array([7, 8, 5, 1, 0, 9, 2, 4])
    indices = [5, 2, 7, 0]
    all_right = subplots_of(student, images, true_labels.copy(), true_labels, indices)
    two_wrong = subplots_of(student, images, wrong_labels, true_labels, indices)
    marked = [
        subplot_of(all_right, image)["marks"] != subplot_of(two_wrong, image)["marks"] for image in images[[2, 0]]
    ]
    expect_true(
        all(marked),
        tr("showpics draws right and wrong predictions alike."),
        given=tr("two right and two wrong predictions"),
        came=tr("subplots that differ in nothing but the label itself"),
        expected=tr("a wrong prediction that stands out by colour, text or frame"),
        hint=tr('axes.set_title(..., color="red") when the two labels differ'),
    )
