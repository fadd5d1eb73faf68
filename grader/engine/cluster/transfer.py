"""A submission as bytes, to travel to another machine and lie there as it lay here."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

from grader.system.errors import UsageError

MAX_BYTES = 512 * 1024 * 1024
"""Of all files of a submission: it stands in the memory of the client, the scheduler and a worker."""
_GITS_OWN = ".git"


def pack(path: Path) -> bytes:
    """Return a file or a folder as an archive: links as links, and without what git keeps for itself.

    A socket or a device in a folder is left out; as the whole submission it travels as a pipe. Neither is ever opened.

    Raises:
        UsageError: it is not there, cannot be read or is too large.
    """
    try:
        size_bytes = _size_bytes(path)
        if size_bytes > MAX_BYTES:
            raise UsageError(f"{path}: {size_bytes} bytes are too many to send to a worker, at most {MAX_BYTES} are.")
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            archive.add(path, arcname=path.name, filter=_without_git)
            if not archive.getmembers():  # a socket or a device, which is rejected as a pipe is
                pipe = tarfile.TarInfo(path.name)
                pipe.type = tarfile.FIFOTYPE
                archive.addfile(pipe)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Check its permissions.") from error
    except RecursionError as error:
        raise UsageError(f"{path}: its folders are nested too deeply to be sent to a worker.") from error
    return buffer.getvalue()


def unpack(packed: bytes, folder: Path) -> Path:
    """Lay out in an empty folder what `pack` made; return the submission's path.

    The archive is our own, of a walk that followed no links, so no name in it can lead out of the folder.
    """
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = archive.getmembers()
        for member in members:
            target = folder / member.name
            if member.isdir():
                target.mkdir()
            elif member.issym():
                target.symlink_to(member.linkname)
            elif member.isfifo():
                os.mkfifo(target)
            elif (file := archive.extractfile(member)) is not None:  # a hard link gives its file's content
                target.write_bytes(file.read())
    return folder / members[0].name


def _size_bytes(path: Path) -> int:
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    return sum((Path(root) / name).lstat().st_size for root, _folders, names in os.walk(path) for name in names)


def _without_git(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _GITS_OWN in member.name.split("/")[1:] or (member.isdev() and not member.isfifo()) else member
