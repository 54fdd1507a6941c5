"""The Pulumi engine, as seen from the provider process that it started."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import socket
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import FrameType, SimpleNamespace
from typing import Any

from pulumi_emr_serverless.errors import EmrServerlessError, EngineGoneError

_ANSWER_SECONDS = 5.0
_CONNECT_SECONDS = 2.0
_BETWEEN_TWO_QUESTIONS_SECONDS = 0.2
_ADDRESS = re.compile(r"[^\s/=]+:\d+")
VERBS_AT_ONCE = 1000
"""More than an engine sends by default, four for each core. A thread is made when it is needed."""
_MAIN = "pulumi.dynamic.__main__"
_PARENT = os.getppid()
"""The engine's process, if it started this one. It changes when the engine dies."""


def require_engine() -> None:
    """Make sure that the engine which started this process still answers.

    A provider process outlives an engine that was killed, and a run that it started then would be in no state. An engine
    that was stopped (Ctrl-Z) is waited for: it goes on where it stopped.

    Raises:
        EngineGoneError: the engine is there no more.
    """
    if _provider_main() is not None:
        require_answer(_engine_address())


def require_answer(address: str | None) -> None:
    """Make sure that the engine at this address answers, as ``require_engine`` says.

    Args:
        address: ``host:port``; None where it is not known, and the parent process alone tells.

    Raises:
        EngineGoneError: the engine is there no more.
    """
    while address is not None:
        if _answers(address):
            return
        if not _listens(address) or os.getppid() != _PARENT:
            raise EngineGoneError(_GONE)
        time.sleep(_BETWEEN_TWO_QUESTIONS_SECONDS)
    if os.getppid() != _PARENT:
        raise EngineGoneError(_GONE)


_GONE = "The Pulumi engine that asked for this run has gone. Nothing was started."


def _answers(address: str) -> bool:
    """Whether the engine answers a question that changes nothing. An error is an answer too."""
    import grpc
    from pulumi.runtime.proto import engine_pb2

    try:
        _stub(address).GetRootResource(engine_pb2.GetRootResourceRequest(), timeout=_ANSWER_SECONDS)
    except grpc.RpcError as error:
        return error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    return True


def _listens(address: str) -> bool:
    """Whether a process has the engine's port: that of a stopped one takes connections, and answers nothing."""
    return _trouble_at(address) is None


def has_gone(address: str) -> bool:
    """Whether nobody has the engine's port any more. An engine that is busy, or stopped, is still there."""
    return isinstance(_trouble_at(address), ConnectionRefusedError)


def _trouble_at(address: str) -> OSError | None:
    """Why no connection to an address can be had; None if one can."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS).close()
    except OSError as error:
        return error
    return None


def _engine_address() -> str | None:
    """The engine's address: the last argument of a provider's process, after those that the engine's own flags add.

    None for arguments of another form; the parent process alone then tells whether the engine is there.
    """
    last = sys.argv[-1]
    return last if _ADDRESS.fullmatch(last) else None


@cache
def _stub(address: str) -> Any:
    import grpc
    from pulumi.runtime.proto import engine_pb2_grpc

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))


def log(address: str, line: str, urn: str, *, warning: bool = False, passing: bool = False) -> None:
    """Have the engine show a line. One that is gone shows none.

    Args:
        address: of the engine.
        line: what to show.
        urn: the resource to show it beside; empty for none.
        warning: it is more than information.
        passing: the next line takes its place.
    """
    import grpc
    from pulumi.runtime.proto import engine_pb2

    severity = engine_pb2.LogSeverity.WARNING if warning else engine_pb2.LogSeverity.INFO
    said = engine_pb2.LogRequest(severity=severity, message=line, urn=urn, ephemeral=passing)
    with contextlib.suppress(grpc.RpcError):
        _stub(address).Log(said, timeout=_ANSWER_SECONDS)


def _provider_main() -> Any:
    """The main module of this process, where it is Pulumi's host of dynamic providers."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    return main if spec is not None and spec.name == _MAIN else None


def is_provider_process() -> bool:
    """Whether an engine has started this process, as its host of dynamic providers."""
    return _provider_main() is not None


def let_verbs_wait_side_by_side() -> None:
    """Have more threads serve the verbs of this process than the four that Pulumi's host of dynamic providers has.

    Four cancellations that take a while would else keep every other resource of the stack waiting. To be called by a
    thread of the host's pool. A host of another shape keeps what it has.
    """
    if _provider_main() is None:
        return
    pool = _own_pool()
    if pool is not None and isinstance(threads := getattr(pool, "_max_workers", None), int):
        pool._max_workers = max(threads, VERBS_AT_ONCE)  # noqa: SLF001 - nothing public widens it


def _own_pool() -> ThreadPoolExecutor | None:
    """The pool that this thread works for."""
    me = threading.current_thread()
    pools = (each for each in gc.get_objects() if type(each) is ThreadPoolExecutor)
    return next((pool for pool in pools if me in getattr(pool, "_threads", ())), None)


def show_progress(line: str) -> None:
    """Show a passing line on the resource whose verb this thread serves. Who does not see it misses nothing."""
    address = _engine_address()
    if _provider_main() is not None and address is not None:
        log(address, line, _own_urn(), passing=True)


def _own_urn() -> str:
    """The resource that this thread was asked about: the host's request has its URN, and hands it to no provider."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - the one way to one's own callers
    while frame is not None:
        if frame.f_globals.get("__spec__") is getattr(_provider_main(), "__spec__", None):
            urn = getattr(frame.f_locals.get("request"), "urn", None)
            if isinstance(urn, str):
                return urn
        frame = frame.f_back
    return ""


def show_errors_without_traceback() -> None:
    """Let an error of this package reach the person as its message alone.

    Pulumi's host of dynamic providers answers an exception with ``traceback.format_exc()``. Here the name
    ``traceback`` of that one module is given a version that leaves the traceback out for errors that are written for
    people. Anything else, a bug of ours included, keeps its traceback.
    """
    main = _provider_main()
    if main is not None and getattr(main, "traceback", None) is traceback:
        main.traceback = SimpleNamespace(format_exc=_format_exc)


def _format_exc() -> str:
    error = sys.exc_info()[1]
    return str(error) if isinstance(error, EmrServerlessError) else traceback.format_exc()
