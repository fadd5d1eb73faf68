"""Part 3, hidden: other sizes, inputs left alone, lists, validation, and the accuracy of both networks."""

import numpy as np
import pytest

from grader.assignment.public_tests.checks.expect import expect_number, expect_true
from grader.assignment.public_tests.checks.language import tr, trn
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.assignment.public_tests.checks.outputs import are_probabilities
from grader.assignment.public_tests.test_training import (
    expect_history,
    expect_prepared,
    expect_wrong_set,
    losses_of,
    some_images,
    type_of,
)

FUNCTIONS = ["prepare_ann", "prepare_cnn"]


@pytest.mark.line("training.prepare_sizes")
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("count", [1, 53])
def test_prepare_other_sizes(student, rng, function, count):
    expect_prepared(student, function, some_images(rng, count) // 2)  # without white: 255 is not the brightest pixel


@pytest.mark.line("training.input_unchanged")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_prepare_leaves_its_input_alone(student, rng, function):
    images = some_images(rng, 4)
    images.flags.writeable = False
    try:
        expect_prepared(student, function, images)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise CheckFailed(
            tr("{function} changed the pictures that it was given.", function=function),
            given=tr("pictures that cannot be written to"),
            came=str(error)[:300],
            expected=tr("a new array; the input stays as it was"),
            hint=tr("x = images / 255 makes a new array; images /= 255 and images[:] = ... change the old one"),
        ) from None


@pytest.mark.line("training.trains_cnn")
def test_train_model_trains_the_convolutional_network(trained_cnn):
    expect_history(trained_cnn, tr("the convolutional network"))


@pytest.mark.line("training.validation")
def test_validation_data_are_used(student, digits, outputs_of):
    x = digits.train_images[:96].reshape(-1, 784).astype(np.float32) / 255
    y = digits.train_labels[:96].astype(np.int64)
    y_val = (y[64:] + 1) % 10  # labels that no training would give: the loss on them tells whose they are
    model = student.build_ann()
    history = student.train_model(model, x[:64], y[:64], epochs=2, validation_data=(x[64:], y_val))
    losses = losses_of(history, "val_loss")
    given = tr("64 pictures to train on and 32 as validation_data, epochs=2")
    expect_true(
        losses is not None and 1 <= len(losses) <= 2,  # a callback may stop early
        tr("train_model does not use its validation data."),
        given=given,
        came=trn("val_loss of {count} epoch", "val_loss of {count} epochs", len(losses))
        if losses
        else tr("{name} without val_loss of each epoch", name=type_of(history)),
        expected=tr("a History with val_loss and val_accuracy"),
        hint=tr("pass validation_data on to model.fit"),
    )
    outputs = outputs_of(model, x[64:])
    wanted = float(np.mean(-np.log(np.clip(outputs[np.arange(32), y_val], 1e-7, None))))
    # A callback may have brought back the weights of an earlier epoch.
    expect_true(
        not are_probabilities(outputs) or any(abs(loss - wanted) < 0.05 * wanted for loss in losses),
        tr("train_model validates on other pictures than the ones given."),
        given=given,
        came=tr("a val_loss that is not the one of these 32 pictures"),
        expected=tr("their loss after each epoch"),
        hint=tr("validation_data=validation_data; no validation_split"),
    )


@pytest.mark.line("training.lists")
def test_labels_may_be_lists(student):
    came = student.accuracy([1, 2, 3, 4], [1, 2, 0, 0])
    came = expect_number(came, function="accuracy", given=tr("two lists of 4 labels"), kind="float")
    expect_true(
        abs(came - 0.5) < 1e-6,
        tr("accuracy returned the wrong value for lists."),
        given=tr("two lists of 4 labels, 2 of them equal"),
        came=f"{came:.4g}",
        expected="0.5",
        hint=tr("np.asarray(...) first: [1, 2] == [1, 3] compares whole lists"),
    )
    expect_wrong_set(student, [1, 2, 7, 9], [1, 2, 0, 0])


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
