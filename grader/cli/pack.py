"""The commands `digitlab pack ...`: make what other services need to grade with the kit."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import (
    PATH,
    at_least_option,
    lang_option,
    level_option,
    secret_file_option,
    unsafe_option,
    warn,
)
from grader.system.errors import UsageError

TIMEOUT_MINUTES = 10
"""Gradescope ends a run after so long unless the assignment says otherwise, up to forty."""


overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace what an earlier packing made under this name."
)


@click.group()
def pack() -> None:
    """Pack the kit for Gradescope, GitHub Classroom or Classroom 50."""


@pack.command()
@click.option("--out", type=PATH, default=Path("autograder.zip"), metavar="FILE", show_default=True,
              help="The zip to make.")  # fmt: skip
@overwrite_option
@lang_option
@level_option
@at_least_option
@unsafe_option
@secret_file_option
@click.option("--timeout", type=click.IntRange(5, 40), default=TIMEOUT_MINUTES, metavar="MINUTES", show_default=True,
              help="The timeout that the assignment has in Gradescope.")  # fmt: skip
def gradescope(
    out: Path,
    overwrite: bool,
    secret_file: Path | None,
    level: str,
    at_least: str,
    unsafe: bool,
    lang: str,
    timeout: int,
) -> None:
    """Make the zip to upload as an autograder. It holds the hidden tests and the secret: give it to nobody else.

    What is said of confinement and language holds for the machine that grades with the zip.

    Example: digitlab pack gradescope --out autograder.zip
    """
    from grader.packing import pack_gradescope
    from grader.system.machine import NEEDED_MEMORY_MIB
    from grader.system.secret import find_secret

    _refuse_existing(out, overwrite=overwrite)
    secret = find_secret(secret_file, tell=warn)
    options = ["--level", level, "--at-least", at_least, *(["--unsafe"] if unsafe else [])]
    names = pack_gradescope(out, secret=secret, options=options, lang=lang, timeout_minutes=timeout)
    click.echo(f"made {out}: {len(names)} files, with the hidden tests and the secret in it")
    click.echo(
        f"set in Gradescope: {NEEDED_MEMORY_MIB:,} MiB of memory or more, 1 CPU or more, a timeout of {timeout} minutes"
    )


@pack.command()
@click.option("--out", type=PATH, default=Path("classroom.yml"), metavar="FILE", show_default=True,
              help="The file; in the template's repository it is .github/workflows/classroom.yml.")  # fmt: skip
@overwrite_option
def github(out: Path, overwrite: bool) -> None:
    """Write the workflow for GitHub Classroom: the public tests in each student's repository.

    Example: digitlab pack github --out .github/workflows/classroom.yml
    """
    from grader.packing import classroom_workflow
    from grader.results.store import write_asked_for

    _refuse_existing(out, overwrite=overwrite)
    write_asked_for(out, classroom_workflow().encode())
    click.echo(f"made {out}")


@pack.command()
@click.option("--out", type=PATH, default=Path("classroom50"), metavar="DIR", show_default=True,
              help="The folder to make; in the configuration it is CLASSROOM/autograders/ASSIGNMENT.")  # fmt: skip
@click.option("--self-hosted", is_flag=True,
              help="Grade with the kit, installed on a runner of your own; else the public tests run.")  # fmt: skip
@lang_option
def classroom50(out: Path, self_hosted: bool, lang: str) -> None:
    """Make the autograder of an assignment for Classroom 50. It is published: no hidden test and no secret is in it.

    Example: digitlab pack classroom50 --out spring/autograders/digits
    """
    from grader.packing import pack_classroom50

    is_there = (out / "autograder.py").exists()  # nothing but an earlier bundle's own files is written over
    names = pack_classroom50(out, self_hosted=self_hosted, lang=lang)
    instead = ", in place of the bundle that was there" if is_there else ""
    click.echo(f"made {out}: {len(names)} files{instead}; runtime.json is for: gh teacher assignment add --runtime")


def _refuse_existing(out: Path, *, overwrite: bool) -> None:
    """Check that nothing is replaced without being asked for.

    Raises:
        UsageError: something would be.
    """
    if not overwrite and not out.is_dir() and (out.exists() or out.is_symlink()):
        raise UsageError(f"{out} exists already; nothing was written. Choose another --out, or use --overwrite.")
