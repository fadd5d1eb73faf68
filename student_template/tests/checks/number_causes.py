"""Name what prepare_ann, prepare_cnn, accuracy and wrong_set compute instead of what they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .diagnosis import cause_by_calling
from .differences import share_cause, value_cause
from .language import tr, trn


def prepared_cause(came: np.ndarray, wanted: np.ndarray) -> str:
    """Name how pixels were scaled or moved instead of dividing all of them by 255."""
    if len(came) > 1 and np.allclose(came.ravel(), wanted.reshape(-1, len(came)).T.ravel(), rtol=0, atol=1e-5):
        return tr("pixels of different pictures are mixed: .T and reshape have changed their order")
    if cause := value_cause(came, wanted, 1e-5):
        return cause
    if abs(came.mean()) < 1e-3 and abs(came.std() - 1) < 1e-3:
        return tr("standardised: mean 0 and deviation 1")
    came, wanted = (array.reshape(len(array), -1).astype(float) for array in (came, wanted))
    own = (came * wanted).sum(axis=1, keepdims=True) / np.fmax((wanted * wanted).sum(axis=1, keepdims=True), 1e-9)
    of_each = len(own) > 1 and np.ptp(own) > 1e-3 and np.allclose(came, wanted * own, rtol=1e-3, atol=1e-5)
    return tr("each picture was scaled by a number of its own, not by 255") if of_each else ""


def accuracy_cause(accuracy: Callable[[Any, Any], Any], came: float, wanted: float, count: int) -> str:
    """Name what accuracy computes, by a few more calls.

    Labels that are 6 apart tell a mean of differences from a share; what fits one share by chance does not fit another.
    """

    def look() -> str:
        value = float(accuracy(np.array([6, 0, 0, 0]), np.zeros(4, int)))
        if value in (1.5, -1.5, -0.5):  # 6 / 4, or 1 minus that
            return tr("the labels are subtracted: it is no share, but a mean of differences")
        other = float(accuracy(np.arange(6), np.array([0, 1, 9, 9, 9, 9])))
        if came == other == 0 and accuracy(np.arange(3), np.arange(3)) == 1:
            return tr(
                "1 where all are right, else 0: // cuts fractions off, and np.array_equal gives one answer for all"
            )
        return share_cause((came, wanted, count), (other, 2 / 6, 6))

    return cause_by_calling(look)


def first_difference(came: np.ndarray, wanted: np.ndarray) -> str:
    """Tell where two lists of the same length differ first."""
    if len(came) != len(wanted) or came.dtype.kind not in "iu" or (came == wanted).all():
        return ""
    place = int(np.argmax(came != wanted))
    return tr("; the one at place {place} is {came}, not {wanted}", place=place, came=came[place], wanted=wanted[place])


def wrong_set_cause(came: np.ndarray, pred_labels: Any, true_labels: Any) -> str:
    """Name what wrong_set returned instead of the indices of the wrong predictions."""
    pred_labels, true_labels = np.asarray(pred_labels), np.asarray(true_labels)
    wrong = pred_labels != true_labels
    wanted = np.nonzero(wrong)[0]
    for what, words in (
        (wanted + 1, tr("the places are counted from 1: off by 1")),
        (wanted[::-1], tr("the right places, but in descending order")),
        (wrong, tr("a mask of True and False, not the indices where it is True")),
        (np.nonzero(~wrong)[0], tr("the indices of the right predictions")),
        (pred_labels[wrong], tr("the labels at these places, not the places")),
        (true_labels[wrong], tr("the labels at these places, not the places")),
    ):
        if came.shape == what.shape and (came == what).all() and (came.dtype.kind == "b") is (what.dtype.kind == "b"):
            return words
    if 0 < len(came) < len(wanted) and (came == wanted[: len(came)]).all():
        return trn("only the first {count} is there", "only the first {count} are there", len(came))
    return ""
