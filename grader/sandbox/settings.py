"""What a student's code sets for the whole process holds while that code runs, and not for what the worker does itself.

Settings, not attacks: a worker that is lied to or broken on purpose says what its student's code says, and no more.
"""

from __future__ import annotations

import contextlib
import gc
import locale
import os
import random
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

_PENDING = ("SIGALRM", "SIGVTALRM", "SIGPROF", "SIGUSR1", "SIGUSR2", "SIGHUP", "SIGINT", "SIGCHLD", "SIGIO", "SIGWINCH")
"""Signals that wait while the worker itself is at work: a handler of the student's could raise anywhere."""
KERAS = ("floatx", "image_data_format", "epsilon")


@dataclass(frozen=True)
class Setting:
    """One setting of a process: how it is read, and how such a value is put back."""

    read: Callable[[], Any]
    write: Callable[[Any], Any]


class StudentSettings:
    """Keeps apart the settings of the worker, which are in force, and those of the student's code.

    Args:
        settings: in the order in which they are put back.
    """

    def __init__(self, settings: tuple[Setting, ...] | None = None) -> None:
        self._settings = process_settings() if settings is None else settings
        self._theirs = [setting.read() for setting in self._settings]
        self._set_ours()
        self._ours = [setting.read() for setting in self._settings]
        self.folder = os.getcwd()  # noqa: PTH109 -- as the rest of the worker
        """Where the student's code is."""

    def _set_ours(self) -> None:
        """Begin with settings that suit the worker, whatever a zygote has."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in _PENDING})
        warnings.simplefilter("ignore")
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- theirs may be closed

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """Let the student's settings hold for a block; what it sets holds again the next time."""
        self._write(self._theirs)
        try:
            yield
        finally:
            self._theirs = [setting.read() for setting in self._settings]
            self.folder = _folder()
            self._write(self._ours)

    def _write(self, values: list[Any]) -> None:
        for setting, value in zip(self._settings, values, strict=True):
            with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):  # a folder that is gone, say
                setting.write(value)


def process_settings() -> tuple[Setting, ...]:
    """Return the settings of Python, NumPy, Keras, TensorFlow and matplotlib that code changes at the top of a module.

    The bound on calls inside one another comes first: the rest needs some.
    """
    return (
        Setting(sys.getrecursionlimit, sys.setrecursionlimit),
        Setting(lambda: signal.pthread_sigmask(signal.SIG_BLOCK, ()), _set_mask),
        Setting(sys.gettrace, sys.settrace),
        Setting(sys.getprofile, sys.setprofile),
        Setting(lambda: (sys.stdout, sys.stderr, sys.stdin), _set_streams),
        Setting(lambda: (list(warnings.filters), warnings.showwarning), _set_warnings),
        Setting(lambda: dict(os.environ), _set_environment),
        Setting(lambda: tempfile.tempdir, lambda folder: setattr(tempfile, "tempdir", folder)),
        Setting(_folder, os.chdir),
        Setting(_mask_of_files, os.umask),
        Setting(lambda: locale.setlocale(locale.LC_ALL, None), lambda name: locale.setlocale(locale.LC_ALL, name)),
        Setting(gc.isenabled, lambda enabled: gc.enable() if enabled else gc.disable()),
        Setting(random.getstate, random.setstate),
        Setting(np.random.get_state, np.random.set_state),
        Setting(np.geterr, lambda how: np.seterr(**how)),
        Setting(np.geterrcall, np.seterrcall),
        Setting(np.get_printoptions, lambda how: np.set_printoptions(**how)),
        Setting(_keras, _set_keras),
        Setting(_matplotlib, _set_matplotlib),
    )


def _set_mask(mask: Any) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _set_streams(streams: tuple[Any, Any, Any]) -> None:
    sys.stdout, sys.stderr, sys.stdin = streams


def _set_warnings(kept: tuple[list[Any], Any]) -> None:
    warnings.resetwarnings()  # tells Python that they change
    warnings.filters[:], warnings.showwarning = kept  # type: ignore[index]


def _set_environment(environment: dict[str, str]) -> None:
    if dict(os.environ) != environment:
        os.environ.clear()
        os.environ.update(environment)


def _folder() -> str:
    """Return the current folder by the kernel's own word; `/` for one that is gone or deeper than a path may be.

    `os.getcwd` of such a deep one looks into each folder above it, for minutes.
    """
    try:
        return os.readlink("/proc/self/cwd")  # noqa: PTH115 -- no pathlib in a child's path
    except OSError:
        return "/"


def _mask_of_files() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _keras() -> dict[str, Any]:
    if "keras" not in sys.modules:
        return {}
    import keras
    import tensorflow
    from keras.src.backend.common import global_state  # asking `keras.config` for the policy would settle it

    found: dict[str, Any] = {name: getattr(keras.config, name)() for name in KERAS}
    policy = global_state.get_global_attribute("dtype_policy")
    return found | {"policy": policy, "eager": tensorflow.config.functions_run_eagerly()}


def _set_keras(values: dict[str, Any]) -> None:
    if not values:
        return
    import keras
    import tensorflow
    from keras.src.backend.common import global_state

    for name in KERAS:
        getattr(keras.config, f"set_{name}")(values[name])
    global_state.set_global_attribute("dtype_policy", values["policy"])
    if values["eager"] != tensorflow.config.functions_run_eagerly():
        tensorflow.config.run_functions_eagerly(values["eager"])


def _matplotlib() -> dict[str, Any]:
    matplotlib = sys.modules.get("matplotlib")
    return dict.copy(matplotlib.rcParams) if matplotlib else {}


def _set_matplotlib(values: dict[str, Any]) -> None:
    """Put back what was valid once, without asking matplotlib anew, which would look for a screen."""
    if values:
        dict.update(sys.modules["matplotlib"].rcParams, values)
