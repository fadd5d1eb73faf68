"""The files that a student handed in: names first, contents only as they are asked for.

Who reads a submission takes them from here, whether they lie on this disk or come from another process.
"""

import os
import stat
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from tests.checks.language import tr
from .candidates import Entry, EntryKind
from .folder import list_folder
from .opening import open_regular
from .shown_text import shown
from .errors import UsageError


class Files(Protocol):
    """One file, or a folder of them."""

    @property
    def name(self) -> str:
        """The name of the file or folder."""

    @property
    def kind(self) -> EntryKind | None:
        """What a lone name stands for; None for a folder."""

    def entries(self) -> Sequence[Entry]:
        """Return what a folder holds that could matter.

        Raises:
            SubmissionError: it cannot be read, or holds too many names.
        """

    def opened(self, path: PurePosixPath | None) -> AbstractContextManager[BinaryIO]:
        """Open a file inside a folder, or the lone file itself, for reading.

        Raises:
            SubmissionError: it is a link, not an ordinary file, or cannot be opened.
        """


def default_name(files: Files) -> str:
    """Return how the class calls what was handed in, where nobody says: the folder's name or the file's stem."""
    return shown(files.name if files.kind is None else PurePosixPath(files.name).stem) or "unnamed"


def where_of(files: Files, path: PurePosixPath | None = None) -> str:
    """Return what messages call what was handed in, or a file inside it."""
    own = shown(files.name) or tr("the submission")
    return own if path is None else f"{own}/{shown(str(path))}"


class FilesOnDisk:
    """What lies on this disk; links are not followed."""

    def __init__(self, path: Path) -> None:
        """Look at the path itself, and at nothing inside it.

        Raises:
            UsageError: nothing is there.
        """
        self.path = Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow the link that is refused
        self.name = self.path.name
        try:
            mode = self.path.lstat().st_mode
        except (OSError, ValueError) as error:
            raise UsageError(f"{self.path}: there is no such file or folder. Check the path.") from error
        self.kind = None if stat.S_ISDIR(mode) else EntryKind.FILE if stat.S_ISREG(mode) else EntryKind.OTHER

    def entries(self) -> Sequence[Entry]:
        """Return what the folder holds that could matter.

        Raises:
            SubmissionError: it cannot be read, or holds too many names.
        """
        return list_folder(self.path, where_of(self))

    def opened(self, path: PurePosixPath | None) -> AbstractContextManager[BinaryIO]:
        """Open a file inside the folder, or the lone file itself.

        Raises:
            SubmissionError: it is a link, not an ordinary file, or cannot be opened.
        """
        return open_regular(self.path if path is None else self.path / path, where_of(self, path))
