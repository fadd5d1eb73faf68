"""Part 1: drawing pictures with their labels."""

import functools
import re

import numpy as np
import pytest

from .checks.diagnosis import cause_by_calling
from .checks.differences import MANY, MOVES, left_out_cause
from .checks.expect import expect_true
from .checks.figure_facts import figure_facts
from .checks.language import tr, trn
from .checks.messages import first_taken

SIDE, FRAME = 28, 3
"""Of a picture, in pixels; of a frame that may be painted into it, at most."""


def subplots_of(student, images, pred_labels, true_labels, indices):
    """Return the facts of the subplots that showpics draws."""
    figure = student.showpics(images, pred_labels, true_labels, indices)
    facts = figure_facts(figure) if hasattr(figure, "draw_without_rendering") else getattr(figure, "facts", {})
    expect_true(
        "subplots" in facts,
        tr("showpics returned something that is not a matplotlib figure."),
        came=str(getattr(figure, "type_name", type(figure).__name__)),
        expected=tr("the Figure"),
        hint=tr("keep what plt.figure() or plt.subplots() gave you, and return it"),
    )
    return facts["subplots"]


def some_pictures(rng, count):
    """Return pictures, predicted and true labels; every second prediction is right, from the first one on."""
    images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    true_labels = rng.integers(0, 10, count)
    return images, (true_labels + np.arange(count) % 2) % 10, true_labels


@pytest.mark.line("showpics.subplots")
@pytest.mark.parametrize("indices", [[4], [0, 2, 5], range(13), np.array([3, 1])], ids=lambda value: f"{len(value)}")
def test_one_subplot_for_each_index(student, rng, indices):
    images, pred_labels, true_labels = some_pictures(rng, 14)
    pictured = with_pictures(subplots_of(student, images, pred_labels, true_labels, indices))
    expect_true(
        len(pictured) == len(indices),
        tr("showpics drew the wrong number of pictures."),
        given=trn("14 pictures and {count} index", "14 pictures and {count} indices", len(indices)),
        came=trn("{count} subplot with a picture", "{count} subplots with a picture", len(pictured)),
        expected=f"{len(indices)}",
        cause=lambda: number_cause(student, images, pred_labels, true_labels, indices),
        hint=tr("one imshow in a subplot of its own for each index"),
    )
    for index in indices:
        expect_true(
            any(shows(subplot, images[index]) for subplot in pictured),
            tr("showpics leaves a picture out."),
            given=tr("indices {indices}", indices=list(indices)),
            came=tr("no subplot shows picture {index}", index=index),
            expected=tr("images[{index}] in one of them", index=index),
            cause=functools.partial(turned_cause, pictured, images[index]),
            hint=tr("draw images[index], not images[place]"),
        )


def with_pictures(subplots):
    return [subplot for subplot in subplots if subplot["pictures"]]


def turned_cause(subplots, image):
    """Name a picture that is drawn in another position."""
    return next((tr(words) for words, move in MOVES if any(shows(one, move(image)) for one in subplots)), "")


def number_cause(student, images, pred_labels, true_labels, indices):
    """Name which indices are left out; where there are too few to tell, some more are drawn."""
    if len(indices) < MANY:
        indices = list(range(MANY + 1))

    def look():
        subplots = with_pictures(subplots_of(student, images, pred_labels, true_labels, indices))
        shown = [any(shows(subplot, images[index]) for subplot in subplots) for index in indices]
        wrong = [pred_labels[index] != true_labels[index] for index in indices]
        if shown == wrong and sum(wrong) > 1:  # a single one may be what remains of all, drawn over each other
            return tr("only wrong predictions are drawn; right ones are left out")
        return left_out_cause(shown) if sum(shown) == len(subplots) else ""

    return cause_by_calling(look)


def shows(subplot, image):
    """Tell whether a subplot shows the image, whatever its scale, inversion, colour channels or painted frame."""
    return any(is_like(np.asarray(picture), image) for picture in subplot["pictures"])


def is_like(picture, image):
    if picture.ndim == 3:
        picture = picture[..., :3].mean(axis=-1)
    if picture.ndim != 2 or any(side % SIDE or not side for side in picture.shape):
        return False
    rows, columns = picture.shape[0] // SIDE, picture.shape[1] // SIDE  # it may be enlarged
    inner = (slice(FRAME, -FRAME), slice(FRAME, -FRAME))
    drawn = picture[rows // 2 :: rows, columns // 2 :: columns][inner].astype(float)
    return bool(np.ptp(drawn)) and abs(np.corrcoef(drawn.ravel(), image[inner].ravel())[0, 1]) > 0.99


GRIDS = (10, 9, 12, 16, 25)
"""Numbers of pictures that somebody may have written into the code."""


def drawn(student, images, pred_labels, true_labels, indices):
    """Return the subplots for these indices, or for more where only a fixed number works: how many is asked elsewhere.

    The indices stand first, and further ones behind them; all arrays hold enough.
    """
    more = [index for index in range(len(images)) if index not in indices]
    return first_taken(
        functools.partial(
            subplots_of, student, images, pred_labels, true_labels, [*indices, *more[: count - len(indices)]]
        )
        for count in (len(indices), *GRIDS)
    )


def subplots_for(subplots, image, place):
    """Return the subplot that shows an image, wherever it stands, and the one at its place: at least one, at most two.

    What is written is right in either of them: which pictures are drawn, and where, is asked elsewhere.
    """
    found = [subplot for subplot in subplots if shows(subplot, image)]
    return [*found[:1], *subplots[place : place + 1]] or [{"texts": [], "marks": []}]


@pytest.mark.line("showpics.labels")
@pytest.mark.parametrize("kind", [np.array, list])
def test_both_labels_are_written(student, rng, kind):
    images, _, _ = some_pictures(rng, max(GRIDS) + 1)
    pred_labels, true_labels = [7, 1, 5, *[1] * (len(images) - 3)], [2, 1, 9, *[1] * (len(images) - 3)]
    subplots = drawn(student, images, kind(pred_labels), kind(true_labels), [0, 2, 1])
    for place, index in enumerate((0, 2)):
        labels = [str(pred_labels[index]), str(true_labels[index])]
        texts = [" ".join(subplot["texts"]) for subplot in subplots_for(subplots, images[index], place)]
        text = next((text for text in texts if all(label in text for label in labels)), texts[0])
        of_place = {str(pred_labels[place]), str(true_labels[place])}
        is_of_place = place != index and of_place <= set(re.findall(r"\d", text))
        for label in labels:
            expect_true(
                label in text,
                tr("showpics leaves a label out."),
                given=tr(
                    "predicted {predicted}, true {true}",
                    predicted=pred_labels[index],
                    true=true_labels[index],
                ),
                came=tr('the text "{text}"', text=text[:80]),
                expected=tr("a text with both labels"),
                cause=tr("the labels of a different picture: pred_labels[index], not [place]") if is_of_place else "",
                hint=tr("axes.set_title(...) with the predicted and the true label"),
            )


@pytest.mark.line("showpics.wrong_marked")
def test_wrong_prediction_is_marked(student, rng):
    """The same pictures at the same places are drawn twice: all right, then two of them wrong."""
    images, _, _ = some_pictures(rng, max(GRIDS) + 8)
    others = np.arange(len(images) - 8) % 10
    true_labels = np.array([3, 8, 6, 1, 0, 9, 2, 4, *others])
    wrong_labels = np.array([7, 8, 5, 1, 0, 9, 2, 4, *others])
    indices = [5, 2, 7, 0, 4]
    all_right = drawn(student, images, true_labels.copy(), true_labels, indices)
    two_wrong = drawn(student, images, wrong_labels, true_labels, indices)
    marked = []
    for place, index in ((1, 2), (3, 0)):
        right, wrong = (subplots_for(subplots, images[index], place) for subplots in (all_right, two_wrong))
        marked.append(any(one["marks"] != other["marks"] for one, other in zip(right, wrong, strict=False)))
    expect_true(
        all(marked),
        tr("showpics draws right and wrong predictions alike."),
        given=tr("two right and two wrong predictions"),
        came=tr("subplots that differ in nothing but the label itself"),
        expected=tr("a wrong prediction that stands out by colour, text or frame"),
        hint=tr('axes.set_title(..., color="red") when the two labels differ'),
    )


@pytest.mark.line("showpics.empty")
def test_no_indices_draw_nothing(student, rng):
    images, pred_labels, true_labels = some_pictures(rng, max(GRIDS))
    subplots = subplots_of(student, images, pred_labels, true_labels, [])
    expect_true(
        not with_pictures(subplots),
        tr("showpics drew pictures for an empty list of indices."),
        given=tr("an empty list of indices"),
        came=trn("{count} subplot", "{count} subplots", len(subplots)),
        expected=tr("a figure without pictures"),
        hint=tr("a grid of 0 rows is an error in matplotlib: use at least one row"),
    )
    expect_true(
        bool(with_pictures(drawn(student, images, pred_labels, true_labels, [1, 3]))),
        tr("showpics draws nothing, whatever the indices are."),
        given=tr("indices {indices}", indices=[1, 3]),
        came=tr("a figure without pictures"),
        expected=tr("a figure with their pictures"),
        hint=tr("one imshow in a subplot of its own for each index"),
    )
