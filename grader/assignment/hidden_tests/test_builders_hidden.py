"""Part 2, hidden: how the two networks are compiled."""

import pytest

from grader.assignment.public_tests.checks.expect import expect_true
from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.checks.model_facts import CROSSENTROPY
from grader.assignment.public_tests.checks.networks import ANN, CNN


def _expect_loss(facts, network, *, from_logits):
    wanted = (
        tr("{loss} from logits", loss=CROSSENTROPY)
        if from_logits
        else tr("{loss} from probabilities", loss=CROSSENTROPY)
    )
    came = facts.loss or tr("no loss")
    if facts.from_logits:
        came = tr("{loss} from logits", loss=came)
    hint = (
        tr("keras.losses.SparseCategoricalCrossentropy(from_logits=True): the last layer gives logits")
        if from_logits
        else tr('loss="sparse_categorical_crossentropy": the labels are whole numbers, the outputs probabilities')
    )
    expect_true(
        facts.loss == CROSSENTROPY and facts.from_logits is from_logits,
        tr("{function} is compiled with the wrong loss.", function=network.function),
        came=came,
        expected=wanted,
        hint=hint,
    )


def is_accuracy(metric):
    """Tell whether a metric counts right labels; it may have any name that says so."""
    other = any(word in metric for word in ("binary", "top_k", "topk"))
    return "acc" in metric and not other and metric != "categorical_accuracy"


def _expect_adam_and_accuracy(facts, network):
    expect_true(
        facts.optimizer == "Adam",
        tr("{function} is compiled with the wrong optimizer.", function=network.function),
        came=facts.optimizer or tr("none"),
        expected="Adam",
        hint='optimizer="adam"',
    )
    expect_true(
        any(is_accuracy(metric) for metric in facts.metrics),
        tr("{function} is compiled without accuracy.", function=network.function),
        came=", ".join(facts.metrics) or tr("no metrics"),
        expected=tr("a metric that is accuracy"),
        hint='metrics=["accuracy"]',
    )


@pytest.mark.line("builders.ann_compiled")
def test_ann_compiled(ann_facts):
    _expect_loss(ann_facts, ANN, from_logits=False)
    _expect_adam_and_accuracy(ann_facts, ANN)


@pytest.mark.line("builders.cnn_compiled")
def test_cnn_compiled(cnn_facts):
    _expect_adam_and_accuracy(cnn_facts, CNN)


@pytest.mark.line("builders.cnn_loss")
def test_cnn_loss_is_from_logits(cnn_facts):
    _expect_loss(cnn_facts, CNN, from_logits=True)
