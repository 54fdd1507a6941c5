"""Does a value keep to a shape of the service model? One strict walker for requests and for answers.

botocore's own ParamValidator checks no pattern, no maximum and no enum, so a client finds out about these from AWS
alone. The sentences are AWS's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "boolean": (bool,),
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
}


@dataclass(frozen=True)
class Leeway:
    """Where a value may leave the model.

    ``more``: values that an enum has besides the model's, by the name of its shape, as on the day on which AWS adds
    one. ``unchecked``: members of structures that AWS itself answers against its model. ``unknown``: members that the
    model does not have are no violation.
    """

    more: Mapping[str, Collection[str]] = field(default_factory=dict)
    unchecked: Collection[str] = ()
    unknown: bool = False


NONE = Leeway()


def violations(shape: Shape, value: Any, leeway: Leeway = NONE) -> list[str]:
    """Every way in which ``value`` breaks ``shape``; empty if it keeps to it."""
    return list(_walk(shape, value, "", leeway))


def known(shape: Shape, value: Any) -> Any:
    """A value that keeps to a shape, without the members that the model does not have, at any depth."""
    if isinstance(shape, StructureShape):
        return {name: known(shape.members[name], item) for name, item in value.items() if name in shape.members}
    if isinstance(shape, ListShape):
        return [known(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: known(shape.value, item) for key, item in value.items()}
    return value


def _walk(shape: Shape, value: Any, path: str, leeway: Leeway) -> Iterator[str]:
    if not _is_of(value, _KINDS[shape.type_name]):
        yield _sentence(shape, value, path, f"Member must be of type {shape.type_name}")
        return
    yield from _bounds(shape, value, path, leeway)
    if isinstance(shape, StructureShape):
        yield from _members(shape, value, path, leeway)
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value, start=1):
            yield from _walk(shape.member, item, f"{path}.{index}.member", leeway)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _walk(shape.key, key, f"{path}.key", leeway)
            yield from _walk(shape.value, item, f"{path}.{key}", leeway)


def _is_of(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


def _members(shape: StructureShape, value: dict[str, Any], path: str, leeway: Leeway) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None and name not in leeway.unchecked:
            yield f"Value at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
    known = shape.members
    for name, item in value.items():
        if name not in known:
            if leeway.unknown:
                continue
            yield f"Value at '{_join(path, name)}' failed to satisfy constraint: Member is unknown"
        elif item is not None and name not in leeway.unchecked:
            yield from _walk(known[name], item, _join(path, name), leeway)
    set_members = sum(item is not None for name, item in value.items() if name in known)
    if getattr(shape, "is_tagged_union", False) and set_members != 1:
        yield f"Value at '{path}' failed to satisfy constraint: Exactly one member must be set: {', '.join(known)}"


def _bounds(shape: Shape, value: Any, path: str, leeway: Leeway) -> Iterator[str]:
    facts = shape.metadata
    measured, what = (value, "value") if isinstance(value, (int, float)) else (len(value), "length")
    if "min" in facts and measured < facts["min"]:
        yield _sentence(shape, value, path, f"Member must have {what} greater than or equal to {facts['min']}")
    if "max" in facts and measured > facts["max"]:
        yield _sentence(shape, value, path, f"Member must have {what} less than or equal to {facts['max']}")
    if "pattern" in facts and not _compiled(facts["pattern"]).fullmatch(value):
        yield _sentence(shape, value, path, f"Member must satisfy regular expression pattern: {facts['pattern']}")
    if "enum" in facts and value not in facts["enum"] and value not in leeway.more.get(shape.name, ()):
        yield _sentence(shape, value, path, f"Member must satisfy enum value set: [{', '.join(facts['enum'])}]")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Java's \d, \w and \s are ASCII. DOTALL: a Hive query of several lines is no violation of `.*\S.*`.
    return re.compile(pattern, re.ASCII | re.DOTALL)


def _sentence(shape: Shape, value: Any, path: str, constraint: str) -> str:
    shown = isinstance(value, (str, int, float)) and not shape.metadata.get("sensitive")
    return f"Value {f'{value!r} ' if shown else ''}at '{path}' failed to satisfy constraint: {constraint}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
