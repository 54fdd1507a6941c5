"""What of a request is secret: the values that stand at the locations which somebody has made secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_emr_serverless.request.paths import UNKNOWN, Location
from pulumi_emr_serverless.request.rules import member_names


def secret_values(properties: Mapping[str, Any], locations: Iterable[Location]) -> list[Any]:
    """Every text, number and flag at the locations, or below them, that is known already.

    Of a map that is secret as a whole the keys are as well, where they are the user's (a tag's, a property's) and not
    AWS's.
    """
    return [value for location in locations for value in _leaves(_at(properties, location))]


def _at(value: Any, location: Location) -> Any:
    for step in location:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, (list, tuple)):
            value = value[step] if isinstance(step, int) and step < len(value) else None
        else:
            return None
    return value


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in member_names():
                yield key
            yield from _leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    elif value is not None and value is not UNKNOWN:
        yield value
