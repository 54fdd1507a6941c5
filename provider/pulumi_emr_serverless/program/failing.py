"""What a program that fails says of its runs: the truth, in the stack's outputs.

Pulumi writes a stack's outputs when all of them are known, so an update that fails would leave those of the one before: the
run before, and its SUCCESS. And of an update that failed, the engine keeps each old output that no new one replaces.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast

import pulumi
from google.protobuf.struct_pb2 import NULL_VALUE
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor
from pulumi.runtime.stack import massage

T = TypeVar("T")


class Told(pulumi.Output[T]):
    """An output of a wait. It fails with the wait, and with it what depends on it; a stack's output may tell more.

    Args:
        output: what a program gets.
        truth: what can be said when the wait has failed, too.
        otherwise: what is said where ``truth`` is not known either, as the run was not started.
    """

    def __init__(self, output: pulumi.Output[T], truth: pulumi.Output[T], otherwise: T | None = None) -> None:
        value = cast("Awaitable[T]", output.future())
        super().__init__(output.resources(), value, output.is_known(), output.is_secret())
        self.truth, self.otherwise = truth, otherwise


async def tell_outputs(settled: Callable[[], Awaitable[None]]) -> None:
    """Give the engine the stack's outputs as far as they can be told, in place of those that never will be.

    What a program makes of the outputs of a failed wait, as it fails with them, is null. What else is not known keeps its
    old value, as in every update that fails. The task that this runs in is what failed waits wait for.

    Args:
        settled: returns when what can be known is.
    """
    end = asyncio.current_task()
    root = pulumi.runtime.get_root_resource()
    exports: Mapping[str, Any] = getattr(root, "outputs", None) or {}
    monitor = get_monitor()
    if root is None or monitor is None or not exports:
        return
    truths = {id(told): asyncio.ensure_future(told.truth.future()) for told in _told_in(exports)}
    await settled()
    known = {name: _with_truth(value, truths) for name, value in exports.items()}
    texts = {name: asyncio.ensure_future(_serialized(name, value)) for name, value in known.items()}
    await settled()
    request = resource_pb2.RegisterResourceOutputsRequest(urn=str(await root.urn.future()))
    for name, text in texts.items():
        if text.done() and text.exception() is None and name in text.result().fields:
            request.outputs.fields[name].CopyFrom(text.result().fields[name])
        elif text.done() or _waits_for(text, end):
            request.outputs.fields[name].null_value = NULL_VALUE
    await asyncio.get_running_loop().run_in_executor(None, monitor.RegisterResourceOutputs, request)


async def _serialized(name: str, value: Any) -> Any:
    return await rpc.serialize_properties({name: massage(value, [])}, {})


def _waits_for(future: asyncio.Future[Any], end: asyncio.Future[Any] | None) -> bool:
    """Whether something that is not known hangs on another. asyncio knows, and has no public way to ask."""
    seen, under_way = set(), [future]
    while under_way:
        each = under_way.pop()
        if each is end:
            return True
        if id(each) not in seen:
            seen.add(id(each))
            waited_for = [getattr(each, "_fut_waiter", None), *getattr(each, "_children", ())]
            under_way += [one for one in waited_for if one is not None]
    return False


def _told_in(value: Any) -> list[Told[Any]]:
    if isinstance(value, Told):
        return [value]
    return [told for item in _members(value).values() for told in _told_in(item)]


def _with_truth(value: Any, truths: Mapping[int, asyncio.Future[Any]]) -> Any:
    if isinstance(value, Told):
        truth = truths[id(value)]
        is_known = truth.done() and not truth.cancelled() and truth.exception() is None
        return value.truth if is_known else value.otherwise
    members = _members(value)
    if not members:
        return value
    found = {key: _with_truth(item, truths) for key, item in members.items()}
    return list(found.values()) if isinstance(value, (list, tuple)) else found


def _members(value: Any) -> Mapping[Any, Any]:
    """What a value that holds outputs of a wait consists of; nothing of any other value."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, (list, tuple)):
        return dict(enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return vars(value)
    return {}
