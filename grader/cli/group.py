"""The group of all commands: how our errors are shown, and the command line as it was given."""

from __future__ import annotations

import contextlib
import shlex
import traceback
from collections.abc import Iterator
from typing import Any

import click

from grader.cli.options import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, warn
from grader.system.errors import DigitLabError, GraderFault, UsageError

IN_A_CLONE = ("release", "validate")
"""Commands that work on the project itself: no wheel holds what they need."""
_LEFT_OUT = ("grader.proofs", "grader.release")
_ARGUMENTS = "digitlab.arguments"


class Commands(click.Group):
    """Shows our errors as one message without a traceback, with the exit status that the docs promise."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        given = list(args)  # parsing takes them out
        ctx = super().make_context(info_name, args, parent, **extra)
        ctx.meta[_ARGUMENTS] = given
        return ctx

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, and apart from them those that need a clone."""
        known = {name: command for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))}
        here = [name for name in known if name not in IN_A_CLONE]
        limit = formatter.width - 6 - max(map(len, known))
        for title, names in (("Commands", here), ("In a clone of the project", IN_A_CLONE)):
            with formatter.section(title):
                formatter.write_dl([(name, known[name].get_short_help_str(limit)) for name in names])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if error.name not in _LEFT_OUT:
                raise
            command = shlex.join(["digitlab", *ctx.meta[_ARGUMENTS]])
            warn(f"error: {command}: needs a clone of the project; the installed package has no {error.name}.")
            ctx.exit(EXIT_USAGE)
        except KeyboardInterrupt:
            warn("stopped.")
            ctx.exit(EXIT_INTERRUPTED)
        except DigitLabError as error:
            if ctx.params.get("debug"):
                traceback.print_exc()
            warn(f"error: {error}")
            ctx.exit(EXIT_FAILED if isinstance(error, GraderFault) else EXIT_USAGE)


def command_to_resume(command: str) -> str:
    """Return the very command line that is running, quoted for a shell, with --resume."""
    given = [word for word in click.get_current_context().meta[_ARGUMENTS] if word not in ("--resume", "--overwrite")]
    place = given.index(command) + 1
    return shlex.join(["digitlab", *given[:place], "--resume", *given[place:]])


@contextlib.contextmanager
def telling_how_to_go_on(again: str) -> Iterator[None]:
    """Add to an error that stops a run the sentence on how it is gone on with."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{error} {again}") from error
