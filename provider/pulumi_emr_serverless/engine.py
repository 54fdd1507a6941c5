"""The Pulumi engine, as seen from the provider process that it started."""

from __future__ import annotations

import sys
import traceback
from functools import cache
from types import SimpleNamespace
from typing import Any

from pulumi_emr_serverless.errors import EmrServerlessError, EngineGoneError

_ANSWER_SECONDS = 5.0


def require_engine() -> None:
    """Make sure that the engine which started this process still answers.

    A provider process outlives an engine that was killed, and a run that it started then would be in no state.

    Raises:
        EngineGoneError: the engine does not answer.
    """
    address = _engine_address()
    if address is None:
        return
    import grpc
    from pulumi.runtime.proto import engine_pb2

    try:
        _stub(address).GetRootResource(engine_pb2.GetRootResourceRequest(), timeout=_ANSWER_SECONDS)
    except grpc.RpcError as error:
        if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
            raise EngineGoneError("The Pulumi engine that asked for this run has gone. Nothing was started.") from error


def _engine_address() -> str | None:
    """The engine's address, which is the first argument of a dynamic provider's process; None anywhere else."""
    if _provider_main() is None or len(sys.argv) < 2:
        return None
    return sys.argv[1]


@cache
def _stub(address: str) -> Any:
    import grpc
    from pulumi.runtime.proto import engine_pb2_grpc

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))


def _provider_main() -> Any:
    """The main module of this process, where it is Pulumi's host of dynamic providers."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    return main if spec is not None and spec.name == "pulumi.dynamic.__main__" else None


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
