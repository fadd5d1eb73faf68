"""The notebook with the reference's code in it runs from top to bottom in a real kernel, and shows what it should."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from grader.release import reference_notebook_text
from grader.submissions import read_submission
from grader.system.assets import template_dir

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
NAME = "mnist_all_models.ipynb"


def run(folder: Path) -> Any:
    """Run the notebook of this folder as Jupyter does, and save it with what it shows."""
    notebook = nbformat.read(folder / NAME, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env={name: value for name, value in os.environ.items() if name != "MPLBACKEND"})  # tests set it
    nbformat.write(notebook, folder / NAME)
    return notebook


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder at the end of the lab."""
    folder = tmp_path_factory.mktemp("lab") / "lab"
    shutil.copytree(template_dir(), folder)
    (folder / NAME).write_text(reference_notebook_text(), encoding="utf-8")
    run(folder)
    return folder


def outputs_of(folder: Path) -> list[Any]:
    cells = nbformat.read(folder / NAME, as_version=4).cells
    return [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]


def test_each_part_shows_something(worked: Path) -> None:
    outputs = outputs_of(worked)
    assert not [output for output in outputs if output.output_type == "error"]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) >= 4  # samples, curves, mistakes or drawing, letters
    said = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    assert "train: (6000, 28, 28) (6000,) test: (1000, 28, 28) (1000,)" in said
    reached = {what: float(share) for what, share in re.findall(r"(\w+)(?: network)?: (0\.\d+)", said)}
    assert reached["dense"] > 0.8
    assert reached["convolutional"] > 0.85
    assert reached["letters"] > 0.7
    for name in ("mnist_ann.keras", "mnist_cnn.keras", "emnist_letters.keras"):
        assert (worked / name).stat().st_size > 10_000


def test_the_worked_notebook_is_graded_by_the_same_plan(worked: Path, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(reference_notebook_text(), encoding="utf-8")
    fresh, done = read_submission(tmp_path / NAME), read_submission(worked / NAME)
    assert [plan.source for plan in done.plans] == [plan.source for plan in fresh.plans]
    assert read_submission(worked / NAME).notes == ()


def test_without_its_data_it_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(reference_notebook_text(), encoding="utf-8")
    with pytest.raises(CellExecutionError, match=r"there is no folder mnist_dataset here; in Colab: !unzip"):
        run(tmp_path)
