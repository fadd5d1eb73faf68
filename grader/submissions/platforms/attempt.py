"""What a learning platform's download says of one submission: one record, whatever the platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Attempt:
    """One attempt of one student or group."""

    student: str
    """Tells students apart, whatever their names: the platform's id, or the name where it has none."""
    name: str
    """How reports call the student or the group."""
    files: Mapping[str, Path]
    """What was handed in, by the student's own names; more than one when the platform lays them side by side.
    Nothing where the platform tells of a submission that is not there."""
    order: tuple[str, int] = ("", 0)
    """When it was handed in, where the platform says so (UTC, ISO 8601), and its number: the largest is the last."""
    late: bool = False
    members: tuple[str, ...] = ()
    """Ids or names of all students of a group; empty for a single student."""
    called: str = ""
    """The whole name that the download has, where `name` is a part of it."""
