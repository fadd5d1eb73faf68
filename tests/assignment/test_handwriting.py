"""Tests of grader/handwriting: forms, evenness, determinism, normalisation, pictures and every error."""

import hashlib

import numpy as np
import pytest

from grader.assignment.handwriting import (
    GENERATOR_VERSION,
    GlyphError,
    HandwritingError,
    draw_digits,
    draw_letters,
    draw_picture,
)
from grader.assignment.handwriting.glyphs import CHARACTERS, load_glyph_file, load_glyphs
from grader.assignment.handwriting.ink import make_paper, roughen
from grader.assignment.handwriting.motion import Curves, move_pen
from grader.assignment.handwriting.normalise import ink_letters, legible_pen, shrink, upright_width
from grader.assignment.handwriting.sets import letter_ways
from grader.assignment.handwriting.splines import STEPS, stroke_matrix
from grader.assignment.handwriting.writers import (
    DIGITS,
    LETTERS,
    NEAT,
    choose_ways,
    make_writers,
    own_shapes,
    pen_widths,
)


def test_digits_have_the_promised_form():
    images, labels = draw_digits(103, seed=1)
    assert (images.shape, images.dtype, labels.shape, labels.dtype) == ((103, 28, 28), np.uint8, (103,), np.uint8)
    counts = np.bincount(labels, minlength=10)
    assert counts.max() - counts.min() == 1
    assert (images.max(axis=(1, 2)) > 200).all()


def test_letters_have_the_promised_form():
    images, labels = draw_letters(130, seed=1)
    assert (images.shape, images.dtype, labels.shape, labels.dtype) == ((130, 28, 28), np.uint8, (130,), np.uint8)
    assert np.bincount(labels).tolist() == [5] * 26
    assert (images.max(axis=(1, 2)) == 255).all()


@pytest.mark.parametrize("draw", [draw_digits, draw_letters])
def test_zero_images_are_an_empty_set(draw):
    images, labels = draw(0, seed=1)
    assert images.shape == (0, 28, 28)
    assert labels.shape == (0,)


def test_labels_are_shuffled():
    _, labels = draw_digits(1000, seed=1)
    assert np.count_nonzero(np.diff(labels.astype(int)) == 0) > 50


def test_class_weights_decide_how_often_a_class_is_drawn():
    weights = [0, 0, 0, 3, 0, 0, 0, 1, 0, 0]
    _, labels = draw_digits(2000, seed=1, class_weights=weights)
    assert set(labels.tolist()) == {3, 7}
    assert 1400 < np.count_nonzero(labels == 3) < 1600


@pytest.mark.parametrize("draw", [draw_digits, draw_letters])
def test_same_seed_draws_the_same_bytes_and_another_seed_others(draw):
    first, again, other = draw(60, seed=5)[0], draw(60, seed=5)[0], draw(60, seed=6)[0]
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_bytes_are_a_seed():
    assert draw_digits(20, seed=b"a")[0].tobytes() == draw_digits(20, seed=b"a")[0].tobytes()
    assert draw_digits(20, seed=b"a")[0].tobytes() != draw_digits(20, seed=b"b")[0].tobytes()


def test_digit_ink_fits_the_mnist_box_around_the_centre_of_mass():
    images, _ = draw_digits(500, seed=2)
    rows, columns = images.any(axis=2), images.any(axis=1)
    height = 28 - rows[:, ::-1].argmax(axis=1) - rows.argmax(axis=1)
    width = 28 - columns[:, ::-1].argmax(axis=1) - columns.argmax(axis=1)
    longest = np.maximum(height, width)
    assert (longest == 20).all()
    weight = images.astype(float)
    total = weight.sum(axis=(1, 2))
    centre = (weight.sum(axis=2) * np.arange(28)).sum(axis=1) / total
    assert np.mean(np.abs(centre - 14) <= 0.5 + 1e-9) > 0.98  # else the box would leave the image


def test_letter_ink_keeps_a_border():
    images, _ = draw_letters(500, seed=2)
    border = np.ones((28, 28), bool)
    border[1:-1, 1:-1] = False
    assert images[:, border].max() <= 2


@pytest.mark.parametrize("size", [28, 56, 512])
@pytest.mark.parametrize("invert", [False, True])
def test_picture_is_ink_on_paper_with_a_border_of_paper(size, invert):
    picture = draw_picture("B", seed=3, size=size, invert=invert)
    assert (picture.shape, picture.dtype) == ((size, size), np.uint8)
    paper, ink = (0, 255) if invert else (255, 0)
    assert (picture == ink).any()
    for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert (edge == paper).all()


def test_every_character_can_be_drawn():
    for character in CHARACTERS:
        assert (draw_picture(character, seed=0) == 0).sum() > 20, character


def test_every_character_has_two_ways_or_more():
    assert [character for character, ways in load_glyphs().items() if len(ways) < 2] == []


def test_stroke_passes_its_points_and_turns_sharply_at_a_doubled_one():
    points = np.array([[0, 0], [0.5, 0], [0.5, 0], [0.5, 1]])
    curve = stroke_matrix(points) @ points
    assert np.allclose(curve[[0, STEPS, -1]], [[0, 0], [0.5, 0], [0.5, 1]])
    assert np.allclose(curve[: STEPS + 1, 1], 0)


def test_length_of_a_glyph_is_that_of_its_strokes(tmp_path):
    path = tmp_path / "mine.toml"
    two = GLYPH.replace("[[0.5, 0.0], [0.5, 1.0]]", "[[0.5, 0.0], [0.5, 1.0]], [[0.0, 0.0], [0.3, 0.4]]")
    path.write_text(two, encoding="utf-8")
    assert load_glyph_file(path)[0].length == pytest.approx(1.5)


def test_the_pen_is_thinner_for_a_shape_of_much_line():
    one, many = load_glyphs()["1"][0], load_glyphs()["m"][0]
    writers, writer = make_writers(5, seed=1), np.arange(5)
    thick, thin = (pen_widths(glyph, writers, writer, np.random.default_rng(0)) for glyph in (one, many))
    assert one.length < many.length
    assert (thick > 1.1 * thin).all()


def test_neat_writers_differ_less():
    free, neat = (make_writers(500, 1, manner) for manner in (DIGITS, NEAT))
    assert np.mean(neat.care) == pytest.approx(NEAT.freedom * np.mean(free.care))
    glyph = load_glyphs()["k"][0]
    assert np.std(own_shapes(glyph, (0, 0), neat)) == pytest.approx(
        NEAT.freedom * np.std(own_shapes(glyph, (0, 0), free))
    )


def test_the_pen_of_letters_is_as_wide_for_all_shapes():
    writers, writer = make_writers(5, 1, LETTERS), np.arange(5)
    i, m = (pen_widths(load_glyphs()[name][0], writers, writer, np.random.default_rng(0)) for name in "im")
    assert np.array_equal(i, m)


def drawn_sizes(character):
    """Return the (width, height) of the curves of many samples of a letter by all writers, in heights of a capital."""
    writers, writer = make_writers(400, 1, LETTERS), np.arange(400)
    glyph = load_glyphs()[character][0]
    curves = move_pen(glyph, own_shapes(glyph, (0, 0), writers), writer, writers, np.random.default_rng(0))
    return np.ptp(curves.points, axis=1)


def chosen_ways(ways, label, writers):
    """Return the writer (K,) and the number of the way (K,) of 40 samples by each writer."""
    writer = np.repeat(np.arange(writers.count), 40)
    return writer, choose_ways(ways, label, writer, writers, np.random.default_rng(label))


@pytest.mark.parametrize("label", range(26))
def test_capitals_and_small_letters_are_as_common_in_each_class(label):
    ways = letter_ways(label)
    _, way = chosen_ways(ways, label, make_writers(600, 1, LETTERS))
    capital = np.array([glyph.character.isupper() for glyph in ways])[way]
    assert 0.42 < capital.mean() < 0.58


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_way_that_is_said_to_be_common_is_drawn_more_often_than_a_rare_one(character):
    ways = load_glyphs()[character]
    weights = np.array([glyph.weight for glyph in ways])
    _, way = chosen_ways(ways, 3, make_writers(600, 1, LETTERS))
    drawn = np.bincount(way, minlength=len(ways))
    assert drawn[weights.argmax()] > drawn[weights.argmin()] * min(weights.max() / weights.min(), 4) ** 0.4
    assert drawn.min() > 0


def test_a_writer_keeps_mostly_to_one_way_and_writers_differ():
    ways = load_glyphs()["a"]
    writer, way = chosen_ways(ways, 0, make_writers(200, 1, LETTERS))
    counts = np.zeros((200, len(ways)))
    np.add.at(counts, (writer, way), 1)
    favourite = counts.max(axis=1) / counts.sum(axis=1)
    assert favourite.mean() > 2 * counts.sum(axis=0).max() / counts.sum()
    assert len(set(counts.argmax(axis=1).tolist())) > len(ways) // 2


def test_small_letters_are_smaller_than_capitals_of_the_same_hand():
    small, long, capital = (np.median(drawn_sizes(character)[:, 1]) for character in "alA")
    assert 0.5 < small / capital < 0.7
    assert 0.9 < long / capital < 1.1


def test_a_small_letter_has_a_thicker_line_and_softer_edges_than_a_capital():
    """Both are brought to one size, as EMNIST does."""

    def measure(extent):
        points = np.zeros((20, 2, 2))
        points[:, 1, 1] = extent
        blank = np.full((512, 512), 128, np.uint8)
        images = ink_letters(blank, Curves(points, (0, 2)), np.full(20, 0.1), np.random.default_rng(0))
        row = images[:, 14].astype(int)
        return row.sum(axis=1).mean(), np.abs(np.diff(row, axis=1)).max()

    small, capital = measure(0.5), measure(1.0)
    assert small[0] > 1.5 * capital[0]
    assert small[1] < 0.9 * capital[1]


@pytest.mark.parametrize("draw", [draw_digits, draw_letters])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": -1}, "count must be 0 or more, got -1"),
        ({"writers": 0}, "writers must be 1 or more, got 0"),
        ({"seed": -1}, "seed must be 0 or more, got -1"),
        ({"seed": "x"}, "seed must be an int from 0 or bytes, got 'x'"),
        ({"class_weights": [1, 2]}, "class_weights must hold"),
    ],
)
def test_bad_argument_is_named(draw, arguments, message):
    with pytest.raises(HandwritingError, match=message):
        draw(**{"count": 5, "seed": 1, **arguments})


@pytest.mark.parametrize(
    ("weights", "message"),
    [([-1] + [1] * 9, "0 or more"), ([float("nan")] * 10, "finite"), ([0] * 10, "one above 0")],
)
def test_weights_that_are_no_probabilities_are_refused(weights, message):
    with pytest.raises(HandwritingError, match=message):
        draw_digits(5, seed=1, class_weights=weights)


@pytest.mark.parametrize("character", ["", "é", "12", "!"])
def test_unknown_character_is_refused(character):
    with pytest.raises(HandwritingError, match="character must be one of 0-9, A-Z, a-z, got"):
        draw_picture(character, seed=1)


@pytest.mark.parametrize("size", [27, 513])
def test_size_out_of_range_is_refused(size):
    with pytest.raises(HandwritingError, match=f"from 28 to 512 pixels, got {size}"):
        draw_picture("A", seed=1, size=size)


GLYPH = '[[glyph]]\ncharacter = "1"\nname = "n"\nweight = 1\nstrokes = [[[0.5, 0.0], [0.5, 1.0]]]\n'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[glyph]]", "[[glyph", "not a TOML file"),
        ("[[glyph]]", "[[glif]]", r"expected only \[\[glyph\]\] tables"),
        ("weight", "wait", "glyph 1 .*unknown or missing: wait, weight"),
        ('"1"', '"+"', "glyph 1 .*character is one of"),
        ("weight = 1", "weight = 0", "weight is a number above 0, got 0"),
        ("[[[0.5, 0.0], [0.5, 1.0]]]", "[]", "at least one stroke"),
        ("[[0.5, 0.0], [0.5, 1.0]]", "[[0.5, 0.0]]", "at least 2 points"),
        ("[0.5, 0.0]", "[0.5]", r"a point is \[x, y\]"),
        ("[0.5, 0.0]", "[0.5, 1.1]", r"lie between 0 and 1, got \[0.5, 1.1\]"),
        ("[0.5, 0.0]", "[0.5, 1.0]", "a corner inside a stroke"),
    ],
)
def test_bad_glyph_file_is_named(tmp_path, old, new, message):
    path = tmp_path / "mine.toml"
    path.write_text(GLYPH.replace(old, new), encoding="utf-8")
    with pytest.raises(GlyphError, match="mine.toml.*" + message):
        load_glyph_file(path)


def test_character_without_a_glyph_is_named(tmp_path, monkeypatch):
    (tmp_path / "glyphs").mkdir()
    (tmp_path / "glyphs" / "few.toml").write_text(GLYPH, encoding="utf-8")
    monkeypatch.setattr("grader.assignment.handwriting.glyphs.datasets_dir", lambda: tmp_path)
    load_glyphs.cache_clear()
    try:
        with pytest.raises(GlyphError, match="no glyph for 0 2 3"):
            load_glyphs()
    finally:
        load_glyphs.cache_clear()


def test_known_bytes():
    """The same seed and version give the same bytes: when they change on purpose, raise GENERATOR_VERSION."""
    drawings = [*draw_digits(50, seed=0), *draw_letters(52, seed=0), draw_picture("k", seed=0)]
    digest = hashlib.sha256(b"".join(drawing.tobytes() for drawing in drawings)).hexdigest()
    assert (GENERATOR_VERSION, digest) == (3, "d36e552be8e3bb2cc24e64a83cfe220f73af61a546c8c9805f3c8f6781213ccf")


def test_numpy_integers_are_seeds_as_ints_are():
    assert draw_digits(5, seed=np.int64(4))[0].tobytes() == draw_digits(5, seed=4)[0].tobytes()


def test_writers_of_a_set_differ_and_one_writer_keeps_a_slant():
    """The lean of the ones varies less when one person writes them all."""

    def spread_of_lean(writers):
        images, _ = draw_digits(300, seed=8, writers=writers, class_weights=[0, 1] + [0] * 8)
        columns = (images * np.arange(28.0)).sum(axis=2) / np.maximum(images.sum(axis=2), 1)
        return np.std(columns[:, 8] - columns[:, 20])

    assert spread_of_lean(1) < 0.8 * spread_of_lean(200)


def test_a_pen_that_would_blot_a_narrow_loop_is_narrowed_and_a_straight_line_keeps_its_pen():
    angle = np.linspace(0, 2 * np.pi, 60)
    loops = [np.stack([width * np.cos(angle), np.sin(angle)], axis=1) for width in (0.8, 0.3, 0.05)]
    line = np.linspace([0.4, 0.0], [-0.4, 1.0], 60)
    pen = np.full(4, 4.0)
    narrowed = legible_pen(Curves(np.stack([*loops, line]), (0, 60)), pen, 20)
    assert narrowed[[0, 3]].tolist() == [4, 4]
    assert 0.6 * 4 < narrowed[1] < 4
    assert narrowed[2] == pytest.approx(0.6 * 4)


def test_the_way_between_strokes_is_no_ink():
    strokes = np.array([[0.0, 0.0], [0.0, 1.0], [0.3, 0.0], [0.3, 1.0]])
    apart = legible_pen(Curves(strokes[None], (0, 2, 4)), np.array([6.0]), 20)
    joined = legible_pen(Curves(strokes[None], (0, 4)), np.array([6.0]), 20)
    assert joined[0] < apart[0]


def test_upright_width_does_not_depend_on_slant():
    points = np.random.default_rng(0).normal(0, 1, (3, 40, 2))
    slanted = points.copy()
    slanted[..., 0] -= np.array([0.3, -0.5, 1.0])[:, None] * points[..., 1]
    assert np.allclose(upright_width(points), upright_width(slanted))


def test_shrink_takes_the_mean_of_blocks():
    canvases = np.random.default_rng(0).integers(0, 256, (3, 8, 12)).astype(np.uint8)
    expected = canvases.reshape(3, 2, 4, 3, 4).mean(axis=(2, 4))
    assert np.abs(shrink(canvases, 4) - expected).max() <= 0.5 + 1e-6


def test_roughening_leaves_bare_paper_bare_and_full_ink_full():
    paper = make_paper(np.random.default_rng(0))
    for value in (0, 255):
        assert (roughen(np.full_like(paper, value), paper) == value).all()
