"""Serves a WSGI app over real HTTP/1.1 with keep-alive, and breaks its answers where a test asks.

Werkzeug's own development server closes the connection after every answer, so its request handler
is replaced here by one that reads the request body first and then leaves the connection open.
"""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

_DROP = "fjordkraft.drop"


def drop_connection(environ: WSGIEnvironment) -> None:
    """Cut the client's connection now: it sees the connection closed without an answer.

    Whatever the app returns afterwards is thrown away, so an app may first do its work (a commit)
    and then drop, as a network does.
    """
    environ[_DROP]()


def truncated(body: bytes, status: int = 200, mimetype: str = "application/json") -> Response:
    """Give a response that declares the whole body, sends half of it and is then closed."""
    response = Response(body[: len(body) // 2], status=status, mimetype=mimetype)
    response.headers["Content-Length"] = str(max(len(body), 1))
    return response


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    dropped = False

    def run_wsgi(self) -> None:
        self.wfile.flush()  # a "100 Continue" may be waiting; the client sends no body before it
        self.environ = environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self._body(environ))
        environ[_DROP] = self._drop
        answer = self._answer(environ)
        if not self.dropped:
            self._send(*answer)

    def _drop(self) -> None:
        self.dropped = self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def finish(self) -> None:
        try:
            super().finish()
        except ConnectionError:
            log.debug("the client left before its answer was written")
        finally:
            self.rfile.close()  # the socket stays open as long as a file made from it does

    def _body(self, environ: WSGIEnvironment) -> bytes:
        stream = environ["wsgi.input"]
        if environ.get("wsgi.input_terminated"):
            return bytes(stream.read())
        return bytes(stream.read(int(environ.get("CONTENT_LENGTH") or 0)))

    def _answer(self, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
            return status, list(headers), b"".join(chunks)
        except Exception:
            log.exception("%s %s raised", self.command, environ["PATH_INFO"])
            return "500 Internal Server Error", [("Content-Type", "text/plain")], b"see the log"

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        declared = {name.lower(): value for name, value in headers}.get("content-length")
        if declared is None and code not in {"204", "304"}:
            headers = [*headers, ("Content-Length", str(len(body)))]
        elif declared is not None and int(declared) != len(body) and self.command != "HEAD":
            self.close_connection = True
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # Werkzeug's name
        """Say nothing of ordinary requests; each sandbox keeps its own request log."""
        if type == "error":
            log.warning(message.strip(), *args)


class _Server(ThreadedWSGIServer):
    """Closes the connections clients keep open when it stops, as a process that ends would."""

    def __init__(self, host: str, port: int, app: WSGIApplication) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(host, port, app, handler=_Handler)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("a connection was closed by its client first")


def serve(
    app: WSGIApplication, host: str, port: int, ready: Callable[[str], None] | None = None
) -> None:
    """Serve until Ctrl-C or SIGTERM; `ready` is called with the address once the port is bound.

    Port 0 takes a free one. Call from the main thread: Python delivers signals only there.
    """
    server = _Server(host, port, app)
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if ready is not None:
            ready(server.url)
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    finally:
        signal.signal(signal.SIGTERM, previous)


@contextmanager
def running(app: WSGIApplication) -> Iterator[str]:
    """Serve `app` in a thread on a free local port and yield its address, without a final slash."""
    server = _Server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        thread.join()
