"""What a figure shows, stated as data: real matplotlib figures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("MPLBACKEND", "Agg")

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from grader.assignment.public_tests.checks import figure_facts as figure_facts_module
from grader.assignment.public_tests.checks.figure_facts import figure_facts
from grader.assignment.public_tests.test_showpics import shows
from grader.sandbox.values import Decoder, Encoder

PICTURE = np.random.default_rng(2).integers(0, 784, (28, 28))


@pytest.fixture
def figure() -> Iterator[Figure]:
    figure = Figure()
    yield figure
    figure.clear()


def subplots_of(figure: Figure) -> list[dict[str, Any]]:
    """Return the facts as they arrive in the scorer."""
    encoder = Encoder()
    node = encoder.encode(figure_facts(figure))
    return Decoder(encoder.buffers, resolve=lambda *_: None).decode(node)["subplots"]


def test_each_subplot_has_its_picture_and_texts_in_order(figure: Figure) -> None:
    for number, axes in enumerate(figure.subplots(2, 2).flat):
        axes.imshow(PICTURE + number)
        axes.set_title(f"is {number}")
        axes.set_xlabel("below")
        axes.text(1, 1, "inside")
    facts = subplots_of(figure)
    assert len(facts) == 4
    for number, subplot in enumerate(facts):
        assert len(subplot["pictures"]) == 1
        assert np.array_equal(subplot["pictures"][0], PICTURE + number)
        assert sorted(subplot["texts"]) == ["below", "inside", f"is {number}"]


def test_an_empty_subplot_does_not_count(figure: Figure) -> None:
    _first, second, third = figure.subplots(1, 3)
    second.imshow(PICTURE)
    third.set_title("only words")
    assert [len(subplot["pictures"]) for subplot in subplots_of(figure)] == [1, 0]


def add_image(axes: Axes) -> None:
    axes.add_image(mimage(axes))


def add_artist(axes: Axes) -> None:
    axes.add_artist(mimage(axes))


def mimage(axes: Axes) -> AxesImage:
    image = AxesImage(axes, cmap="gray")
    image.set_data(PICTURE)
    return image


def annotate(axes: Axes) -> None:
    axes.add_artist(AnnotationBbox(OffsetImage(PICTURE, cmap="gray"), (0.5, 0.5)))


def points(axes: Axes) -> None:
    rows, columns = np.mgrid[:28, :28]
    axes.scatter(columns, rows, c=PICTURE, marker="s")
    axes.invert_yaxis()


def lying_mesh(axes: Axes) -> None:
    axes.pcolormesh(PICTURE[::-1], cmap="gray")


def mesh_with_colour_bar(axes: Axes) -> None:
    axes.get_figure().colorbar(axes.pcolormesh(PICTURE), ax=axes)


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.imshow(PICTURE),
        lambda axes: axes.matshow(PICTURE),
        lambda axes: axes.imshow(PICTURE, origin="lower"),
        lambda axes: axes.imshow(PICTURE[::-1], origin="lower"),
        lambda axes: axes.pcolormesh(PICTURE),
        lambda axes: axes.pcolormesh(PICTURE, shading="gouraud"),
        lambda axes: axes.pcolormesh(np.repeat(PICTURE[..., None] / 784, 3, axis=2)),
        lambda axes: axes.pcolor(PICTURE),
        lambda axes: axes.pcolorfast(PICTURE),
        lying_mesh,
        mesh_with_colour_bar,
        points,
        add_image,
        add_artist,
        annotate,
    ],
)
def test_a_picture_is_found_however_it_is_drawn(figure: Figure, draw: Callable[[Axes], object]) -> None:
    left, right = figure.subplots(1, 2)
    draw(left)
    left.set_title("3")
    right.set_title("5")
    first, second = subplots_of(figure)
    assert any(shows({"pictures": [picture]}, PICTURE) for picture in first["pictures"])
    assert first["texts"] == ["3"]
    assert not second["pictures"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.contourf(PICTURE),
        lambda axes: axes.plot(PICTURE[0]),
        lambda axes: axes.scatter(range(9), range(9), c=range(9)),
        lambda axes: axes.hist2d(range(9), range(9)),
    ],
)
def test_what_holds_no_picture_is_none(figure: Figure, draw: Callable[[Axes], object]) -> None:
    axes = figure.subplots()
    draw(axes)
    axes.set_title("3")
    assert [subplot["pictures"] for subplot in subplots_of(figure)] == [[]]


def test_pictures_on_the_figure_itself_have_the_texts_nearest_to_them(figure: Figure) -> None:
    figure.figimage(PICTURE, 10, 10)
    figure.figimage(PICTURE.T, 200, 10)
    figure.text(15, 45, "left", transform=None)
    figure.text(205, 45, "right", transform=None, color="red")
    first, second = subplots_of(figure)
    assert shows(first, PICTURE)
    assert shows(second, PICTURE.T)
    assert (first["texts"], second["texts"]) == (["left"], ["right"])
    assert first["marks"] != second["marks"]


def test_a_picture_on_the_figure_over_a_subplot_is_that_subplots(figure: Figure) -> None:
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_title("3")
    figure.figimage(PICTURE, 50, 50)
    (subplot,) = subplots_of(figure)
    assert shows(subplot, PICTURE)


def test_a_figure_in_a_figure_is_looked_at(figure: Figure) -> None:
    for number, inner in enumerate(figure.subfigures(1, 2)):
        inner.add_axes((0.1, 0.1, 0.8, 0.7)).imshow(PICTURE)
        inner.text(0.5, 0.5, f"is {number}")
    assert [subplot["texts"] for subplot in subplots_of(figure)] == [["is 0"], ["is 1"]]


def test_no_subplots_are_no_facts(figure: Figure) -> None:
    assert subplots_of(figure) == []


def test_titles_at_the_sides_count(figure: Figure) -> None:
    axes = figure.subplots()
    axes.set_title("left", loc="left")
    axes.set_title("right", loc="right")
    assert subplots_of(figure)[0]["texts"] == ["left", "right"]


def marks_of(**style: object) -> object:
    figure = Figure()
    axes = figure.subplots()
    axes.imshow(PICTURE, cmap=style.pop("cmap", "gray"))
    axes.set_title(style.pop("text", "3 / 5"), **style)
    return subplots_of(figure)[0]["marks"]


@pytest.mark.parametrize("text", ["1 / 7", "A / B", "0 / 9"])
def test_the_label_itself_is_no_mark(text: str) -> None:
    assert marks_of(text=text) == marks_of()


@pytest.mark.parametrize(
    "style",
    [{"color": "red"}, {"cmap": "Reds"}, {"fontweight": "bold"}, {"text": "3 / 5 wrong"}, {"text": "3 != 5"}],
    ids=str,
)
def test_a_colour_a_weight_a_word_or_a_sign_is_a_mark(style: dict[str, object]) -> None:
    assert marks_of(**style) != marks_of()


def test_a_frame_around_the_picture_is_a_mark(figure: Figure) -> None:
    plain, framed = figure.subplots(1, 2)
    for axes in (plain, framed):
        axes.imshow(PICTURE)
    for spine in framed.spines.values():
        spine.set_edgecolor("red")
        spine.set_linewidth(3)
    first, second = subplots_of(figure)
    assert first["marks"] != second["marks"]


def test_very_many_subplots_are_cut(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure_facts_module, "MAX_AXES", 3)
    for number in range(5):
        figure.add_axes((0, 0, 1, 1)).set_title(str(number))
    assert [subplot["texts"] for subplot in subplots_of(figure)] == [["0"], ["1"], ["2"]]
