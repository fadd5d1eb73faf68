"""The page's server: for this computer only, for whoever has the address that it made.

It listens on 127.0.0.1 and answers under a random token alone, so that no other page in the browser can ask it; a
request that names another host than this one (DNS rebinding) is refused, and so is a large one.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
import threading
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.checks.language import tr

from .networks import Judges
from .own_functions import OwnFunctions
from .pictures import BadPicture, jpeg_of, keep
from .training import Training
from .words import page_text

ADDRESS = "127.0.0.1"
PICTURES = "test_images"
MAX_BODY_BYTES = 1 << 20
MAX_LENGTH_DIGITS = 18
"""Python refuses to read very long numbers."""
IDLE_S = 30
"""How long a connection may say nothing."""
_HERE = Path(__file__).resolve().parent
_FILES = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class DrawingServer(ThreadingHTTPServer):
    """The page and what it asks, for the module in one folder."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # in Windows it would let another program take the port

    def __init__(self, folder: Path, *, port: int, notebook: bool) -> None:
        """Listen on `port`, 0 for a free one.

        Raises:
            OSError: the port is in use.
        """
        super().__init__((ADDRESS, port), _Handler)
        self.folder = folder
        self.token = secrets.token_urlsafe(16)
        functions = OwnFunctions(folder, notebook=notebook)
        self.judges = Judges(folder, functions)
        self.training = Training(folder, functions)
        self.one_look = threading.Lock()

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{ADDRESS}:{self.server_port}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a page that was closed before its answer came."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def look(self, png: bytes) -> dict[str, Any]:
        """Return what the student's functions say of a drawing."""
        jpeg = jpeg_of(png)
        with self.one_look, tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "drawing.jpg"
            path.write_bytes(jpeg)
            return self.judges.look(str(path)) | {"missing": bool(self.judges.missing())}


class _Handler(BaseHTTPRequestHandler):
    server: DrawingServer
    timeout = IDLE_S

    def do_GET(self) -> None:
        name = self._asked()
        if name == "":
            self._send(HTTPStatus.OK, page_text(_HERE / "page.html").encode(), "text/html; charset=utf-8")
        elif name in _FILES:
            self._send(HTTPStatus.OK, (_HERE / name).read_bytes(), _FILES[name])
        elif name == "progress":
            self._send_json(HTTPStatus.OK, self.server.training.state())
        elif name is not None:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such page")

    def do_POST(self) -> None:
        name = self._asked()
        if name is None:
            return
        body = self._body()
        if body is None:
            return
        status = HTTPStatus.OK
        try:
            answer = self._answer(name, body)
        except BadPicture as problem:
            status, answer = HTTPStatus.BAD_REQUEST, {"problem": str(problem)}
        except Exception as error:  # a fault of this program, or a full disk: told, and the page goes on
            traceback.print_exc()
            status, answer = HTTPStatus.INTERNAL_SERVER_ERROR, {"problem": f"{type(error).__name__}: {error}"}
        self._send_json(status, answer)

    def _answer(self, name: str, body: bytes) -> dict[str, Any]:
        server = self.server
        if name == "look":
            return server.look(body)
        if name == "train":
            server.training.start(server.judges.missing())
            return server.training.state()
        if name == "keep":
            wanted = parse_qs(urlsplit(self.path).query).get("name", [""])[0]
            kept = keep(jpeg_of(body), wanted, server.folder / PICTURES)
            return {"text": tr("Saved as {file}", file=f"{PICTURES}/{kept}")}
        raise BadPicture(f"{name!r} is nothing that the page asks")

    def _asked(self) -> str | None:
        """Return what is asked for below the token; None, and refuse, when host or token are not this server's."""
        hosts = {f"{name}:{self.server.server_port}" for name in (ADDRESS, "localhost")}
        origin = self.headers.get("Origin")
        path = self.path.partition("?")[0]
        _, token, *rest = [*path.split("/", 2), ""]
        if self.headers.get("Host", "") not in hosts:
            self._refuse(HTTPStatus.FORBIDDEN, "this host is not served")
        elif origin is not None and origin.removeprefix("http://") not in hosts:
            self._refuse(HTTPStatus.FORBIDDEN, "another page asks")
        elif not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._refuse(HTTPStatus.FORBIDDEN, "open the whole address that draw.py printed")
        elif path == f"/{token}":
            self._send(HTTPStatus.MOVED_PERMANENTLY, b"", "text/plain", Location=f"/{token}/")
        else:
            return rest[0]
        return None

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "the length is missing")
        elif len(length) > MAX_LENGTH_DIGITS or int(length) > MAX_BODY_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_BODY_BYTES} bytes are taken")
        else:
            return self.rfile.read(int(length))
        return None

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self.close_connection = True
        self._send(status, f"{status.value}: {reason}\n".encode(), "text/plain; charset=utf-8")

    def _send_json(self, status: HTTPStatus, answer: dict[str, Any]) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: HTTPStatus, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in (_HEADERS | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- the library's name
        """Say nothing: the terminal is for what the student's functions print."""
