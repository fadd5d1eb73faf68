"""Made by `digitlab pack classroom50`: run the lab's public tests on a submission, with the points of their lines.

Classroom 50's runner calls this in the student's checkout. The tests are the bundle's, not those of the checkout, which
a student may change. But the student's code runs in the tests' process, with all rights of this job: what comes out is
help for students, and no mark. A status other than 0 is an error of the grading for Classroom 50.

It runs on GitHub's machine, so it needs nothing but the standard library, until it has installed what the lab needs.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "lab")]

from contract import (  # type: ignore[import-not-found]  # noqa: E402 -- the bundle has it beside this file
    BODY_NAME,
    RESULT_NAME,
    Line,
    body_text,
    clear_away,
    missing_names,
    result_text,
    write_over,
)

MODULE = "mnist_all_models"
LIBRARIES = ("cv2", "matplotlib", "nbformat", "numpy", "pytest", "tensorflow")
TRAINING = ("training", "letters")
PART_S, TRAINING_S = 100, 240
ALL_S = 660
"""Of the 15 minutes that Classroom 50 gives a job, what installing the libraries leaves."""
ENDED = {
    "en": "The process of the tests ended here: does the code call exit, or use up the memory?",
    "ru": "Процесс с тестами здесь завершился: не вызывает ли код exit, не кончилась ли память?",
}
LASTED = {
    "en": "The tests ran out of time here: is there a loop that never ends?",
    "ru": "Здесь у тестов кончилось время: нет ли бесконечного цикла?",
}
NOT_RUN = {"en": "Not tested: the tests had ended before.", "ru": "Не проверено: тесты завершились раньше."}


class HarnessError(Exception):
    """A fault of ours: no result may be made of it."""


def main() -> int:
    """Test the checkout in the current folder and write what the runner takes; return the exit status."""
    try:
        for name in (RESULT_NAME, BODY_NAME):
            clear_away(Path(name))
        if missing := missing_names(os.environ):
            raise HarnessError(f"the environment does not have {', '.join(missing)}, which the runner sets")
        install()
        lang = json.loads((HERE / "settings.json").read_text(encoding="utf-8"))["lang"]
        lines, told = tested(Path.cwd(), lang)
        when = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        write_over(Path(BODY_NAME), body_text(lines, told))
        write_over(Path(RESULT_NAME), result_text(lines, os.environ, when))
    except (HarnessError, OSError) as error:
        print(f"::error::{' '.join(str(error).split())}. Nothing was graded; this is no fault of the submission.")
        return 1
    print(f"{sum(line.points for line in lines):g} of {sum(line.max_points for line in lines):g} public points")
    return 0


def install() -> None:
    """Install what the lab needs, unless the runner's Python has it."""
    if all(importlib.util.find_spec(name) for name in LIBRARIES):
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")]
    if subprocess.run(command, check=False).returncode != 0:
        raise HarnessError("the lab's libraries cannot be installed")


def tested(checkout: Path, lang: str) -> tuple[list[Line], str]:
    """Return how each public line ended, and what is to be said of the submission as a whole."""
    from checking.errors import SubmissionError
    from checking.loading import read_submission
    from tests.checks.language import use_language

    use_language(lang)
    table = tomllib.loads((HERE / "lab" / "tests" / "points.toml").read_text(encoding="utf-8"))
    rubric = [line for line in table["line"] if line.get("public", True)]
    try:
        submission = read_submission(checkout)
    except SubmissionError as error:
        return [lost(line, "") for line in rubric], str(error)
    with tempfile.TemporaryDirectory() as folder:
        lab = Path(folder) / "lab"
        shutil.copytree(HERE / "lab", lab)
        suffix = Path(submission.file_name).suffix.lower()
        (lab / f"{MODULE}{suffix}").write_bytes(content_of(checkout, submission))
        options = ["--train", "--lang", lang, *(["--notebook"] if suffix == ".ipynb" else [])]
        ended = run_parts(lab, list(dict.fromkeys(line["id"].partition(".")[0] for line in rubric)), options, lang)
    lines = [
        Line(title_of(line), line["points"], line["points"], passed=True)
        if ended[line["id"]]["state"] == "passed"
        else lost(line, ended[line["id"]]["told"])
        for line in rubric
    ]
    return lines, "\n".join(submission.notes)


def content_of(checkout: Path, submission: Any) -> bytes:
    """Return the bytes of the module that was read; its text, where it lies in a zip."""
    for path in checkout.rglob(submission.file_name):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() == submission.sha256:
                return data
    return str(submission.text).encode("utf-8", "replace")


def run_parts(lab: Path, parts: Sequence[str], options: Sequence[str], lang: str) -> dict[str, dict[str, str]]:
    """Run the tests of each part in a process of its own; return state and message of each line."""
    ended: dict[str, dict[str, str]] = {}
    end = time.monotonic() + ALL_S
    for part in parts:
        limit_s = min(TRAINING_S if part in TRAINING else PART_S, end - time.monotonic())
        ended |= run_part(lab, part, options, lang, max(1.0, limit_s))
    return ended


def run_part(lab: Path, part: str, options: Sequence[str], lang: str, limit_s: float) -> dict[str, dict[str, str]]:
    """Run the tests of one part; what the student's code prints is not shown: GitHub takes some lines for commands."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "lines.json"
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "reporting", *options, f"tests/test_{part}.py"],
            cwd=lab,
            env=os.environ | {"DIGITLAB_LINES": str(report), "PYTHONPATH": str(HERE)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            status = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if not report.exists() and status is not None:  # before it is there, no code of the student's has run
            raise HarnessError(f"the tests of {part} did not begin (pytest ended with {status})")
        found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {"running": "", "lines": {}}
    return settled(part, lab, found, LASTED[lang] if status is None else ENDED[lang], lang)


def settled(part: str, lab: Path, found: Mapping[str, Any], broken_off: str, lang: str) -> dict[str, dict[str, str]]:
    """Return the lines of a part; the one that was running when the process ended is lost, those behind it untested."""
    names = [line["id"] for line in tomllib.loads((lab / "tests" / "points.toml").read_text(encoding="utf-8"))["line"]]
    ended = {}
    for name in names:
        if name.partition(".")[0] != part:
            continue
        line = found["lines"].get(name, {"state": "not run", "told": ""})
        if name == found["running"]:
            line = {"state": "failed", "told": broken_off}
        elif line["state"] == "not run":
            line = {"state": "not run", "told": NOT_RUN[lang] if found["running"] else broken_off}
        ended[name] = line
    return ended


def lost(line: Mapping[str, Any], told: str) -> Line:
    """Return a line that earns nothing."""
    return Line(title_of(line), 0.0, line["points"], passed=False, told=told)


def title_of(line: Mapping[str, Any]) -> str:
    """Return the line's title in the language that is used."""
    from tests.checks.language import tr

    return f"{line['id']}: {tr(line['title'])}"


if __name__ == "__main__":
    sys.exit(main())
