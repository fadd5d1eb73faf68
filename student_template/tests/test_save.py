"""Part 3: saving and restoring a model."""

from typing import Any

import numpy as np
import pytest

from .checks.diagnosis import cause_by_calling
from .checks.expect import expect_array, expect_same, expect_true
from .checks.language import tr, trn
from .checks.messages import Cause, CheckFailed, is_told, raised_by_student
from .checks.path_checks import expect_read
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
            cause=lambda: cause_by_calling(lambda: elsewhere_cause(before, files.times(), files.get, path)),
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
def test_save_model_writes_a_keras_file(student, files, ann, outputs_of, rng):
    x = images_for("ann", rng, 16)
    ann.check(lambda model, _what: expect_saved(student, files, model, x, outputs_of))


def expect_saved(student, files, model, x, outputs_of):
    """Check that what save_model wrote is a `.keras` file, and holds the model that it was given."""
    data, _path = saved_bytes(student, files, model, "saved.keras")
    expect_true(
        data[:4] == b"PK\x03\x04",
        tr("save_model wrote something that is not a .keras file."),
        came=trn("{count} byte of another format", "{count} bytes of another format", len(data)),
        expected=tr("a .keras file"),
        cause=lambda: format_cause(data),
        hint=tr("model.save(path), with a path that ends in .keras"),
    )
    wanted, came = outputs_of(model, x, any_width=True), outputs_of(data, x, any_width=True)
    options: dict[str, Any] = {
        "function": tr("the model in the file that save_model wrote"),
        "given": tr("the same pictures"),
    }
    expect_array(came, shape=wanted.shape, **options)
    expect_same(
        came,
        wanted,
        expected=tr("the outputs of the model that was saved"),
        hint="model.save(path)",
        tolerance=1e-4,
        cause="",
        **options,
    )


@pytest.mark.line("save.restores")
def test_restored_model_predicts_the_same(student, files, ann, keras_file, outputs_of, rng):
    x = images_for("ann", rng, 16)
    ann.check(lambda model, _what: expect_restores(student, files, model, x, keras_file, outputs_of))


def expect_restores(student, files, model, x, keras_file, outputs_of):
    """Check restore_model by the file that save_model wrote, or by one that is surely right: one of them is enough."""
    problem = None
    try:
        return expect_restored(student, files, model, x, outputs_of)
    except Exception as error:
        if not is_told(error):
            raise
        problem = error
    try:
        return expect_restored(student, files, model, x, outputs_of, keras_file(model))
    except Exception as error:
        if not is_told(error):
            raise
        raise problem if saves(student, files, model) else error from None


def saves(student, files, model):
    """Tell whether save_model writes a `.keras` file at all."""
    try:
        return saved_bytes(student, files, model, "again.keras")[0][:4] == b"PK\x03\x04"
    except Exception as error:
        if not is_told(error):
            raise
        return False


def expect_restored(student, files, model, x, outputs_of, sound=None):
    """Check that a model that went through save_model and restore_model has the same outputs.

    With `sound`, the bytes of a file that is surely right, restore_model is tested alone.
    """
    wanted = outputs_of(model, x, any_width=True)
    if sound is None:
        data, path = saved_bytes(student, files, model, "kept.keras")
    else:
        data, path = sound, files.put("given.keras", sound)
    restored = expect_read(
        student.restore_model,
        path,
        function="restore_model",
        given=tr("the file that save_model wrote") if sound is None else tr("a .keras file"),
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
        """Tell a path that is not used from a network that is made where there is no file alone."""
        nothing = outputs_of(student.restore_model(files.path("nothing-here.keras")), x, any_width=True)
        again = outputs_of(student.restore_model(path), x, any_width=True)
        if np.allclose(again, came, rtol=0, atol=1e-4) and not np.allclose(nothing, came, rtol=0, atol=1e-4):
            return ""
        return Cause(
            tr("a missing file gives a model, too: the path is not used"),
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
