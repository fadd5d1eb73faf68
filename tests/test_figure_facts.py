"""What a figure shows, stated as data: real matplotlib figures."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("MPLBACKEND", "Agg")

import numpy as np
import pytest
from matplotlib.figure import Figure

from grader.assignment.public_tests.checks import figure_facts as figure_facts_module
from grader.assignment.public_tests.checks.figure_facts import figure_facts
from grader.sandbox.values import Decoder, Encoder

PICTURE = np.arange(784).reshape(28, 28)


@pytest.fixture
def figure() -> Iterator[Figure]:
    figure = Figure()
    yield figure
    figure.clear()


def subplots_of(figure: Figure) -> list[dict[str, object]]:
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
        assert np.array_equal(subplot["picture"], PICTURE + number)
        assert sorted(subplot["texts"]) == ["below", "inside", f"is {number}"]


def test_an_empty_subplot_does_not_count(figure: Figure) -> None:
    _first, second, third = figure.subplots(1, 3)
    second.imshow(PICTURE)
    third.set_title("only words")
    assert [subplot["picture"] is None for subplot in subplots_of(figure)] == [False, True]


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
