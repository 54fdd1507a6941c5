"""The event loop that a Pulumi program runs on, which a test does not have."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from pulumi.runtime.settings import SETTINGS, set_root_resource


@contextmanager
def program_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop on which outputs can be made; whatever is unfinished in the end is forgotten with it.

    Pulumi keeps one list of unfinished outputs and calls for the whole process, and the next program waits for all of
    them: one that a test has left behind on a closed loop would fail it.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        SETTINGS.outputs.clear()
        SETTINGS.rpc_manager.clear()
        set_root_resource(None)  # type: ignore[arg-type]  # the next program has a root of its own
        asyncio.set_event_loop(None)
        loop.close()
