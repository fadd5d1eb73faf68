"""The instructor's secret, from which the hidden pictures are drawn. It never stands on a command line."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from grader.system.errors import UsageError
from grader.system.file_errors import why_not_read
from grader.system.user_folders import config_folder

VARIABLE = "DIGITLAB_SECRET"
MIN_BYTES = 8
DEMO_SECRET = b"the demo's secret is no secret"


def find_secret(secret_file: Path | None, *, tell: Callable[[str], None]) -> bytes:
    """Return the secret: from `secret_file`, else from DIGITLAB_SECRET, else from this user's own secret file.

    The last one is made at its first use, so that two runs on one machine are graded on the same pictures.

    Args:
        tell: called with a sentence when a secret was made.
    Raises:
        UsageError: the secret cannot be read, is too short, or cannot be stored.
    """
    if secret_file is not None:
        return _checked(_read(secret_file), str(secret_file))
    if (text := os.environ.get(VARIABLE)) is not None:
        return _checked(os.fsencode(text), VARIABLE)
    path = own_secret_file()
    if not path.exists():
        _make(path)
        tell(f"made a secret for this machine: {path}. Keep it: another secret means other pictures.")
    return _checked(_read(path), str(path))


def own_secret_file() -> Path:
    """Return where this user's own secret lies.

    Raises:
        UsageError: nobody knows this user's home.
    """
    return config_folder(instead=f"Set {VARIABLE} or use --secret-file.") / "secret"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: {why_not_read(error)}. Expected a file with the secret. Check --secret-file."
        ) from error


def _checked(secret: bytes, where: str) -> bytes:
    secret = secret.strip()
    if len(secret) < MIN_BYTES:
        raise UsageError(
            f"{where}: the secret has {len(secret)} bytes, at least {MIN_BYTES} are needed. "
            "Make one: python -c 'import secrets; print(secrets.token_hex(16))'"
        )
    return secret


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd, whole = tempfile.mkstemp(dir=path.parent)  # readable by nobody else
        try:
            with os.fdopen(fd, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(16) + "\n")
            with contextlib.suppress(FileExistsError):  # another run was faster: its secret counts
                os.link(whole, path)
        finally:
            Path(whole).unlink()
    except OSError as error:
        raise UsageError(
            f"{path}: no secret can be stored here ({error.strerror}). Set {VARIABLE} or use --secret-file."
        ) from error
