"""Part 3, hidden: other sizes, no mistakes, a longer training, and the accuracy of both networks."""

import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import as_numbers
from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.checks.messages import CheckFailed, is_told
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
    images = some_images(rng, count) // 2  # without white: 255 is not the brightest pixel
    try:
        expect_prepared(student, function, images)
    except Exception as error:
        if not is_told(error) or not _prepares_each_alike(student, function, images, some_images(rng, 6)):
            raise


def _prepares_each_alike(student, function, images, others):
    """Tell whether what is made of a picture hangs on no other: whether it is right for six is asked elsewhere."""
    both = np.concatenate([images, others])
    try:
        came, wanted = (getattr(student, function)(given) for given in (images, both))
    except Exception as error:
        if not is_told(error):
            raise
        return False
    if not all(isinstance(one, np.ndarray) and one.dtype.kind == "f" for one in (came, wanted)):
        return False
    sizes = came.size == images.size and wanted.size == both.size and len(came) == len(images)
    return bool(sizes and np.ptp(came) and np.array_equal(came, wanted[: len(images)]))


@pytest.mark.line("training.trains_cnn")
def test_train_model_trains_the_convolutional_network(cnn):
    cnn.check_training(expect_history)


@pytest.mark.line("training.nothing_wrong")
def test_nothing_wrong_is_an_empty_set(student, rng):
    labels = rng.integers(0, 10, 30)
    try:
        expect_wrong_set(student, labels, labels.copy())
    except Exception as error:
        if not is_told(error) or not _is_empty_for_none_alone(student, labels):
            raise


def _is_empty_for_none_alone(student, labels):
    """Tell whether nothing is given for no mistakes, and something for some; whether it is right is asked elsewhere."""
    try:
        none, some = (as_numbers(student.wrong_set(labels, other)) for other in (labels.copy(), (labels + 1) % 10))
    except Exception as error:
        if not is_told(error):
            raise
        return False
    return none == [] and isinstance(some, list) and bool(some)


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
