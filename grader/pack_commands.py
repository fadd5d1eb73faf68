"""The commands `digitlab pack ...`: make what other services need to grade with the kit."""

from __future__ import annotations

from pathlib import Path

import click

_PATH = click.Path(path_type=Path)


@click.group()
def pack() -> None:
    """Pack the kit for Gradescope or GitHub Classroom."""


@pack.command()
@click.option("--out", type=_PATH, default=Path("autograder.zip"), metavar="FILE", show_default=True)
@click.option("--secret-file", type=_PATH, metavar="FILE", help="As for `grade`. The secret is put into the zip.")
@click.option("--level", type=click.Choice(["full", "reduced"]), default="full", show_default=True)
@click.option("--unsafe", is_flag=True, help="Grade there even when that machine cannot confine the students' code.")
def gradescope(out: Path, secret_file: Path | None, level: str, unsafe: bool) -> None:
    """Make the zip to upload as an autograder. It holds the hidden tests and the secret: give it to nobody else.

    Example: digitlab pack gradescope --out autograder.zip
    """
    from grader.packing import pack_gradescope
    from grader.secret import find_secret

    secret = find_secret(secret_file, tell=lambda text: click.echo(f"digitlab: {text}", err=True))
    options = ["--level", level, *(["--unsafe"] if unsafe else [])]
    names = pack_gradescope(out, secret=secret, options=options)
    click.echo(f"made {out}: {len(names)} files, with the hidden tests and the secret in it")


@pack.command()
@click.option("--out", type=_PATH, default=Path("classroom.yml"), metavar="FILE", show_default=True,
              help="The file; in the template's repository it is .github/workflows/classroom.yml.")  # fmt: skip
def github(out: Path) -> None:
    """Write the workflow for GitHub Classroom: the public tests in each student's repository.

    Example: digitlab pack github --out .github/workflows/classroom.yml
    """
    from grader.packing import classroom_workflow
    from grader.store import write_text_atomic

    write_text_atomic(out, classroom_workflow())
    click.echo(f"made {out}")
