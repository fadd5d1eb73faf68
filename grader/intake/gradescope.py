"""Gradescope's export: folders ``submission_123`` and ``submission_metadata.yml``, which says whose they are and when.

Its keys are Ruby's symbols (``:submitters``). Every attempt that the export holds is a folder of its own. It has no
late marks.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from grader.errors import UsageError
from grader.intake.handed_in import HandedIn
from grader.submission.shown_text import shown

TITLE = "submission_metadata.yml"
METADATA = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_[0-9]+")


def is_ours(path: Path) -> bool:
    """Tell whether this is the export's list of submissions, or one of their folders."""
    return path.name == METADATA or (_FOLDER.fullmatch(path.name) is not None and path.is_dir())


def read(paths: Sequence[Path]) -> list[HandedIn]:
    """Return one record for each folder that the metadata tells of and that is there.

    Raises:
        UsageError: the metadata is no YAML, or not what Gradescope writes.
    """
    metadata = paths[0].parent / METADATA
    folders = {path.name: path for path in paths if path.name != METADATA and is_ours(path)}
    try:
        table = yaml.safe_load(metadata.read_bytes())
        return [_record(name, facts, folders[name]) for name, facts in table.items() if name in folders]
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise UsageError(
            f"{metadata}: cannot be read as YAML ({shown(str(error), 200)}). Export the submissions again."
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise UsageError(
            f"{metadata}: is not what Gradescope writes ({type(error).__name__}: {error}). Expected for each "
            "submission_NUMBER its :submitters with :name and :sid or :email. Export the submissions again."
        ) from error


def _record(folder_name: str, facts: dict[str, Any], folder: Path) -> HandedIn:
    submitters = facts[":submitters"]
    ids = [str(one.get(":sid") or one.get(":email") or one[":name"]) for one in submitters]
    return HandedIn(
        student="+".join(sorted(ids)),
        name=", ".join(str(one[":name"]) for one in submitters),
        files={folder.name: folder},
        order=(_utc(facts.get(":created_at")), int(folder_name.rpartition("_")[2])),
        members=tuple(ids) if len(ids) > 1 else (),
    )


def _utc(moment: object) -> str:
    if not isinstance(moment, datetime.datetime):
        return ""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return aware.astimezone(datetime.UTC).isoformat(timespec="microseconds")
