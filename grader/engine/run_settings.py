"""What holds for every submission of a run, and what it leads to: limits, pictures, confinement."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.assignment.public_tests.checks.language import SOURCE_LANGUAGE
from grader.assignment.realdata import data_folder, load_real_pictures
from grader.marking.thresholds import MODES
from grader.results.models import Confinement
from grader.results.rubric import Rubric, load_rubric
from grader.sandbox.layers.readable import SYSTEM_PATHS, library_folders
from grader.sandbox.probe import probe
from grader.system.errors import UsageError
from grader.system.user_folders import cache_folder

_QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8"}
SCORER_ENVIRONMENT = _QUIET | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
ZYGOTE_ENVIRONMENT = _QUIET | {
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": "/nonexistent",  # the instructor's own keras.json must not change a mark
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
}
"""All that the warm processes find in their environment."""


@dataclass(frozen=True)
class GradeSettings:
    """What holds for every submission of a run."""

    secret: bytes = field(repr=False)
    dataset: str = "fixture"
    """A name in `MODES`: drawn pictures, or the real ones."""
    data_dir: Path | None = None
    """Where the real ones lie; None is the place that `data_folder` finds."""
    time_s: float | None = None
    """Replaces the time limit of every rubric line."""
    memory_mib: int | None = None
    level: str = "full"
    """The strongest confinement to use; the machine may offer less."""
    at_least: str = "reduced"
    """The weakest confinement to grade with."""
    unsafe: bool = False
    """Grade although this machine cannot confine the student's code."""
    lang: str = SOURCE_LANGUAGE
    """Of what a result tells its student. Never the system's own: the same class gives the same results anywhere."""


@dataclass(frozen=True)
class DataChoice:
    """Which pictures a run uses."""

    name: str
    """As results tell it."""
    folder: str | None = None
    """Where the real ones lie."""
    notes: tuple[str, ...] = ()
    """What whoever reads a result must know of them."""


def rubric_of(settings: GradeSettings) -> Rubric:
    """Return the rubric with the limits of the settings' pictures, or with the settings' own where they have any."""
    lines = load_rubric().with_line_limits(MODES[settings.dataset].limits)
    return lines.with_limits(time_s=settings.time_s, memory_mib=settings.memory_mib)


def find_data(settings: GradeSettings) -> DataChoice:
    """Return which pictures the settings ask for; real ones are read once, to be sure of them before anything starts.

    Raises:
        UsageError: they are not there, are wrong, or lie where students' code may read.
    """
    if settings.dataset == "fixture":
        return DataChoice("fixture")
    folder = data_folder(settings.data_dir).resolve()
    for readable in (*SYSTEM_PATHS, *library_folders()):
        if folder.is_relative_to(Path(readable).resolve()):
            raise UsageError(f"{folder}: lies in {readable}, which students' code may read. Choose another folder.")
    real = load_real_pictures(folder)
    return DataChoice(real.name, str(folder), real.notes)


def find_confinement(level: str = "full", *, unsafe: bool, at_least: str = "reduced") -> Confinement:
    """Return what this machine offers.

    Args:
        level: the strongest to use.
        unsafe: take none, too.
        at_least: the weakest to take, `reduced` or `full`.

    Raises:
        UsageError: too little, and nobody said that it is enough.
    """
    found = probe(level)
    reasons = "; ".join(f"{layer}: {found.reasons[layer]}" for layer in found.missing)
    if at_least == "full" != found.level:
        raise UsageError(f"level {at_least} was asked for, this machine offers {found.level} ({reasons})")
    if found.level == "none" and not unsafe:
        raise UsageError(
            f"this machine cannot confine the students' code: it lacks {', '.join(found.missing)} ({reasons}). "
            "Use a newer kernel (5.13 has Landlock), or --unsafe where there is nothing to lose."
        )
    return Confinement(level=found.level, layers=found.layers, missing=found.missing)


def matplotlib_cache(fallback: Path) -> Path:
    """Return a folder of this user's where matplotlib keeps its list of fonts, which is slow to make.

    Args:
        fallback: a folder of this run's, for a user without a home to write to.
    """
    try:
        folder = cache_folder(instead="Set XDG_CACHE_HOME.") / "matplotlib"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, UsageError):
        return fallback
    return folder
