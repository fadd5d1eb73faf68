"""Which packages the kit runs with here, each at its version: what it is graded with elsewhere should be the same."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

KIT = "digit-lab"
_PROJECT = Path(__file__).resolve().parent.parent.parent / "pyproject.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def pinned_requirements() -> list[str]:
    """Return ``name==version`` of everything that the kit needs, and what that needs, sorted.

    What is not installed here is for other systems or Python versions, and is left to pip.
    """
    found: dict[str, str] = {}
    open_ = _names(_kit_requirements())
    while open_:
        name = open_.pop()
        if name not in found:
            try:
                found[name] = distribution(name).version
                open_ |= _names(distribution(name).requires or [])
            except PackageNotFoundError:
                continue
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def _kit_requirements() -> list[str]:
    """Return what the kit asks for: of a clone what its project file says, for what is installed may be older."""
    if _PROJECT.is_file():
        listed: list[str] = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
        return listed
    return distribution(KIT).requires or []


def _names(requirements: list[str]) -> set[str]:
    """Return the canonical names of the packages that are asked for; those of extras are left out."""
    names = (_NAME.match(text) for text in requirements if "extra ==" not in text)
    return {re.sub(r"[-_.]+", "-", match.group()).lower() for match in names if match}
