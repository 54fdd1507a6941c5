"""Where a program's secrets are: a dynamic provider gets its inputs in the clear, without a mark."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import pulumi

Location = list["str | int"]


def secret_paths(inputs: Mapping[str, Any]) -> pulumi.Output[list[Location]]:
    """Where in a resource's inputs a program has put secrets.

    A dynamic provider gets its inputs in the clear, without a mark. This tells it what no message may show.
    """

    async def found() -> list[Location]:
        return [location async for location in _secrets(inputs, [])]

    return pulumi.Output.from_input(found())


async def _secrets(value: Any, location: Location) -> Any:
    if isinstance(value, pulumi.Output):
        if await value.is_secret():
            yield location
    elif isinstance(value, Mapping):
        for key, item in value.items():
            async for found in _secrets(item, [*location, key]):
                yield found
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        for index, item in enumerate(value):
            async for found in _secrets(item, [*location, index]):
                yield found
    elif isinstance(value, Awaitable):
        return
