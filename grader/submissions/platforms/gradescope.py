"""Gradescope's export: folders ``submission_123`` and ``submission_metadata.yml``, which says whose they are and when.

Its keys are Ruby's symbols (``:submitters``). Every attempt that the export holds is a folder of its own. It has no
late marks.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from grader.submissions.platforms.attempt import Attempt
from grader.submissions.shown_text import shown
from grader.system.errors import UsageError
from grader.system.file_errors import read_given, why_not_read

TITLE = "submission_metadata.yml"
METADATA = "submission_metadata.yml"
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.(?P<fraction>\d+))?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
"""As Gradescope writes it (2026-11-30 18:33:06.527587000 Z), and as ISO 8601 has it."""
_FOLDER = re.compile(r"submission_[0-9]+")


def is_ours(path: Path) -> bool:
    """Tell whether this is the export's list of submissions, or one of their folders."""
    return path.name == METADATA or (_FOLDER.fullmatch(path.name) is not None and path.is_dir())


def read(paths: Sequence[Path]) -> list[Attempt]:
    """Return one record for each submission that the metadata tells of; without files where its folder is missing.

    Raises:
        UsageError: the metadata is no YAML, or not what Gradescope writes.
    """
    metadata = paths[0].parent / METADATA
    folders = {path.name: path for path in paths if path.name != METADATA and is_ours(path)}
    try:
        # Texts alone: a number would lose its zeros in front (00123), and Ruby's own types are only tags.
        table = yaml.load(read_given(metadata), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
        shared = _shared_sids(table.values())
        return [_record(name, facts, folders.get(name), shared) for name, facts in table.items()]
    except OSError as error:
        raise UsageError(f"{METADATA}: {why_not_read(error)}. Give the export as Gradescope made it.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"{METADATA}: cannot be read as YAML ({shown(str(error), 200)}). Export the submissions again."
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise UsageError(
            f"{METADATA}: is not what Gradescope writes ({type(error).__name__}: {error}). Expected for each "
            "submission_NUMBER its :submitters with :name and :sid or :email. Export the submissions again."
        ) from error


def _shared_sids(submissions: Iterable[dict[str, Any]]) -> set[str]:
    """Return the ids that several people have, which tell nobody apart: they are typed by hand."""
    people: dict[str, set[str]] = {}
    for facts in submissions:
        for one in facts[":submitters"]:
            people.setdefault(_text(one.get(":sid")), set()).add(_text(one.get(":email")) or str(one[":name"]))
    return {sid for sid, of_sid in people.items() if len(of_sid) > 1}


def _record(folder_name: str, facts: dict[str, Any], folder: Path | None, shared: Collection[str]) -> Attempt:
    submitters = facts[":submitters"]
    ids = [_id_of(one, shared) for one in submitters]
    return Attempt(
        student="+".join(sorted(ids)) or folder_name,
        name=", ".join(str(one[":name"]) for one in submitters) or folder_name,
        files={} if folder is None else {folder.name: folder},
        order=(_utc(facts.get(":created_at")), int(folder_name.rpartition("_")[2])),
        members=tuple(ids) if len(ids) > 1 else (),
    )


def _id_of(submitter: dict[str, Any], shared: Collection[str]) -> str:
    sid = _text(submitter.get(":sid"))
    return (sid if sid not in shared else "") or _text(submitter.get(":email")) or str(submitter[":name"])


def _text(value: object) -> str:
    """Return a YAML text; nothing for what YAML has for nothing."""
    return "" if value in {None, "~", "null", "Null", "NULL"} else str(value)


def _utc(written: object) -> str:
    """Return a moment as UTC in ISO 8601; nothing where there is none that can be read."""
    found = _MOMENT.fullmatch(_text(written).strip())
    if found is None:
        return ""
    zone = (found["zone"] or "Z").replace("Z", "+00:00")
    try:
        moment = datetime.datetime.fromisoformat(f"{found['date']}T{found['time']}{zone}")
    except ValueError:
        return ""
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    return moment.replace(microsecond=int(fraction)).astimezone(datetime.UTC).isoformat(timespec="microseconds")
