"""Installed among the packages, the kit lies where a worker may read, and is still out of its reach."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import submission_of, zygote_process

import grader
from grader.marking.child_session import ChildSession, ChildSettings
from grader.marking.student import StudentWorker
from grader.sandbox.probe import LEVELS, probe

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

READS = "def read(path):\n    with open(path) as file:\n        return len(file.read())\n"
IMPORTS = "def late():\n    import colorsys, rich.tree\n    return colorsys.__name__\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment among whose packages the kit is."""
    folder = tmp_path_factory.mktemp("installed")
    for outer in (folder, *folder.parents[: len(folder.parents) - 2]):
        outer.chmod(0o755)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (packages,) = (folder / "venv" / "lib").glob("python3*/site-packages")
    shutil.copytree(Path(grader.__file__).parent, packages / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    return folder / "venv" / "bin" / "python"


@pytest.mark.parametrize("level", LEVELS)
def test_hidden_tests_are_out_of_reach_and_other_packages_are_not(
    installed: Path, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = probe(level)
    if found.level != level:
        pytest.skip(f"this machine offers {found.level}: {found.reasons}")
    monkeypatch.setattr(sys, "executable", str(installed))
    zygote = zygote_process(found.layers, tmp_path)
    zygote.start()
    worker = StudentWorker(
        submission_of(READS + IMPORTS),
        lambda: ChildSession(zygote.requests, ChildSettings("worker", 1500, 60), tmp_path),
        seed=7,
    )
    try:
        worker.open()
        (kit,) = installed.parents[1].glob("lib/python3*/site-packages/grader")
        for secret in ("assignment/hidden_tests/test_parser_hidden.py", "marking/thresholds.py", "__init__.py"):
            assert (kit / secret).exists()
            with pytest.raises(OSError):  # noqa: PT011 -- absent or refused, as the level has it
                worker.call("read", (str(kit / secret),), {})
        assert worker.call("read", (str(kit.parent / "libraries.pth"),), {}) > 0
        assert worker.call("late", (), {}) == "colorsys"
    finally:
        worker.close()
        zygote.stop()
