"""Part 2, hidden: how the two networks are compiled."""

import pytest

from grader.assignment.public_tests.checks.expect import expect_true
from grader.assignment.public_tests.checks.model_facts import CROSSENTROPY
from grader.assignment.public_tests.checks.networks import ANN, CNN


def _expect_loss(facts, network, *, from_logits):
    wanted = f"{CROSSENTROPY}{' from logits' if from_logits else ' from probabilities'}"
    came = f"{facts.loss or 'no loss'}{' from logits' if facts.from_logits else ''}"
    hint = (
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True): the last layer gives logits"
        if from_logits
        else 'loss="sparse_categorical_crossentropy": the labels are whole numbers, the outputs probabilities'
    )
    expect_true(
        facts.loss == CROSSENTROPY and facts.from_logits is from_logits,
        f"{network.function} is compiled with another loss.",
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
        f"{network.function} is compiled with another optimizer.",
        came=facts.optimizer or "none",
        expected="Adam",
        hint='optimizer="adam"',
    )
    expect_true(
        any(is_accuracy(metric) for metric in facts.metrics),
        f"{network.function} is compiled without accuracy.",
        came=", ".join(facts.metrics) or "no metrics",
        expected="a metric that is accuracy",
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
