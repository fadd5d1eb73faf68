"""Part 3: saving and restoring a model."""

import numpy as np
import pytest

from .checks.expect import expect_array, expect_same, expect_true
from .checks.further_calls import cause_by_calling, told
from .checks.given_files import expect_read
from .checks.language import tr, trn
from .checks.messages import Cause, CheckFailed, raised_by_student
from .checks.written_files import elsewhere_cause, format_cause
from .test_training import images_for


def saved_bytes(student, files, model, name):
    """Return what save_model wrote, and the path."""
    path, before = files.path(name), files.times()
    student.save_model(model, path)
    try:
        return files.get(path), path
    except FileNotFoundError:
        raise CheckFailed(
            tr("save_model wrote no file."),
            given=tr('the path "{name}"', name=name),
            came=tr("no file there"),
            expected=tr("one .keras file at exactly this path"),
            cause=told(lambda: cause_by_calling(lambda: elsewhere_cause(before, files.times(), files.get, path))),
            hint="model.save(path)",
        ) from None
    except OSError as error:  # a folder, or a link that leads nowhere
        came = raised_by_student(error)
        if came is None:
            raise
        raise CheckFailed(
            tr("save_model wrote something that is not a .keras file."),
            given=tr('the path "{name}"', name=name),
            came=came,
            expected=tr("one .keras file at exactly this path"),
            hint="model.save(path)",
        ) from None


@pytest.mark.line("save.writes_file")
def test_save_model_writes_a_keras_file(student, files, ann):
    ann.check(lambda model, _what: expect_keras_file(saved_bytes(student, files, model, "saved.keras")[0]))


def expect_keras_file(data):
    """Check that what save_model wrote begins as a `.keras` file does."""
    expect_true(
        data[:4] == b"PK\x03\x04",
        tr("save_model wrote something that is not a .keras file."),
        came=trn("{count} byte of another format", "{count} bytes of another format", len(data)),
        expected=tr("a .keras file"),
        cause=format_cause(data),
        hint=tr("model.save(path), with a path that ends in .keras"),
    )


@pytest.mark.line("save.restores")
def test_restored_model_predicts_the_same(student, files, ann, outputs_of, rng):
    x = images_for("ann", rng, 16)
    ann.check(lambda model, _what: expect_restored(student, files, model, x, outputs_of))


def expect_restored(student, files, model, x, outputs_of):
    """Check that a model that went through save_model and restore_model has the same outputs."""
    wanted = outputs_of(model, x, any_width=True)
    data, path = saved_bytes(student, files, model, "kept.keras")
    restored = expect_read(
        student.restore_model,
        path,
        function="restore_model",
        given=tr("the file that save_model wrote"),
        expected=tr("a Keras model"),
        hint="return keras.models.load_model(path)",
    )
    expect_true(
        restored is not None and not isinstance(restored, np.ndarray | str | bool | tuple | list | dict),
        tr("restore_model returned something that is not a model."),
        came=type(restored).__name__,
        expected=tr("a Keras model"),
        hint="return keras.models.load_model(path)",
    )
    came = outputs_of(restored, x, any_width=True)
    expect_array(came, function=tr("the restored model"), given=tr("pictures"), shape=wanted.shape)

    def unread():
        if student.restore_model(files.path("nothing-here.keras")) is None:
            return ""
        return Cause(
            tr("a missing file gives a model, too: is the path used at all?"),
            tr("load the model from the path that is given: keras.models.load_model(path)"),
        )

    def made_anew():
        again = outputs_of(student.restore_model(path), x, any_width=True)
        if not np.allclose(again, came, rtol=0, atol=1e-4):
            words = tr("restored twice, the outputs differ: the weights are made anew, not read from the file")
            return Cause(words, "return keras.models.load_model(path)")
        _data, other = saved_bytes(student, files, model, "again.keras")
        again = outputs_of(student.restore_model(other), x, any_width=True)
        words = tr("saved twice, the outputs differ: is it the model that was given?")
        return "" if np.allclose(again, came, rtol=0, atol=1e-4) else Cause(words, "model.save(path)")

    expect_same(
        came,
        wanted,
        function=tr("the restored model"),
        given=tr("the same pictures"),
        expected=tr("the outputs of the model that was saved"),
        hint=tr("save the whole model, not only its structure: model.save(path)"),
        tolerance=1e-4,
        # The last one saves once more, which tells what was written in a check of its own, whatever became of that.
        proven=lambda: format_cause(data) or cause_by_calling(unread) or cause_by_calling(made_anew),
    )
