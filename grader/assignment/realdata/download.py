"""Download one address into one file with pooch's HTTP downloader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

Watcher = Callable[[int], object]
"""Called with the number of bytes that have come since the last call."""

CHUNK_BYTES = 1 << 16


class DownloadFailed(Exception):
    """A mirror did not give the file; the message says what came instead."""


def ignore_progress(_name: str, _size_bytes: int) -> Watcher:
    return lambda _count: None


class _Target:
    """The file that pooch writes to: passes each chunk's length on, and stops a mirror that sends too much."""

    def __init__(self, file: BinaryIO, size_bytes: int, watch: Watcher) -> None:
        self._file = file
        self._size_bytes = size_bytes
        self._watch = watch
        self._came = 0

    def write(self, chunk: bytes) -> None:
        self._came += len(chunk)
        if self._came > self._size_bytes:
            raise DownloadFailed(f"more than the expected {self._size_bytes:,} bytes came")
        self._file.write(chunk)
        self._watch(len(chunk))

    def flush(self) -> None:
        self._file.flush()


def download(url: str, path: Path, *, size_bytes: int, timeout_s: float, watch: Watcher) -> None:
    """Write what `url` gives to `path`, from the start, at most `size_bytes`.

    Args:
        timeout_s: how long the server may be silent.
    Raises:
        DownloadFailed: there is no server, it refuses, falls silent, breaks off or sends too much.
        OSError: `path` cannot be written.
    """
    import pooch
    import requests

    # A server may store a .gz as "gzip on the way": then it must not be unpacked on the way.
    headers = {"Accept-Encoding": "identity"}
    fetch = pooch.HTTPDownloader(chunk_size=CHUNK_BYTES, timeout=timeout_s, headers=headers)
    with path.open("wb") as file:
        try:
            fetch(url, _Target(file, size_bytes, watch), None)
        except (requests.RequestException, ValueError) as error:  # ValueError: a Content-Length that is no number
            raise DownloadFailed(_reason(error)) from error


def _reason(error: Exception) -> str:
    """Return what went wrong in a few words: the innermost reason that a chain of libraries wrapped."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code} {response.reason}"
    while (inner := error.__context__) is not None and isinstance(inner, Exception):
        error = inner
    return f"{type(error).__name__}: {error}"
