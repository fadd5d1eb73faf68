"""Compare what a prediction function says with a model's raw outputs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .diagnosis import cause_by_calling
from .differences import value_cause
from .expect import expect_same
from .language import later, tr, trn
from .messages import CheckFailed, describe

TIE = 1e-4
"""Of two outputs: either counts as the largest. Of a hundred pictures about one has such a pair (see `centring`)."""
SUM_TOLERANCE = 5e-3
"""What 16 bits (float16, bfloat16) make of a sum of ten probabilities."""
EXACT = 2e-5
"""Outputs for pictures that are all but black differ by little more."""
MORE = 1.01
"""No sum of probabilities."""
CLASSES = 10
BATCH = 32
"""Pictures that Keras predicts at a time when nobody says otherwise."""
SCORES_TOLERANCE = 5e-3


def expect_outputs(outputs: Any, pictures: int, *, any_width: bool = False) -> np.ndarray:
    """Return a digit network's raw outputs after checking that they are floats (pictures, 10), finite or not.

    A test may then take any row and any class; the values are its own to judge. With `any_width`, for tests that only
    compare two models, a network with more or fewer outputs will do.
    """
    good = isinstance(outputs, np.ndarray) and outputs.dtype.kind == "f" and outputs.ndim == 2
    if not good or len(outputs) != pictures or not (outputs.shape[1] == CLASSES or (any_width and outputs.size)):
        raise CheckFailed(
            tr("The model's outputs have the wrong shape."),
            given=trn("{count} picture", "{count} pictures", pictures),
            came=describe(outputs),
            expected=tr("floats, one row of outputs for each picture")
            if any_width
            else tr("floats of shape {shape}: one output for each digit", shape=f"({pictures}, {CLASSES})"),
            hint=tr("look at the last layer"),
        )
    return outputs


def are_probabilities(outputs: np.ndarray) -> bool:
    """Tell whether raw outputs (N, classes) are probabilities already: what a softmax at the end of a network gives."""
    return bool((outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=SUM_TOLERANCE))


def expect_scores_of(
    scores: np.ndarray,
    outputs: np.ndarray,
    *,
    function: str,
    given: str,
    hint: str,
    look_further: Callable[[], str] = str,
) -> None:
    """Check probabilities (N, classes) against a model's raw outputs, which may be probabilities or logits.

    Args:
        look_further: finds a cause where the scores themselves tell none.
    """
    expected = (
        tr("the model's own outputs: they are probabilities already")
        if are_probabilities(outputs)
        else tr("the softmax of the model's outputs")
    )
    came, wanted = _comparable(scores, outputs)

    def cause() -> str:
        by_value = value_cause(came, wanted, SCORES_TOLERANCE) if are_probabilities(outputs) else ""
        return scores_cause(scores, outputs) or by_value or look_further()

    options: dict[str, Any] = {"function": function, "given": given, "expected": expected, "hint": hint}
    expect_same(came, wanted, **options, tolerance=SCORES_TOLERANCE, cause=cause)


def are_scores_of(scores: np.ndarray, outputs: np.ndarray, tolerance: float = SCORES_TOLERANCE) -> bool:
    """Tell whether probabilities (N, classes) are those of a model's raw outputs."""
    came, wanted = _comparable(scores, outputs)
    return bool(np.allclose(came, wanted, rtol=0, atol=tolerance))


def as_logits(probabilities: np.ndarray) -> np.ndarray:
    """Return logits, as float64, whose softmax gives these probabilities; 0 counts as 1e-30."""
    return np.log(np.clip(probabilities.astype(np.float64), 1e-30, None))


def _comparable(scores: np.ndarray, outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and raw outputs in the same terms.

    Two logits differ by as much as the logarithms of their probabilities: that needs no softmax here.
    """
    if are_probabilities(outputs):
        return scores.astype(np.float64), outputs
    came, wanted = as_logits(scores), outputs
    with np.errstate(invalid="ignore"):  # infinite outputs differ from everything
        came, wanted = (values - values.max(axis=1, keepdims=True) for values in (came, wanted))
    return came, wanted


def scores_cause(scores: np.ndarray, outputs: np.ndarray) -> str:
    """Name what scores (N, classes) are instead of the softmax of a model's raw outputs."""
    scores, outputs = scores.astype(float), outputs.astype(float)
    if (scores >= 0).all():  # whatever was subtracted before exp
        if np.allclose(scores.sum(axis=0), 1, atol=1e-3):
            return tr("a softmax over the pictures (axis=0), not over the classes (axis=1)")
        if len(scores) > 1 and abs(scores.sum() - 1) < 1e-3:
            return tr("a softmax over everything at once, not over each row")
    with np.errstate(all="ignore"):  # outputs that are not finite are like nothing here
        powers = np.exp(outputs - outputs.max())
        shares = powers / powers.sum(axis=1, keepdims=True)
        again = np.exp(shares) / np.exp(shares).sum(axis=1, keepdims=True)
        shifted = outputs - outputs.min(axis=1, keepdims=True)
        shifted /= shifted.sum(axis=1, keepdims=True)
        for what, words in (
            (outputs, tr("the model's raw outputs (logits): the softmax is missing")),
            (1 / (1 + np.exp(-outputs)), tr("a sigmoid of each output, not a softmax of each row")),
            (outputs / outputs.sum(axis=1, keepdims=True), tr("the outputs divided by their sum: exp is missing")),
            (shifted, tr("the outputs less the smallest of their row, divided by their sum: exp is missing")),
            (np.exp(outputs), tr("exp of the outputs: the division by the sum of the row is missing")),
            (again, tr("a softmax of what a softmax gave")),
            (shares, tr("a second softmax of what are probabilities already")),
        ):
            if np.allclose(scores, what, rtol=1e-3, atol=1e-4):
                return words
    if np.allclose(scores.sum(axis=1), 100, atol=0.1):
        return tr("percent, not shares from 0 to 1")
    by_largest = np.allclose(scores.max(axis=1), 1) and (scores.sum(axis=1) > MORE).all()
    return tr("divided by the largest of each row, not by their sum") if by_largest else ""


def scaled_cause(fits: Callable[[float], bool]) -> str:
    """Name prepared pictures that were scaled again; `fits` tells whether they were multiplied by a factor."""
    scaled = (
        (1 / 255, later("the pictures are divided by 255 once more: they are prepared already")),
        (255.0, later("the pictures are multiplied by 255: they are prepared already")),
    )
    return cause_by_calling(lambda: next((tr(words) for factor, words in scaled if fits(factor)), ""))


def labels_cause(labels: np.ndarray, outputs: np.ndarray) -> str:
    """Name what labels (N,) are instead of the class of each row's largest output (N, classes)."""
    if np.ptp(labels) and same_labels(labels - 1, outputs):  # a single class may be wrong by 1 by chance
        return tr("every label is 1 too large: off by 1")
    if np.ptp(labels) and same_labels(labels + 1, outputs):
        return tr("every label is 1 too small: off by 1")
    if len(labels) > 1 and (labels == outputs.argmin(axis=1)).all():
        return tr("the class with the smallest output")
    if len(labels) > 1 and not np.ptp(labels):
        return tr("every value is {value:.4g}", value=float(labels[0]))
    if same_labels(labels[:BATCH], outputs[:BATCH]) and len(labels) > BATCH:
        return tr("the first {count} are right, later ones are not: is more than one batch predicted?", count=BATCH)
    return ""


def same_labels(labels: np.ndarray, outputs: np.ndarray) -> bool:
    """Tell whether each label (N,) is the class of the largest output; two outputs as good as equal count both."""
    if labels.min(initial=0) < 0 or labels.max(initial=0) >= outputs.shape[1]:
        return False
    chosen = np.take_along_axis(outputs, labels.astype(np.int64)[:, np.newaxis], axis=1)[:, 0]
    return bool((outputs.max(axis=1) - chosen <= TIE).all())
