"""Reads the text of a definition into values that know their line and column.

JSON is read strictly. YAML is read as the AWS CLI reads it: with the scalars of YAML 1.2, where ``no`` and ``012`` are what
they look like, and not with PyYAML's defaults, which are those of YAML 1.1. Beyond the CLI, a bare date stays text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import yaml

Format = Literal["json", "yaml"]


class Place(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


class UnreadableError(Exception):
    """The text is not what its format allows. Never quotes values: they may be secret."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(problem)
        self.place = place
        self.problem = problem


@dataclass(frozen=True)
class Node:
    """A value and where it begins; of a map, each key with its own place."""

    place: Place
    value: Any
    """A scalar, a list of nodes, or a dict of keys to nodes."""
    keys: dict[str, Place]


MAX_NODES = 100_000
"""YAML's aliases can write a huge document in a few lines; a request of 1 MB has fewer values than this."""


def read(text: str, form: Format, twice: list[UnreadableError] | None = None) -> Node:
    """Read a whole document.

    Args:
        text: the document.
        form: what it is.
        twice: takes what is wrong with keys that are there a second time, so that the rest is read all the same. The last
            one counts then, as it does for the AWS CLI.

    Raises:
        UnreadableError: with the place and what is wrong there.

    """
    if form == "json" and not text.strip():
        raise UnreadableError(Place(1, 1), "is empty")
    keys = _Keys(twice)
    try:
        return _Json(text, keys).document() if form == "json" else _Yaml(keys).document(text)
    except RecursionError:
        raise UnreadableError(Place(1, 1), "is nested too deeply") from None


def place_of(text: str, index: int) -> Place:
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


class _Places:
    """Lines and columns of a text that many are asked for."""

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def of(self, index: int) -> Place:
        line = bisect_left(self._ends, index)
        return Place(line + 1, index - (self._ends[line - 1] if line else -1))


class _Keys:
    """Refuses a key that a map has already, or notes it."""

    def __init__(self, twice: list[UnreadableError] | None) -> None:
        self._twice = twice

    def check(self, key: str, place: Place, keys: dict[str, Place]) -> None:
        if key not in keys:
            return
        error = UnreadableError(
            place, f"{key!r} is here a second time, after line {keys[key].line}: remove one of them"
        )
        if self._twice is None:
            raise error
        self._twice.append(error)


def _proper(text: str, place: Place) -> str:
    """A lone surrogate is legal in JSON's escapes, and nowhere after that."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UnreadableError(place, "contains half of a surrogate pair, which is no character")
    return text


class _Json:
    """Python's parser says whether it is JSON; this walks the text again for the places."""

    _space = re.compile(r"[ \t\r\n]*")
    _scalar = re.compile(r"[^\s,\]}]+")

    def __init__(self, text: str, keys: _Keys) -> None:
        self.text = text
        self.at = 0
        self.places = _Places(text)
        self.keys = keys

    def document(self) -> Node:
        try:
            json.loads(self.text)
        except json.JSONDecodeError as error:
            raise UnreadableError(Place(error.lineno, error.colno), f"is not JSON: {error.msg}") from None
        except ValueError:
            raise UnreadableError(Place(1, 1), "is not JSON: a number has too many digits") from None
        return self._node()

    def _node(self) -> Node:
        char, start = self._next(), self.at
        place = self.places.of(start)
        if char == "{":
            return self._object(place)
        if char == "[":
            return Node(place, self._array(), {})
        if char == '"':
            return Node(place, self._string(), {})
        word = self._scalar.match(self.text, start)
        token = word[0] if word else ""
        if token in ("NaN", "Infinity", "-Infinity"):
            raise UnreadableError(place, f"is not JSON: {token} is no number there")
        self.at += len(token)
        return Node(place, json.loads(token), {})

    def _object(self, place: Place) -> Node:
        members: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        self.at += 1
        while self._next() != "}":
            at = self.places.of(self.at)
            key = self._string()
            self.keys.check(key, at, keys)
            self._next()  # the colon
            self.at += 1
            keys[key], members[key] = at, self._node()
            self._comma()
        self.at += 1
        return Node(place, members, keys)

    def _array(self) -> list[Node]:
        items = []
        self.at += 1
        while self._next() != "]":
            items.append(self._node())
            self._comma()
        self.at += 1
        return items

    def _string(self) -> str:
        start = self.at
        text, self.at = json.decoder.scanstring(self.text, start + 1, True)  # type: ignore[attr-defined] # missing in typeshed
        return _proper(text, self.places.of(start))

    def _comma(self) -> None:
        if self._next() == ",":
            self.at += 1

    def _next(self) -> str:
        space = self._space.match(self.text, self.at)
        self.at = space.end() if space else self.at
        return self.text[self.at : self.at + 1]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - as PyYAML has it


_TAG = "tag:yaml.org,2002:"
_SCALARS = [
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
]
for _name, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(rf"^(?:{_pattern})$"), _first)


class _Yaml:
    def __init__(self, keys: _Keys) -> None:
        self.keys = keys
        self.count = 0
        self.open: set[int] = set()

    def document(self, text: str) -> Node:
        try:
            composed = yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
            if error.problem == "but found another document":
                raise UnreadableError(place, "holds two documents; a definition is one") from None
            raise UnreadableError(place, f"is not YAML: {error.problem or error.context}") from None
        except yaml.reader.ReaderError as error:
            raise UnreadableError(place_of(text, error.position), "is not YAML: a control character") from None
        if composed is None:
            raise UnreadableError(Place(1, 1), "is empty")
        return self._node(composed)

    def _node(self, node: yaml.Node) -> Node:
        place = _place(node)
        self.count += 1
        if self.count > MAX_NODES:
            raise UnreadableError(place, f"has more than {MAX_NODES} values, counting each use of an alias")
        if id(node) in self.open:
            raise UnreadableError(place, "contains itself, by an alias")
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
                return self._mapping(node)
            if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
                return Node(place, [self._node(item) for item in node.value], {})
            return Node(place, _scalar(node), {})
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode) -> Node:
        members: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        merged: list[Node] = []
        for key, item in node.value:
            place = _place(key)
            if key.value == "<<" and key.style is None:
                merged += self._merged(item)
                continue
            if not isinstance(key, yaml.ScalarNode) or not isinstance(name := _scalar(key), str):
                raise UnreadableError(place, "a key must be text: write it in quotes")
            self.keys.check(name, place, keys)
            keys[name], members[name] = place, self._node(item)
        for other in merged:
            members = {**members, **_absent(other.value, members)}
            keys = {**keys, **_absent(other.keys, keys)}
        return Node(_place(node), members, keys)

    def _merged(self, item: yaml.Node) -> list[Node]:
        items = item.value if isinstance(item, yaml.SequenceNode) else [item]
        nodes = [self._node(each) for each in items]
        for node in nodes:
            if not isinstance(node.value, dict):
                raise UnreadableError(node.place, "<< merges maps, and this is none")
        return nodes


def _absent(source: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key not in present}


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _scalar(node: yaml.Node) -> Any:
    kind, text = node.tag.removeprefix(_TAG), node.value
    try:
        if kind == "str":
            return _proper(text, _place(node))
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int":
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        raise UnreadableError(_place(node), f"is not what the tag !!{kind} says") from None
    raise UnreadableError(_place(node), f"the tag {node.tag.replace(_TAG, '!!')} has no meaning in a definition")


class _Dumper(yaml.SafeDumper):
    """Quotes what either version of YAML would read as something else than text."""


for _name, _pattern, _first in _SCALARS:
    _Dumper.add_implicit_resolver(_TAG + _name, re.compile(rf"^(?:{_pattern})$"), _first)


def write(value: Any, form: Format) -> str:
    """The text of a definition, as a person would write it; ``read`` gives the value back."""
    if form == "json":
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=4096)
    return text
