"""Part 3: preparing pictures, training, predicting, comparing."""

import numpy as np
import pytest

from .checks.expect import ANY, expect_array, expect_number, expect_same, expect_true
from .checks.outputs import are_probabilities, expect_scores_of, same_labels

PREPARED = {"prepare_ann": (784,), "prepare_cnn": (28, 28, 1)}


def some_images(rng, count):
    images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    images[0, 0, :2] = 0, 255
    return images


def expect_prepared(student, function, images):
    """Check everything that the contract says of prepare_ann and prepare_cnn."""
    shape = PREPARED[function]
    given = f"uint8 pictures of shape {images.shape}, values 0 to 255"
    came = getattr(student, function)(images)
    came = expect_array(came, function=function, given=given, shape=(len(images), *shape), kind="float32")
    low, high = float(came.min()), float(came.max())
    expect_true(
        low >= 0 and high <= 1,
        f"{function} returned another range of values.",
        given=given,
        came=f"{low:.3g} to {high:.3g}",
        expected="0 to 1",
        hint="divide by 255",
    )
    hint = "flatten each picture row by row, without changing the order of the pixels, and divide by 255"
    wanted = images.reshape(came.shape).astype(np.float32) / 255
    expected = "each pixel divided by 255"
    expect_same(came, wanted, function=function, given=given, expected=expected, hint=hint, tolerance=1e-5)


@pytest.mark.line("training.prepare_ann")
def test_prepare_ann(student, rng):
    expect_prepared(student, "prepare_ann", some_images(rng, 6))


@pytest.mark.line("training.prepare_cnn")
def test_prepare_cnn(student, rng):
    expect_prepared(student, "prepare_cnn", some_images(rng, 6))


@pytest.mark.train
@pytest.mark.line("training.trains_ann")
def test_train_model_returns_the_history(trained_ann):
    expect_history(trained_ann, "the dense network")


def expect_history(trained, what):
    """Check that train_model returned a History of all the epochs, and that the loss went down."""
    losses = losses_of(trained.history)
    expect_true(
        bool(losses) and len(losses) <= trained.epochs,
        "train_model returned something else than the History of its epochs.",
        given=f"{what} and epochs={trained.epochs}",
        came=f"{len(losses)} epochs" if losses else f"{type_of(trained.history)} without losses",
        expected=f"the Keras History of at most {trained.epochs} epochs",
        hint="return what model.fit(...) returns, and pass `epochs` on to it",
    )
    expect_true(
        np.isfinite(losses).all() and (len(losses) == 1 or losses[-1] < losses[0]),
        "train_model did not make the loss smaller.",
        given=f"{what} and epochs={trained.epochs}",
        came=f"loss {losses[0]:.3f} in the first epoch, {losses[-1]:.3f} in the last",
        expected="a loss that falls",
        hint="are the pictures and the labels passed to fit, in the same order?",
    )


def losses_of(history, key="loss"):
    """Return the losses in a History, whichever side of a process border it lives on; None when there are none."""
    table = getattr(history, "history", None) or getattr(history, "facts", {}).get("history")
    return [float(loss) for loss in table[key]] if isinstance(table, dict) and key in table else None


def type_of(value):
    return getattr(value, "type_name", type(value).__name__)


def images_for(model_name, rng, count):
    images = rng.integers(0, 256, (count, *PREPARED["prepare_" + model_name]), dtype=np.uint8)
    return images.astype(np.float32) / 255


def expect_labels(student, model, x, outputs, *, what):
    """Check predict_labels against the model's own outputs, as another process computed them."""
    given = f"{what} and {len(x)} prepared pictures"
    came = expect_array(
        student.predict_labels(model, x),
        function="predict_labels",
        given=given,
        shape=(len(x),),
        kind="integer",
        hint="np.argmax over axis=1 of model.predict(x)",
    )
    expect_true(
        same_labels(came, outputs),
        "predict_labels returned other labels.",
        given=given,
        came="labels that are not the class with the largest output",
        expected="the index of the largest output of each row",
        hint="np.argmax(..., axis=1): over the classes, not over the pictures",
    )


def expect_scores(student, model, x, outputs, *, what):
    """Check predict_scores against the softmax of the model's own outputs."""
    given = f"{what} and {len(x)} prepared pictures"
    came = expect_array(
        student.predict_scores(model, x), function="predict_scores", given=given, shape=outputs.shape, kind="float"
    )
    logits = not are_probabilities(outputs)
    sums = came.sum(axis=1)
    expect_true(
        bool(np.allclose(sums, 1, atol=1e-3) and (came >= 0).all()),
        "predict_scores returned something that is not probabilities.",
        given=given,
        came=f"rows that sum to {sums.min():.3g} ... {sums.max():.3g}, values {came.min():.3g} to {came.max():.3g}",
        expected="rows of values from 0 to 1 that sum to 1",
        hint="this model gives logits: take a softmax over each row" if logits else "model.predict gives them already",
    )
    hint = (
        "exp(output) / sum of exp(outputs) of the row"
        if logits
        else "this model ends in a softmax: a second one flattens the probabilities"
    )
    expect_scores_of(came, outputs, function="predict_scores", given=given, hint=hint)


@pytest.mark.line("training.predict_labels_ann")
def test_predict_labels_of_the_dense_network(student, outputs_of, rng):
    model, x = student.build_ann(), images_for("ann", rng, 37)
    expect_labels(student, model, x, outputs_of(model, x), what="the dense network")


@pytest.mark.line("training.predict_labels_cnn")
def test_predict_labels_of_the_convolutional_network(student, outputs_of, rng):
    model, x = student.build_cnn(), images_for("cnn", rng, 21)
    expect_labels(student, model, x, outputs_of(model, x), what="the convolutional network")


@pytest.mark.line("training.predict_scores_ann")
def test_predict_scores_of_the_dense_network(student, outputs_of, rng):
    model, x = student.build_ann(), images_for("ann", rng, 19)
    expect_scores(student, model, x, outputs_of(model, x), what="the dense network")


@pytest.mark.line("training.predict_scores_cnn")
def test_predict_scores_of_the_convolutional_network(student, outputs_of, rng):
    model, x = student.build_cnn(), images_for("cnn", rng, 23)
    expect_scores(student, model, x, outputs_of(model, x), what="the convolutional network")


@pytest.mark.line("training.accuracy")
@pytest.mark.parametrize(("wrong", "count"), [(1, 4), (0, 5), (5, 5), (3, 8)])
def test_accuracy(student, wrong, count):
    true_labels = np.arange(count) % 10
    pred_labels = true_labels.copy()
    pred_labels[:wrong] = (pred_labels[:wrong] + 1) % 10
    given = f"{count} labels, {wrong} of them predicted wrongly"
    came = expect_number(student.accuracy(pred_labels, true_labels), function="accuracy", given=given, kind="float")
    expect_true(
        abs(came - (count - wrong) / count) < 1e-6,
        "accuracy is another number.",
        given=given,
        came=f"{came:.4g}",
        expected=f"{(count - wrong) / count:.4g}",
        hint="right predictions divided by all predictions, between 0 and 1",
    )


def expect_wrong_set(student, pred_labels, true_labels):
    wanted = np.nonzero(np.asarray(pred_labels) != np.asarray(true_labels))[0]
    given = f"{len(true_labels)} labels, {len(wanted)} of them predicted wrongly"
    came = student.wrong_set(pred_labels, true_labels)
    if isinstance(came, list) and not came:
        came = np.zeros(0, int)
    came = expect_array(
        came,
        function="wrong_set",
        given=given,
        shape=(ANY,),
        hint="np.nonzero returns a tuple with one array: take its element [0]",
    )
    expect_true(
        len(came) == len(wanted) and (not len(came) or came.dtype.kind in "iu") and bool((came == wanted).all()),
        "wrong_set returned other indices.",
        given=given,
        came=f"{len(came)} values, dtype {came.dtype}",
        expected=f"the {len(wanted)} indices of the wrong predictions, ascending",
        hint="np.nonzero(pred_labels != true_labels)[0]",
    )


@pytest.mark.line("training.wrong_set")
def test_wrong_set(student):
    expect_wrong_set(student, np.array([3, 1, 4, 1, 5, 9]), np.array([3, 7, 4, 1, 8, 8]))
