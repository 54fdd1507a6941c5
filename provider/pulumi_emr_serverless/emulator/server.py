"""The emulator on one port, in front of moto: EMR Serverless is answered here, everything else by moto.

werkzeug is the server on purpose: it keeps the raw URI that moto needs to tell S3 keys ``a%2Fb`` and ``a/b`` apart, it
answers HEAD, and a connection of it can be dropped.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import ThreadedWSGIServer

from pulumi_emr_serverless.emulator.clock import Clock
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.control_api import PREFIX, answer_control
from pulumi_emr_serverless.emulator.emulator import Emulator
from pulumi_emr_serverless.emulator.neighbours import Moto
from pulumi_emr_serverless.emulator.spark.runner import Runner, Settings
from pulumi_emr_serverless.emulator.wire import SERVICE, Answer, Request, default_account, signed_service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MOTO_RESET = "/moto-api/reset"


_FROM_A_PAGE = Answer(
    403, {"Content-Type": "text/plain"}, b"emrs local --spark runs code, so it answers no page of another site\n"
)
"""Any page that a browser shows can call this machine, and says of itself where it is from."""


class Application:
    """The WSGI application: our own API, EMR Serverless, and moto for the rest."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._moto: WSGIApplication = DomainDispatcherApplication(create_backend_app)
        emulator.connect(Moto(self._moto))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if self._emulator.world.runs_spark and environ.get("HTTP_ORIGIN", self._emulator.world.endpoint) != (
            self._emulator.world.endpoint
        ):
            return _send(_FROM_A_PAGE, start_response)
        if path.startswith(PREFIX):
            self._emulator.catch_up()
            return _send(answer_control(self._emulator, _request(environ)), start_response)
        if self._is_ours(environ, path):
            return _send(self._emulator.answer(_request(environ)), start_response)
        if environ.get("HTTP_X_AMZ_TARGET") == "AWSEvents.PutRule":
            self._emulator.world.has_rules = True
        if path == _MOTO_RESET:
            self._emulator.reset()
            self._emulator.world.has_rules = False
        self._emulator.catch_up()
        return self._moto(environ, start_response)

    def _is_ours(self, environ: WSGIEnvironment, path: str) -> bool:
        """By its signature. Without one the path decides: moto would take everything for S3."""
        signed = signed_service(environ.get("HTTP_AUTHORIZATION", ""), environ.get("QUERY_STRING", ""))
        return signed == SERVICE or (signed is None and self._emulator.serves(environ["REQUEST_METHOD"], path))


class _Handler(MotoRequestHandler):
    """moto's handler, which keeps the underscores of S3 metadata."""

    timeout = 10  # seconds that a silent client may keep a thread, and with it the end of the server

    server: _ThreadedServer

    def date_time_string(self, timestamp: float | None = None) -> str:
        """For the header Date: AWS's clock is the emulator's."""
        return super().date_time_string(self.server.clock.now() if timestamp is None else timestamp)

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Without this the connection would stay open, and the client would wait."""
        del error, environ  # it was dropped on request, or the client was killed: both are what tests do
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: a line for each request hides what a person wants to see. `Control.calls` has them all."""


class _ThreadedServer(ThreadedWSGIServer):
    daemon_threads = False  # `server_close` then waits for the answers that are in flight
    clock: Clock


class Server:
    """A running emulator. `start` returns as soon as it can be called.

    With ``spark`` it runs Spark jobs, and then only for this machine: a ValueError for an address that others reach.
    """

    def __init__(
        self,
        emulator: Emulator | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        spark: Settings | None = None,
    ) -> None:
        if spark is not None and not is_loopback(host):
            raise ValueError(f"jobs run for this machine alone, and {host} is not one of its own addresses")
        self.emulator = emulator or Emulator(account_of=account_of)
        listening = _listen(host, port)
        with listening:
            port = listening.getsockname()[1]
            self._server = _ThreadedServer(
                host, port, Application(self.emulator), handler=_Handler, fd=listening.fileno()
            )
        self._server.clock = self.emulator.world.clock
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.endpoint = f"http://{_reachable(host)}:{port}"
        self.emulator.world.endpoint = self.endpoint
        self.control = Control(self.endpoint)
        self._runner: Runner | None = None
        neighbours = self.emulator.world.neighbours
        if spark is not None and neighbours is not None:
            self._runner = Runner(spark, neighbours, self.emulator.stage(), endpoint=self.endpoint)
            self.emulator.employ(self._runner)

    def start(self) -> Server:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Take no more calls, finish those that are under way. Held ones are dropped."""
        self.emulator.faults.gates.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._runner is not None:
            self._runner.close()


@contextmanager
def serving(
    emulator: Emulator | None = None, *, host: str = "127.0.0.1", port: int = 0, spark: Settings | None = None
) -> Iterator[Server]:
    """A server in this process for the time of a ``with``: ``.endpoint``, ``.control``, ``.emulator``.

    ``port`` 0 is any free one. An OSError if the port cannot be had.
    """
    server = Server(emulator, host=host, port=port, spark=spark).start()
    try:
        yield server
    finally:
        server.stop()


def is_loopback(host: str) -> bool:
    """Is it an address that only this machine reaches?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def account_of(access_key: str) -> str:
    """As moto tells it for keys that its IAM or STS made, so that an assumed role lands in its own account."""
    account = default_account(access_key)
    return account if account == access_key else str(get_account_id_from(access_key))


def _listen(host: str, port: int) -> socket.socket:
    # werkzeug exits the process if a port is in use; a socket of our own raises.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)


def _reachable(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{host}]" if ":" in host else host


def _request(environ: WSGIEnvironment) -> Request:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    headers = {
        "authorization": str(environ.get("HTTP_AUTHORIZATION", "")),
        "x-amz-date": str(environ.get("HTTP_X_AMZ_DATE", "")),
    }
    # WSGI hands the path over as latin-1, whatever it is.
    path = str(environ.get("PATH_INFO", "")).encode("latin-1").decode(errors="replace")
    query, body = str(environ.get("QUERY_STRING", "")), environ["wsgi.input"].read(length)
    return Request(str(environ["REQUEST_METHOD"]), path, query, headers, body)


def _send(answer: Answer, start_response: Callable[..., Any]) -> Iterable[bytes]:
    if answer.connection == "drop":
        raise ConnectionResetError("dropped on request")
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(answer.headers.items()))
    if answer.connection == "truncate":
        return [answer.body[: len(answer.body) // 2]]
    return [answer.body]
