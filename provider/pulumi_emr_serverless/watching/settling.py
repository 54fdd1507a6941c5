"""When a program has nothing left to do but to fail.

A Pulumi program ends at its first error, and what it has not registered by then is never created: a failed run would
also stop the jobs that do not depend on it. So a failed wait is held back until everything else in the program has
come as far as it can, and is raised then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

_CHECKS = 6
_SECONDS_BETWEEN = 0.05
"""Between two registrations that depend on each other the program only passes values on: far quicker than this."""


class Activity:
    """What the program is busy with: calls to the engine, which all run in the loop's default executor, and waits."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._sleep = sleep
        self._busy = 0

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Count what ``loop`` gives to its default executor, from now on. asyncio has no other way to ask."""
        run_in_executor = loop.run_in_executor

        def counting(executor: Any, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
            future = run_in_executor(executor, function, *arguments)
            if executor is None:
                self._busy += 1
                future.add_done_callback(self._done)
            return future

        loop.run_in_executor = counting  # type: ignore[method-assign,assignment]  # the same call, counted

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Something else that the program may still go on from."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    async def settled(self) -> None:
        """Return when nothing has been going on for a moment."""
        quiet = 0
        while quiet < _CHECKS:
            await self._sleep(_SECONDS_BETWEEN)
            quiet = 0 if self._busy else quiet + 1

    def _done(self, _: asyncio.Future[Any]) -> None:
        self._busy -= 1
