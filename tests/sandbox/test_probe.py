"""The offer: found by entering the layers for real, also on machines that refuse some of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader.sandbox import confinement
from grader.sandbox import probe as offer_module
from grader.sandbox.probe import Probe, probe

ASK = "import dataclasses, json; from grader.sandbox.probe import probe; print(json.dumps(dataclasses.asdict(probe())))"
WITHOUT_NAMESPACES = f"""
from grader.sandbox.layers import namespaces
namespaces._enter_user_namespace()
open("/proc/sys/user/max_user_namespaces", "w").write("0")
{ASK}
"""
"""In a user namespace of its own this limit may be set by whoever is root there."""
WITHOUT_LANDLOCK = f"""
from grader.sandbox.layers import landlock
landlock.abi = lambda: 0
{ASK}
"""


@pytest.fixture(autouse=True)
def forget():
    probe.cache_clear()
    yield
    probe.cache_clear()


def asked(python: str | Path, code: str, **options) -> Probe:
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, timeout=120, **options)
    assert done.returncode == 0, done.stderr
    fields = json.loads(done.stdout)
    return Probe(fields["level"], tuple(fields["layers"]), tuple(fields["missing"]), fields["reasons"])


def test_level_and_reasons_fit_the_layers() -> None:
    found = probe()
    assert found.level == confinement.level_of(found.layers)
    assert set(found.layers) | set(found.missing) == {*confinement.ALWAYS, *confinement.OPTIONAL}
    assert set(found.reasons) == set(found.missing)
    assert all(found.reasons.values())


def test_reduced_leaves_namespaces_out_and_says_so() -> None:
    found = probe("reduced")
    assert found.level in {"reduced", "none"}
    assert found.reasons["namespaces"] == "left out, as the command said"


def test_a_machine_that_refuses_namespaces_offers_the_rest() -> None:
    if "namespaces" not in probe().layers:
        pytest.skip(f"there is nothing to take away: {probe().reasons['namespaces']}")
    found = asked(sys.executable, WITHOUT_NAMESPACES)
    assert found.level == "reduced"
    assert "unshare: No space left on device" in found.reasons["namespaces"]
    assert {"landlock", "seccomp"} <= set(found.layers)


def test_a_kernel_without_landlock_offers_no_level() -> None:
    found = asked(sys.executable, WITHOUT_LANDLOCK)
    assert found.level == "none"
    assert "no Landlock" in found.reasons["landlock"]


def test_an_ordinary_user_gets_namespaces_too(open_folder: Path) -> None:
    python = Path("/usr/bin/python3")
    clone = Path(grader.__file__).resolve().parent.parent
    if os.geteuid() != 0:
        pytest.skip("only root can become an ordinary user; the other tests ran as one")
    if not python.exists() or not all(folder.stat().st_mode & 0o005 == 0o005 for folder in (clone, *clone.parents)):
        pytest.skip("no interpreter of the system, or a clone that others may not read")
    if subprocess.run([python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False).returncode:
        pytest.skip("the interpreter of the system is older than 3.11")
    link = f"import site, sys; sys.path.insert(0, {str(clone)!r}); sys.dont_write_bytecode = True\n"
    subprocess.run([python, "-m", "venv", "--without-pip", open_folder / "venv"], check=True)
    (packages,) = (open_folder / "venv" / "lib").glob("python3*/site-packages")
    (packages / "kit.pth").write_text(link)
    found = asked(open_folder / "venv" / "bin" / "python", ASK, user=65534, group=65534, extra_groups=[], cwd="/")
    assert found.level == ("full" if "namespaces" in probe().layers else "reduced")
    assert found.reasons["user"] == "only root can give each child a user of its own"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("sleep 600", "confining a child took longer than 0.3 s"),
        ("echo 'OSError: no'; exit 1", "OSError: no"),
        ("exit 3", "a confined child ended with status 3"),
        ("exit 0", "a confined child ended with status 0"),
    ],
    ids=["hangs", "refused", "dies", "says nothing"],
)
def test_only_a_child_that_says_so_is_confined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    fake = tmp_path / "python"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    monkeypatch.setattr(offer_module, "TRIAL_TIME_S", 0.3)
    found = probe()
    assert found.level == "none"
    assert found.layers == confinement.ALWAYS
    assert found.reasons["landlock"] == reason
