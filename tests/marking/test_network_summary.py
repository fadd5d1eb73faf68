"""What a student page shows of a network comes from public pictures and from the examiner alone."""

from __future__ import annotations

import numpy as np
import pytest

from grader.assignment.handwriting.public_set import public_test_digits
from grader.assignment.public_tests.checks.model_facts import LayerFacts
from grader.assignment.public_tests.checks.networks import CNN
from grader.marking.network_summary import MAX_WRONG, PUBLIC_COUNT, NetworkSummaries, layer_summary, read_public_digits


def outputs_for(read: np.ndarray) -> np.ndarray:
    return np.eye(10, dtype=np.float32)[read]


def test_confusion_counts_and_wrong_pictures() -> None:
    labels = public_test_digits()[1][:PUBLIC_COUNT].astype(int)
    read = labels.copy()
    read[[3, 70]] = (read[[3, 70]] + 1) % 10
    look = read_public_digits(outputs_for(read))
    confusion = np.array(look.confusion)
    assert confusion.sum() == PUBLIC_COUNT
    assert confusion.trace() == PUBLIC_COUNT - 2
    assert (confusion.sum(axis=1) == np.bincount(labels, minlength=10)).all()
    assert look.wrong == ((3, int(read[3])), (70, int(read[70])))


def test_a_network_that_reads_all_wrongly_shows_a_few() -> None:
    read = (public_test_digits()[1][:PUBLIC_COUNT].astype(int) + 1) % 10
    assert len(read_public_digits(outputs_for(read)).wrong) == MAX_WRONG


@pytest.mark.parametrize("shape", [(784,), (28, 28, 1)])
def test_pictures_are_prepared_for_the_input(shape: tuple[int, ...]) -> None:
    pictures = NetworkSummaries().pictures_for(shape)
    assert (pictures.shape, pictures.dtype, pictures.max()) == ((PUBLIC_COUNT, *shape), np.float32, 1)


def test_another_input_is_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        NetworkSummaries().pictures_for((5,))


def test_layers_in_words() -> None:
    words = [layer_summary(layer) for layer in CNN.layers]
    assert [word.layer for word in words[:2]] == ["Conv2D 32 3x3", "MaxPooling2D 2x2"]
    assert (words[-1].layer, words[-1].activation, words[-1].parameters) == ("Dense 10", "", 650)
    assert len(layer_summary(LayerFacts("x" * 200, "y" * 200, (1,), 0)).layer) == 80


def test_nothing_known_is_nothing_shown() -> None:
    assert NetworkSummaries().results() == ()
