"""What a result hangs on besides the submission, as one key: where it is the same, nothing need be graded again.

It covers every file of the grader that grading can reach (tests and rubric among them), the skeletons that the pictures
are drawn from, the versions of Python and of the libraries that compute, the settings, the confinement, and the secret.
A changed test changes the key for whole submissions and not for single lines: lines share the networks that a
submission trains and the state of its module, so a line graded alone need not end as it does among the others.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from grader.grade import Grader
from grader.grading_sources import sources_digest
from grader.roll import WorkKey
from grader.submission import digest

_LIBRARIES = ("tensorflow", "keras", "numpy", "opencv-python-headless", "matplotlib", "pytest", "nbformat", "ipython")


def grading_key(run: Grader, salt: bytes) -> str:
    """Return the key of a run's gradings, in hex.

    The secret cannot be tried out on it cheaply: it goes through scrypt, with a salt of the output folder.
    """
    slow = hashlib.scrypt(run.settings.secret, salt=salt, n=1 << 14, r=8, p=1)
    return hmac.new(slow, json.dumps(grading_facts(run), sort_keys=True).encode(), "sha256").hexdigest()


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


def work_key(path: Path, grading: str) -> WorkKey:
    """Return the key of one submission's result. Its file's name counts: messages name it."""
    named = f"{path.name}\0{digest(path)}".encode("utf-8", "surrogateescape")
    return WorkKey(hashlib.sha256(named).hexdigest(), grading)


def _data_digest(folder: str | None) -> str | None:
    return None if folder is None else digest(Path(folder))


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""  # another build of it, such as opencv-python
