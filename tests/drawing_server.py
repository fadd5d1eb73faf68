"""The template's `draw.py` as a student runs it: a process of its own, in a folder with letters beyond ASCII."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np

from grader.release import build_template


def make_template(parent: Path) -> Path:
    """Return a fresh template below `parent`."""
    folder = parent / "Пользователь" / "lab"
    build_template(folder)
    return folder


@dataclass(frozen=True)
class Answer:
    """One answer of the server."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass(frozen=True)
class Drawing:
    """A running `draw.py`."""

    url: str
    folder: Path

    @property
    def port(self) -> int:
        return int(urlsplit(self.url).port or 0)

    def ask(self, name: str, body: bytes | None = None, *, path: str | None = None, **headers: str) -> Answer:
        """GET, or POST when there is a body, what is called `name` below the token, or any `path`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            method = "GET" if body is None else "POST"
            place = path if path is not None else urlsplit(self.url).path + name
            connection.request(method, place, body, {key.replace("_", "-"): value for key, value in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()


@contextlib.contextmanager
def drawing(folder: Path, *options: str) -> Iterator[Drawing]:
    """Run `draw.py` of a template for a while."""
    command = [sys.executable, "draw.py", "--no-browser", *options]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        (url,) = [word for word in line.split() if word.startswith("http://127.0.0.1:")]
        yield Drawing(url, folder)
    finally:
        process.terminate()
        process.communicate()


def png(*, side: int = 56, ink: bool = True) -> bytes:
    """Return a drawing as the page sends it: dark on white."""
    picture = np.full((side, side), 255, np.uint8)
    if ink:
        cv2.circle(picture, (side // 2, side // 2), side // 4, 0, 4)
    return cv2.imencode(".png", picture)[1].tobytes()
