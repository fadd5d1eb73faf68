"""A submission on its way from the supervisor to a scorer."""

from __future__ import annotations

import dataclasses
from typing import Any

from grader.submission import LoadPlan, Submission


def pack_submission(submission: Submission) -> tuple[dict[str, Any], list[bytes]]:
    """Return a submission as JSON and buffers; `unpack_submission` undoes it."""
    table = dataclasses.asdict(submission)
    buffers = [plan.pop("source").encode("utf-8", "surrogatepass") for plan in table["plans"]]
    return table, buffers


def unpack_submission(table: dict[str, Any], buffers: tuple[bytes, ...]) -> Submission:
    """Return the submission that `pack_submission` packed."""
    plans = tuple(
        LoadPlan(plan["name"], source.decode("utf-8", "surrogatepass"), tuple(plan["left_out"]))
        for plan, source in zip(table["plans"], buffers, strict=True)
    )
    origins = tuple((cell, line) for cell, line in table["_origins"])
    fields = {"plans": plans, "notes": tuple(table["notes"]), "_origins": origins}
    return Submission(**(table | fields))
