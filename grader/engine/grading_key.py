"""What a result hangs on besides the submission, as keys: where one is the same, nothing need be graded again.

They cover every file of the grader that grading can reach, the skeletons that the pictures are drawn from, the versions
of Python and of the libraries that compute, the settings, the confinement, and the secret. There is one key for each
part of the rubric: of the tests and the rubric's lines it covers those of the part's section alone (`Rubric.sections`),
so a changed test has that section graded again, and no other.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from grader.engine.grade import Grader
from grader.results.grading_sources import section_digests, sources_digest
from grader.results.journal_index import GradingKey, WorkKey
from grader.submissions import digest

_LIBRARIES = ("tensorflow", "keras", "numpy", "opencv-python-headless", "matplotlib", "pytest", "nbformat", "ipython")


def grading_key(run: Grader, salt: bytes) -> GradingKey:
    """Return the keys of a run's gradings.

    The secret cannot be tried out on them cheaply: it goes through scrypt, with a salt of the output folder.
    """
    slow = hashlib.scrypt(run.settings.secret, salt=salt, n=1 << 14, r=8, p=1)
    facts = grading_facts(run)
    parts: dict[str, str] = {}
    for section, sources in section_digests(run.rubric, run.settings.lang).items():
        text = json.dumps(facts | {"grader": sources}, sort_keys=True)
        parts |= dict.fromkeys(section, hmac.new(slow, text.encode(), "sha256").hexdigest())
    return GradingKey({part: parts[part] for part in run.rubric.parts})


def grading_facts(run: Grader) -> dict[str, Any]:
    """Return all that gradings hang on but the secret: two runs of the same facts and secret give the same results."""
    settings = run.settings
    return {
        "grader": sources_digest(),
        "libraries": {"python": platform.python_version()} | {name: _version(name) for name in _LIBRARIES},
        "dataset": (settings.dataset, run.data.name, run.data.notes, _data_digest(run.data.folder)),
        "lang": settings.lang,
        "limits": (settings.time_s, settings.memory_mib),
        "confinement": (run.confinement.level, run.confinement.layers),
    }


def work_key(path: Path, grading: str, own_name: str | None = None) -> WorkKey:
    """Return the key of one submission's result. Its file's name counts: messages name it.

    Args:
        grading: `GradingKey.whole`.
        own_name: how its author called the file, where the path has a platform's name, of which the student's or the
            group's is a part: who is renamed has handed in nothing anew. Empty for a folder that is the platform's.
    """
    named = f"{path.name if own_name is None else own_name}\0{digest(path)}".encode("utf-8", "surrogateescape")
    return WorkKey(hashlib.sha256(named).hexdigest(), grading)


def _data_digest(folder: str | None) -> str | None:
    return None if folder is None else digest(Path(folder))


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""  # another build of it, such as opencv-python
