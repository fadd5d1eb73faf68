"""Installed among the packages, the kit lies where a worker may read, and is still out of its reach."""

from __future__ import annotations

import site
import subprocess
import sys
import zipfile
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
def installed(open_folder: Path) -> Path:
    """Return the interpreter of an environment among whose packages the kit is."""
    folder = open_folder / "installed"
    folder.mkdir()
    folder.chmod(0o755)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (packages,) = (folder / "venv" / "lib").glob("python3*/site-packages")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"],
        cwd=Path(grader.__file__).parents[1],
        check=True,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:  # of a wheel without compiled code an installer does no more
        archive.extractall(packages)
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


def run_there(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    home = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "DIGITLAB_SECRET": "a secret of the tests"}
    command = [installed, "-m", "grader", *arguments]
    return subprocess.run(command, cwd=folder, env=home, capture_output=True, text=True, timeout=240, check=False)


def test_a_class_is_graded_by_the_wheel_and_the_demo_has_its_example(installed: Path, tmp_path: Path) -> None:
    (kit,) = installed.parents[1].glob("lib/python3*/site-packages/grader")
    assert (kit / "py.typed").is_file()
    assert not {"proofs", "release"} & {path.name for path in kit.iterdir()}
    example = kit / "_assets" / "corpus" / "example_class"
    assert len(list(example.glob("*.expected.json"))) == 9
    (tmp_path / "class").mkdir()
    source = (example / "ivan-exit.py").read_text(encoding="utf-8")
    parser = source[: source.index("def showpics")]  # grading this part alone is quick
    (tmp_path / "class" / "ivan.py").write_text(parser, encoding="utf-8")
    done = run_there(installed, tmp_path, "batch", "class", "--out", "graded", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "1 submission" in done.stdout
    assert {"report.html", "grades.csv"} <= {path.name for path in (tmp_path / "graded").iterdir()}
    assert run_there(installed, tmp_path, "demo", "--help").returncode == 0


@pytest.mark.parametrize("command", ["validate --stubs", "release --check", "doctor --attack"])
def test_what_needs_a_clone_says_so(installed: Path, tmp_path: Path, command: str) -> None:
    done = run_there(installed, tmp_path, *command.split())
    assert done.returncode == 2
    assert f"error: digitlab {command}: needs a clone of the project" in done.stderr
