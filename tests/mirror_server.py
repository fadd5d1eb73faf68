"""A mirror of the tests' own: the first part of a path says how it serves the file that the rest names."""

from __future__ import annotations

import contextlib
import http.server
import socket
import struct
import threading
from collections.abc import Iterator


class Mirror(http.server.ThreadingHTTPServer):
    """Serves `files` by name; `asked` is the list of the paths that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.release = threading.Event()
        """Set when silent answers may end."""

    def address(self, manner: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{manner}/"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        _, manner, name = self.path.split("/")
        self.server.asked.append(self.path)
        getattr(self, f"serve_{manner}")(self.server.files[name])

    def log_message(self, *_args: object) -> None:
        """Tests print nothing."""

    def _begin(self, length: object, **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def serve_good(self, data: bytes) -> None:
        self._begin(len(data))
        self.wfile.write(data)

    def serve_other(self, data: bytes) -> None:
        """The right size, other bytes."""
        self.serve_good(bytes(len(data)))

    def serve_truncated(self, data: bytes) -> None:
        """Promises all and sends half."""
        self._begin(len(data))
        self.wfile.write(data[: len(data) // 2])

    def serve_half(self, data: bytes) -> None:
        """Promises half and sends half."""
        self.serve_good(data[: len(data) // 2])

    def serve_endless(self, data: bytes) -> None:
        """Promises nothing and sends too much."""
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):  # the client hangs up
            for _ in range(1000):
                self.wfile.write(data)

    def serve_nonsense(self, data: bytes) -> None:
        self._begin("many")
        self.wfile.write(data)

    def serve_missing(self, _data: bytes) -> None:
        self.send_error(404)

    def serve_broken(self, _data: bytes) -> None:
        self.send_error(503)

    def serve_reset(self, data: bytes) -> None:
        """Sends half, then resets the connection."""
        self._begin(len(data))
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def serve_silent(self, data: bytes) -> None:
        """Sends half, then nothing more."""
        self._begin(len(data))
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        self.server.release.wait(30)

    def serve_moved(self, data: bytes) -> None:
        self.send_response(302)
        self.send_header("Location", self.path.replace("/moved/", "/good/"))
        self.end_headers()

    def serve_encoded(self, data: bytes) -> None:
        """A store that says "gzip on the way" of a .gz to who accepts that."""
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        self._begin(len(data), **({"Content_Encoding": "gzip"} if accepts else {}))
        self.wfile.write(data)


@contextlib.contextmanager
def running_mirror() -> Iterator[Mirror]:
    with Mirror() as mirror:
        thread = threading.Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield mirror
        finally:
            mirror.release.set()
            mirror.shutdown()
            thread.join()
