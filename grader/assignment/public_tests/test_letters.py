"""Part 5: EMNIST letters."""

import functools

import numpy as np
import pytest

from .checks.diagnosis import cause_by_calling
from .checks.differences import TRANSPOSED
from .checks.expect import expect_array, expect_error, expect_same, expect_true
from .checks.idx_files import gzip_bytes, idx_bytes
from .checks.language import tr, trn
from .checks.messages import Cause, CheckFailed, describe, is_told, raised_by_student
from .checks.path_checks import expect_read, expect_taken
from .checks.sure_letters import LETTERS, likenesses, sure_pictures

LEARNED_FROM = 260
"""Letters that a network read while it was trained, enough for a share."""
MANY_READ = 1 / 3
"""No network gets there that is given other pictures than it was trained with."""


def put_letters(files, images, labels, *, compressed=True):
    """Write upright images and labels 0..25 as EMNIST stores them: transposed, and from 1 to 26."""
    contents = [idx_bytes(images.transpose(0, 2, 1)), idx_bytes((labels + 1).astype(np.uint8))]
    ending = ".gz" if compressed else ""
    names = [f"letters-images-idx3-ubyte{ending}", f"letters-labels-idx1-ubyte{ending}"]
    return [
        files.put(name, gzip_bytes(content) if compressed else content)
        for name, content in zip(names, contents, strict=True)
    ]


def loaded_letters(student, files, images, labels, *, compressed=True):
    """Return what load_emnist_letters makes of files, compressed or not.

    Where mnist_parse_file does not read this kind, which is asked elsewhere, it is asked for the other one.
    """
    try:
        return letters_of(student, files, images, labels, compressed=compressed)
    except Exception as error:
        if not is_told(error) or reads_kind(student, files, images, labels, compressed=compressed):
            raise
        try:
            return letters_of(student, files, images, labels, compressed=not compressed)
        except Exception as other:
            if not is_told(other):
                raise
        raise error from None


def reads_kind(student, files, images, labels, *, compressed):
    """Tell whether mnist_parse_file takes such files, compressed or not."""
    try:
        student.mnist_parse_file(put_letters(files, images, labels, compressed=compressed)[1])
    except Exception as error:
        if not is_told(error):
            raise
        return False
    return True


def letters_of(student, files, images, labels, *, compressed):
    paths = put_letters(files, images, labels, compressed=compressed)
    came = expect_read(
        lambda images_path: student.load_emnist_letters(images_path, paths[1]),
        paths[0],
        function="load_emnist_letters",
        given=tr("valid EMNIST files of {count} pictures and labels", count=len(labels)),
        expected="(images, labels)",
        hint="mnist_parse_file(images_path), mnist_parse_file(labels_path)",
        refusals=(ValueError,),
        look_further=lambda error: cause_by_calling(
            lambda: unread_cause(student, files, paths, error) or misread_cause(student, paths, images, labels)
        ),
    )
    expect_true(
        isinstance(came, tuple | list) and len(came) == 2,
        tr("load_emnist_letters returned something else than a pair."),
        came=type(came).__name__,
        expected="(images, labels)",
        hint="return images, labels",
    )
    return [*came, paths]


def misread_cause(student, paths, images, labels):
    """Name which of the two files mnist_parse_file does not read rightly, though it refuses neither."""
    for path, stored, words in (
        (paths[0], images.transpose(0, 2, 1), tr("mnist_parse_file does not read the file of the pictures rightly")),
        (paths[1], labels + 1, tr("mnist_parse_file does not read the file of the labels rightly")),
    ):
        if not np.array_equal(student.mnist_parse_file(path), stored):
            return Cause(words, tr("fix mnist_parse_file first; its tests show what is wrong"))
    return ""


def unread_cause(student, files, paths, error):
    """Name which of the two files is not read, by mnist_parse_file or at all."""
    words = tr("mnist_parse_file refuses the pictures alone"), tr("mnist_parse_file refuses the labels alone")
    for path, text in zip(paths, words, strict=True):
        if error_of(student.mnist_parse_file, path):
            return Cause(text, tr("fix mnist_parse_file first; its tests show what is wrong"))
    same = error_of(student.load_emnist_letters, paths[0], files.path("nothing-here")) == own_words(error)
    return tr("the same error without a file of labels: is `labels_path` used?") if same else ""


def error_of(call, *paths):
    """Return what the student's function says when it refuses these files; nothing when it reads them."""
    try:
        call(*paths)
    except Exception as error:
        if raised_by_student(error) is None:
            raise
        return own_words(error)
    return ""


def own_words(error):
    return f"{type(error).__name__}: {getattr(error, 'message', error)}"


def some_letters(rng, count):
    return rng.integers(0, 128, (count, 28, 28), dtype=np.uint8), rng.integers(0, 26, count)


@pytest.mark.line("letters.upright")
def test_letters_are_upright(student, files, rng):
    images, labels = some_letters(rng, 9)
    given = tr("EMNIST files with 9 letters, stored transposed")
    came, other, paths = loaded_letters(student, files, images, labels)

    def misread():
        return cause_by_calling(lambda: misread_cause(student, paths, images, labels))

    instead = {
        (9,): tr("these are the labels: is `images_path` read?")
        if getattr(other, "shape", None) == labels.shape
        else tr("these are the labels: the two results are exchanged"),
        (28, 28, 9): tr("all three axes are turned round: the first one, of the pictures, stays where it is"),
    }
    what, upright = "load_emnist_letters: images", tr("swap the last two dimensions: images.transpose(0, 2, 1)")
    came = expect_array(
        came, function=what, given=given, shape=(9, 28, 28), instead=instead, hint=upright, proven=misread
    )
    expect_true(
        not np.array_equal(came, images.transpose(0, 2, 1)),
        tr("load_emnist_letters returned the letters lying on their side."),
        given=given,
        came=tr("pictures as they are stored: rows and columns swapped"),
        expected=tr("upright pictures"),
        hint=upright,
    )
    hint = tr("only rows and columns are swapped: no rotation, no mirror")
    expected = tr("each picture of the file, upright")
    expect_same(
        came,
        images,
        function="load_emnist_letters",
        given=given,
        expected=expected,
        hint=hint,
        proven=lambda: misread() or moved_cause(came, images.transpose(0, 2, 1)),
    )


def moved_cause(came, stored):
    """Name what was done to the pictures of the file instead of swapping rows and columns."""
    rotated = tr("the pictures of the file were rotated; swapping rows and columns is no rotation")
    mirrored = tr("the pictures of the file were mirrored; swapping rows and columns is another move")
    for axis in (1, 2):
        if np.array_equal(np.flip(stored, axis), came):
            return mirrored
    return rotated if any(np.array_equal(np.rot90(stored, turns, (1, 2)), came) for turns in (1, 2, 3)) else ""


@pytest.mark.line("letters.labels")
@pytest.mark.parametrize("compressed", [True, False])
def test_labels_start_at_zero(student, files, rng, compressed):
    images, labels = some_letters(rng, 12)
    labels[:2] = 0, 25
    given = tr("EMNIST files with 12 letters, labels 1 to 26")
    other, came, paths = loaded_letters(student, files, images, labels, compressed=compressed)
    instead = {
        images.shape: tr("these are the pictures: is `labels_path` read?")
        if getattr(other, "shape", None) == images.shape
        else tr("these are the pictures: the two results are exchanged")
    }
    what = "load_emnist_letters: labels"
    came = expect_array(came, function=what, given=given, shape=(12,), kind="integer", instead=instead)
    wrapped = bool((came == (labels + 1) % 26).all())
    expect_same(
        came,
        labels,
        function="load_emnist_letters",
        given=given,
        expected=tr("the labels of the file, each less 1"),
        cause=tr("% 26 makes 0 of 26: Z became 0, and all others stayed 1 too large") if wrapped else None,
        proven=lambda: cause_by_calling(lambda: misread_cause(student, paths, images, labels)),
        hint=tr("subtract 1: A is 0, Z is 25"),
    )


@pytest.mark.line("letters.count_mismatch")
@pytest.mark.parametrize(("images", "labels"), [(5, 4), (3, 9)])
def test_files_of_different_length(student, files, rng, images, labels):
    given = tr("pictures: {images}, labels: {labels}", images=images, labels=labels)

    def load(images, labels, *, compressed):
        some_images, some_labels = some_letters(rng, images)[0], some_letters(rng, labels)[1]
        return student.load_emnist_letters(*put_letters(files, some_images, some_labels, compressed=compressed))

    sound = [functools.partial(load, images, images, compressed=compressed) for compressed in (True, False)]
    taken = expect_taken(sound, function="load_emnist_letters", given=given)
    expect_error(
        ValueError,
        lambda: load(images, labels, compressed=not taken),
        function="load_emnist_letters",
        given=given,
        hint=tr("compare the two lengths and raise ValueError"),
    )


def letters_cause(came):
    """Name what letter_of gives for the labels 0 to 25 instead of A to Z."""
    if not all(isinstance(letter, str) for letter in came):
        return ""
    if came == list("abcdefghijklmnopqrstuvwxyz"):
        return tr("small letters, not capital ones")
    if came[:-1] == list("BCDEFGHIJKLMNOPQRSTUVWXYZ"):
        return tr("the letters of the labels 1 to 26: off by 1")
    return tr("the letters of the labels -1 to 24: off by 1") if came[1:] == list("ABCDEFGHIJKLMNOPQRSTUVWXY") else ""


def letter_for(student, label):
    """Return what letter_of gives for a label; to refuse one from 0 to 25 is a failed check."""

    def look():
        if isinstance(label, np.integer) and student.letter_of(int(label)):
            return Cause(tr("NumPy's integers are refused, and predict_letters gives them"), "int(label)")
        if student.letter_of(1) == "A" and student.letter_of(26) == "Z":
            return tr("1 is A here, as in EMNIST's files: load_emnist_letters has subtracted 1 already")
        return ""

    return expect_read(
        lambda _path: student.letter_of(label),
        "",
        function="letter_of",
        given=tr("the label {label}", label=label),
        expected=chr(ord("A") + label),
        hint='chr(ord("A") + label)',
        refused=tr("letter_of refused a label."),
        refusals=(ValueError,),
        look_further=lambda _error: cause_by_calling(look),
    )


@pytest.mark.line("letters.letter_of")
def test_letter_of(student):
    labels = (*range(25), np.int64(25))  # predict_letters gives NumPy's integers
    came = [letter_for(student, label) for label in labels]
    expect_true(
        all(isinstance(letter, str) for letter in came) and came == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        tr("letter_of returned other letters."),
        given=tr("the labels 0 to 25"),
        came=", ".join(describe(letter) for letter in came[:3]) + ", ...",
        expected="A, B, C, ... Z",
        cause=lambda: letters_cause(came),
        hint='chr(ord("A") + label)',
    )


@pytest.mark.line("letters.letter_of_range")
@pytest.mark.parametrize("label", [-1, 26, 100])
def test_letter_of_refuses_other_labels(student, label):
    given = tr("the label {label}", label=label)
    expect_taken(
        [functools.partial(student.letter_of, sound) for sound in (0, 7, 25)], function="letter_of", given=given
    )
    expect_error(
        ValueError,
        lambda: student.letter_of(label),
        function="letter_of",
        given=given,
        hint=tr('"ABC"[-1] is "C" in Python: check the range first'),
    )


@pytest.mark.line("letters.model")
def test_letters_model(student, examine):
    facts = examine(student.build_letters_model(), own_design=True)
    expect_true(
        facts.input_shape == (28, 28, 1) and facts.output_shape == (26,) and facts.compiled,
        tr("build_letters_model returned the wrong kind of model."),
        came=tr("input {input}, output {output}, compiled", input=facts.input_shape, output=facts.output_shape)
        if facts.compiled
        else tr("input {input}, output {output}, not compiled", input=facts.input_shape, output=facts.output_shape),
        expected=tr("input (28, 28, 1), output (26,), compiled"),
        hint=tr("one output for each letter; compile it before you return it"),
    )


@pytest.mark.train
@pytest.mark.line("letters.train")
def test_train_letters_returns_a_model(trained_letters):
    expect_true(
        trained_letters.is_model,
        tr("train_letters returned something that is not a model."),
        came=trained_letters.type_name,
        expected=tr("the trained model"),
        hint=tr("return the model, not the History"),
    )


def predicted(student, model, images, what):
    """Return the labels that predict_letters gives for pictures, after checking that they are labels."""
    given = trn("{what} and {count} picture", "{what} and {count} pictures", len(images), what=what)
    came = expect_array(
        student.predict_letters(model, images),
        function="predict_letters",
        given=given,
        shape=(len(images),),
        kind="integer",
    )
    expect_true(
        came.min(initial=0) >= 0 and came.max(initial=0) <= 25,
        tr("predict_letters returned labels outside 0 to 25."),
        given=given,
        came=tr("values {low} to {high}", low=came.min(), high=came.max()),
        expected=tr("values 0 to 25"),
        hint=tr("the labels start at 0: A is 0"),
    )
    return came


@pytest.mark.line("letters.predict")
@pytest.mark.parametrize("count", [31, 1])
def test_predict_letters(student, letters_network, letters, count):
    letters_network.check(lambda model, what: predicted(student, model, letters.test_images[:count], what))


@pytest.mark.line("letters.reads")
def test_predict_letters_reads_what_a_network_knows(student, sure_letters, letters, rng):
    """Of a network that knows 26 letters all are read, however they are prepared; of the student's own, many are."""
    order = rng.permutation(LETTERS)
    pictures, labels = sure_pictures()[order], order

    failed = []

    def check(model, what):
        try:
            if what == sure_letters.own_words:
                expect_read_surely(student, model, pictures, labels, what)
            else:
                expect_many_read(student, model, letters, what)
        except CheckFailed as error:
            failed.append(error)
            raise failed[0] from None  # what the network that knows them showed tells more

    sure_letters.check(check)


def expect_read_surely(student, model, pictures, labels, what):
    """Check that predict_letters gives the labels of pictures that a network knows."""
    came = predicted(student, model, pictures, what)
    expect_true(
        bool((came == labels).all()),
        tr("predict_letters returned wrong labels."),
        given=tr("{what}, and the 26 letters that it knows", what=what),
        came=tr("{count} of 26 right", count=int((came == labels).sum())),
        expected=tr("the label of each: the network is sure of them, whether pixels are scaled or not"),
        cause=lambda: sure_cause(came, pictures, labels),
        hint=tr("np.argmax over axis=1 of model.predict(...), for the pictures as they were given: they are upright"),
    )


def sure_cause(came, pictures, labels):
    """Name what labels are instead of those of pictures that a network knows."""
    if (came == labels + 1).all():
        return tr("every label is 1 too large: off by 1")
    if (came == likenesses(pictures.transpose(0, 2, 1)).argmax(axis=1)).all():
        return tr(TRANSPOSED)
    return "" if np.ptp(came) else tr("every value is {value:.4g}", value=float(came[0]))


def expect_many_read(student, model, letters, what):
    """Check that predict_letters reads letters that the student's own network learned from, far more than by chance."""
    came = predicted(student, model, letters.train_images[:LEARNED_FROM], what)
    right = float(np.mean(came == letters.train_labels[:LEARNED_FROM]))
    expect_true(
        right > MANY_READ,
        tr("predict_letters returned wrong labels."),
        given=tr("{what}, and {count} letters that it learned from", what=what, count=LEARNED_FROM),
        came=tr("{share} right", share=f"{right:.0%}"),
        expected=tr("far more right ones than by chance"),
        hint=tr("prepare the pictures as train_letters does, and take the class with the largest output"),
    )
