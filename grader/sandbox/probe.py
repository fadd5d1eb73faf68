"""Which layers this machine offers: found by entering them in a process that does nothing else.

Run as a module it is that process: ``python -I -m grader.sandbox.probe LAYER,LAYER`` confines a child and says on
stdout that it is confined, or what went wrong.
"""

from __future__ import annotations

import functools
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.sandbox import confinement
from grader.sandbox.confinement import ALWAYS, LANDLOCK, NAMESPACES, OPTIONAL, SECCOMP, USER, Layers
from grader.sandbox.layers import landlock, seccomp
from grader.sandbox.layers.limits import ChildLimits
from grader.sandbox.layers.view import SCRATCH

LEVELS = ("full", "reduced")
TRIAL_TIME_S = 30
_CONFINED = b"a confined child has proved that it is one"
_TRIAL_LIMITS = ChildLimits(memory_mib=1024, cpu_s=10)


@dataclass(frozen=True)
class Probe:
    """Which layers can be entered here, which not, and why not."""

    level: str
    layers: Layers
    missing: tuple[str, ...]
    reasons: dict[str, str] = field(default_factory=dict)


@functools.cache
def probe(most: str = "full") -> Probe:
    """Return the largest set of layers that works here, no stronger than the level `most`."""
    reasons = _certainly_missing(most)
    for left_out in _ever_less(reasons):
        layers = tuple(layer for layer in OPTIONAL if layer not in left_out)
        problem = _try(ALWAYS + layers)
        if not problem:
            missing = tuple(layer for layer in OPTIONAL if layer in left_out)
            level = confinement.level_of(layers)
            return Probe(level, ALWAYS + layers, missing, {layer: reasons[layer] for layer in missing})
        for layer in (NAMESPACES, USER):
            reasons.setdefault(layer, problem)
    return Probe("none", ALWAYS, OPTIONAL, {layer: reasons.get(layer, problem) for layer in OPTIONAL})


def _certainly_missing(most: str) -> dict[str, str]:
    """Return the layers that need no trial, with reasons."""
    reasons = {}
    if most == "reduced":
        reasons[NAMESPACES] = "left out, as the command said"
    if os.geteuid() != 0:
        reasons[USER] = "only root can give each child a user of its own"
    if landlock.abi() == 0:
        reasons[LANDLOCK] = "this kernel has no Landlock (Linux 5.13 has it, when it is switched on)"
    if not seccomp.is_available():
        reasons[SECCOMP] = "this kernel has no seccomp filters, or the architecture is not known"
    return reasons


def _ever_less(missing: dict[str, str]) -> Iterator[set[str]]:
    """Yield what to leave out, the strongest set of layers first."""
    certainly = set(missing)
    for more in (set(), {USER}, {NAMESPACES}, {NAMESPACES, USER}):
        if not more & certainly:
            yield certainly | more


def _try(layers: Layers) -> str:
    """Confine a child with these layers, twice when a busy machine may be at fault; return what went wrong."""
    return _try_once(layers) and _try_once(layers)


def _try_once(layers: Layers) -> str:
    command = [sys.executable, "-I", "-m", "grader.sandbox.probe", ",".join(layers)]
    try:
        trial = subprocess.run(
            command, env={}, stdin=subprocess.DEVNULL, capture_output=True, timeout=TRIAL_TIME_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"confining a child took longer than {TRIAL_TIME_S} s"
    if trial.returncode == 0 and trial.stdout.strip() == _CONFINED:
        return ""
    told = (trial.stdout or trial.stderr).decode(errors="replace").strip().splitlines()
    return told[-1] if told else f"a confined child ended with status {trial.returncode}"


def main() -> int:
    """Do what a zygote does to one child, without the libraries."""
    layers = tuple(sys.argv[1].split(","))
    try:
        confinement.prepare_server(layers)
        confinement.narrow_server(layers)
        if NAMESPACES in layers:
            return _confine_child(layers, SCRATCH)
        with tempfile.TemporaryDirectory(prefix="digitlab-") as outer:
            os.chmod(outer, 0o711)  # noqa: PTH101, S103 -- a child of another user must get through
            return _confine_child(layers, tempfile.mkdtemp(dir=outer))
    except OSError as error:
        print(error, flush=True)
        return 1


def _confine_child(layers: Layers, folder: str) -> int:
    here, there = socket.socketpair()
    pid = confinement.fork_for(layers)()
    if pid == 0:
        try:
            confinement.enter(there, confinement.ChildPlace(layers, folder, slot=0), _TRIAL_LIMITS)
            there.send(_CONFINED)
        except BaseException as error:  # the last border of a forked child: it must never return
            there.send(f"{type(error).__name__}: {error}".encode()[:4096])
        finally:
            os._exit(0)
    there.close()
    told = here.recv(4096)
    os.waitpid(pid, 0)
    print(told.decode(errors="replace"), flush=True)
    return told != _CONFINED


if __name__ == "__main__":
    sys.exit(main())
