"""A submission on its way between processes: from who read it, past the supervisor, to a scorer."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from grader.sandbox.frames import Header
from grader.submissions.loading import LoadPlan, Submission
from grader.submissions.shown_text import shown

MAX_SOURCE_BYTES = 500_000
_FIRST_SOURCE = 2
"""After two buffers of places; see `pack_submission`."""


@dataclass(frozen=True)
class PackedSubmission:
    """A submission as a small JSON table and buffers, ready for a frame; who passes it on need not unpack it."""

    table: dict[str, Any]
    buffers: tuple[bytes, ...]

    @property
    def name(self) -> str:
        return str(self.table["name"])

    @property
    def sha256(self) -> str:
        return str(self.table["sha256"])

    @property
    def source(self) -> str:
        """The text that is graded, or tried first; no more of it than `MAX_SOURCE_BYTES`."""
        return self.buffers[_FIRST_SOURCE][:MAX_SOURCE_BYTES].decode("utf-8", "replace")


class _Plan(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: Literal["whole", "needed", "sure", "plain"]
    left_out: list[str]
    unmade: list[tuple[str, str]]
    makers: list[tuple[int, list[str]]]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    file_name: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    notes: list[str]
    plans: Annotated[list[_Plan], Field(min_length=1)]


def checked_submission(table: Header, buffers: Sequence[bytes], name: str) -> PackedSubmission:
    """Return what a process sent that read hostile text: it must have the form that `pack_submission` gives it.

    Args:
        name: how the class calls the submission, whatever the table says.
    Raises:
        ValueError: it has not.
    """
    known = _Table.model_validate_json(json.dumps(table))
    cells, lines, *sources = buffers
    if len(sources) != len(known.plans) or len(cells) != len(lines) or len(cells) % array("L").itemsize:
        raise ValueError(f"{len(known.plans)} plans came with {len(buffers)} buffers")
    for source in sources:
        source.decode("utf-8", "surrogatepass")
    shown_ones = {"name": name, "file_name": shown(known.file_name) or "unnamed"}
    return PackedSubmission(known.model_dump() | shown_ones, tuple(buffers))


def pack_submission(submission: Submission) -> PackedSubmission:
    """Return a submission packed, without the text that its plans are made of; `unpack_submission` undoes it."""
    table = dict(vars(submission))
    del table["text"]
    places = table.pop("_origins")  # two numbers for each line, of which there may be two million
    origins = [array("L", (place[part] for place in places)).tobytes() for part in (0, 1)]
    table["plans"] = [asdict(plan) for plan in submission.plans]
    sources = [plan.pop("source").encode("utf-8", "surrogatepass") for plan in table["plans"]]
    return PackedSubmission(table, (*origins, *sources))


def unpack_submission(packed: PackedSubmission) -> Submission:
    """Return the submission that `pack_submission` packed."""
    cells, lines, *sources = packed.buffers
    plans = tuple(
        LoadPlan(
            plan["name"],
            source.decode("utf-8", "surrogatepass"),
            tuple(plan["left_out"]),
            tuple((name, sentence) for name, sentence in plan["unmade"]),
            tuple((line, tuple(names)) for line, names in plan["makers"]),
        )
        for plan, source in zip(packed.table["plans"], sources, strict=True)
    )
    origins = tuple(zip(array("L", cells), array("L", lines), strict=True))
    fields = {"plans": plans, "notes": tuple(packed.table["notes"]), "_origins": origins}
    return Submission(**(packed.table | fields))
