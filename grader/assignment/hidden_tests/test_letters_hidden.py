"""Part 5, hidden: the accuracy on letters never seen."""

import numpy as np
import pytest

from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.test_letters import predicted


@pytest.mark.line("letters.accuracy")
def test_accuracy_on_letters(student, trained_letters, letters, credit):
    what = tr("the letters model")

    def reached(trained):
        came = predicted(student, trained.model, letters.test_images, what)
        return float(np.mean(came == letters.test_labels))

    credit(trained_letters, reached, "letters", what)
