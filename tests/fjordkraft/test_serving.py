"""The server keeps connections open, stops completely, and cuts an answer only when told to."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
import requests
from werkzeug.wrappers import Request, Response

from fjordkraft.serving import drop_connection, running, truncated

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class App:
    """Answers with the client's port, or misbehaves as the path says; keeps what it was sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = Response(str(environ["REMOTE_PORT"]))
        if request.path == "/body":
            self.bodies.append(request.get_data())
        if request.path == "/drop":
            self.bodies.append(request.get_data())
            drop_connection(environ)
        if request.path == "/cut":
            response = truncated(b"x" * 100)
        if request.path == "/raise":
            raise RuntimeError("a mistake in the app")
        return response(environ, start_response)


def test_requests_of_one_session_share_a_connection_even_if_bodies_go_unread() -> None:
    with running(App()) as url, requests.Session() as session:
        ports = {session.post(f"{url}/unread", data=b"x" * 50_000).text for _ in range(5)}
        assert len(ports) == 1


def test_a_chunked_body_arrives_whole() -> None:
    app = App()
    with running(app) as url, requests.Session() as session:
        for _ in range(2):
            session.post(f"{url}/body", data=iter([b"first ", b"second"]))
    assert app.bodies == [b"first second"] * 2


def test_work_done_before_a_drop_stays_done() -> None:
    app = App()
    with running(app) as url, requests.Session() as session:
        with pytest.raises(requests.ConnectionError):
            session.post(f"{url}/drop", data=b"committed")
        assert session.get(url).status_code == 200
    assert app.bodies == [b"committed"]


def test_a_truncated_answer_declares_more_than_it_sends() -> None:
    with running(App()) as url, requests.Session() as session:
        answer = session.get(f"{url}/cut", stream=True)
        assert answer.headers["Content-Length"] == "100"
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="50 more expected"):
            _ = answer.content


def test_an_app_that_raises_answers_500_and_leaves_its_traceback_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running(App()) as url, caplog.at_level(logging.ERROR), requests.Session() as session:
        assert session.get(f"{url}/raise").status_code == 500
    assert "a mistake in the app" in caplog.text


def test_a_stopped_server_answers_no_kept_connection() -> None:
    with requests.Session() as session:
        with running(App()) as url:
            assert session.get(url).status_code == 200
        with pytest.raises(requests.ConnectionError):
            session.get(url)
