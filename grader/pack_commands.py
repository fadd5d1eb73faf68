"""The commands `digitlab pack ...`: make what other services need to grade with the kit."""

from __future__ import annotations

from pathlib import Path

import click

from grader.command_options import (
    PATH,
    at_least_option,
    lang_option,
    level_option,
    secret_file_option,
    unsafe_option,
    warn,
)


@click.group()
def pack() -> None:
    """Pack the kit for Gradescope or GitHub Classroom."""


@pack.command()
@click.option("--out", type=PATH, default=Path("autograder.zip"), metavar="FILE", show_default=True,
              help="The zip to make.")  # fmt: skip
@lang_option
@level_option
@at_least_option
@unsafe_option
@secret_file_option
def gradescope(out: Path, secret_file: Path | None, level: str, at_least: str, unsafe: bool, lang: str) -> None:
    """Make the zip to upload as an autograder. It holds the hidden tests and the secret: give it to nobody else.

    What is said of confinement and language holds for the machine that grades with the zip.

    Example: digitlab pack gradescope --out autograder.zip
    """
    from grader.packing import pack_gradescope
    from grader.secret import find_secret

    secret = find_secret(secret_file, tell=warn)
    options = ["--level", level, "--at-least", at_least, *(["--unsafe"] if unsafe else [])]
    names = pack_gradescope(out, secret=secret, options=options, lang=lang)
    click.echo(f"made {out}: {len(names)} files, with the hidden tests and the secret in it")


@pack.command()
@click.option("--out", type=PATH, default=Path("classroom.yml"), metavar="FILE", show_default=True,
              help="The file; in the template's repository it is .github/workflows/classroom.yml.")  # fmt: skip
def github(out: Path) -> None:
    """Write the workflow for GitHub Classroom: the public tests in each student's repository.

    Example: digitlab pack github --out .github/workflows/classroom.yml
    """
    from grader.packing import classroom_workflow
    from grader.store import write_text_atomic

    write_text_atomic(out, classroom_workflow())
    click.echo(f"made {out}")
