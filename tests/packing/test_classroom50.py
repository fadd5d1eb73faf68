"""Classroom 50: what its runner takes, and what a bundle makes of submissions; the runner's rules are kept here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from report_cases import HOSTILE, make_class, make_hostile_result, make_item, make_result

from grader.cli import commands
from grader.packing import pack_classroom50
from grader.reports.classroom50 import check_environment, render_classroom50, write_classroom50
from grader.reports.classroom50_contract import MAX_BODY_BYTES, earned_units
from grader.results.models import Outcome
from grader.results.rubric import load_rubric
from grader.system.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "CLASSROOM": "ml26",
    "ASSIGNMENT": "digits",
    "SUBMISSION_TAG": "submit/2026-11-30T12-00-00Z-a1b2c3d",
    "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r",
}
LETTERS = "def letter_of(label):\n    if 0 <= label < 26: return chr(65 + label)\n    raise ValueError('outside')\n"


def check_contract(table: dict[str, Any]) -> None:
    """Check what Classroom 50's runner and its collection of scores check."""
    assert table["schema"] == "classroom50/result/v1"
    assert (table["classroom"], table["assignment"]) == ("ml26", "digits")
    assert table["submission"].startswith("submit/")
    assert all(isinstance(table[name], str) and table[name] for name in ("owner", "commit", "release", "review"))
    assert table["assignment_type"] in ("individual", "group")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", table["datetime"])
    assert type(table["score"]) is int
    assert type(table["max-score"]) is int
    assert 0 <= table["score"] <= table["max-score"]
    assert table["tests"], "no test at all counts as a passed submission"
    for test in table["tests"]:
        assert test["test-name"]
        assert type(test["passed"]) is bool
        assert type(test["score"]) is int
        assert 0 <= test["score"] <= test["max-score"]
    assert sum(test["score"] for test in table["tests"]) == table["score"]


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_result_keeps_to_the_contract_in_tenths(number: int) -> None:
    result = make_class()[number]
    texts = render_classroom50(result, ENVIRONMENT)
    assert texts is not None
    table = json.loads(texts[0])
    check_contract(table)
    assert (table["score"], table["max-score"]) == (result.score * 10, result.max_score * 10)
    assert table["datetime"] == "2025-03-01T10:00:00Z"
    for text in (result.reason, *result.notes):
        assert texts[1].count(text.splitlines()[0] if text else "\0") == bool(text)


def test_parts_of_a_tenth_are_rounded_in_the_total() -> None:
    parts = [make_item(f"parser.u{number}", Outcome.PARTIAL, points=0.38, max_points=0.5) for number in range(4)]
    table = json.loads(render_classroom50(make_result("a", *parts), ENVIRONMENT)[0])
    check_contract(table)
    assert table["score"] == 15
    assert earned_units([0.25] * 4, 0.1) == [2, 3, 3, 2]


def test_a_fault_of_ours_leaves_no_result(tmp_path: Path) -> None:
    """The runner then makes an error of it, which is no score and touches no release."""
    path = tmp_path / "result.json"
    assert write_classroom50(make_class()[0], path, ENVIRONMENT)
    assert {one.name for one in tmp_path.iterdir()} == {"result.json", "release-body.md"}
    assert not write_classroom50(make_class()[4], path, ENVIRONMENT)
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_a_student_committed_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    for name in ("result.json", "release-body.md"):
        (tmp_path / "work" / name).symlink_to(tmp_path / "elsewhere")
    assert write_classroom50(make_class()[0], tmp_path / "work" / "result.json", ENVIRONMENT)
    assert not (tmp_path / "elsewhere").exists()
    assert (tmp_path / "work" / "result.json").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no/result\.json: cannot be written, for there is no such folder"):
        write_classroom50(make_class()[0], tmp_path / "no" / "result.json", ENVIRONMENT)


def test_without_the_runners_environment_nothing_is_graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_environment(ENVIRONMENT)
    with pytest.raises(UsageError, match="does not have ASSIGNMENT, COMMIT_URL"):
        check_environment(
            {name: text for name, text in ENVIRONMENT.items() if name[0] not in "AC"} | {"CLASSROOM": "x"}
        )
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "a.py").write_text(LETTERS)
    done = CliRunner().invoke(
        commands.main, ["grade", str(tmp_path / "a.py"), "--classroom50", str(tmp_path / "r.json")]
    )
    assert done.exit_code == 2
    assert "Classroom 50's runner sets CLASSROOM, ASSIGNMENT, SUBMISSION_TAG, COMMIT_URL, RELEASE_URL" in done.stderr


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_text_of_a_student_is_markup_in_the_release(kind: str) -> None:
    texts = render_classroom50(make_hostile_result(HOSTILE[kind] + "\n````\n# @all\n"), ENVIRONMENT)
    assert texts is not None
    check_contract(json.loads(texts[0]))
    fence, outside = "", []
    for line in texts[1].splitlines():
        if not fence and (opened := re.fullmatch(r"(`{3,})text", line)):
            fence = opened[1]
        elif fence == line:
            fence = ""
        elif not fence:
            outside.append(line)
    assert not fence
    assert not [line for line in outside if re.search(r"(?<!\\)[<@\[]", line) or line.startswith("# ")]


def test_a_release_is_no_longer_than_github_takes() -> None:
    lines = load_rubric().line
    long = [make_item(line.id, Outcome.FAILED, max_points=line.points, message="щ" * 4_000) for line in lines]
    texts = render_classroom50(make_result("a", *long), ENVIRONMENT)
    assert texts is not None
    assert len(texts[1].encode()) <= MAX_BODY_BYTES
    assert "щ…" in texts[1]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a bundle with the command; drawing its data takes some seconds."""
    folder = tmp_path_factory.mktemp("bundle") / "digits"
    done = CliRunner().invoke(commands.main, ["pack", "classroom50", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    assert "runtime.json is for: gh teacher assignment add --runtime" in done.output
    return folder


def test_a_bundle_holds_nothing_that_must_stay_hidden(bundle: Path) -> None:
    names = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert {"autograder.py", "contract.py", "lab/tests/test_letters.py", "lab/checking/loading.py"} <= names
    assert not [name for name in names if "hidden" in name or "rubric" in name or name.endswith("mnist_all_models.py")]
    assert "headless" in (bundle / "requirements.txt").read_text()
    assert json.loads((bundle / "runtime.json").read_text())["python"] == "3.12"
    assert json.loads((bundle / "settings.json").read_text()) == {"lang": "en"}


def test_a_bundle_is_written_over_an_older_one_and_over_nothing_else(tmp_path: Path) -> None:
    for lang in ("en", "ru"):
        command = ["pack", "classroom50", "--self-hosted", "--lang", lang, "--out", str(tmp_path / "digits")]
        done = CliRunner().invoke(commands.main, command)
        assert done.exit_code == 0
        assert ("4 files, in place of the bundle that was there;" in done.stdout) is (lang == "ru")
        assert json.loads((tmp_path / "digits" / "settings.json").read_text()) == {"lang": lang}
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"holds what is no part of the bundle: .*mine\.txt\. Nothing was written"):
        pack_classroom50(tmp_path, self_hosted=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"file: is a file, and a folder is made\. Choose another --out"):
        pack_classroom50(tmp_path / "file", self_hosted=True)


def run(bundle: Path, checkout: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a bundle as the runner does: its Python, the checkout as the folder, its environment."""
    environment = os.environ | ENVIRONMENT | {"OWNER": "anna", "ASSIGNMENT_TYPE": "individual"} | more
    command = [sys.executable, str(bundle / "autograder.py")]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "mnist_all_models.py").write_text(LETTERS)
    return tmp_path / "checkout"


def fake_digitlab(folder: Path, script: str) -> str:
    folder.mkdir()
    (folder / "digitlab").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "digitlab").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize(("status", "said"), [(0, "| ::notice::x\n| ## [y]"), (1, "| ::notice::x")])
def test_a_hosted_bundle_hands_the_checkout_to_the_installed_kit(
    tmp_path: Path, checkout: Path, status: int, said: str
) -> None:
    pack_classroom50(tmp_path / "bundle", self_hosted=True)
    path = fake_digitlab(
        tmp_path / "bin", f'echo "$@" > {tmp_path}/asked; echo "::notice::x"; echo "##[y]"; exit {status}'
    )
    done = run(tmp_path / "bundle", checkout, PATH=path)
    assert done.returncode == status
    assert (tmp_path / "asked").read_text().split() == [
        "grade", str(checkout), "--classroom50", "result.json", "--lang", "en",
    ]  # fmt: skip
    assert done.stdout.startswith(said)


def test_a_hosted_bundle_without_the_kit_is_an_error(tmp_path: Path, checkout: Path) -> None:
    pack_classroom50(tmp_path / "bundle", self_hosted=True)
    (checkout / "result.json").symlink_to(tmp_path / "elsewhere")
    done = run(tmp_path / "bundle", checkout, PATH=str(tmp_path))
    assert done.returncode == 1
    assert not (checkout / "result.json").is_symlink(), "the runner would write its error through it"
    assert "digitlab is not on this runner's PATH" in done.stdout


@pytest.fixture(params=["folder", "read-only folder", "link", "pipe"])
def in_the_way(request: pytest.FixtureRequest, tmp_path: Path, checkout: Path) -> Path:
    """Put something into the checkout where the autograder writes; return what no autograder may touch."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    for name in ("result.json", "release-body.md"):
        place = checkout / name
        if request.param == "link":
            place.symlink_to(outside)
        elif request.param == "pipe":
            os.mkfifo(place)
        else:
            (place / "inner").mkdir(parents=True)
            (place / "inner" / "file").write_text("{}")
            (place / "link").symlink_to(outside)
        if request.param == "read-only folder":
            (place / "inner").chmod(0o500)
            place.chmod(0o500)
    return outside


def test_what_a_student_committed_in_the_way_is_removed(bundle: Path, checkout: Path, in_the_way: Path) -> None:
    (checkout / "mnist_all_models.py").write_text("def broken(:\n")
    assert graded(bundle, checkout)["score"] == 0
    assert (checkout / "release-body.md").is_file()
    assert [path.name for path in in_the_way.iterdir()] == ["kept"]


def test_a_hosted_bundle_removes_it_too(tmp_path: Path, checkout: Path, in_the_way: Path) -> None:
    pack_classroom50(tmp_path / "bundle", self_hosted=True)
    done = run(tmp_path / "bundle", checkout, PATH=fake_digitlab(tmp_path / "bin", "echo {} > result.json"))
    assert (done.returncode, done.stderr) == (0, "")
    assert (checkout / "result.json").read_text() == "{}\n"
    assert [path.name for path in in_the_way.iterdir()] == ["kept"]


@pytest.mark.parametrize("self_hosted", [False, True])
def test_what_cannot_be_removed_is_an_error_without_a_traceback(
    bundle: Path, tmp_path: Path, checkout: Path, self_hosted: bool
) -> None:
    own = tmp_path / "bundle"
    if self_hosted:
        pack_classroom50(own, self_hosted=True)
    else:
        shutil.copytree(bundle, own)
    contract = own / "contract.py"
    contract.write_text(contract.read_text().replace("path.unlink(missing_ok=True)", "raise OSError('busy')"))
    done = run(own, checkout)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "::error::busy. Nothing was graded; this is no fault of the submission.\n"
    assert [path.name for path in checkout.iterdir()] == ["mnist_all_models.py"]


def graded(bundle: Path, checkout: Path, **more: str) -> dict[str, Any]:
    done = run(bundle, checkout, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    table: dict[str, Any] = json.loads((checkout / "result.json").read_text())
    check_contract(table)
    return table


def test_a_submission_that_cannot_be_read_gets_a_zero_with_the_reason(bundle: Path, checkout: Path) -> None:
    (checkout / "mnist_all_models.py").write_text("def broken(:\n")
    table = graded(bundle, checkout)
    public = [line for line in load_rubric().line if line.public]
    assert (table["score"], len(table["tests"])) == (0, len(public))
    assert table["max-score"] == round(10 * sum(line.points for line in public))
    assert "mnist_all_models.py, line 1" in (checkout / "release-body.md").read_text()


def test_a_fault_of_the_bundle_is_an_error_and_no_score(bundle: Path, tmp_path: Path, checkout: Path) -> None:
    shutil.copytree(bundle, tmp_path / "bundle")
    conftest = tmp_path / "bundle" / "lab" / "tests" / "conftest.py"
    conftest.write_text("raise RuntimeError('our fault')\n")
    (checkout / "release-body.md").symlink_to(tmp_path / "elsewhere")
    done = run(tmp_path / "bundle", checkout)
    assert done.returncode == 1
    assert "::error::the tests of parser did not begin (pytest ended with 4). Nothing was graded" in done.stdout
    assert [path.name for path in checkout.iterdir()] == ["mnist_all_models.py"]
    done = run(tmp_path / "bundle", checkout, CLASSROOM="")
    assert (done.returncode, "the environment does not have CLASSROOM" in done.stdout) == (1, True)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_public_lines_earn_their_points_and_a_process_that_ends_costs_its_own(bundle: Path, checkout: Path) -> None:
    slept = checkout.parent / "slept"
    (checkout / "tests").mkdir()  # a student's own tests are not run
    (checkout / "tests" / "conftest.py").write_text("raise SystemExit\n")
    (checkout / "mnist_all_models.py").write_text(
        LETTERS
        + "def parse_idx(fd):\n    import os\n    os._exit(0)\n"
        + f"def build_ann():\n    import pathlib, time\n    slept = pathlib.Path({str(slept)!r})\n"
        + "    if slept.exists():\n        raise RuntimeError('once is enough')\n"
        + "    slept.touch()\n    time.sleep(1000)\n"
    )
    bundle = Path(shutil.copytree(bundle, checkout.parent / "bundle"))
    fast = bundle / "autograder.py"
    fast.write_text(fast.read_text().replace("PART_S, TRAINING_S = 100, 240", "PART_S, TRAINING_S = 30, 30"))
    table = graded(bundle, checkout)
    told = {test["test-name"].partition(":")[0]: test["message"] for test in table["tests"]}
    assert [test["test-name"] for test in table["tests"] if test["passed"]][-1].startswith("letters.letter_of")
    assert "does the code call exit" in told["parser.u1"]
    assert "Not tested: the tests had ended before" in told["parser.images"]
    assert "The tests ran out of time here" in told["builders.ann_built"]
