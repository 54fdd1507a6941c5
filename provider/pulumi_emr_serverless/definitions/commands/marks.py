"""What a shell, a template or a reader would have filled in, left open.

Each becomes a mark: one character of a private plane, so that the grammar of a shell, JSON, shorthand and spark-submit
parameters around it can be read as usual. In the end a mark is written as ``${name}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_FIRST_MARK = 0xF0000
_MARKS = re.compile("[\U000f0000-\U000ffffd]")
_DOLLARS = re.compile(r"\$+(?=\{[A-Za-z_]\w*\}|[\U000f0000-\U000ffffd])", re.ASCII)
MOST_MARKS = 0xFFFD


class UnreadableCommandError(Exception):
    """The text is no command that can be read, from ``at`` in the file on."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(problem)
        self.at = at


class Word(NamedTuple):
    """A word of a command with marks in it, and where it begins in the file."""

    text: str
    at: int
    several: bool = False
    """It is one expansion, and what is filled in can be no word at all or several of them."""


@dataclass
class Expansions:
    """The names of what was left open, and the text of the file that each stands for."""

    sources: dict[str, str] = field(default_factory=dict)
    statements: set[str] = field(default_factory=set)
    """Names of what decides about the text behind it (``{% if ... %}``) instead of standing for a value."""
    _names: list[str] = field(default_factory=list)
    _known: dict[tuple[str, str], str] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=dict)

    def mark(self, wanted: str, source: str) -> str:
        """The mark for one more expansion; another source for the same name gets a name of its own."""
        base = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_") or "value"
        base = f"_{base}" if base[0].isdigit() else base
        mark = self._known.get((base, source))
        if mark is None:
            mark = self._known[base, source] = self._new(base, source)
        return mark

    def _new(self, base: str, source: str) -> str:
        if len(self._names) > MOST_MARKS:
            raise UnreadableCommandError(0, f"the text leaves more than {MOST_MARKS} values open")
        name = base
        while name in self.sources:
            number = self._used[base] = self._used.get(base, 1) + 1
            name = f"{base}_{number}"
        self.sources[name] = source
        self._names.append(name)
        return chr(_FIRST_MARK + len(self._names) - 1)

    def restored(self, text: str, *, filled: bool = True) -> str:
        """``text`` with ``${name}`` for each mark; ``filled``: dollars before what only looks like one are escaped."""
        if filled:
            text = _DOLLARS.sub(lambda match: 2 * match[0], text)
        return _MARKS.sub(lambda match: f"${{{self.name_of(match[0])}}}", text)

    def shown(self, text: str) -> str:
        """``text`` with what stood in the file for each mark, for a person to recognise it."""
        return _MARKS.sub(lambda match: self.source_of(match[0]), text)

    def name_of(self, mark: str) -> str:
        return self._names[ord(mark) - _FIRST_MARK]

    def source_of(self, mark: str) -> str:
        return self.sources[self.name_of(mark)]


def is_mark(text: str) -> bool:
    return _MARKS.fullmatch(text) is not None


def marks_in(text: str) -> list[str]:
    """Each mark of the text once, in order."""
    return list(dict.fromkeys(_MARKS.findall(text)))


MARK = _MARKS.pattern
