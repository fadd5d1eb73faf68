"""When root grades, each child runs under a user id of its own, which owns nothing but its scratch folder."""

from __future__ import annotations

import os

from grader.sandbox.layers.readable import library_folders

FIRST_ID = 61_440
"""Above the users of common systems, below 65,536, so that it exists in the namespace of a container too."""


def user_id(slot: int) -> int:
    """Return the user and group id of the child in a slot of its server."""
    return FIRST_ID + slot


def become(identity: int) -> None:
    """Become the user and the group of this number, without further groups.

    Raises:
        OSError: only root can.
    """
    os.setgroups([])
    os.setresgid(identity, identity, identity)
    os.setresuid(identity, identity, identity)


def check_libraries() -> None:
    """Check that the present user can read the packages: an interpreter in somebody's home may be closed to others.

    Raises:
        OSError
    """
    for folder in library_folders():
        if not os.access(folder, os.R_OK | os.X_OK):
            raise OSError(f"{folder} cannot be read by other users")
