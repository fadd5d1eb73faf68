"""The files of the kit that a grading may read: where they are the same, the same submission gets the same result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import grader
from grader.assets import datasets_dir

PACKAGE = Path(grader.__file__).resolve().parent
NOT_GRADING = frozenset(
    {"cli", "command_group", "command_options", "data_commands", "pack_commands", "report_command", "validate_command",
     "validation", "batch", "release", "packing", "reports", "gradebooks", "similarity", "progress", "doctor", "store",
     "journal", "roll", "intake", "course", "grading_key", "grading_sources", "proved", "_assets", "__main__",
     "__pycache__"}
)  # fmt: skip
"""Parts of the package that no grading reaches (a test holds this against the imports)."""
HANDED_OUT = ("assignment", "template")
"""What students get beside the tests; only they read it."""
FOR_LOCAL_RUNS = frozenset({"conftest", "acceptance", "crash_words", "import_words", "local_student", "to_do_list"})
"""Modules of the public tests that only a student's own run of them imports (the same test holds this, too)."""


def grading_sources() -> Iterator[Path]:
    """Yield the files of the kit that a grading may read, in a fixed order."""
    for root in (PACKAGE, datasets_dir() / "glyphs"):
        for path in sorted(root.rglob("*")):
            parts = path.relative_to(root).with_suffix("").parts
            is_read = parts[0] not in NOT_GRADING and parts[:2] != HANDED_OUT and "__pycache__" not in parts
            is_local = parts[:2] == ("assignment", "public_tests") and path.stem in FOR_LOCAL_RUNS
            if path.is_file() and is_read and not is_local and path.suffix != ".po":  # gettext reads the .mo beside it
                yield path


def sources_digest(*, translations: bool = True) -> str:
    """Return one digest of all of them, in hex.

    Args:
        translations: those of the messages, too; they change what a student reads, not what is marked.
    """
    total = hashlib.sha256()
    for path in grading_sources():
        if path.suffix == ".mo" and not translations:
            continue
        total.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
