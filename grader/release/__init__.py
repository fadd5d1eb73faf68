"""Make the student template from the reference solution, and prove that it is up to date and gives nothing away."""

from grader.release.check import check_template
from grader.release.notebook import notebook_text, reference_notebook_text
from grader.release.template import build_template, keep_demonstrations

__all__ = [
    "build_template",
    "check_template",
    "keep_demonstrations",
    "notebook_text",
    "reference_notebook_text",
]
