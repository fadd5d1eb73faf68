"""Submissions made from the reference solution: solved, with pieces changed, with functions taken out."""

from __future__ import annotations

import functools
from collections.abc import Collection

from grader.system.assets import reference_dir
from grader.system.errors import UsageError

MODULE = "mnist_all_models.py"


def reference_source() -> str:
    """Return the reference's text, with its markers.

    Raises:
        UsageError: it cannot be read.
    """
    path = reference_dir() / MODULE
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the reference solution cannot be read ({error}). Restore it from git.") from error


@functools.cache
def solved() -> str:
    """Return the reference as a student would hand it in: without the markers."""
    return without(())


def without(functions: Collection[str]) -> str:
    """Return the reference with some of its functions not written yet.

    Raises:
        UsageError: the reference has no such function.
    """
    done: list[str] = []
    missing = set(functions)
    function, skipping = "", False
    for line in reference_source().splitlines():
        function = line[4 : line.index("(")] if line.startswith("def ") else function
        if line.strip().startswith("# BEGIN SOLUTION"):
            skipping = function in functions and line.startswith("    ")
            if skipping:
                missing.discard(function)
                done.append(f'    raise NotImplementedError("{function}: not yet")')
        elif line.strip().startswith("# END SOLUTION"):
            skipping = False
        elif not skipping:
            done.append(line)
    if missing:
        raise UsageError(f"the reference has no function {', '.join(sorted(missing))} with a solution in it")
    return "\n".join(done) + "\n"


def changed(*changes: tuple[str, str]) -> str:
    """Return the solution with pieces of text replaced.

    Raises:
        UsageError: a piece does not stand there exactly once.
    """
    source = solved()
    for old, new in changes:
        if source.count(old) != 1:
            raise UsageError(f"this text stands {source.count(old)} times in the reference, not once: {old!r}")
        source = source.replace(old, new)
    return source
