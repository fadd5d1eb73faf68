"""The folder ``CLASSROOM/autograders/ASSIGNMENT`` of a Classroom 50 configuration.

What is in it:

    autograder.py       called by the runner for each submission, in the student's checkout
    runtime.json        for `gh teacher assignment add --runtime`: where the runner works
    settings.json       the language of the messages
    contract.py         what the runner takes from an autograder

and, where it runs the public tests itself:

    reporting.py        a plugin of pytest: how each line of the rubric ended
    requirements.txt    the libraries that the lab needs
    lab/                the tests, the code that reads a submission, and the data, as students have them

Everything in the bundle is published on the web (GitHub Pages): no hidden test and no secret may be in it.
"""

from __future__ import annotations

import json
from pathlib import Path

from grader.assignment.public_tests.checks.language import SOURCE_LANGUAGE
from grader.release.template import found_files, template_files
from grader.reports import classroom50_contract
from grader.system.errors import UsageError
from grader.system.file_errors import why_not_written

_FOLDER = Path(__file__).resolve().parent
_LAB = ("tests/", "checking/", "mnist_dataset/", "emnist_dataset/", "pytest.ini", "requirements.txt")
"""What the public tests need of the student template."""
_LISTED = 5


def pack_classroom50(out: Path, *, self_hosted: bool = False, lang: str = SOURCE_LANGUAGE) -> list[str]:
    """Write the folder and return the names of its files.

    Args:
        self_hosted: have a runner of one's own grade with the kit that is installed there; else the public tests run.
        lang: the language of everything that students read.
    Raises:
        UsageError: the folder holds what is none of the bundle's, or cannot be written.
    """
    if out.exists() and not out.is_dir():  # the data for the public tests take a while to draw
        raise UsageError(f"{out}: is a file, and a folder is made. Choose another --out.")
    files = (_hosted_files() if self_hosted else _public_files()) | {
        "settings.json": json.dumps({"lang": lang}).encode() + b"\n"
    }
    try:
        strangers = [name for name in found_files(out) if name not in files] if out.is_dir() else []
        if strangers:
            more = f" and {len(strangers) - _LISTED} more" if len(strangers) > _LISTED else ""
            raise UsageError(
                f"{out}: holds what is no part of the bundle: {', '.join(strangers[:_LISTED])}{more}. Nothing was "
                "written. Choose an empty folder, or remove these files."
            )
        for name, data in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{out}: {why_not_written(error)}. Choose another --out.") from error
    return sorted(files)


def _hosted_files() -> dict[str, bytes]:
    runtime: dict[str, object] = {"runs-on": ["self-hosted", "digitlab"]}
    return {
        "autograder.py": _read(_FOLDER / "hosted_autograder.py"),
        "contract.py": _read(Path(classroom50_contract.__file__)),
        "runtime.json": _json(runtime),
    }


def _public_files() -> dict[str, bytes]:
    lab = {name: data for name, data in template_files().items() if name.startswith(_LAB)}
    requirements = lab.pop("requirements.txt").decode().replace("opencv-python>", "opencv-python-headless>")
    return {f"lab/{name}": data for name, data in lab.items()} | {
        "autograder.py": _read(_FOLDER / "public_autograder.py"),
        "contract.py": _read(Path(classroom50_contract.__file__)),
        "reporting.py": _read(_FOLDER / "reporting.py"),
        "requirements.txt": requirements.encode(),
        "runtime.json": _json({"runs-on": "ubuntu-latest", "python": "3.12"}),
    }


def _read(path: Path) -> bytes:
    return path.read_bytes().replace(b"\r\n", b"\n")


def _json(table: dict[str, object]) -> bytes:
    return json.dumps(table, indent=2).encode() + b"\n"
