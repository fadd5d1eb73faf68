"""What a student's own run tells of their code that raised, and of their network that Keras refused."""

from __future__ import annotations

from types import ModuleType

import pytest

from grader.assignment.public_tests.checks.crash_words import folder_failure, network_failure
from grader.assignment.public_tests.checks.local_student import LocalStudent
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.i18n.languages import in_language

WITHOUT_INPUT = AttributeError("Sequential model 'sequential' has no defined input shape yet.")
OTHER_SHAPE = ValueError(
    "Invalid input shape. Expected shape (None, 28, 28), but input has incompatible shape (3, 784)"
)


def told(error: Exception, maker: str) -> str:
    return str(network_failure(error, maker=maker, given="pictures", attempt="model.save(path)"))


@pytest.mark.parametrize(
    ("error", "maker", "words"),
    [
        (WITHOUT_INPUT, "build_ann", "try:      make layers.Input((784,)) the first layer"),
        (WITHOUT_INPUT, "build_cnn", "try:      make layers.Input((28, 28, 1)) the first layer"),
        (OTHER_SHAPE, "build_ann", "cause:    the pictures do not have the shape of the model's input"),
        (OTHER_SHAPE, "restore_model", "try:      return the model that is read from `path`"),
        (OTHER_SHAPE, "own_network", "try:      model.save(path)"),
        (TypeError("no config"), "build_ann", "try:      model.save(path)"),
    ],
)
def test_what_keras_raises_of_a_network_is_told_of_its_function(error: Exception, maker: str, words: str) -> None:
    text = told(error, maker)
    assert text.startswith(f"Keras refuses the network that {maker} returned.")
    assert words in text
    assert f"got:      {type(error).__name__}: " in text


def test_a_network_that_nobody_knows_is_told_without_a_name() -> None:
    assert told(WITHOUT_INPUT, "").startswith("Keras refuses this network.")


def test_it_is_told_in_russian() -> None:
    with in_language("ru"):
        assert told(WITHOUT_INPUT, "build_ann").startswith("Keras не принимает сеть, которую вернула build_ann.")
        assert str(folder_failure("a.keras")).startswith("save_model записала папку, а не файл.")


class Network:
    def count_params(self) -> int:
        return 1


def test_the_function_that_returned_a_network_first_is_known() -> None:
    module = ModuleType("mnist_all_models")
    module.build_ann = Network  # type: ignore[attr-defined]
    module.train_letters = lambda model: model  # type: ignore[attr-defined]
    student = LocalStudent(module)
    model = student.train_letters(student.build_ann())
    assert student.maker_of(model) == "build_ann"
    assert student.maker_of(Network()) == ""
    with pytest.raises(CheckFailed, match="has no function `build_cnn`"):
        student.build_cnn()
