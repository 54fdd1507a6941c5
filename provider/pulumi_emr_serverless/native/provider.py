"""The provider ``emr-serverless``: each request of the engine, over the verbs.

A verb may wait, for AWS or for a quota, so each runs on a thread of its own and none holds up another.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from pulumi.provider.experimental import provider as p
from pulumi.runtime.config import get_config

from pulumi_emr_serverless import engine
from pulumi_emr_serverless.aws import SETTINGS, connection, default_tags
from pulumi_emr_serverless.errors import InvalidConfigurationError, InvalidRequestError
from pulumi_emr_serverless.native.component import JobRun
from pulumi_emr_serverless.native.host import URN, NativeHost
from pulumi_emr_serverless.native.resources import LaunchTokens, Plan, Runs
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
    NATIVE_FUNCTION,
    NATIVE_JOB_TYPE,
    NATIVE_RUN_TYPE,
    SECRET_SETTINGS,
)
from pulumi_emr_serverless.verbs import Checked, Process

_NO_RETAIN = (
    "retainOnDelete is not possible for a JobRun: Pulumi would not tell that the run is let go, and the next update would take "
    "it for one that a crash left behind. Say onDelete: retain instead."
)

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
        self._threads = ThreadPoolExecutor(engine.VERBS_AT_ONCE, thread_name_prefix="verb")

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
        if request.tok != NATIVE_FUNCTION:
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
