"""Attacks that are not code: archives, folders and odd files. `grader.validation.hostile` says what a package is."""

import zipfile
from pathlib import Path

from grader.validation.hostile import Package


def climbing_zip(folder: Path, honest: str) -> Path:
    path = folder / "lab.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../mnist_all_models.py", honest)
    return path


PACKAGES = [
    Package(
        "zip-climbs",
        hopes="to write outside of the folder that it is unpacked into",
        stopped_by="names are checked; nothing is unpacked to a disk",
        make=climbing_zip,
        rejected="..",
    ),
]
