"""Part 3: preparing pictures, training, predicting, comparing."""

from types import SimpleNamespace

import numpy as np
import pytest

from .checks.differences import ANY, MANY
from .checks.expect import as_numbers, expect_array, expect_number, expect_same, expect_true
from .checks.history_facts import history_facts
from .checks.language import tr, trn
from .checks.messages import Cause, CheckFailed, describe, is_told
from .checks.number_causes import accuracy_cause, first_difference, prepared_cause, wrong_set_cause
from .checks.outputs import (
    SUM_TOLERANCE,
    are_probabilities,
    are_scores_of,
    expect_scores_of,
    labels_cause,
    same_labels,
    scaled_cause,
    scores_cause,
)

UNCHANGED = 1e-6
"""Outputs that differ by less are those of the same weights."""
PREPARED = {"prepare_ann": (784,), "prepare_cnn": (28, 28, 1)}


def some_images(rng, count):
    images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    images[0, 0, :2] = 0, 255
    return images


def expect_prepared(student, function, images):
    """Check everything that the contract says of prepare_ann and prepare_cnn."""
    shape = PREPARED[function]
    given = tr("uint8 pictures of shape {shape}, values 0 to 255", shape=images.shape)
    kept = images.copy()
    came = getattr(student, function)(images)
    changed = not np.array_equal(images, kept)
    wrong_order = tr("the sizes in reshape are in the wrong order: this mixes the pixels of different pictures")
    came = expect_array(
        came,
        function=function,
        given=given,
        shape=(len(images), *shape),
        kind="float32",
        instead={
            (*shape, len(images)): Cause(wrong_order, f"images.reshape({', '.join(map(str, ('len(images)', *shape)))})")
        },
    )
    wanted = kept.reshape(came.shape).astype(np.float32) / 255
    low, high = float(came.min()), float(came.max())
    expect_true(
        low >= 0 and high <= 1,
        tr("{function} returned values in the wrong range.", function=function),
        given=given,
        came=tr("values {low} to {high}", low=f"{low:.3g}", high=f"{high:.3g}"),
        expected=tr("values 0 to 1"),
        cause=lambda: prepared_cause(came, wanted),
        hint=tr("divide by 255"),
    )
    hint = (
        tr("flatten each picture row by row, without changing the order of the pixels, and divide by 255")
        if len(shape) == 1
        else tr("give each picture one channel, without changing the order of the pixels, and divide by 255")
    )
    overwritten = tr("the result was written into the pictures that were given: whole numbers hold no fractions")
    expect_same(
        came,
        wanted,
        function=function,
        given=given,
        expected=tr("each pixel divided by 255"),
        hint=tr("images / 255 makes a new array; images[:] = ... and images /= ... do not") if changed else hint,
        tolerance=1e-5,
        cause=overwritten if changed else lambda: prepared_cause(came, wanted),
    )


@pytest.mark.line("training.prepare_ann")
def test_prepare_ann(student, rng):
    expect_prepared(student, "prepare_ann", some_images(rng, 6))


@pytest.mark.line("training.prepare_cnn")
def test_prepare_cnn(student, rng):
    expect_prepared(student, "prepare_cnn", some_images(rng, 6))


@pytest.mark.line("training.input_unchanged")
@pytest.mark.parametrize("function", PREPARED)
def test_prepare_leaves_its_input_alone(student, rng, function):
    images = some_images(rng, 4)
    images.flags.writeable = False
    try:
        came = getattr(student, function)(images)
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
    changed = student.changed
    came = expect_array(came, function=function, given=tr("pictures that cannot be written to"), kind="float")
    expect_true(
        came.size == images.size,  # how they are prepared is asked elsewhere
        tr("{function} returned something else than these pictures.", function=function),
        given=tr("4 pictures of 28x28"),
        came=describe(came),
        expected=tr("{size} numbers", size=images.size),
        hint=tr("a number for each pixel of each picture"),
    )
    expect_true(
        not changed,
        tr("{function} changed the pictures that it was given.", function=function),
        given=tr("pictures that cannot be written to"),
        came=tr("the same array, but changed: {what}", what=", ".join(changed)),
        expected=tr("a new array; the input stays as it was"),
        hint=tr("images.reshape(...) and images.astype(...) return new arrays; images.shape = ... changes the old one"),
    )


@pytest.mark.train
@pytest.mark.line("training.trains_ann")
def test_train_model_returns_the_history(ann):
    ann.check_training(expect_history)


def expect_history(trained, what):
    """Check that train_model returned a History of all the epochs, and that the loss went down."""
    losses = losses_of(trained.history)
    asked = facts_of(trained.history).get("epochs", 0)
    expect_true(
        bool(losses) and len(losses) <= trained.epochs,
        tr("train_model returned something else than the History of its epochs."),
        given=tr("{what} and epochs={epochs}", what=what, epochs=trained.epochs),
        came=trn("{count} epoch", "{count} epochs", len(losses))
        if losses
        else tr("{name} without losses", name=type_of(trained.history)),
        expected=trn(
            "the Keras History of {count} epoch", "the Keras History of at most {count} epochs", trained.epochs
        ),
        cause=lambda: "" if losses else history_cause(trained.history),
        hint=tr("return what model.fit(...) returns, and pass `epochs` on to it"),
    )
    expect_true(
        asked == 0 or asked >= trained.epochs,
        tr("train_model trained for the wrong number of epochs."),
        given=tr("{what} and epochs={epochs}", what=what, epochs=trained.epochs),
        came=trn("{count} epoch", "{count} epochs", asked),
        expected=trn("{count} epoch", "{count} epochs", trained.epochs),
        hint=tr("model.fit(..., epochs=epochs)"),
    )
    expect_true(
        not facts_of(trained.history).get("part") or len(losses) >= trained.epochs,
        tr("train_model returned the History of some of its epochs."),
        given=tr("{what} and epochs={epochs}", what=what, epochs=trained.epochs),
        came=trn("the figures of {count} epoch", "the figures of {count} epochs", len(losses)),
        expected=trn("the figures of {count} epoch", "the figures of {count} epochs", trained.epochs),
        cause=tr("model.fit was called several times, and this is the History of one of the calls"),
        hint=tr("call model.fit once, with epochs=epochs; or collect the figures of all calls in one History"),
    )
    expect_true(
        np.isfinite(losses).all() and (len(losses) == 1 or losses[-1] < losses[0]),
        tr("train_model did not make the loss smaller."),
        given=tr("{what} and epochs={epochs}", what=what, epochs=trained.epochs),
        came=tr("loss {first:.3f} in the first epoch, {last:.3f} in the last", first=losses[0], last=losses[-1]),
        expected=tr("a loss that falls"),
        hint=tr("are the pictures and the labels passed to fit, in the same order?"),
    )


def history_cause(returned):
    """Name what train_model returned instead of a History."""
    if returned is None:
        return tr("nothing is returned")
    if isinstance(returned, dict):
        return tr("the dictionary in the History, not the History")
    if isinstance(returned, list | tuple | float):
        return tr("numbers, as model.evaluate gives them: it measures and trains nothing")
    return tr("the model, not what model.fit returned") if type_of(returned) in MODELS else ""


MODELS = ("Sequential", "Functional", "Model")


def losses_of(history, key="loss"):
    """Return the losses in a History, whichever side of a process border it lives on; None when there are none."""
    table = facts_of(history).get("history")
    return [float(loss) for loss in table[key]] if isinstance(table, dict) and key in table else None


def facts_of(history):
    """Return what a History tells; in the grader another process told it already."""
    facts = getattr(history, "facts", None)
    return facts if isinstance(facts, dict) else history_facts(history)


def type_of(value):
    return getattr(value, "type_name", type(value).__name__)


@pytest.mark.line("training.first_step")
def test_one_epoch_trains_the_dense_network(student, ann, digits, outputs_of):
    ann.check(lambda model, what: expect_trained_a_little(student, model, "ann", digits, outputs_of, what=what))


@pytest.mark.line("training.first_step")
def test_one_epoch_trains_the_convolutional_network(student, cnn, digits, outputs_of):
    cnn.check(lambda model, what: expect_trained_a_little(student, model, "cnn", digits, outputs_of, what=what))


def expect_trained_a_little(student, model, name, digits, outputs_of, *, what):
    """Check that train_model trains the very network that it is given, for one epoch of 64 pictures."""
    x = digits.train_images[:64].reshape(-1, *PREPARED[f"prepare_{name}"]).astype(np.float32) / 255
    before = outputs_of(model, x)
    history = student.train_model(model, x, digits.train_labels[:64].astype(np.int64), 1)
    expect_history(SimpleNamespace(history=history, epochs=1), what)
    expect_true(
        float(np.abs(outputs_of(model, x) - before).max()) > UNCHANGED,
        tr("train_model does not train the network that it is given."),
        given=tr("{what} and epochs={epochs}", what=what, epochs=1),
        came=tr("a network that has the same outputs as before"),
        expected=tr("a network with changed weights"),
        hint=tr("call `fit` of the model itself, not of a copy or of a new network"),
    )


@pytest.mark.line("training.validation")
def test_validation_data_are_used(student, ann, digits, outputs_of):
    ann.check(lambda model, _what: expect_validation(student, model, digits, outputs_of))


def expect_validation(student, model, digits, outputs_of):
    """Check that train_model validates on the pictures that it is given for that, and on no others."""
    x = digits.train_images[:96].reshape(-1, 784).astype(np.float32) / 255
    y = digits.train_labels[:96].astype(np.int64)
    y_val = (y[64:] + 1) % 10  # labels that no training would give: the loss on them tells whose they are
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
        tr("The val_loss of train_model is not that of the given network on the given pictures."),
        given=given,
        came=tr("a val_loss that the given network does not have on these 32 pictures"),
        expected=tr("its loss on them after each epoch"),
        hint=tr("call `fit` of the model itself, with validation_data=validation_data and no validation_split"),
    )


def images_for(model_name, rng, count):
    images = rng.integers(0, 256, (count, *PREPARED["prepare_" + model_name]), dtype=np.uint8)
    return images.astype(np.float32) / 255


SPREAD = 64
"""Pictures over which a network's labels are spread before it is asked for those of others."""


def expect_labels(student, model, x, outputs_of, *, what):
    """Check predict_labels against the model's own outputs, as another process computed them."""
    outputs = outputs_of(model, x)
    given = trn("{what} and {count} prepared picture", "{what} and {count} prepared pictures", len(x), what=what)
    came = student.predict_labels(model, x)
    largest = outputs.max(axis=1)
    is_float = isinstance(came, np.ndarray) and came.dtype.kind == "f"
    is_largest = is_float and came.shape == largest.shape and np.allclose(came, largest, atol=1e-5)
    is_largest &= not (largest == np.round(largest)).all()  # whole ones may be labels, too
    expect_true(
        not is_largest,
        tr("{function} returned elements of the wrong type.", function="predict_labels"),
        given=given,
        came=describe(came),
        expected=tr("dtype {kind}", kind=tr("of integers")),
        cause=tr("the largest output of each row itself, not the class that it belongs to"),
        hint=tr("np.argmax over axis=1 of model.predict(x)"),
    )
    came = expect_array(
        came,
        function="predict_labels",
        given=given,
        shape=(len(x),),
        kind="integer",
        hint=tr("np.argmax over axis=1 of model.predict(x)"),
        instead={
            outputs.shape[1:]: tr("one number for each class: the largest output was looked for over the pictures"),
            outputs.shape: tr("a row for each picture: its outputs, or zeros with a one, not the class"),
        },
    )

    def fits(factor):
        return same_labels(np.asarray(student.predict_labels(model, x / factor)), outputs)

    expect_true(
        same_labels(came, outputs),
        tr("predict_labels returned other labels."),
        given=given,
        came=tr("labels that are not the class with the largest output"),
        expected=tr("the index of the largest output of each row"),
        cause=lambda: (len(set(outputs.argmax(axis=1))) >= MANY and scaled_cause(fits)) or labels_cause(came, outputs),
        hint=tr("np.argmax(..., axis=1): over the classes, not over the pictures"),
    )


def expect_scores(student, model, x, outputs_of, *, what):
    """Check predict_scores against the softmax of the model's own outputs."""
    outputs = outputs_of(model, x)
    given = trn("{what} and {count} prepared picture", "{what} and {count} prepared pictures", len(x), what=what)
    came = expect_array(
        student.predict_scores(model, x),
        function="predict_scores",
        given=given,
        shape=outputs.shape,
        kind="float",
        instead={(len(x),): tr("one number for each picture, its class or its highest score, not one for each class")},
    )
    logits = not are_probabilities(outputs)
    sums = came.sum(axis=1)
    expect_true(
        bool(np.allclose(sums, 1, atol=SUM_TOLERANCE) and (came >= 0).all()),
        tr("predict_scores returned something that is not probabilities."),
        given=given,
        came=tr(
            "rows that sum to {least:.3g} ... {most:.3g}, values {low:.3g} to {high:.3g}",
            least=sums.min(),
            most=sums.max(),
            low=came.min(),
            high=came.max(),
        ),
        expected=tr("rows of values from 0 to 1 that sum to 1"),
        cause=lambda: scores_cause(came, outputs),
        hint=tr("this model gives logits: take a softmax over each row")
        if logits
        else tr("model.predict gives them already"),
    )
    hint = (
        tr("exp(output) / sum of exp(outputs) of the row")
        if logits
        else tr("this model ends in a softmax: a second one flattens the probabilities")
    )
    expect_scores_of(
        came,
        outputs,
        function="predict_scores",
        given=given,
        hint=hint,
        look_further=lambda: scaled_cause(
            lambda factor: are_scores_of(np.asarray(student.predict_scores(model, x / factor)), outputs)
        ),
    )


@pytest.mark.line("training.predict_labels_ann")
@pytest.mark.parametrize("count", [37, 1])
def test_predict_labels_of_the_dense_network(student, ann, outputs_of, centred, rng, count):
    many, x = images_for("ann", rng, SPREAD), images_for("ann", rng, count)
    ann.check(lambda model, what: expect_labels(student, centred(model, many), x, outputs_of, what=what))


@pytest.mark.line("training.predict_labels_cnn")
def test_predict_labels_of_the_convolutional_network(student, cnn, outputs_of, centred, rng):
    many, x = images_for("cnn", rng, SPREAD), images_for("cnn", rng, 21)
    cnn.check(lambda model, what: expect_labels(student, centred(model, many), x, outputs_of, what=what))


@pytest.mark.line("training.predict_scores_ann")
@pytest.mark.parametrize("count", [19, 1])
def test_predict_scores_of_the_dense_network(student, ann, outputs_of, rng, count):
    x = images_for("ann", rng, count)
    ann.check(lambda model, what: expect_scores(student, model, x, outputs_of, what=what))


@pytest.mark.line("training.predict_scores_cnn")
def test_predict_scores_of_the_convolutional_network(student, cnn, outputs_of, rng):
    x = images_for("cnn", rng, 23)
    cnn.check(lambda model, what: expect_scores(student, model, x, outputs_of, what=what))


@pytest.mark.line("training.accuracy")
@pytest.mark.parametrize(("wrong", "count"), [(1, 4), (0, 5), (5, 5), (3, 8)])
def test_accuracy(student, wrong, count):
    true_labels = np.arange(count) % 10
    pred_labels = true_labels.copy()
    pred_labels[:wrong] = (pred_labels[:wrong] + 4) % 10  # by 1 or 3, a mean of differences could be the share
    given = labels_given(count, wrong)
    came = expect_number(student.accuracy(pred_labels, true_labels), function="accuracy", given=given, kind="float")
    expect_true(
        abs(came - (count - wrong) / count) < 1e-6,
        tr("accuracy returned the wrong value."),
        given=given,
        came=f"{came:.4g}",
        expected=f"{(count - wrong) / count:.4g}",
        cause=lambda: accuracy_cause(student.accuracy, came, (count - wrong) / count, count),
        hint=tr("right predictions divided by all predictions, between 0 and 1"),
    )


def labels_given(count, wrong):
    return tr("labels: {count}, of them predicted wrongly: {wrong}", count=count, wrong=wrong)


def expect_wrong_set(student, pred_labels, true_labels):
    wanted = np.nonzero(np.asarray(pred_labels) != np.asarray(true_labels))[0]
    given = labels_given(len(true_labels), len(wanted))
    came = student.wrong_set(pred_labels, true_labels)
    is_number = isinstance(came, int | np.integer) and not isinstance(came, bool) and came == len(wanted)
    if isinstance(came, list) and not came:
        came = np.zeros(0, int)
    came = expect_array(
        came,
        function="wrong_set",
        given=given,
        shape=(ANY,),
        instead={(): tr("how many there are, not where")} if is_number else None,
        hint=tr("np.nonzero returns a tuple with one array: take its element [0]")
        if isinstance(came, tuple | list) and len(came) == 1
        else "np.nonzero(pred_labels != true_labels)[0]",
    )
    expect_true(
        len(came) == len(wanted) and (not len(came) or came.dtype.kind in "iu") and bool((came == wanted).all()),
        tr("wrong_set returned other indices."),
        given=given,
        came=trn("{count} value, dtype {dtype}", "{count} values, dtype {dtype}", len(came), dtype=came.dtype)
        + first_difference(came, wanted),
        expected=tr("the indices of the wrong predictions, ascending: {count} of them", count=len(wanted)),
        cause=lambda: wrong_set_cause(came, pred_labels, true_labels),
        hint="np.nonzero(pred_labels != true_labels)[0]",
    )


@pytest.mark.line("training.wrong_set")
def test_wrong_set(student):
    expect_wrong_set(student, np.array([3, 1, 4, 1, 5, 9]), np.array([3, 7, 4, 1, 8, 8]))


@pytest.mark.line("training.wrong_set")
def test_wrong_set_of_many(student, rng):
    pred_labels = rng.integers(0, 10, 200)
    expect_wrong_set(student, pred_labels, (pred_labels + (np.arange(200) % 5 == 2)) % 10)


@pytest.mark.line("training.lists")
def test_labels_may_be_lists(student):
    try:
        expect_lists(student)
    except Exception as error:
        if not is_told(error) or not takes_lists(student):
            raise


def takes_lists(student):
    """Tell whether lists give what arrays do, whatever that is: it is asked elsewhere whether it is right."""
    pairs = [([1, 2, 7, 9], [1, 2, 0, 0]), ([1, 2, 7, 9], [1, 2, 7, 9]), ([1], [1])]
    try:
        for function in (student.accuracy, student.wrong_set):
            came = [as_numbers(function(*pair)) for pair in pairs]
            wanted = [as_numbers(function(*map(np.array, pair))) for pair in pairs]
            if None in came or came != wanted or came[0] == came[1]:
                return False
    except Exception as error:
        if not is_told(error):
            raise
        return False
    return True


def expect_lists(student):
    """Check accuracy and wrong_set of two lists."""
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
