"""Options and helpers that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.assignment.public_tests.checks.language import LANGUAGES, SOURCE_LANGUAGE
from grader.marking.thresholds import MODES

if TYPE_CHECKING:
    from rich.console import Console

    from grader.engine.run_settings import GradeSettings

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130
PATH = click.Path(path_type=Path)

data_dir_option = click.option(
    "--data-dir", type=PATH, metavar="DIR",
    help="Folder of the real data (else $DIGITLAB_DATA, else digitlab/data in your cache).",
)  # fmt: skip

level_option = click.option(
    "--level", type=click.Choice(["full", "reduced"]), default="full", show_default=True,
    help="The strongest confinement to use; reduced leaves namespaces out, as a container may.",
)  # fmt: skip
at_least_option = click.option(
    "--at-least", type=click.Choice(["full", "reduced"]), default="reduced", show_default=True,
    help="The weakest confinement to grade with; otherwise refuse.",
)  # fmt: skip
unsafe_option = click.option(
    "--unsafe", is_flag=True, help="Grade although this machine cannot confine the students' code."
)
secret_file_option = click.option(
    "--secret-file", type=PATH, metavar="FILE",
    help="File with the secret that the hidden pictures are drawn from (else $DIGITLAB_SECRET, "
    "else a secret made for this machine).",
)  # fmt: skip
lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default=SOURCE_LANGUAGE, show_default=True,
    help="Language of feedback, reports and tables.",
)  # fmt: skip
course_option = click.option(
    "--course", "course_file", type=PATH, metavar="FILE",
    help="The course's rules: when work is due, what being late costs, which attempt counts (course.toml).",
)  # fmt: skip
jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(1, 256), default=None, metavar="N",
    help="Submissions to grade side by side (default: as many as cores and memory allow).",
)  # fmt: skip


class Seconds(click.FloatRange):
    """A time that a clock can measure: click's own range lets nan through."""

    def __init__(self) -> None:
        super().__init__(min=0.01, max=86_400)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if number == number else self.fail("nan is not a time in seconds", param, ctx)  # noqa: PLR0124


def grading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        level_option,
        at_least_option,
        data_dir_option,
        click.option("--dataset", type=click.Choice(list(MODES)), default="fixture", show_default=True,
                     help="Pictures to train and score on: drawn from the secret, or the real ones (slow)."),
        unsafe_option,
        click.option("--memory-limit", type=click.IntRange(64, 1 << 20), metavar="MIB",
                     help="Memory for each rubric line, instead of what the rubric says."),
        click.option("--time-limit", type=Seconds(), metavar="SECONDS",
                     help="Processor time for each rubric line, instead of what the rubric says."),
        secret_file_option,
    ):  # fmt: skip
        command = option(command)
    return command


def settings_of(
    *,
    secret: bytes | None = None,
    secret_file: Path | None = None,
    time_limit: float | None = None,
    memory_limit: int | None = None,
    level: str = "full",
    at_least: str = "reduced",
    unsafe: bool = False,
    lang: str = SOURCE_LANGUAGE,
    dataset: str = "fixture",
    data_dir: Path | None = None,
) -> GradeSettings:
    from grader.engine.run_settings import GradeSettings
    from grader.system.secret import find_secret

    return GradeSettings(
        secret=secret if secret is not None else find_secret(secret_file, tell=warn),
        dataset=dataset,
        data_dir=data_dir,
        time_s=time_limit,
        memory_mib=memory_limit,
        level=level,
        at_least=at_least,
        unsafe=unsafe,
        lang=lang,
    )


def console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def warn(text: str) -> None:
    click.echo(f"digitlab: {text}", err=True)
