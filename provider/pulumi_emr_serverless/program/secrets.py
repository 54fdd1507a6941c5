"""Where a program's secrets are: a dynamic provider gets its inputs, and the configuration, in the clear, unmarked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import pulumi

from pulumi_emr_serverless.aws import SETTINGS
from pulumi_emr_serverless.redaction import Redactor

Location = list["str | int"]


async def _nothing() -> None:
    """Nothing comes first."""


def secret_paths(
    inputs: Mapping[str, Any], first: Callable[[], Awaitable[None]] = _nothing
) -> pulumi.Output[list[Location]]:
    """Where in a resource's inputs a program has put secrets: what no message may show.

    Names that begin with ``__`` are this package's own and not looked at. The inputs are read when the engine gets them:
    what a transformation has changed in them by then counts.

    Args:
        inputs: the inputs.
        first: is awaited before they are read; where it raises, the resource is not registered.
    """

    async def found() -> list[Location]:
        await first()
        return [location async for location, _ in _secrets(inputs)]

    return pulumi.Output.from_input(found())


async def redactor_of(inputs: Mapping[str, Any]) -> Redactor:
    """Takes out of texts what stands at these places, as far as it is known, and what is secret in the configuration."""
    from pulumi_emr_serverless.program.pricing import setting  # noqa: PLC0415 - few programs wait

    found = [value async for _, value in _secrets(inputs)]
    if found:
        from pulumi_emr_serverless.request import secret_values  # noqa: PLC0415 - it brings pydantic

        found = secret_values({"inputs": found}, [("inputs",)])
    return Redactor([*found, *map(setting, secret_settings())])


def secret_settings() -> list[str]:
    """The keys of the configuration, of those that this package reads, whose values are secret."""
    return [key for key in SETTINGS if pulumi.runtime.is_config_secret(key)]


async def _secrets(inputs: Mapping[str, Any]) -> AsyncIterator[tuple[Location, Any]]:
    for name, value in list(inputs.items()):
        if not name.startswith("__"):
            async for found in _secrets_in(value, [name]):
                yield found


async def _secrets_in(value: Any, location: Location) -> AsyncIterator[tuple[Location, Any]]:
    if isinstance(value, pulumi.Output):
        known = await value.is_known()
        if await value.is_secret():
            yield location, await value.future() if known else None
    elif isinstance(value, Mapping):
        for key, item in value.items():
            async for found in _secrets_in(item, [*location, key]):
                yield found
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        for index, item in enumerate(value):
            async for found in _secrets_in(item, [*location, index]):
                yield found
