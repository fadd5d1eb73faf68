"""What is asked of a validation as a whole: messages that somebody has reviewed, and nothing that gives away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from grader.proofs.cases import Problem, Verdict
from grader.proofs.golden import Messages, changes, messages_of
from grader.proofs.leaks import Hidden
from grader.proofs.leaks_in_files import leaks_in_files
from grader.proofs.run import Report
from grader.reports.github_classroom import render_github
from grader.reports.gradescope import render_gradescope
from grader.reports.html import render_student_page
from grader.reports.junit import render_junit
from grader.results.models import SubmissionResult
from grader.system.assets import template_dir


def with_reviewed_messages(report: Report, kept: Messages) -> Report:
    """Return the report with a problem for each message that is not the reviewed one."""
    found: dict[str, list[Problem]] = defaultdict(list)
    for name, problem in changes(messages_of(report.verdicts), kept):
        found[name].append(problem)
    verdicts = tuple(
        replace(verdict, problems=(*verdict.problems, *found.pop(verdict.case.name)))
        if verdict.case.name in found and verdict.seed == 0
        else verdict
        for verdict in report.verdicts
    )
    return replace(report, verdicts=verdicts)


def with_leaks(report: Report, secret: bytes, folder: Path | None = None) -> Report:
    """Return the report with what the template's files and the students' pages give away.

    Args:
        report: of gradings whose first secret is `secret`.
        secret: what the hidden pictures are drawn from.
        folder: of the template; None for the project's own.
    """
    hidden = Hidden.of(secret)
    root = folder or template_dir()
    files = [file for file in sorted(root.rglob("*")) if file.is_file()]
    passed_over = _own_caches(files, root)
    given_out = [problem.text for problem in leaks_in_files((one for one in files if one not in passed_over), hidden)]
    return replace(
        report,
        leaks=(*given_out, *_leaks_in_pages(report.verdicts, hidden)),
        passed_over=tuple(str(file.relative_to(root)) for file in files if file in passed_over),
    )


def _own_caches(files: Iterable[Path], root: Path) -> set[Path]:
    """Return the caches that Python and pytest left in a clone's template: git keeps it, and does not keep them.

    Any other folder may be given out as it is: there they count as files like all others.
    """
    kept = _kept_by_git(root)
    caches = {file for file in files if file.suffix == ".pyc" or ".pytest_cache" in file.relative_to(root).parts}
    return {file for file in caches if file.relative_to(root).as_posix() not in kept} if kept else set()


def _kept_by_git(folder: Path) -> set[str]:
    """Return the files below a folder that git keeps; none when there is no clone around it, or no git."""
    git = shutil.which("git")
    if git is None:
        return set()
    done = subprocess.run([git, "-C", folder, "ls-files", "-z"], capture_output=True, check=False)
    return set(os.fsdecode(done.stdout).split("\0")) - {""} if done.returncode == 0 else set()


def _leaks_in_pages(verdicts: Iterable[Verdict], hidden: Hidden) -> list[str]:
    return [
        f"{what} in the {form} of {verdict.case.name}"
        for verdict in verdicts
        if verdict.seed == 0
        for form, text in _given_out(verdict.result)
        for what in hidden.found_in(text)
    ]


def _given_out(result: SubmissionResult) -> Iterator[tuple[str, str]]:
    """Yield every form in which a result may reach a student."""
    yield "page", render_student_page(result)
    yield "result.json", result.model_copy(update={"grader_log": ""}).to_json()  # the log is the instructor's
    yield "JUnit file", render_junit([result])
    if result.score is not None:  # without a mark these hold nothing but that
        yield "Gradescope file", render_gradescope(result) or ""
        yield "GitHub file", render_github(result)
