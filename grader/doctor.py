"""Look at this machine: what the grader needs, and which layers of confinement it offers."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from dataclasses import dataclass

from grader.machine import memory_mib, usable_cores
from grader.sandbox.confinement import offer

LIBRARIES = ("tensorflow", "keras", "numpy", "opencv-python-headless", "matplotlib", "pytest")
NEEDED_MEMORY_MIB = 3_000


@dataclass(frozen=True)
class Finding:
    """One fact about the machine; grading is not possible when a needed one is not good."""

    name: str
    value: str
    good: bool
    needed: bool = True


def examine_machine() -> list[Finding]:
    """Return the findings, in the order in which they are shown."""
    return [
        Finding("Python", platform.python_version(), sys.version_info >= (3, 11)),
        Finding("system", f"{platform.system()} {platform.release()}", sys.platform == "linux"),
        *(_library(name) for name in LIBRARIES),
        Finding("cores", str(usable_cores()), True),
        Finding("memory", f"{memory_mib():,} MiB", memory_mib() >= NEEDED_MEMORY_MIB),
        Finding("pidfd", "processes can be held safely", hasattr(os, "pidfd_open")),
        Finding("confinement", offer().level, offer().level != "none"),
        *(Finding(f"layer {layer}", "on", True) for layer in offer().layers),
        *(Finding(f"layer {layer}", "off", False, needed=False) for layer in offer().missing),
    ]


def _library(name: str) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name), True)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not installed", False)
