"""What a rubric line may use while the student's code runs for it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.assignment.public_tests.checks.language import tr
from grader.marking.child_session import WALL_FACTOR
from grader.sandbox.frames import MAX_BODY_BYTES


@dataclass
class LineLimits:
    """What is left of a rubric line's time, counted only while the student's code runs."""

    time_s: float
    """Processor time; on the clock it may be `WALL_FACTOR` times as much."""
    memory_mib: int
    used_s: float = 0.0
    """On the clock."""
    used_cpu_s: float = 0.0
    answer_bytes: int = MAX_BODY_BYTES
    """What its answers may still hold, in all: the scorer keeps them in its memory."""

    @property
    def left_cpu_s(self) -> float:
        return max(self.time_s - self.used_cpu_s, 0.001)

    @property
    def in_all(self) -> str:
        """Words that explain a smaller limit than the line has: an earlier call took its part."""
        if self.used_cpu_s > self.time_s / 10:
            return " " + tr("(of the {seconds:g} s that this line has in all)", seconds=self.time_s)
        if self.used_s > (wall_s := self.time_s * WALL_FACTOR) / 10:
            return " " + tr("(of the {seconds:g} s on the clock that this line has in all)", seconds=wall_s)
        return ""

    @property
    def left_s(self) -> float:
        return max(self.time_s * WALL_FACTOR - self.used_s, 0.001)
