"""A drawing's way from the page to a `.jpg` file; never `cv2.imwrite`, which fails on paths beyond ASCII in Windows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from tests.checks.language import later, tr

MAX_SIDE = 512
MAX_NAME_CHARS = 40
_PNG = b"\x89PNG\r\n\x1a\n"
_NAME = re.compile(r"\w(?:[\w -]*\w)?")
_DEVICES = re.compile(r"(?i)con|prn|aux|nul|(?:com|lpt)[\d¹²³]")
"""Windows refuses these as names of files."""
_NO_NAME = later("“{name}” is no name for a picture. Use letters and digits, {limit} at most.")


class BadPicture(Exception):
    """What came is no picture of the page, or its name is none for a file."""


def jpeg_of(png: bytes) -> bytes:
    """Return the drawing as a gray JPEG.

    Raises:
        BadPicture: it is no PNG, or larger than the page draws.
    """
    import cv2  # slow to load: the page comes first

    sides = (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big"))
    drawn = None
    if png.startswith(_PNG) and max(sides) <= MAX_SIDE:
        drawn = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if drawn is None:
        raise BadPicture(f"a PNG of at most {MAX_SIDE}x{MAX_SIDE} pixels is expected")
    return cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def keep(jpeg: bytes, name: str, folder: Path) -> str:
    """Write a drawing into `folder` as `name`.jpg, or `name`-2.jpg when there is one already; return the file's name.

    Raises:
        BadPicture: the name has other signs than letters, digits, spaces, - and _, or Windows refuses it.
    """
    name = name.strip()
    if _DEVICES.fullmatch(name):
        raise BadPicture(tr("Windows keeps the name “{name}” for itself. Choose another one.", name=name))
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME_CHARS:
        raise BadPicture(tr(_NO_NAME, name=name, limit=MAX_NAME_CHARS))
    folder.mkdir(exist_ok=True)
    number = 1
    while True:
        path = folder / (f"{name}.jpg" if number == 1 else f"{name}-{number}.jpg")
        try:
            with path.open("xb") as file:
                file.write(jpeg)
        except FileExistsError:
            number += 1
        else:
            return path.name
