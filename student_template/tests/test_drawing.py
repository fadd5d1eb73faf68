"""Part 4: one's own drawing."""

import numpy as np
import pytest

from .checks.diagnosis import cause_by_calling
from .checks.differences import ALIKE, likeness, picture_cause
from .checks.expect import expect_array, expect_error, expect_number, expect_true
from .checks.language import tr
from .checks.messages import Cause, describe
from .checks.outputs import (
    EXACT,
    SCORES_TOLERANCE,
    SUM_TOLERANCE,
    are_scores_of,
    expect_scores_of,
    scaled_cause,
    scores_cause,
)
from .checks.path_checks import expect_found, expect_read, expect_taken, unused_path_cause

MIDDLE = 127
SAME = 1e-6
"""Scores of one network and one drawing differ by less."""
SURE = 0.99
"""A score that networks may have in common."""
NEARLY_NONE = 1 / 4
"""A grey value: by less than this the pixels of cubic interpolation are off, on average."""
DARK = 127
"""A pixel above it is nearer to white."""
FAINT = 32
"""Ink of a 32nd: a drawing whose values are not scaled makes no network all but sure of one digit."""


def encoded(picture, ending=".png"):
    """Return a picture as the bytes of a file."""
    import cv2  # here, so that one without OpenCV is told what is missing, not that the tests cannot be read

    done, data = cv2.imencode(ending, picture)
    assert done
    return data.tobytes()


def expect_drawing(student, files, picture, *, given, name="drawing.png", lost="", light_paper=False, shape=None):
    """Return what load_drawing makes of a picture with some ink, as uint8 (28, 28), after checking that it is there.

    Its type and its size are asked elsewhere, but for a `shape`; so is which of ink and paper is light where
    `light_paper` is allowed. `lost` says why there is no ink.
    """
    ending = name[name.rindex(".") :]

    def unused():
        return cause_by_calling(lambda: unused_path_cause(student.load_drawing, files.path(f"no-file{ending}"), came))

    came = expect_read(
        student.load_drawing,
        files.put(name, encoded(picture, ending)),
        function="load_drawing",
        given=given,
        expected=tr("an array of shape {shape}", shape="(28, 28)"),
        hint="cv2.imread(path, cv2.IMREAD_GRAYSCALE)",
    )
    hint = tr("resize to (28, 28) and keep uint8; cv2.IMREAD_GRAYSCALE gives one channel")
    came = expect_array(came, function="load_drawing", given=given, hint=hint)
    came = expect_array(as_picture(came, shape), function="load_drawing", given=given, shape=(28, 28), hint=hint)
    border = np.concatenate([came[0], came[-1], came[:, 0], came[:, -1]])
    if light_paper and np.median(border) > MIDDLE:
        return 255 - came
    expect_true(
        float(np.median(border)) < 60,
        tr("load_drawing gave light paper."),
        given=given,
        came=tr("a border of about {value:.0f}", value=np.median(border)),
        expected=tr("a border near 0: light ink on black"),
        cause=lambda: unused() or inverted_cause(came, picture),
        hint=tr("Paint draws dark on white: 255 - picture when the paper is light"),
    )
    expect_true(
        int(came.max()) > 120,
        tr("load_drawing lost the ink."),
        given=given,
        came=tr("values up to {highest}", highest=came.max()),
        expected=tr("ink near 255"),
        cause=tr("ink of 1: divided by 255 and cut off to whole numbers, or made of True and False")
        if came.max() == 1 and not np.median(border)
        else lost,
        hint=tr("invert only when the paper is light; do not divide by 255 here"),
    )
    return came


def as_picture(came, shape=None):
    """Return an array as uint8 (28, 28) where it shows a picture: values up to 1 are stretched, colours made gray."""
    import cv2

    picture = came.astype(float)
    picture = picture.mean(axis=2) if picture.ndim == 3 and picture.shape[2] in (1, 3, 4) else picture
    if picture.ndim != 2 or not picture.size or picture.shape != (shape or picture.shape):
        return came
    if came.dtype.kind == "f" and np.abs(picture).max() <= 1:
        picture = picture * 255
    if picture.shape != (28, 28):
        picture = cv2.resize(picture, (28, 28), interpolation=cv2.INTER_AREA)
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


def through_the_middle(picture):
    """Move a drawing, dark on white, so that there is ink in its middle: the middle tells nothing of the paper."""
    import cv2

    ink = cv2.erode((picture < DARK).astype(np.uint8), np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(ink if ink.any() else picture < DARK)
    middle = np.array(picture.shape) // 2
    nearest = np.argmin((rows - middle[0]) ** 2 + (columns - middle[1]) ** 2)
    return np.roll(picture, (middle[0] - rows[nearest], middle[1] - columns[nearest]), (0, 1))


def inverted_cause(came, picture):
    """Name a drawing that is the given one, light where it should be dark."""
    import cv2

    gray = picture if picture.ndim == 2 else picture[..., :3].mean(axis=-1).astype(np.uint8)
    small = cv2.resize(gray, came.shape[::-1], interpolation=cv2.INTER_AREA)
    is_dark_on_light = np.median(np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])) > DARK
    if likeness(came, small if is_dark_on_light else 255 - small) <= 0.8:
        return ""
    if is_dark_on_light:
        return tr("the drawing is dark on white, and it was not inverted")
    return tr("the drawing is light on black already, and it was inverted")


def wrapped_cause(came, picture):
    """Name a uint8 picture that was inverted by another minus: what is below 0 begins again at 255."""
    if likeness(came, 255 - picture) > ALIKE:
        return ""
    came = came.astype(int)
    unwrapped = (
        (came - 1, tr("-picture of uint8 makes 0 of 0 and 1 of 255")),
        (came - 2, tr("1 - picture of uint8 makes 1 of 0 and 2 of 255")),
        (-came, tr("picture - 255 of uint8 makes 1 of 0 and 0 of 255")),
    )
    words = next((words for ink, words in unwrapped if likeness(ink % 256, 255 - picture) > ALIKE), "")
    return Cause(words, "255 - picture") if words else ""


@pytest.mark.line("drawing.dark_on_white")
@pytest.mark.parametrize(("character", "name"), [("8", "drawing.png"), ("1", "drawing.png"), ("5", "drawing.jpg")])
def test_dark_on_white(student, files, drawing, character, name):
    import cv2

    picture = through_the_middle(drawing(character))
    came = expect_drawing(student, files, picture, given=tr("a 56x56 drawing, dark on white"), name=name)
    wanted = 255 - cv2.resize(picture, (28, 28), interpolation=cv2.INTER_AREA)
    nowhere = files.path("nobody-drew-this.png")
    expect_true(
        likeness(came, wanted) > 0.8,
        tr("load_drawing returned the wrong picture."),
        given=tr("a 56x56 drawing, dark on white"),
        came=tr("ink in other places"),
        cause=lambda: (
            cause_by_calling(lambda: unused_path_cause(student.load_drawing, nowhere, came))
            or wrapped_cause(came, 255 - wanted)
            or picture_cause(came, wanted)
        ),
        expected=tr("the same drawing, smaller and inverted"),
        hint=tr("cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC), and no transposition"),
    )


@pytest.mark.line("drawing.light_on_black")
@pytest.mark.parametrize("character", ["2", "9"])
def test_light_on_black(student, files, drawing, character):
    picture = 255 - through_the_middle(drawing(character))
    came = expect_drawing(student, files, picture, given=tr("a 56x56 drawing, light on black"))
    expect_alike(came, picture, tr("a 56x56 drawing, light on black"))


def expect_alike(came, light_on_black, given):
    """Check that load_drawing gave this picture (any size, light on black), smaller."""
    import cv2

    wanted = cv2.resize(light_on_black, (28, 28), interpolation=cv2.INTER_AREA)
    expect_true(
        likeness(came, wanted) > 0.8,
        tr("load_drawing returned the wrong picture."),
        given=given,
        came=tr("ink in other places"),
        expected=tr("the same drawing, light on black"),
        cause=lambda: picture_cause(came, wanted),
        hint=tr("find out which of the two colours is the paper, for example from the border"),
    )


@pytest.mark.line("drawing.cubic")
@pytest.mark.parametrize("character", ["4", "8"])
def test_cubic_interpolation(student, files, drawing, character):
    import cv2

    picture = drawing(character)
    came = expect_drawing(student, files, picture, given=tr("a 56x56 drawing"), light_paper=True).astype(int)
    wanted = 255 - cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC).astype(int)
    inverted_first = cv2.resize(255 - picture, (28, 28), interpolation=cv2.INTER_CUBIC).astype(int)
    off = min(np.abs(came - other).mean() for other in (wanted, inverted_first))
    expect_true(
        off < NEARLY_NONE,
        tr("load_drawing resizes in the wrong way."),
        given=tr("a 56x56 drawing"),
        came=tr("pixels that are off by {off:.2f} on average", off=off),
        expected=tr("cubic interpolation"),
        hint="cv2.resize(picture, (28, 28), interpolation=cv2.INTER_CUBIC)",
    )


@pytest.mark.line("drawing.uint8")
def test_uint8_28x28(student, files, drawing):
    path, given = files.put("three.jpg", encoded(drawing("3"), ".jpg")), tr("a 56x56 JPEG")
    hint = tr("resize to (28, 28) and keep uint8; cv2.IMREAD_GRAYSCALE gives one channel")
    wanted = tr("an array of shape {shape}", shape="(28, 28)")
    came = expect_read(student.load_drawing, path, function="load_drawing", given=given, expected=wanted, hint=hint)
    expect_array(came, function="load_drawing", given=given, shape=(28, 28), kind="uint8", hint=hint)


@pytest.mark.line("drawing.missing_file")
def test_missing_file(student, files, drawing):
    expect_found(student.load_drawing, files.put("there.png", encoded(drawing("3"))))
    expect_error(
        FileNotFoundError,
        lambda: student.load_drawing(files.path("nobody-drew-this.jpg")),
        function="load_drawing",
        given=tr("a path where there is no file"),
        hint=tr("cv2.imread returns None and raises nothing: look for the file yourself"),
    )


@pytest.mark.line("drawing.not_a_picture")
@pytest.mark.parametrize("content", [b"this is not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_not_a_picture(student, files, drawing, content):
    given, there = tr("a file that is not a picture"), files.put("there.png", encoded(drawing("3")))
    expect_taken([lambda: student.load_drawing(there)], function="load_drawing", given=given)
    expect_error(
        ValueError,
        lambda: student.load_drawing(files.put("notes.jpg", content)),
        function="load_drawing",
        given=given,
        hint=tr("cv2.imread and cv2.imdecode return None then: check it and raise ValueError"),
    )


def expect_predicted(student, files, model, picture, outputs_of, *, shape, what):
    """Check scores and label of predict_drawing against the model's outputs on what load_drawing gives."""
    path = files.put("own.png", encoded(picture))
    came = student.predict_drawing(model, path)
    given = tr("{what} and a drawing", what=what)
    expect_true(
        isinstance(came, tuple | list) and len(came) == 2,
        tr("predict_drawing returned something else than a pair."),
        given=given,
        came=type(came).__name__,
        expected="(scores, label)",
        hint="return scores, label",
    )
    is_label = isinstance(came[0], int | np.integer)
    is_exchanged = is_label and np.shape(came[1]) == (10,)
    exchanged = tr("this is the label: the two results are exchanged")
    instead = {(): exchanged if is_exchanged else tr("a label, not the scores")} if is_label else None
    what, hint = "predict_drawing: scores", "return scores, label" if is_label else ""
    scores = expect_array(came[0], function=what, given=given, shape=(10,), kind="float", instead=instead, hint=hint)
    expect_true(
        not (isinstance(came[1], float | np.floating) and came[1] == scores.max()),
        tr("{function} returned something that is not an int.", function="predict_drawing: label"),
        given=given,
        came=describe(came[1]),
        expected=tr("one {kind}", kind="int"),
        cause=tr("the largest score itself, not the class that it belongs to"),
        hint="int(np.argmax(scores))",
    )
    label = int(expect_number(came[1], function="predict_drawing: label", given=given, kind="int"))
    drawing = expect_array(student.load_drawing(path), function="load_drawing", given=tr("a drawing"), shape=(28, 28))
    prepared = drawing.reshape(1, *shape).astype(np.float32) / 255
    outputs = outputs_of(model, prepared)
    expect_true(
        abs(float(scores.sum()) - 1) < SUM_TOLERANCE and float(scores.min()) >= 0,
        tr("predict_drawing returned scores that are not probabilities."),
        given=given,
        came=tr(
            "values {low:.3g} to {high:.3g} with the sum {sum:.3g}",
            low=scores.min(),
            high=scores.max(),
            sum=scores.sum(),
        ),
        expected=tr("values from 0 to 1 with the sum 1"),
        cause=scores_cause(scores[np.newaxis], outputs),
        hint=tr("predict_scores gives probabilities for both networks"),
    )
    hint = tr("prepare the drawing as the training pictures were (0 to 1, the right shape), then predict_scores")
    expect_scores_of(
        scores[np.newaxis],
        outputs,
        function="predict_drawing",
        given=given,
        hint=hint,
        look_further=lambda: (
            cause_by_calling(
                lambda: unscaled_cause(student, files, model, (255 - picture) // FAINT, outputs_of, shape=shape)
            )
            or scaled_cause(
                lambda factor: are_scores_of(scores[np.newaxis], outputs_of(model, prepared * factor), EXACT)
            )
            or prepared_otherwise_cause(student, model, drawing, scores, outputs_of, prepared)
            or unused_cause(student, files, model, path, scores, outputs_of, prepared)
        ),
    )
    expect_true(
        0 <= label < 10 and scores[label] >= scores.max() - 1e-4,
        tr("predict_drawing returned a label that does not fit its scores."),
        given=given,
        came=tr("label {label}, but the largest score belongs to {largest}", label=label, largest=int(scores.argmax())),
        expected=tr("the class with the largest score"),
        hint="int(np.argmax(scores))",
    )


def prepared_otherwise_cause(student, model, drawing, scores, outputs_of, prepared):
    """Name a preparation that is wrong, where the scores are those of what it gives for the drawing."""
    function = "prepare_ann" if prepared.ndim == 2 else "prepare_cnn"

    def look():
        other = np.asarray(getattr(student, function)(drawing[np.newaxis]), np.float32)
        if other.shape != prepared.shape or np.allclose(other, prepared, rtol=0, atol=1e-5):
            return ""
        if not are_scores_of(scores[np.newaxis], outputs_of(model, other)):
            return ""
        words = tr("{function} does not prepare this drawing rightly", function=function)
        return Cause(words, tr("fix {function} first; its tests show what is wrong", function=function))

    return cause_by_calling(look)


def unused_cause(student, files, model, path, scores, outputs_of, prepared):
    """Name a parameter of predict_drawing that is not used: without a file, or with another model, the same comes."""

    def scores_of(model, path):
        return np.asarray(student.predict_drawing(model, path)[0])

    def look():
        if not np.allclose(scores_of(model, path), scores, rtol=0, atol=SAME):
            return tr("asked twice, other scores come: is a network of its own made in it?")
        other = student.build_ann() if prepared.ndim == 2 else student.build_cnn()
        ours, theirs = (outputs_of(network, prepared) for network in (model, other))  # of one seed they are the same
        is_same = np.allclose(scores_of(other, path), scores, rtol=0, atol=SAME) and scores.max() < SURE
        is_told = is_same and not np.allclose(ours, theirs, rtol=0, atol=SCORES_TOLERANCE)
        return tr("a different network gives the same scores: `model` is not used") if is_told else ""

    nowhere = files.path("nobody-drew-this.png")
    return cause_by_calling(
        lambda: unused_path_cause(lambda path: scores_of(model, path), nowhere, scores)
    ) or cause_by_calling(look)


def unscaled_cause(student, files, model, picture, outputs_of, *, shape):
    """Name a drawing that reaches the network as it is, by a faint one (the scores of a full one are all 0 and 1)."""
    path = files.put("faint.png", encoded(picture))
    scores = np.asarray(student.predict_drawing(model, path)[0])
    drawing = np.asarray(student.load_drawing(path)).reshape(1, *shape).astype(np.float32)
    outputs, scaled = outputs_of(model, drawing), outputs_of(model, drawing / 255)
    alike = np.allclose(outputs, scaled, rtol=0, atol=2 * SCORES_TOLERANCE)
    if alike or not are_scores_of(scores.reshape(1, -1), outputs):
        return ""
    return tr("the network was given values from 0 to 255, not from 0 to 1: the division by 255 is missing")


@pytest.mark.line("drawing.predict_cnn")
def test_predict_drawing_with_the_convolutional_network(student, files, drawing, cnn, outputs_of):
    def check(model, what):
        expect_predicted(student, files, model, drawing("7"), outputs_of, shape=(28, 28, 1), what=what)

    cnn.check(check)


@pytest.mark.line("drawing.predict_ann")
def test_predict_drawing_with_the_dense_network(student, files, drawing, ann, outputs_of):
    def check(model, what):
        expect_predicted(student, files, model, drawing("3"), outputs_of, shape=(784,), what=what)

    ann.check(check)
