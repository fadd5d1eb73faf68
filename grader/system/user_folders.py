"""The folders of whoever runs the command: for settings, and for what can be made again (XDG Base Directory)."""

from __future__ import annotations

import os
from pathlib import Path

from grader.system.errors import UsageError


def config_folder(*, instead: str) -> Path:
    """Return this user's `digitlab` folder for settings; it need not exist. See `_below_home`."""
    return _below_home("XDG_CONFIG_HOME", ".config", instead)


def cache_folder(*, instead: str) -> Path:
    """Return this user's `digitlab` folder for what can be made or fetched again; it need not exist."""
    return _below_home("XDG_CACHE_HOME", ".cache", instead)


def _below_home(variable: str, usual: str, instead: str) -> Path:
    """Return the folder that an environment variable names, else the usual one in this user's home.

    Args:
        instead: what to do where there is no home, to end a message.
    Raises:
        UsageError: there is none: a container's user without HOME and without an entry in the table of users.
    """
    if named := os.environ.get(variable):
        return Path(named) / "digitlab"
    try:
        return Path.home() / usual / "digitlab"
    except RuntimeError as error:
        raise UsageError(
            f"user {os.getuid()} has no home folder: HOME is not set, and the system does not know this user. {instead}"
        ) from error
