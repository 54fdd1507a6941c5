"""Pulumi's property values as the plain property bags that the verbs take, and back.

In a property value each secret is marked where it stands. A bag is plain: where its secrets are stands beside them, under
``__secrets``, and never leaves this process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime import rpc

from pulumi_emr_serverless.persisted import JOB, LAUNCH_TOKEN, NATIVE_LAUNCH_TOKEN, SECRET_SETTINGS, SECRETS
from pulumi_emr_serverless.request import PROPERTIES, UNKNOWN, Location
from pulumi_emr_serverless.verbs import Secret

_ONLY_IN_BAGS = (JOB, LAUNCH_TOKEN, SECRETS, SECRET_SETTINGS)

Properties = Mapping[str, PropertyValue]


def to_bag(properties: Properties, **beside: Any) -> dict[str, Any]:
    """A property bag as the verbs take it.

    Args:
        properties: as the engine hands them over.
        beside: what the verbs find beside them, by name.
    """
    bag = {name: _plain(value) for name, value in properties.items()}
    if NATIVE_LAUNCH_TOKEN in bag:
        bag[LAUNCH_TOKEN] = bag.pop(NATIVE_LAUNCH_TOKEN)
    secrets = [
        list(location)
        for name, value in properties.items()
        if name in PROPERTIES
        for location in _secret_locations(value, (name,))
    ]
    return {**bag, **({SECRETS: secrets} if secrets else {}), **beside}


def to_properties(bag: Mapping[str, Any]) -> dict[str, PropertyValue]:
    """The reverse of ``to_bag``, with each secret marked where it stands."""
    secrets = frozenset(tuple(location) for location in bag.get(SECRETS) or ())
    properties = {
        name: _property(value, (name,), secrets)
        for name, value in bag.items()
        if name not in _ONLY_IN_BAGS and value is not None
    }
    if bag.get(LAUNCH_TOKEN) is not None:
        properties[NATIVE_LAUNCH_TOKEN] = _property(bag[LAUNCH_TOKEN], (), secrets).with_secret(True)
    return properties


def secret_names(properties: Properties) -> tuple[str, ...]:
    """Those in which there is a secret."""
    return tuple(name for name, value in properties.items() if value.contains_secret())


def to_input(value: PropertyValue) -> Any:
    """A value as a resource takes it that is declared in this process, with its secrets, unknowns and dependencies."""
    content = value.value
    if isinstance(content, Mapping):
        found: Any = {key: to_input(item) for key, item in content.items()}
    elif isinstance(content, Sequence) and not isinstance(content, str):
        found = [to_input(item) for item in content]
    else:
        found = content
    known = not _is_unknown(content)
    if known and not value.is_secret and not value.dependencies:
        return found
    whole = pulumi.Output.from_input(found) if known else _unknown()
    if value.dependencies:
        whole = _depending(whole, value.dependencies)
    return pulumi.Output.secret(whole) if value.is_secret else whole


async def to_property(output: pulumi.Output[Any]) -> PropertyValue:
    """What a resource of this process has put out, for the engine."""
    known, secret = await output.is_known(), await output.is_secret()
    value = await output.future(with_unknowns=True)
    urns = [urn for one in await output.resources() if (urn := await one.urn.future()) is not None]
    found = _property(value, (), frozenset()) if known else PropertyValue(rpc.UNKNOWN)
    return PropertyValue(found.value, is_secret=secret, dependencies=urns)


def _unknown() -> pulumi.Output[Any]:
    async def answer(value: Any) -> Any:
        return value

    return pulumi.Output(set(), answer(None), answer(False))


def _depending(output: pulumi.Output[Any], urns: frozenset[str]) -> pulumi.Output[Any]:
    """The output, made of these resources too."""

    async def resources() -> set[pulumi.Resource]:
        return {*await output.resources(), *map(pulumi.resource.DependencyResource, urns)}

    return pulumi.Output(resources(), output.future(with_unknowns=True), output.is_known(), output.is_secret())


def _is_unknown(content: Any) -> bool:
    """The SDK hands an unknown value over as the engine's text for it."""
    return isinstance(content, Computed) or content == rpc.UNKNOWN


def _plain(value: PropertyValue) -> Any:
    content = value.value
    if _is_unknown(content):
        return UNKNOWN
    if isinstance(content, Mapping):
        return {key: _plain(item) for key, item in content.items()}
    if isinstance(content, Sequence) and not isinstance(content, str):
        return [_plain(item) for item in content]
    return content


def _secret_locations(value: PropertyValue, location: Location) -> Iterator[Location]:
    if value.is_secret:
        yield location
    elif isinstance(value.value, Mapping):
        for key, item in value.value.items():
            yield from _secret_locations(item, (*location, key))
    elif isinstance(value.value, Sequence) and not isinstance(value.value, str):
        for index, item in enumerate(value.value):
            yield from _secret_locations(item, (*location, index))


def _property(value: Any, location: Location, secrets: frozenset[Location]) -> PropertyValue:
    if isinstance(value, Secret):
        return _property(value.value, location, secrets).with_secret(True)
    return PropertyValue(_content(value, location, secrets), is_secret=location in secrets)


def _content(value: Any, location: Location, secrets: frozenset[Location]) -> Any:
    if value is UNKNOWN or isinstance(value, pulumi.output.Unknown):
        return rpc.UNKNOWN
    if isinstance(value, Mapping):
        return {key: _property(item, (*location, key), secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_property(item, (*location, index), secrets) for index, item in enumerate(value)]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
