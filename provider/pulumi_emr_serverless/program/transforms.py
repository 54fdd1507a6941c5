"""Who may change a resource of the program between its declaration and the engine, and a place behind all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.settings import _get_callbacks

from pulumi_emr_serverless.program.sdk import has_mocks

Look = Callable[[pulumi.ResourceTransformArgs], "pulumi.ResourceTransformResult | None"]


@dataclass
class _Ours:
    """This package's transforms of one program."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    registered: list[Look] = field(default_factory=list)
    behind: int = 0
    """How many others there were when the last one was registered."""


_programs: WeakKeyDictionary[asyncio.AbstractEventLoop, _Ours] = WeakKeyDictionary()


def _ours() -> _Ours:
    return _programs.setdefault(asyncio.get_event_loop(), _Ours())


def _others(ours: _Ours) -> int:
    servicers = _CallbackServicer._servicers  # noqa: SLF001 - Pulumi says it nowhere else
    registered = [each for servicer in servicers for each in servicer._transforms]  # noqa: SLF001 - as above
    return sum(each not in ours.registered for each in registered)


def may_be_transformed(resource: pulumi.Resource | None) -> bool:
    """Whether somebody may change what is declared before the engine has it checked."""
    return bool(getattr(resource, "_transformations", None)) or _others(_ours()) > 0


async def transform_last(look: Look) -> None:
    """Have the engine ask ``look`` about each resource, behind every transform that the program has registered so far.

    Args:
        look: sees the options as they are in the end, those of parents included.
    """
    if has_mocks():
        return
    ours = _ours()
    async with ours.lock:
        others = _others(ours)
        if ours.registered and others == ours.behind:
            return
        callbacks = await _get_callbacks()
        if callbacks is None:
            return

        def again(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
            return look(args)  # one that is registered already would keep its place

        ours.registered.append(again)
        ours.behind = others
        callbacks.register_stack_transform(again)
