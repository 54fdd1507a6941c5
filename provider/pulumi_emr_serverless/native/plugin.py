"""The plugin ``emr-serverless``, as Pulumi's engine starts it and speaks to it.

A verb may wait, for AWS or for a quota, so each runs on a thread of its own and none holds up another.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import grpc
import grpc.aio
import pulumi
from pulumi.provider.experimental import provider as p
from pulumi.provider.experimental import server
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.config import get_config
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_emr_serverless import engine
from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.aws import SETTINGS, connection, default_tags
from pulumi_emr_serverless.errors import EmrServerlessError, InvalidConfigurationError, InvalidRequestError
from pulumi_emr_serverless.native.component import JobRun
from pulumi_emr_serverless.native.host import URN, NativeHost
from pulumi_emr_serverless.native.resources import LaunchTokens, Plan, Runs
from pulumi_emr_serverless.native.schema import FUNCTION, schema_text
from pulumi_emr_serverless.native.values import (
    Properties,
    secret_names,
    to_bag,
    to_input,
    to_properties,
    to_property,
)
from pulumi_emr_serverless.persisted import (
    JOB,
    NATIVE_JOB_TYPE,
    NATIVE_RUN_TYPE,
    SECRET_SETTINGS,
)
from pulumi_emr_serverless.verbs import Checked, Process

THREADS = 1000
"""More than an engine sends by default, four for each core. A thread is made when it is needed."""

_NO_RETAIN = (
    "retainOnDelete is not possible for a JobRun: Pulumi would not tell that the run is let go, and the next update would take "
    "it for one that a crash left behind. Say onDelete: retain instead."
)

BETWEEN_TWO_LOOKS_SECONDS = 5.0
"""How often this process sees whether its engine is still there."""

_RENAMED = {"endpoints": "endpoint", "assumeRole": "assumeRoles"}
"""Settings of ``aws:`` that have another name here."""

P = ParamSpec("P")
R = TypeVar("R")


class EmrServerlessProvider(p.Provider):
    """One provider of a program; the engine starts a process for each.

    Args:
        host: what the verbs need of this process.
    """

    def __init__(self, host: NativeHost) -> None:
        self._host = host
        process = Process(host)
        self._runs, self._tokens = Runs(process), LaunchTokens(process)
        self._has_warned = False
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="verb")

    async def get_schema(self, request: p.GetSchemaRequest) -> p.GetSchemaResponse:  # noqa: ARG002 - as Pulumi calls it
        return p.GetSchemaResponse(schema_text())

    async def check_config(self, request: p.CheckRequest) -> p.CheckResponse:
        """What is wrong with the provider's inputs is said before anything is asked of it."""
        host = NativeHost("")
        inputs = to_bag(request.new_inputs)
        host.configure(inputs, ())
        try:
            connection(host.setting, {})
            default_tags(host.setting)
        except InvalidConfigurationError as error:
            return p.CheckResponse(request.new_inputs, [p.CheckFailure("", str(error))])
        return p.CheckResponse(request.new_inputs)

    async def configure(self, request: p.ConfigureRequest) -> p.ConfigureResponse:
        self._host.configure(to_bag(request.args), secret_names(request.args))
        # Not outputs: the SDK cannot read one that is not known yet. Each value's secrets come along without.
        return p.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: p.CheckRequest) -> p.CheckResponse:
        if _type_of(request.urn) != NATIVE_RUN_TYPE:
            return p.CheckResponse(request.new_inputs)
        olds, news = self._bag(request.urn, request.old_inputs), self._bag(request.urn, request.new_inputs)
        checked: Checked = await self._verb(request.urn, self._runs.check, olds, news)
        # Without a property's name: the engine would print the whole value beside it, and each message has its path.
        failures = [p.CheckFailure("", failure.message) for failure in checked.failures]
        return p.CheckResponse(to_properties(checked.inputs), failures)

    async def diff(self, request: p.DiffRequest) -> p.DiffResponse:
        if _type_of(request.urn) != NATIVE_RUN_TYPE:
            return p.DiffResponse(changes=False)
        olds, news = self._bag(request.urn, request.old_state), self._bag(request.urn, request.new_inputs)
        plan: Plan = await self._verb(request.urn, self._runs.diff, request.resource_id, olds, news)
        return p.DiffResponse(
            changes=bool(plan.change),
            replaces=list(plan.change.replaces),
            diffs=[*plan.change.replaces, *plan.change.updates],
            delete_before_replace=True,
            detailed_diff={
                path: _shown(*presence, replaces=bool(plan.change.replaces)) for path, presence in plan.shown.items()
            },
        )

    async def create(self, request: p.CreateRequest) -> p.CreateResponse:
        kind = self._runs if _type_of(request.urn) == NATIVE_RUN_TYPE else self._tokens
        props = self._bag(request.urn, request.properties)
        made = await self._verb(request.urn, kind.create, props, preview=request.preview)
        return p.CreateResponse(made.id, to_properties(made.outputs))

    async def update(self, request: p.UpdateRequest) -> p.UpdateResponse:
        urn, id_ = request.urn, request.resource_id
        olds, news = self._bag(urn, request.olds), self._bag(urn, request.news)
        if _type_of(urn) == NATIVE_RUN_TYPE:
            outputs = await self._verb(urn, self._runs.update, id_, olds, news, preview=request.preview)
        else:
            outputs = await self._verb(urn, self._tokens.update, olds, news)
        return p.UpdateResponse(to_properties(outputs))

    async def read(self, request: p.ReadRequest) -> p.ReadResponse:
        if _type_of(request.urn) != NATIVE_RUN_TYPE:
            return p.ReadResponse(request.resource_id, dict(request.properties), dict(request.inputs))
        inputs, outputs = self._bag(request.urn, request.inputs), self._bag(request.urn, request.properties)
        seen = await self._verb(request.urn, self._runs.read, request.resource_id, inputs, outputs)
        if seen is None:
            return p.ReadResponse("", {}, {})
        return p.ReadResponse(request.resource_id, to_properties(seen.outputs), to_properties(seen.inputs))

    async def delete(self, request: p.DeleteRequest) -> None:
        olds = self._bag(request.urn, request.properties)
        if _type_of(request.urn) == NATIVE_RUN_TYPE:
            await self._verb(request.urn, self._runs.delete, request.resource_id, olds)
        else:
            await self._verb(request.urn, self._tokens.delete, olds)

    async def construct(self, request: p.ConstructRequest) -> p.ConstructResponse:
        if request.resource_type != NATIVE_JOB_TYPE:
            raise NotImplementedError(f"There is no component {request.resource_type}.")
        if request.options.retain_on_delete:
            raise InvalidRequestError(f"{request.name}: {_NO_RETAIN}")
        self._warn_of_unseen_settings()
        inputs = {name: to_input(value) for name, value in request.inputs.items()}
        job = JobRun(request.name, inputs, request.options, request.options.ignore_changes or ())
        state = {name: await to_property(output) for name, output in job.outputs.items()}
        urn = await job.urn.future()
        return p.ConstructResponse(str(urn), state, {})

    async def invoke(self, request: p.InvokeRequest) -> p.InvokeResponse:
        if request.tok != FUNCTION:
            raise NotImplementedError(f"There is no function {request.tok}.")
        found = await self._verb("", self._runs.get, to_bag(request.args, **self._beside("")))
        return p.InvokeResponse(to_properties(found))

    def _warn_of_unseen_settings(self) -> None:
        """A run must not start elsewhere than the stack says: only here the engine shows all of its configuration."""
        unseen = [
            key for key in SETTINGS if key.startswith("aws:") and get_config(key) is not None and not self._has(key)
        ]
        if unseen and not self._has_warned:
            self._has_warned = True
            self._host.warn(
                f"{', '.join(unseen)}: Pulumi tells a plugin no configuration but its own. Set the same "
                "under emr-serverless:, or as an input of a provider, if runs need it."
            )

    def _has(self, key: str) -> bool:
        """Whether this provider has a setting of its own in the place of one of ``aws:``."""
        name = key.partition(":")[2]
        return self._host.setting(f"emrServerless:{_RENAMED.get(name, name)}") is not None

    def _bag(self, urn: str, properties: Properties) -> dict[str, Any]:
        return to_bag(properties, **self._beside(urn))

    def _beside(self, urn: str) -> dict[str, Any]:
        settings = self._host.secret_settings
        return {JOB: urn, **({SECRET_SETTINGS: list(settings)} if settings else {})}

    async def _verb(self, urn: str, verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        context = contextvars.copy_context()
        context.run(URN.set, urn)
        called = functools.partial(context.run, verb, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, called)


def _type_of(urn: str) -> str:
    """The type of a resource, without those of its parents. Its name may have colons of its own."""
    return urn.split("::", 3)[2].rpartition("$")[2]


def _shown(was_there: bool, is_there: bool, *, replaces: bool) -> p.PropertyDiff:
    name = "UPDATE" if was_there and is_there else "DELETE" if was_there else "ADD"
    return p.PropertyDiff(p.PropertyDiffKind[f"{name}_REPLACE" if replaces else name], input_diff=True)


class _Servicer(server.ProviderServicer):
    """Pulumi's own, with the options of a component that it drops, and errors as their messages alone."""

    @staticmethod
    def _construct_options(request: Any) -> pulumi.ResourceOptions:
        options = server.ProviderServicer._construct_options(request)  # noqa: SLF001 - there is no other way to them
        options.aliases = [_alias(each) for each in request.aliases]
        options.ignore_changes = list(request.ignoreChanges)
        options.retain_on_delete = request.retainOnDelete
        return options


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
    provider = EmrServerlessProvider(NativeHost(engine_address))
    servicer = _Servicer(sys.argv[1:], __version__, provider, engine_address)
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
