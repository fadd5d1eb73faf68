"""Part 5, hidden: files that do not fit together, predictions, and the accuracy on letters never seen."""

import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import expect_array, expect_error, expect_true
from grader.assignment.public_tests.checks.language import tr, trn
from grader.assignment.public_tests.test_letters import put_letters, some_letters


@pytest.mark.line("letters.count_mismatch")
@pytest.mark.parametrize(("images", "labels"), [(5, 4), (3, 9)])
def test_files_of_different_length(student, files, rng, images, labels):
    paths = put_letters(files, some_letters(rng, images)[0], some_letters(rng, labels)[1])
    expect_error(
        ValueError,
        lambda: student.load_emnist_letters(*paths),
        function="load_emnist_letters",
        given=tr("pictures: {images}, labels: {labels}", images=images, labels=labels),
        hint=tr("compare the two lengths and raise ValueError"),
    )


def _predicted(student, model, images):
    given = trn(
        "the trained letters model and {count} picture",
        "the trained letters model and {count} pictures",
        len(images),
    )
    came = expect_array(
        student.predict_letters(model, images),
        function="predict_letters",
        given=given,
        shape=(len(images),),
        kind="integer",
    )
    expect_true(
        came.min(initial=0) >= 0 and came.max(initial=0) <= 25,
        tr("predict_letters returned labels outside 0 to 25."),
        given=given,
        came=tr("values {low} to {high}", low=came.min(), high=came.max()),
        expected=tr("values 0 to 25"),
        hint=tr("the labels start at 0: A is 0"),
    )
    return came


@pytest.mark.line("letters.predict")
@pytest.mark.parametrize("count", [31, 1])
def test_predict_letters(student, trained_letters, letters, count):
    _predicted(student, trained_letters.model, letters.test_images[:count])


@pytest.mark.line("letters.accuracy")
def test_accuracy_on_letters(student, trained_letters, letters, credit):
    def reached(trained):
        came = _predicted(student, trained.model, letters.test_images)
        return float(np.mean(came == letters.test_labels))

    credit(trained_letters, reached, "letters", tr("the letters model"))
