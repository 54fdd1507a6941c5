"""The plugin ``emr-serverless``, as Pulumi's engine starts it and speaks to it.

A program's language asks a process of its own for the schema, and for nothing else: what only a provider needs, boto3 and
pydantic among it, is imported with the first other question.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import resources
from typing import Any

import grpc
import grpc.aio
import pulumi
from pulumi.provider.experimental import provider as p
from pulumi.provider.experimental import server
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_emr_serverless import engine
from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.errors import EmrServerlessError

BETWEEN_TWO_LOOKS_SECONDS = 5.0
"""How often this process sees whether its engine is still there."""


class _SchemaAlone(p.Provider):
    """A provider of which nothing else was asked yet."""

    async def get_schema(self, request: p.GetSchemaRequest) -> p.GetSchemaResponse:  # noqa: ARG002 - as Pulumi calls it
        return p.GetSchemaResponse(shipped_schema_text())


def shipped_schema_text() -> str:
    """The schema as the package ships it: ``schema`` makes it, and a test holds it against that."""
    return resources.files("pulumi_emr_serverless.native").joinpath("schema.json").read_text("utf-8")


class _Servicer(server.ProviderServicer):
    """Pulumi's own, with the options of a component that it drops, and errors as their messages alone."""

    @staticmethod
    def _construct_options(request: Any) -> pulumi.ResourceOptions:
        options = server.ProviderServicer._construct_options(request)  # noqa: SLF001 - there is no other way to them
        options.aliases = [_alias(each) for each in request.aliases]
        options.ignore_changes = list(request.ignoreChanges)
        options.retain_on_delete = request.retainOnDelete
        return options

    def become_whole(self) -> None:
        """Make sure that the provider is there, and not its schema alone."""
        if isinstance(self._provider, _SchemaAlone):
            from pulumi_emr_serverless.native.host import NativeHost  # noqa: PLC0415 - see the module's docstring
            from pulumi_emr_serverless.native.provider import EmrServerlessProvider  # noqa: PLC0415 - as above

            self._provider = EmrServerlessProvider(NativeHost(self._engine_address))


def _alias(given: Any) -> str | pulumi.Alias:
    """An alias as a resource takes it. Pulumi's servicer hands on the protocol's own, which a resource refuses."""
    if given.WhichOneof("alias") == "urn":
        return str(given.urn)
    spec = given.spec
    said = {
        "name": spec.name,
        "type_": spec.type,
        "stack": spec.stack,
        "project": spec.project,
        "parent": spec.parentUrn,
    }
    known = {name: value for name, value in said.items() if value}
    return pulumi.Alias(**known, parent=None) if spec.noParent else pulumi.Alias(**known)


def _for_people(verb: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """A verb of the protocol whose errors, where they are written for people, reach them without a traceback."""

    @functools.wraps(verb)
    async def answer(self: Any, request: Any, context: Any) -> Any:
        self.become_whole()
        try:
            return await verb(self, request, context)
        except Exception as error:  # Pulumi's servicer raises an Exception of it, with the traceback in its text.
            found = error.__context__ or error
            if not isinstance(found, EmrServerlessError):
                raise
            await context.abort(grpc.StatusCode.UNKNOWN, str(found))

    return answer


for _name in ("Check", "CheckConfig", "Configure", "Construct", "Create", "Delete", "Diff", "Invoke", "Read", "Update"):
    setattr(_Servicer, _name, _for_people(getattr(server.ProviderServicer, _name)))


async def _serve(engine_address: str) -> None:
    served = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = _Servicer(sys.argv[1:], __version__, _SchemaAlone(), engine_address)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, served)
    port = served.add_insecure_port("127.0.0.1:0")
    await served.start()
    print(port, flush=True)  # noqa: T201 - the engine reads it
    await _released(engine_address)
    await served.stop(None)


async def _released(engine_address: str) -> None:
    """Until the engine is done with this process: it interrupts it, or was killed. A verb under way comes to its end."""
    interrupted, loop = asyncio.Event(), asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # on Windows, where the engine ends a process outright
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupted.set)
    while not (interrupted.is_set() or await asyncio.to_thread(engine.has_gone, engine_address)):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(interrupted.wait(), BETWEEN_TWO_LOOKS_SECONDS)


def main() -> None:
    """Serve until the engine ends this process. The engine names its address on the command line."""
    addresses = [word for word in sys.argv[1:] if not word.startswith("-") and ":" in word and os.sep not in word]
    if not addresses:
        sys.exit("pulumi-resource-emr-serverless is started by Pulumi's engine, which names its address.")
    asyncio.run(_serve(addresses[-1]))
