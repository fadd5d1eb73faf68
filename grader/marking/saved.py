"""A model of the student's, as it is kept when its worker is replaced."""

from __future__ import annotations

from dataclasses import dataclass

from grader.sandbox.values import Handle


@dataclass
class Saved:
    """A model as the bytes of its `.keras` file, to be brought back into a new worker."""

    data: bytes
    handle: Handle
