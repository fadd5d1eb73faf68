"""Part 3, hidden: a trained convolutional network survives saving and restoring."""

import pytest

from grader.assignment.public_tests.test_save import expect_restored
from grader.assignment.public_tests.test_training import images_for


@pytest.mark.line("save.restores_trained")
def test_trained_network_is_restored(student, files, cnn, outputs_of, rng):
    x = images_for("cnn", rng, 32)
    cnn.check_trained(lambda model, _what: expect_restored(student, files, model, x, outputs_of))
