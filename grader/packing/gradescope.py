"""Make the zip that Gradescope takes as an autograder; see docs/gradescope.md.

What is in it, at its root:

    setup.sh, run_autograder    called by Gradescope: once for the image, then for each submission
    requirements.txt            the packages, at the versions that the kit runs with here
    kit/                        the package `grader`, its datasets and the reference
    secret                      that the scored pictures are drawn from; the zip is for instructors only
    options, time_limit_s       for `digitlab grade`, one word a line; seconds
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.assignment.public_tests.checks.language import SOURCE_LANGUAGE
from grader.packing.requirements import pinned_requirements
from grader.results.store import write_asked_for
from grader.system.assets import datasets_dir, reference_dir

MARGIN_S = 30
"""A run of ours ends so long before Gradescope's own timeout, which gives a zero."""

_PACKAGE = Path(__file__).resolve().parent.parent
_SCRIPTS = Path(__file__).resolve().parent / "scripts"
_LEFT_OUT = {"__pycache__", "_assets"}


def pack_gradescope(
    out: Path,
    *,
    secret: bytes,
    timeout_minutes: int,
    options: Sequence[str] = (),
    lang: str = SOURCE_LANGUAGE,
) -> list[str]:
    """Write the zip and return the names in it; the same kit, packages and secret give the same bytes.

    Args:
        timeout_minutes: that the assignment has in Gradescope.
        options: of `digitlab grade`.
        lang: the language of everything that students read.

    Raises:
        UsageError: it cannot be written.
    """
    files = dict(_kit_files()) | {
        "requirements.txt": "".join(f"{line}\n" for line in pinned_requirements()).encode(),
        "secret": secret + b"\n",
        "options": "".join(f"{option}\n" for option in (*options, "--lang", lang)).encode(),
        "time_limit_s": f"{timeout_minutes * 60 - MARGIN_S}\n".encode(),
    }
    files |= {name: (_SCRIPTS / name).read_bytes() for name in ("setup.sh", "run_autograder")}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(_entry(name), data)
    write_asked_for(out, buffer.getvalue(), mode=0o600)  # the secret is in it
    return sorted(files)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # without the time of day
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o755 if name in {"setup.sh", "run_autograder"} else 0o600) << 16
    return entry


def _kit_files() -> Iterator[tuple[str, bytes]]:
    for folder, name in ((_PACKAGE, "grader"), (datasets_dir(), "datasets"), (reference_dir(), "reference_solution")):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and _LEFT_OUT.isdisjoint(inside.parts):
                yield f"kit/{name}/{inside.as_posix()}", path.read_bytes()
