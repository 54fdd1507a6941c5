"""The AWS CLI's shorthand syntax: ``sparkSubmit={entryPoint=s3://b/j.py,entryPointArguments=[a,b]}``.

Follows the grammar that the AWS CLI documents: values in either quotes, ``[lists]``, ``{structures}``, and ``key=a,b`` as a
list. ``schema`` then gives numbers and booleans their type, which shorthand cannot write.
"""

from __future__ import annotations

import re
from typing import Any

from pulumi_emr_serverless.definitions.schema import at

_KEY = re.compile(r"\s*([A-Za-z0-9_.#/:-]+)\s*=\s*")
_QUOTED = re.compile(r"""'((?:\\'|[^'])*)'|"((?:\\"|[^"])*)\"""")
_TOP_VALUE = re.compile(r"(?:\\,|[^,])*")
_INNER_VALUE = re.compile(r"(?:\\,|[^,\]}])*")


class ShorthandError(Exception):
    """The text is no shorthand from ``at`` on; says what was expected there."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(problem)
        self.at = at


def parse_shorthand(text: str, schema: dict[str, Any]) -> Any:
    """The value of an option that takes a structure or a map.

    Raises:
        ShorthandError: with the position, from 0.

    """
    return typed(_Shorthand(text).members(""), schema)


class _Shorthand:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def members(self, end: str) -> dict[str, Any]:
        """``key=value`` pairs up to ``end``, which is consumed."""
        found: dict[str, Any] = {}
        while self._next() != end:
            key = _KEY.match(self.text, self.at)
            if key is None:
                raise self._expected("a name and =")
            if key[1] in found:
                raise self._expected(f"another name: {key[1]} is here twice")
            self.at = key.end()
            found[key[1]] = self._value(inner=bool(end))
            self._comma(end)
        self.at += len(end)
        return found

    def _value(self, *, inner: bool) -> Any:
        first = self._one(inner=inner)
        if inner or not isinstance(first, str):
            return first
        items = [first]
        while self._next() == "," and not _KEY.match(self.text, self.at + 1):
            self.at += 1
            if self._next() in (",", ""):
                raise self._expected("a value or a name and =")
            items.append(self._one(inner=False))
        return items if len(items) > 1 else first

    def _one(self, *, inner: bool) -> Any:
        char = self._next()
        if char == "{":
            self.at += 1
            return self.members("}")
        if char == "[":
            self.at += 1
            return self._items()
        quoted = _QUOTED.match(self.text, self.at)
        if quoted:
            self.at = quoted.end()
            quote = self.text[quoted.start()]
            return (quoted[1] or quoted[2] or "").replace("\\" + quote, quote).replace("\\\\", "\\")
        plain = (_INNER_VALUE if inner else _TOP_VALUE).match(self.text, self.at)
        self.at = plain.end() if plain else self.at
        return plain[0].replace("\\,", ",").strip() if plain else ""

    def _items(self) -> list[Any]:
        items = []
        while self._next() != "]":
            items.append(self._one(inner=True))
            self._comma("]")
        self.at += 1
        return items

    def _comma(self, end: str) -> None:
        char = self._next()
        if char == ",":
            self.at += 1
        elif char != end:
            raise self._expected(f"a comma{f' or {end}' if end else ''}")

    def _next(self) -> str:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _expected(self, what: str) -> ShorthandError:
        return ShorthandError(self.at, f"expected {what}")


def typed(value: Any, schema: dict[str, Any]) -> Any:
    """Texts as the numbers, booleans and lists of one that the schema wants in their place."""
    schema = at(schema)
    kind = schema.get("type")
    if isinstance(value, dict):
        members, others = schema.get("properties", {}), schema.get("additionalProperties") or {}
        return {key: typed(item, members.get(key, others)) for key, item in value.items()}
    if kind == "array" and isinstance(value, str):
        value = [value]
    if isinstance(value, list):
        return [typed(item, schema.get("items", {})) for item in value]
    if kind == "integer" and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return int(value)
    if kind == "boolean" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value
