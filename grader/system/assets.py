"""Find the folders that stand beside the package in a clone and inside it when installed from a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def _find(name: str) -> Path:
    bundled = _PACKAGE / "_assets" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name


def datasets_dir() -> Path:
    """Return the ``datasets`` folder: glyph skeletons and the dataset card."""
    return _find("datasets")


def reference_dir() -> Path:
    """Return the ``reference_solution`` folder."""
    return _find("reference_solution")


def template_dir() -> Path:
    """Return the ``student_template`` folder: what students get. Only a clone has it."""
    return _PACKAGE.parent / "student_template"


def corpus_dir() -> Path:
    """Return ``tests/corpus``: the example class and the proofs that need it (a wheel carries the example class)."""
    bundled = _PACKAGE / "_assets" / "corpus"
    return bundled if bundled.is_dir() else _PACKAGE.parent / "tests" / "corpus"
