"""Texts that students read name no path of this machine: the same submission gets the same result on every one."""

from __future__ import annotations

import functools
import re
import sys
import sysconfig
from pathlib import Path

from grader.sandbox.layers.readable import kit_folders, library_folders

_PACKAGES = re.compile(r"(?:[A-Za-z]:)?[/\\][^\s'\"()<>:]*[/\\](?:site|dist)-packages[/\\]")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_OF_MANY_MACHINES = frozenset({"/", "/usr", "/usr/local", "/bin", "/usr/bin", "/usr/local/bin"})
"""An interpreter may lie right below them; in a text they tell of no machine."""


def repeatable(text: str, home: str = "") -> str:
    """Return a text without what differs from machine to machine and from run to run.

    Args:
        text: of an error, say, which may name the file of a library where it arose.
        home: the folder of the process that it is from.
    """
    if home:
        text = text.replace(f"{home}/", "").replace(home, "(scratch)")
    text = _PACKAGES.sub("", _ADDRESS.sub("", text))
    return _own().sub(lambda found: "" if found[0].endswith("/") else "(libraries)", text)


@functools.cache
def own_folders() -> tuple[str, ...]:
    """Return where the interpreter, its packages and the kit lie here, the innermost first."""
    found = {*library_folders(), *kit_folders(), *(str(Path(kit).parent) for kit in kit_folders())}
    found |= {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib", "scripts")}
    found |= {sys.prefix, sys.base_prefix, str(Path(sys.executable).parent)}
    return tuple(sorted(found - _OF_MANY_MACHINES, key=lambda path: (-len(path), path)))


@functools.cache
def _own() -> re.Pattern[str]:
    """Return what finds one of these folders, as a whole or in front of a name in it."""
    return re.compile(rf"(?:{'|'.join(map(re.escape, own_folders()))})(?:/|(?![\w.-]))")
