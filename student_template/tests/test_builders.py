"""Part 2: the two networks."""

import pytest

from .checks.expect import expect_true
from .checks.language import tr
from .checks.networks import (
    ANN,
    CNN,
    expect_activations,
    expect_adam_and_accuracy,
    expect_built,
    expect_layers,
    expect_loss,
    expect_parameters,
)


@pytest.mark.line("builders.ann_built")
def test_ann_is_a_compiled_sequential(ann_facts):
    expect_built(ann_facts, ANN)


@pytest.mark.line("builders.ann_parameters")
def test_ann_has_106050_parameters(ann_facts):
    expect_parameters(ann_facts, ANN)


@pytest.mark.line("builders.ann_layers")
def test_ann_layers(ann_facts):
    expect_layers(ann_facts, ANN)


@pytest.mark.line("builders.ann_activations")
def test_ann_activations(ann_facts):
    expect_activations(ann_facts, ANN)


@pytest.mark.line("builders.cnn_built")
def test_cnn_is_a_compiled_sequential(cnn_facts):
    expect_built(cnn_facts, CNN)


@pytest.mark.line("builders.cnn_parameters")
def test_cnn_has_12450_parameters(cnn_facts):
    expect_parameters(cnn_facts, CNN)


@pytest.mark.line("builders.cnn_layers")
def test_cnn_layers(cnn_facts):
    expect_layers(cnn_facts, CNN)


@pytest.mark.line("builders.cnn_activations")
def test_cnn_hidden_activations(cnn_facts):
    expect_activations(cnn_facts, CNN, last=False)


@pytest.mark.line("builders.cnn_logits")
def test_cnn_gives_logits(cnn_facts):
    last = "".join(layer.activation for layer in cnn_facts.layers[-1:]) or "linear"
    expect_true(
        last == "linear",
        tr("build_cnn: the last layer has an activation."),
        came=last,
        expected=tr("no activation: the outputs are logits"),
        hint=tr("leave `activation` out of the last Dense layer"),
    )


@pytest.mark.line("builders.ann_compiled")
def test_ann_compiled(ann_facts):
    expect_loss(ann_facts, ANN)
    expect_adam_and_accuracy(ann_facts, ANN)


@pytest.mark.line("builders.cnn_compiled")
def test_cnn_compiled(cnn_facts):
    expect_adam_and_accuracy(cnn_facts, CNN)


@pytest.mark.line("builders.cnn_loss")
def test_cnn_loss_is_from_logits(cnn_facts):
    expect_loss(cnn_facts, CNN)
