"""Where a value stands in a request, whether it may be shown there, and how a broken rule reads."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Location = tuple[str | int, ...]
"""A path, taken apart: names of members and keys, and positions in lists."""


class Unknown(Enum):
    """A value that is not known yet, as in a preview. It may stand at any depth."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class Opaque:
    """Stands in a :class:`Violation` where the value itself must not, or cannot, be shown."""

    text: str

    def __repr__(self) -> str:
        return self.text


HIDDEN: Final = Opaque("<hidden>")
NOT_SHOWN: Final = Opaque("")
"""Nothing to show: the value is missing, empty or a whole structure."""


Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """A :class:`Violation` in the making: it has yet to be decided whether the value may be shown."""

    location: Location
    rule: str
    remedy: str = ""
    value: object = NOT_SHOWN
    veiled: str = ""
    """The rule, and no remedy, where the program has made the value secret and the rule says something of it."""


@dataclass(frozen=True)
class Violation:
    """A rule that a value breaks. ``value`` is never a sensitive one: :data:`HIDDEN` stands in its place."""

    path: str
    value: object
    rule: str
    remedy: str = ""
    severity: Severity = "error"
    """``warning``: the run may well fail of it, and AWS, or a custom image, may know better."""

    def message(self) -> str:
        """One sentence: where, what, which rule, and what to do about it."""
        return f"{self.path}: {self.reason()}" if self.path else self.reason()

    def reason(self) -> str:
        """The message without the path, for those who show the path themselves."""
        shown = f"{shortened(self.value)} " if self.value is not NOT_SHOWN else ""
        return f"{shown}{self.rule}" + (f"; {self.remedy}" if self.remedy else "")


_LONGEST_SHOWN = 60
_LARGEST_SHOWN = 10**20


def shortened(value: object) -> str:
    """The value as a message shows it: on one line, short, whatever it is."""
    if isinstance(value, Opaque):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(value) if len(value) <= _LONGEST_SHOWN else f"{value[: _LONGEST_SHOWN - 3]!r}..."
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return str(value) if abs(value) <= _LARGEST_SHOWN else "a number of more than 20 digits"
    return str(value) if isinstance(value, float) else kind_of(value)


def kind_of(value: object) -> str:
    """What a value is, in the words of JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    for kind, name in (((int, float), "a number"), ((str,), "a string"), ((list, tuple), "a list"), ((dict,), "a map")):
        if isinstance(value, kind):
            return name
    return f"a Python {type(value).__name__}"


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEP = re.compile(r"""\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.\[]+)""")


def format_path(location: Location) -> str:
    """``("a", 0, "b.c")`` as ``a[0]["b.c"]``. A name that would be ambiguous is quoted."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif _NAME.fullmatch(step):
            path += f".{step}" if path else step
        else:
            path += f"[{json.dumps(step)}]"
    return path


def parse_path(path: str) -> Location:
    """The inverse of :func:`format_path`; it also reads Pulumi's own paths."""
    location: list[str | int] = []
    for index, quoted, name in _STEP.findall(path):
        if index:
            location.append(int(index))
        elif quoted:
            location.append(_unquoted(quoted))
        else:
            location.append(name)
    return tuple(location)


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


SENSITIVE_PATHS: Final = (
    "jobDriver.sparkSubmit.entryPoint",
    "jobDriver.sparkSubmit.entryPointArguments",
    "jobDriver.sparkSubmit.sparkSubmitParameters",
    "jobDriver.hive.query",
    "jobDriver.hive.initQueryFile",
    "jobDriver.hive.parameters",
    "configurationOverrides.applicationConfiguration.properties",
)
"""What AWS's model marks as sensitive, without positions; nested ``configurations`` count as their parent."""

_SENSITIVE: Final = tuple(parse_path(path) for path in SENSITIVE_PATHS)
_CONFIGURATIONS: Final = ("configurationOverrides", "applicationConfiguration")


def is_sensitive(path: str) -> bool:
    """Whether AWS models the value at this path as sensitive: it never appears in a message."""
    names = _names(parse_path(path))
    return any(names[: len(sensitive)] == sensitive for sensitive in _SENSITIVE)


def is_secret(location: Location, secret_paths: Iterable[Location]) -> bool:
    """Whether the program has made the value, or what it belongs into, secret."""
    return any(overlap(location, secret) for secret in secret_paths)


def may_be_shown(location: Location, secret_paths: Iterable[Location]) -> bool:
    """Whether a message may show the value: neither it, nor anything that belongs into it, is sensitive or secret."""
    names = _names(location)
    return not any(overlap(names, sensitive) for sensitive in _SENSITIVE) and not is_secret(location, secret_paths)


def overlap(one: Location, other: Location) -> bool:
    """Whether one location is the other, or lies within it."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _names(location: Location) -> Location:
    names = tuple(step for step in location if isinstance(step, str))
    if names[:2] != _CONFIGURATIONS:
        return names
    rest = names[2:]
    while rest[:1] == ("configurations",):
        rest = rest[1:]
    return (*_CONFIGURATIONS, *rest)
