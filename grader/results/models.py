"""What a graded submission is: the types behind ``result.json`` (schema 2, described in docs/result-schema.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.system.errors import UsageError

SCHEMA = 2
"""What is written. Older ones are read: schema 1 is schema 2 without ``networks``."""

Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Outcome(StrEnum):
    """How a rubric line ended. The last one is a fault of ours and never a mark."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    CRASHED = "crashed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    SKIPPED = "skipped"
    GRADER_ERROR = "grader_error"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ItemResult(_Record):
    """One rubric line of one submission."""

    id: str
    points: Points
    max_points: Points
    outcome: Outcome
    title: str
    message: str = ""
    """For the student, in plain words; empty when there is nothing to say."""
    seconds: Points
    """Wall time that the student's own code took, by the scorer's clock."""

    @property
    def part(self) -> str:
        """The part of the rubric, with which its id starts."""
        return self.id.partition(".")[0]


class GraderInfo(_Record):
    """What graded: two results can be compared only when these agree."""

    version: str
    rubric_sha256: str
    dataset: str


class Confinement(_Record):
    """How the student's code was held, and what this machine could not offer."""

    level: str
    layers: tuple[str, ...]
    missing: tuple[str, ...]


class LayerSummary(_Record):
    """One layer of a network, as the examiner found it in the saved file."""

    layer: str
    """Kind and size: ``Conv2D 32 3x3``."""
    activation: str
    output_shape: tuple[int, ...]
    parameters: int


class PublicDigits(_Record):
    """How a trained network reads the test pictures that every student has."""

    pictures_sha256: str
    confusion: tuple[tuple[int, ...], ...]
    """Counts, 10 rows (the digit) of 10 columns (what it was read as)."""
    wrong: tuple[tuple[int, int], ...]
    """The first pictures that were read wrongly: number of the picture in the t10k file, and what it was read as."""


class NetworkSummary(_Record):
    """What a student page shows of one network; nothing of the pictures that are scored, and no point hangs on it."""

    name: str
    """``ann`` or ``cnn``."""
    layers: tuple[LayerSummary, ...] = ()
    public_digits: PublicDigits | None = None


LOOKED_AT_IN = {"layers": "builders", "public_digits": "training"}
"""The part of the rubric whose lines lead to each of what a `NetworkSummary` holds."""


class SubmissionResult(_Record):
    """A whole ``result.json``.

    ``score`` is None when a fault of the grader left a line without a mark: there is no mark then, not a zero.
    """

    schema_version: int = Field(default=SCHEMA, alias="schema", ge=1, le=SCHEMA)
    submission: str
    score: Points | None
    max_score: Points
    reason: str = ""
    """Why the submission as a whole could not be taken; empty when it was graded."""
    lang: str = "en"
    """The language of every text here; results from before there were several are English."""
    notes: tuple[str, ...] = ()
    """What the grader did with the submission that its author should know (cells left out, files not used)."""
    items: tuple[ItemResult, ...]
    networks: tuple[NetworkSummary, ...] = ()
    grader: GraderInfo
    confinement: Confinement
    submission_sha256: str
    started_at: str
    seconds: Points
    grader_log: str = ""
    """Tracebacks of grader faults, for the instructor. Never shown to a student."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def to_json(self) -> str:
        """Return the text of ``result.json``: indented, keys in the schema's order, newline at the end."""
        return json.dumps(self.to_table(), indent=2, ensure_ascii=False) + "\n"

    def to_table(self) -> dict[str, Any]:
        """Return what ``result.json`` holds, as plain values.

        File names on Linux may hold any bytes; Python shows the undecodable ones as lone surrogates, which JSON cannot
        carry. Their escapes are written instead, as text.
        """
        return {key: storable(value) for key, value in self.model_dump(by_alias=True, mode="python").items()}

    def with_kept(self, kept: SubmissionResult, parts: Mapping[str, bool]) -> SubmissionResult:
        """Return this result with the lines of an earlier one of the same submission.

        What is shown of networks comes from whichever of the two graded the part that looked at it, even if that found
        none. Notes are this grading's, which imported the module, if it tested any line. The time is this grading's,
        and what the student's code took in the lines that are kept.

        Args:
            parts: of the rubric, in its order: whether the lines of each are the earlier result's.
        """
        of = {part: kept if is_kept else self for part, is_kept in parts.items()}
        items = tuple(item for part, result in of.items() for item in result.items if item.part == part)
        layers, digits = (
            {look.name: getattr(look, what) for look in of[part].networks if getattr(look, what)} if part in of else {}
            for what, part in LOOKED_AT_IN.items()
        )
        networks = tuple(
            NetworkSummary(name=name, layers=layers.get(name, ()), public_digits=digits.get(name))
            for name in sorted(layers.keys() | digits.keys())
        )
        reasons = {result.reason for result in of.values()}
        return self.model_copy(
            update={
                "items": items,
                "score": total(items),
                "max_score": sum(item.max_points for item in items),
                "reason": "" if "" in reasons else next(iter(of.values())).reason,
                "notes": self.notes if self.items else kept.notes,
                "networks": networks,
                "seconds": round(self.seconds + sum(item.seconds for item in items if of[item.part] is kept), 3),
            }
        )

    @property
    def has_grader_error(self) -> bool:
        return any(item.outcome is Outcome.GRADER_ERROR for item in self.items)


def storable(value: Any) -> Any:
    """Return plain lists, dicts and texts that are all valid Unicode: lone surrogates as their escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: storable(item) for key, item in value.items()}
    return [storable(item) for item in value] if isinstance(value, list | tuple) else value


TIME_FIELDS = ("started_at", "seconds")
"""The only fields in which two gradings of the same submission may differ (also ``seconds`` of each item)."""


def total(items: tuple[ItemResult, ...]) -> float | None:
    """Return the sum of the points, or None when a grader fault left a line without a mark."""
    if any(item.outcome is Outcome.GRADER_ERROR for item in items):
        return None
    return round(sum(item.points for item in items), 2)


def parse_result(table: object, where: str) -> SubmissionResult:
    """Return the result that `SubmissionResult.to_table` made a table of; `where` names its place in an error.

    Raises:
        UsageError: it is not a result of this schema.
    """
    try:
        return SubmissionResult.model_validate_json(json.dumps(table))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the record"
        raise UsageError(
            f"{where}: not a result of schema {SCHEMA}: {place}: {first['msg']}. Grade the submission again."
        ) from error
