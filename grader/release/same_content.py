"""Compare a file of the template with what the release makes now: by its content, not by how it was compressed."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import PurePosixPath

import cv2
import numpy as np

_JPEG_TOLERANCE = 12
"""Gray levels by which a decoded pixel may differ between two JPEG codecs."""


def has_same_content(name: str, found: bytes, expected: bytes) -> bool:
    """Return whether two versions of the file `name` say the same; a damaged file never does.

    ``.gz`` and ``.npz`` are compared decompressed, because compressors differ between machines, ``.jpg`` by its
    pixels within a tolerance, everything else byte for byte.
    """
    if found == expected:
        return True
    match PurePosixPath(name).suffix:
        case ".gz":
            return _gunzipped(found) == _gunzipped(expected)
        case ".npz":
            return _members(found) == _members(expected)
        case ".jpg":
            return _is_same_picture(found, expected)
        case _:
            return False


def _gunzipped(data: bytes) -> bytes | None:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None


def _members(data: bytes) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return None


def _is_same_picture(found: bytes, expected: bytes) -> bool:
    if not found:
        return False
    pictures = [cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) for data in (found, expected)]
    if pictures[0] is None or pictures[1] is None or pictures[0].shape != pictures[1].shape:
        return False
    difference = pictures[0].astype(np.int16) - pictures[1].astype(np.int16)
    return bool(np.abs(difference).max() <= _JPEG_TOLERANCE)
