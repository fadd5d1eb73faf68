"""Look at this machine: what the grader needs, and which layers of confinement it offers."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from dataclasses import dataclass

from grader.sandbox.control_group import find_groups
from grader.sandbox.probe import probe
from grader.system.machine import NEEDED_MEMORY_MIB, memory_mib, usable_cores

LIBRARIES = ("tensorflow", "keras", "numpy", "opencv-python-headless", "matplotlib", "pytest")


@dataclass(frozen=True)
class Finding:
    """One fact about the machine; grading is not possible when a needed one is not good."""

    name: str
    value: str
    good: bool
    needed: bool = True


def examine_machine() -> list[Finding]:
    """Return the findings, in the order in which they are shown."""
    found = probe()
    return [
        Finding("Python", platform.python_version(), sys.version_info >= (3, 11)),
        Finding("system", f"{platform.system()} {platform.release()}", sys.platform == "linux"),
        *(_library(name) for name in LIBRARIES),
        Finding("cores", str(usable_cores()), True),
        Finding("memory", f"{memory_mib():,} MiB", memory_mib() >= NEEDED_MEMORY_MIB),
        Finding("pidfd", "processes can be held safely", hasattr(os, "pidfd_open")),
        Finding("confinement", found.level, found.level != "none"),
        *(Finding(f"layer {layer}", "on", True) for layer in found.layers),
        *(Finding(f"layer {layer}", f"off: {found.reasons[layer]}", False, needed=False) for layer in found.missing),
        _memory_groups(),
    ]


def _memory_groups() -> Finding:
    groups = find_groups()
    if groups is None:
        return Finding("memory groups", "off: limits of the process, and looking at it, remain", True)
    groups.close()
    return Finding("memory groups", f"on (version {groups.version})", True)


def _library(name: str) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name), True)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not installed", False)
