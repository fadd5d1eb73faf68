"""Recognise where a class folder comes from and turn it into one entry for each student or group.

Nothing is left out in silence: every entry of the folder is a submission, or is told of.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.submissions import find_submissions
from grader.submissions.class_folder import clean_name, list_class, name_key, numbered
from grader.submissions.names import file_stem
from grader.submissions.platforms import canvas, github, gradescope, moodle
from grader.submissions.platforms.attempt import Attempt
from grader.submissions.platforms.unpacking import unpack_class
from grader.submissions.shown_text import shown, shown_list
from grader.system.errors import UsageError

AUTO, FOLDER = "auto", "folder"
_PLATFORMS = {"moodle": moodle, "canvas": canvas, "gradescope": gradescope, "github": github}
KINDS = (AUTO, *_PLATFORMS, FOLDER)
"""What `--from` takes."""


@dataclass(frozen=True)
class ClassEntry:
    """The submission of a student or a group that is graded."""

    name: str
    path: Path
    student: str
    """The platform's id of the student or group; in a plain folder the name."""
    late: bool = False
    members: tuple[str, ...] = ()
    handed_in: str = ""
    """UTC in ISO 8601, where the platform says so."""
    attempt: int = 1
    platform: str = FOLDER
    """One of `KINDS`: whose ids `student` and `members` are."""
    own_name: str = ""
    """How its author called the one file that was handed in; empty for a folder, whose name may be the platform's."""
    called: str = ""
    """What the download calls the student or group, as it is; by it rows of gradebooks are known to be theirs."""


def read_class(
    class_dir: Path, kind: str, staging: Path, *, tell: Callable[[str], None], all_attempts: bool = False
) -> list[ClassEntry]:
    """Return the class of a folder or a zip, sorted by name: of each student the last attempt, or all.

    The last is the one with the latest time, and where the platform gives no times the one with the highest number.

    Args:
        kind: one of `KINDS`.
        staging: an empty folder; a zip is unpacked here, and files of one student that lie side by side are gathered.
        tell: called with a sentence on what was recognised, and on each thing that is not graded.
    Raises:
        UsageError: the folder cannot be read, holds no submission, or looks like two platforms.
    """
    given = class_dir
    class_dir = _unpacked(given, staging / "unpacked", tell) if _is_zip(given) else _opened(given, tell)
    paths = list_class(class_dir)
    kind = _recognised(given, paths, tell) if kind == AUTO else kind
    if kind == FOLDER:
        return [
            ClassEntry(name, path, name, own_name="" if _is_folder(path) else path.name, called=name)
            for name, path in find_submissions(class_dir)
        ]
    try:
        found = _PLATFORMS[kind].read(paths)
    except UsageError as error:  # the folder that a zip was unpacked into says nothing to anybody
        raise UsageError(f"{given}: {error}") from error
    records = [record for record in found if record.files]
    if not records:
        raise UsageError(f"{given}: holds nothing of {kind} ({_title(kind)}). Use another --from, or auto.")
    for record in found:
        if not record.files:
            tell(f"{clean_name(record.name)} ({shown(record.student)}): no files, but {kind} tells of some; not graded")
    if start := github.shared_start(paths) if kind == "github" else "":
        tell(f"the students' names are what stands behind {shown(start)} in the folders' names")
    used = {path for record in records for path in record.files.values()}
    own = {"gradescope": gradescope.METADATA, "github": github.SUMMARY}.get(kind)
    if unused := [path.name for path in paths if path not in used and path.name != own]:
        or_why = ", or the numbers of two students in its name" if kind == "canvas" else ""
        tell(f"not graded (no submission of {kind}, or an older version of a file{or_why}): {shown_list(unused, 20)}")
    attempts = _attempts(records) if all_attempts else [(1, record) for record in _last_attempts(records, tell)]
    entries = [
        ClassEntry(
            name,
            # Named without what tells students of one name apart: it must not change what was handed in.
            _path_of(record, staging / "gathered" / str(number) / file_stem(clean_name(record.name)), tell),
            record.student,
            record.late,
            record.members,
            record.order[0],
            attempt,
            kind,
            _own_name(record),
            record.called or record.name,
        )
        for number, (name, (attempt, record)) in enumerate(zip(_names(attempts), attempts, strict=True))
    ]
    return sorted(entries, key=lambda entry: entry.name)


def _own_name(record: Attempt) -> str:
    (name, path), *others = record.files.items()
    return "" if others or _is_folder(path) else name


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_zip(path: Path) -> bool:
    return path.is_file() and path.suffix.casefold() == ".zip"


def _unpacked(path: Path, folder: Path, tell: Callable[[str], None]) -> Path:
    """Unpack a class; a zip that holds nothing but one folder, as Gradescope's does, counts as that folder.

    A folder with a single file in it is a student with the module.
    """
    folder.mkdir()
    unpack_class(path, folder, tell)
    if not any(folder.iterdir()):
        raise UsageError(f"{path}: the zip is empty. Expected one file or folder for each student.")
    found = list_class(folder)
    if len(found) > 1 or not found[0].is_dir() or _is_a_platforms(found[0]):
        return folder
    inside = list_class(found[0])
    if len(inside) == 1 and inside[0].is_file() and not _is_a_platforms(inside[0]):
        tell(f"{path}: its one folder {shown(found[0].name)} holds one file, and is read as a student's")
        return folder
    tell(f"{path}: its one folder {shown(found[0].name)} is read as the class")
    return found[0]


def _opened(folder: Path, tell: Callable[[str], None]) -> Path:
    """Return a folder, or the one folder in it where a platform's class lies there, as in an unpacked zip of theirs."""
    found = list_class(folder)
    if len(found) != 1 or not _is_folder(found[0]) or _is_a_platforms(found[0]):
        return folder
    try:
        inside = list_class(found[0])
    except UsageError:  # a student's folder with nothing in it, or that cannot be looked into
        return folder
    kinds = [kind for name, kind in _PLATFORMS.items() if name != "github"]  # a student may hand in a clone anywhere
    if not any(sum(map(kind.is_ours, inside)) * 2 > len(inside) for kind in kinds):
        return folder
    tell(f"{folder}: its one folder {shown(found[0].name)} is read as the class")
    return found[0]


def _is_a_platforms(path: Path) -> bool:
    return any(platform.is_ours(path) for platform in _PLATFORMS.values())


def _recognised(class_dir: Path, paths: Sequence[Path], tell: Callable[[str], None]) -> str:
    counts = {kind: sum(map(platform.is_ours, paths)) for kind, platform in _PLATFORMS.items()}
    named = [kind for kind in counts if counts[kind] and kind != "github"]  # a student may hand in a clone anywhere
    if len(named) > 1:
        raise UsageError(
            f"{class_dir}: looks like {' and '.join(named)} ({shown_list(path.name for path in paths)}). Keep the "
            "downloads apart, or say which it is with --from."
        )
    beside = sum(path.name == github.SUMMARY and path.is_file() for path in paths) if counts["github"] else 0
    whole = {kind: count + (beside if kind == "github" else 0) for kind, count in counts.items()}
    kind = next((kind for kind in whole if whole[kind] == len(paths)), FOLDER)
    if kind != FOLDER:
        tell(f"{class_dir}: read as {kind} ({_title(kind)})")
    elif named and counts[named[0]] * 2 > len(paths):  # a few odd names make no plain folder of a platform's class
        kind = named[0]
        tell(
            f"{class_dir}: read as {kind} ({_title(kind)}), like {counts[kind]} of {len(paths)} entries. If it is a "
            f"plain folder, use --from {FOLDER}"
        )
    elif like := named or ["github"] * (counts["github"] > 1):
        tell(
            f"{class_dir}: read as a plain folder, for only {counts[like[0]]} of {len(paths)} entries look like "
            f"{like[0]} ({_title(like[0])}). If that is what it is, use --from {like[0]}"
        )
    return kind


def _title(kind: str) -> str:
    return str(_PLATFORMS[kind].TITLE)


def _last_attempts(records: Sequence[Attempt], tell: Callable[[str], None]) -> list[Attempt]:
    last: dict[str, Attempt] = {}
    for record in sorted(records, key=lambda record: record.order):
        if (earlier := last.get(record.student)) is not None:
            tell(f"{clean_name(record.name)}: {shown_list(earlier.files)} is an earlier attempt; not graded")
        last[record.student] = record
    return list(last.values())


def _attempts(records: Sequence[Attempt]) -> list[tuple[int, Attempt]]:
    """Number the attempts of each student."""
    counts: Counter[str] = Counter()
    numbered_records = []
    for record in sorted(records, key=lambda record: record.order):
        counts[record.student] += 1
        numbered_records.append((counts[record.student], record))
    return numbered_records


def _names(attempts: Sequence[tuple[int, Attempt]]) -> list[str]:
    """Return a name for each; students of one name are told apart by their ids, attempts of one student by numbers."""
    names = [clean_name(record.name) for _attempt, record in attempts]
    bearers: dict[str, set[str]] = {}
    for name, (_attempt, record) in zip(names, attempts, strict=True):
        bearers.setdefault(name_key(name), set()).add(record.student)
    shown_names = []
    for name, (attempt, record) in zip(names, attempts, strict=True):
        own = name if len(bearers[name_key(name)]) == 1 else f"{name} ({record.student})"
        shown_names.append(own if attempt == 1 else f"{own}, attempt {attempt}")
    return numbered(shown_names)


def _path_of(record: Attempt, folder: Path, tell: Callable[[str], None]) -> Path:
    """Return the one thing that was handed in, or a folder with all the files that can be read."""
    if len(record.files) == 1:
        return next(iter(record.files.values()))
    folder.mkdir(parents=True)
    for name, path in record.files.items():
        if path.is_symlink():
            tell(f"{clean_name(record.name)}: {clean_name(path.name)} is a link, which is not followed")
            continue
        target = folder / (name if name.strip(". ") else f"unnamed{path.suffix}")
        try:  # one student's pipe or unreadable file must not stop the class
            _copy(path, target)
        except OSError as error:
            tell(
                f"{clean_name(record.name)}: {clean_name(path.name)} is left out in part or whole: {shown(str(error))}"
            )
    return folder


def _copy(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, target, symlinks=True)
    else:
        shutil.copyfile(path, target)
