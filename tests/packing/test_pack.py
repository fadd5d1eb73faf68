"""What is packed for other services, run in the layout that they have."""

from __future__ import annotations

import json
import os
import re
import shutil
import site
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from grader.cli import commands
from grader.packing import classroom_workflow, pack_gradescope
from grader.packing.requirements import pinned_requirements
from grader.results.rubric import load_rubric
from grader.system.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
SECRET = b"a secret of the tests"
LETTERS = "def letter_of(label):\n    if 0 <= label < 26: return chr(65 + label)\n    raise ValueError('outside')\n"


def test_the_zip_has_what_gradescope_calls_and_what_that_needs(tmp_path: Path) -> None:
    out = tmp_path / "autograder.zip"
    names = pack_gradescope(out, secret=SECRET, timeout_minutes=10, options=["--level", "full"])
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == names
        assert {"setup.sh", "run_autograder", "requirements.txt", "secret"} <= set(names)
        assert {
            "kit/grader/cli/commands.py",
            "kit/grader/assignment/rubric.toml",
            "kit/datasets/glyphs/digits.toml",
        } <= set(names)
        assert not [name for name in names if "__pycache__" in name or "corpus" in name]
        assert archive.getinfo("run_autograder").external_attr >> 16 == 0o755
        assert archive.read("secret") == SECRET + b"\n"
    assert out.stat().st_mode & 0o777 == 0o600
    first = out.read_bytes()
    pack_gradescope(out, secret=SECRET, timeout_minutes=10, options=["--level", "full"])
    assert out.read_bytes() == first


def test_a_zip_in_another_language_grades_in_it(tmp_path: Path) -> None:
    out = tmp_path / "autograder.zip"
    pack_gradescope(out, secret=SECRET, timeout_minutes=10, lang="ru")
    with zipfile.ZipFile(out) as archive:
        assert archive.read("options").decode().split() == ["--lang", "ru"]


def test_a_zip_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no/a\.zip: cannot be written, for there is no such folder"):
        pack_gradescope(tmp_path / "no" / "a.zip", secret=SECRET, timeout_minutes=10)


def test_requirements_are_pinned_and_closed() -> None:
    pinned = pinned_requirements()
    names = {line.split("==")[0] for line in pinned}
    with (ROOT / "pyproject.toml").open("rb") as file:
        direct = {re.split(r"[>=<]", text)[0] for text in tomllib.load(file)["project"]["dependencies"]}
    assert direct <= names
    assert {"keras", "markupsafe"} <= names
    assert not names & {"mypy", "ruff", "playwright", "hypothesis"}
    assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.+!-]+", line) for line in pinned)


def test_the_pack_commands(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    out, workflow = tmp_path / "a.zip", tmp_path / "classroom.yml"
    done = CliRunner().invoke(
        commands.main,
        ["pack", "gradescope", "--out", str(out), "--secret-file", str(secret), "--unsafe", "--timeout", "40"],
    )
    assert done.exit_code == 0, done.output
    assert "with the hidden tests and the secret in it" in done.output
    assert done.output.endswith(
        "set in Gradescope: 3,000 MiB of memory or more, 1 CPU or more, a timeout of 40 minutes\n"
    )
    with zipfile.ZipFile(out) as archive:
        assert archive.read("time_limit_s") == b"2370\n", "without results before Gradescope gives a zero"
        assert archive.read("options").decode().split() == [
            "--level",
            "full",
            "--at-least",
            "reduced",
            "--unsafe",
            "--lang",
            "en",
        ]
    done = CliRunner().invoke(commands.main, ["pack", "github", "--out", str(workflow)])
    assert done.output == f"made {workflow}\n"
    assert workflow.read_text() == classroom_workflow()


def test_the_workflow_runs_every_public_part_once_and_reports_all() -> None:
    job = yaml.safe_load(classroom_workflow())["jobs"]["run-autograding-tests"]
    steps = {step["id"]: step["with"] for step in job["steps"] if {"id", "with"} <= step.keys()}
    public = {line.part: 0.0 for line in load_rubric().line if line.public}
    for line in load_rubric().line:
        public.setdefault(line.part, 0.0)
        public[line.part] += line.points if line.public else 0
    assert {part: step["max-score"] for part, step in steps.items()} == {p: 10 * value for p, value in public.items()}
    for part, step in steps.items():
        test_file = step["command"].split()[-1]
        assert (ROOT / "student_template" / test_file).is_file(), part
        assert "--train" in step["command"].split(), "2.5 points hang on tests that train"
    report = job["steps"][-1]
    assert report["with"]["runners"].split(",") == list(steps)
    assert set(report["env"]) == {f"{part.upper()}_RESULTS" for part in steps}


@pytest.mark.parametrize(
    ("written", "option"), [("mnist_all_models.py", "option="), ("mnist_all_models.ipynb", "option=--notebook")]
)
def test_the_workflow_tests_what_would_be_graded(tmp_path: Path, written: str, option: str) -> None:
    """A student works in the module or in the notebook; the other one lies beside it as it was given out."""
    shutil.copytree(ROOT / "student_template", tmp_path / "lab")
    path = tmp_path / "lab" / written
    path.write_text(path.read_text().replace("raise NotImplementedError(", "return (", 1))
    steps = yaml.safe_load(classroom_workflow())["jobs"]["run-autograding-tests"]["steps"]
    (command,) = (step["run"] for step in steps if step.get("id") == "work")
    out = tmp_path / "out"
    environment = os.environ | {
        "GITHUB_OUTPUT": str(out),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    subprocess.run(["bash", "-e", "-c", command], cwd=tmp_path / "lab", env=environment, check=True)
    assert out.read_text() == f"{option}\n"


class Service:
    """Gradescope's layout below a folder; `run` is what its harness does."""

    def __init__(self, root: Path, zip_path: Path) -> None:
        self.root = root
        self.results = root / "results" / "results.json"
        with zipfile.ZipFile(zip_path) as archive:
            for entry in archive.infolist():
                path = Path(archive.extract(entry, root / "source"))
                path.chmod(entry.external_attr >> 16)
        (root / "run_autograder").write_bytes((root / "source" / "run_autograder").read_bytes())
        (root / "run_autograder").chmod(0o755)

    def sh(self, script: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        allowed = {"PATH": os.environ["PATH"], "HOME": str(self.root), "AUTOGRADER_ROOT": str(self.root)}
        return subprocess.run(
            [script], cwd=self.root, env=allowed | environment, capture_output=True, text=True, check=False, timeout=280
        )

    def run(self) -> dict[str, object]:
        """Return what stands in the results; nothing where there are none."""
        done = self.sh(self.root / "run_autograder")
        assert done.returncode == 0, done.stderr
        self.said = done.stdout + done.stderr
        if not self.results.exists():
            return {}
        table: dict[str, object] = json.loads(self.results.read_text(encoding="utf-8"))
        return table

    def hand_in(self, **files: str) -> None:
        folder = self.root / "submission"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def service(open_folder: Path) -> Service:
    """Set the service up as setup.sh does, without the network: pip finds the packages of this machine."""
    root = open_folder / "autograder"
    root.mkdir()
    root.chmod(0o755)
    out = root / "autograder.zip"
    pack_gradescope(out, secret=SECRET, timeout_minutes=10)
    service = Service(root, out)
    out.unlink()
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (root / "bin").mkdir()
    for other in ("python3.13", "python3.12", "python3.11"):
        (root / "bin" / other).symlink_to(Path(sys.executable).resolve() if other == name else "/bin/false")
    subprocess.run([Path(sys.executable).resolve(), "-m", "venv", root / "venv"], check=True)
    (packages,) = (root / "venv" / "lib").glob("python3*/site-packages")
    shared = [path for path in sys.path if path.endswith("-packages") and Path(path).is_dir()]
    (packages / "libraries.pth").write_text("\n".join([*shared, *site.getsitepackages()]) + "\n", encoding="utf-8")
    here = {"PIP_NO_INDEX": "1", "PATH": f"{root / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(shared)}
    done = service.sh(root / "source" / "setup.sh", **here)
    assert done.returncode == 0, done.stdout + done.stderr
    return service


@pytest.mark.slow
@pytest.mark.timeout(300)
class TestService:
    def test_the_kit_is_that_of_the_zip(self, service: Service) -> None:
        code = "import grader; print(grader.__file__)"
        command = [service.root / "venv/bin/python", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=True)
        assert done.stdout.strip() == str(service.root / "source/kit/grader/__init__.py"), done.stderr

    def test_a_submission_is_graded(self, service: Service) -> None:
        service.hand_in(mnist_all_models=LETTERS)
        table = service.run()
        assert table["score"] == 2, service.said
        assert len(table["tests"]) == len(load_rubric().line)

    def test_a_submission_can_read_neither_the_secret_nor_the_hidden_tests(self, service: Service) -> None:
        paths = [service.root / "source" / name for name in ("secret", "kit/grader/assignment/rubric.toml")]
        assert all(path.is_file() for path in paths)
        service.hand_in(
            mnist_all_models=f"""
def read(path):
    try:
        return "READ " + open(path).read()
    except OSError as error:
        return "kept out"
def letter_of(label):
    raise RuntimeError(read({str(paths[0])!r}) + ", " + read({str(paths[1])!r}))
"""
        )
        told = json.dumps(service.run())
        assert "kept out, kept out" in told
        assert "READ" not in told

    def test_a_submission_without_a_module_gets_a_zero_with_the_reason(self, service: Service) -> None:
        service.hand_in()
        (service.root / "submission" / "notes.txt").write_text("no module", encoding="utf-8")
        table = service.run()
        assert table["score"] == 0
        assert "mnist_all_models" in table["output"]

    def test_a_bad_submission_gets_a_zero_with_the_reason(self, service: Service) -> None:
        service.hand_in(mnist_all_models="def broken(:\n")
        table = service.run()
        assert table["score"] == 0
        assert table["output"].startswith("mnist_all_models.py, line 1: ")

    @pytest.mark.parametrize("fault", ["no submission", "no time", "no secret", "broken kit", "no memory"])
    def test_whatever_fails_there_are_no_results(self, service: Service, fault: str) -> None:
        """A file needs a score by the specification; without one Gradescope says that the autograder failed."""
        service.hand_in(mnist_all_models=LETTERS)
        service.results.parent.mkdir(exist_ok=True)
        service.results.write_text('{"score": 100}')
        target = {
            "no submission": service.root / "submission",
            "no time": service.root / "source/time_limit_s",
            "no secret": service.root / "source/secret",
            "broken kit": service.root / "source/kit/grader/engine/grade.py",
            "no memory": service.root / "source/kit/grader/system/machine.py",
        }[fault]
        kept = target.with_name(target.name + ".kept")
        target.rename(kept)
        if fault == "no time":
            target.write_text("1\n")
        if fault == "no memory":
            target.write_text(kept.read_text().replace("NEEDED_MEMORY_MIB = 3_000", "NEEDED_MEMORY_MIB = 1 << 40"))
        try:
            table = service.run()
        finally:
            target.unlink(missing_ok=True)
            kept.rename(target)
        assert table == {}, service.said
        assert ("grading needs 1,099,511,627,776. Choose a larger container" in service.said) is (fault == "no memory")


@pytest.mark.parametrize("exists", [True, False])
def test_an_empty_or_missing_submission_folder_has_no_results(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "results.json").write_text("of an earlier run")
    if exists:
        (tmp_path / "submission").mkdir()
    script = ROOT / "grader" / "packing" / "scripts" / "run_autograder"
    done = subprocess.run(
        ["bash", str(script)],
        env=os.environ | {"AUTOGRADER_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"digitlab: {tmp_path}/submission holds nothing; not graded\n"
    assert not (tmp_path / "results" / "results.json").exists()
