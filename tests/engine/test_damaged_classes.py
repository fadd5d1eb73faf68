"""Classes of nothing but damaged submissions, from every platform, on the whole way from the intake to the reports."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "damaged.py"


@pytest.mark.slow
def test_everybody_gets_a_result_and_reports_and_nobody_a_fault_of_the_grader() -> None:
    """The same with a thousand is in docs/class.md."""
    command = [sys.executable, str(BENCHMARK), "--count", "40", "--seed", "2"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.findall(r"^\w+ +8 ", run.stdout, re.MULTILINE) == [
        f"{kind:<11}    8 " for kind in ("moodle", "canvas", "gradescope", "github", "plain")
    ]
    assert "40 submissions: {" in run.stdout
    assert "grader_error" not in run.stdout
