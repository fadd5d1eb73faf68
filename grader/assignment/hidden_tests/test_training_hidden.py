"""Part 3, hidden: other sizes, no mistakes, a longer training, and the accuracy of both networks."""

import numpy as np
import pytest

from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.assignment.public_tests.test_training import (
    PREPARED,
    expect_history,
    expect_prepared,
    expect_wrong_set,
    some_images,
)


@pytest.mark.line("training.prepare_sizes")
@pytest.mark.parametrize("function", PREPARED)
@pytest.mark.parametrize("count", [1, 53])
def test_prepare_other_sizes(student, rng, function, count):
    expect_prepared(student, function, some_images(rng, count) // 2)  # without white: 255 is not the brightest pixel


@pytest.mark.line("training.trains_cnn")
def test_train_model_trains_the_convolutional_network(cnn):
    cnn.check_training(expect_history)


@pytest.mark.line("training.nothing_wrong")
def test_nothing_wrong_is_an_empty_set(student, rng):
    labels = rng.integers(0, 10, 30)
    expect_wrong_set(student, labels, labels.copy())


@pytest.mark.line("training.ann_accuracy")
def test_accuracy_of_the_dense_network(trained_ann, digits, outputs_of, credit):
    x = digits.test_images.reshape(-1, 784).astype(np.float32) / 255
    credit(trained_ann, _reached(outputs_of, x, digits.test_labels), "ann", tr("the dense network"))


@pytest.mark.line("training.cnn_accuracy")
def test_accuracy_of_the_convolutional_network(trained_cnn, digits, outputs_of, credit):
    x = digits.test_images[..., np.newaxis].astype(np.float32) / 255
    credit(trained_cnn, _reached(outputs_of, x, digits.test_labels), "cnn", tr("the convolutional network"))


def _reached(outputs_of, x, labels):
    def reached(trained):
        outputs = outputs_of(trained.model, x)
        if not np.isfinite(outputs).all():
            raise CheckFailed(
                tr("The trained network gives values that are not finite."),
                came=tr("nan or infinity among its outputs"),
                expected=tr("ten finite numbers for each picture"),
                hint=tr("does the loss become nan while you train? Prepare the pictures to 0..1"),
            )
        return float(np.mean(outputs.argmax(axis=1) == labels))

    return reached
