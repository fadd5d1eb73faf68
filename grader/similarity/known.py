"""The code that everybody may have: what students were given, and what the assignment leads them to write."""

from __future__ import annotations

from grader.assignment.solutions import strip_solutions
from grader.system.assets import reference_dir

_MODULE = "mnist_all_models.py"


def known_code() -> tuple[str, ...]:
    """Return the texts of the reference and of the template that a release makes from it."""
    reference = (reference_dir() / _MODULE).read_text(encoding="utf-8")
    return reference, strip_solutions(reference, file_name=_MODULE)
