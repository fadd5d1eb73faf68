"""A child finds in its environment only where it may write, and nothing of whoever called the command."""

from __future__ import annotations

import os
import sys
import tempfile


def enter_scratch(scratch: str) -> None:
    """Make the scratch folder the working directory and the home of every library's files."""
    os.environ.clear()
    for name in ("HOME", "TMPDIR", "KERAS_HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME"):
        os.environ[name] = scratch
    os.environ.update(KERAS_BACKEND="tensorflow", MPLBACKEND="Agg", TF_CPP_MIN_LOG_LEVEL="3", LANG="C.UTF-8")
    os.chdir(scratch)
    tempfile.tempdir = None  # the server may have looked it up already
    sys.path[:] = [entry for entry in sys.path if entry]
