"""The commands `digitlab data ...`: draw pictures, fetch the real ones, check them, list them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import EXIT_FAILED, PATH, data_dir_option

if TYPE_CHECKING:
    from grader.assignment.realdata import DataFile, DataSet, FileState


@click.group()
def data() -> None:
    """Work with pictures of handwriting."""


@data.command()
@click.option("--out", type=PATH, required=True, metavar="DIR", help="Folder for the files.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--train", type=int, default=6000, show_default=True, help="Training digits (letters: --letters-train).")
@click.option("--test", type=int, default=1000, show_default=True, help="Test digits (letters: --letters-test).")
@click.option("--letters-train", type=int, default=5200, show_default=True, help="Training letters.")
@click.option("--letters-test", type=int, default=1040, show_default=True, help="Test letters.")
def make(out: Path, seed: int, train: int, test: int, letters_train: int, letters_test: int) -> None:
    """Draw digits and letters and write them as MNIST's and EMNIST's files.

    Example: digitlab data make --out data/ --seed 7 --train 60000 --test 10000
    """
    from grader.assignment.data_files import write_dataset

    paths = write_dataset(
        out, seed=seed, train=train, test=test, letters_train=letters_train, letters_test=letters_test
    )
    for path in paths:
        click.echo(path)


@data.command()
@click.option("--letters", is_flag=True, help="Show letters instead of digits.")
@click.option(
    "--out", type=PATH, default=Path("sheet.png"), metavar="FILE", show_default=True, help="The PNG picture to write."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@data_dir_option
def show(letters: bool, out: Path, seed: int, data_dir: Path | None) -> None:
    """Draw a sheet of samples, one row for each digit or letter; real ones beside them, where their files are.

    Example: digitlab data show --out sheet.png
    """
    from grader.assignment.handwriting.sheet import write_sheet
    from grader.assignment.realdata import data_folder, training_pictures

    folder = data_folder(data_dir)
    real = training_pictures(folder, letters=letters)
    write_sheet(out, letters=letters, seed=seed, real=real)
    if real is None:
        click.echo(f"digitlab: only drawn ones: {folder} holds no real {'letters' if letters else 'digits'}", err=True)
    click.echo(out)


@data.command()
@click.argument("name", metavar="SET")
@data_dir_option
@click.option("--keep-archive", is_flag=True, help="Keep the zip that EMNIST's files are taken out of (560 MB).")
def fetch(name: str, data_dir: Path | None, keep_archive: bool) -> None:
    """Fetch the real data set SET: mnist, mnist-npz or emnist-letters. What is there and right stays.

    Example: digitlab data fetch mnist
    """
    from grader.assignment.realdata import data_folder, fetch_data_set, find_data_set
    from grader.cli.progress import download_progress

    data_set, folder = find_data_set(name), data_folder(data_dir)
    with download_progress() as watch:
        states = fetch_data_set(data_set, folder, keep_archive=keep_archive, watch=watch)
    _say_states(states)
    click.echo(f"{data_set.name} is in {folder}")


@data.command()
@click.argument("name", metavar="[SET]", required=False)
@data_dir_option
def verify(name: str | None, data_dir: Path | None) -> None:
    """Check the files of SET, or of all sets that are there: sizes, hashes, form, counts and labels.

    Example: digitlab data verify mnist
    """
    from grader.assignment.realdata import DATA_SETS, Standing, data_folder, find_data_set

    data_sets = [find_data_set(name)] if name is not None else list(DATA_SETS.values())
    folder = data_folder(data_dir)
    states = _states(folder, data_sets)
    if name is None:  # nobody asked for the other sets
        states = [state for state in states if state.standing is not Standing.MISSING]
    if not states:
        click.echo(f"{folder} holds no file of a data set. Fetch one: digitlab data fetch mnist")
    _say_states(states)
    if not states or not all(state.is_usable for state in states):
        sys.exit(EXIT_FAILED)


@data.command(name="list")
@data_dir_option
def list_(data_dir: Path | None) -> None:
    """List the real data sets: files, sizes, what is here, licences.

    Example: digitlab data list
    """
    from grader.assignment.realdata import DATA_SETS, data_folder

    folder = data_folder(data_dir)
    for data_set in DATA_SETS.values():
        click.echo(f"{data_set.name}  ({data_set.licence}; {data_set.source})")
        for state in _states(folder, [data_set]):
            click.echo(f"  {state.file.name:<42}{_size(data_set, state.file):>12}  {state.standing}")
    click.echo(f"folder: {folder}")


def _states(folder: Path, data_sets: list[DataSet]) -> list[FileState]:
    from grader.assignment.realdata import inspect_file

    return [inspect_file(folder, file) for data_set in data_sets for file in data_set.files]


def _size(data_set: DataSet, file: DataFile) -> str:
    if file.size_bytes is not None:
        return f"{file.size_bytes:,}"
    return f"in {data_set.archive.name}" if data_set.archive is not None else ""


def _say_states(states: list[FileState]) -> None:
    for state in states:
        click.echo(f"{state.standing:<12}{state.path.name}")
    for state in states:
        if state.note:
            click.echo(state.note)
