"""Where quotes and substitutions of a shell command begin and end, and nothing else of its grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_OUTSIDE = re.compile(r"\\[\s\S]|\$?'|\$\(|[\"`()\n]|(?<![\w$])#[^\n]*|<(?=[A-Za-z])", re.ASCII)
_IN_DOUBLE = re.compile(r"\\[\s\S]|\$\(|[\"`]|<(?=[A-Za-z])", re.ASCII)
_SINGLE = re.compile(r"[^']*'")
_ANSI_C = re.compile(r"[^'\\]*(?:\\[\s\S][^'\\]*)*'")
_NAMES = {"'": "single quote", '"': "double quote", "`": "backquote"}


class Less(NamedTuple):
    """A ``<`` before a letter, and whether it is within quotes."""

    at: int
    quoted: bool


class Quotes:
    """Follows one command from ``at`` to the end of its line, or to where the last quote that it opens is closed."""

    def __init__(self, text: str, at: int, least: int) -> None:
        self.text = text
        self.at = at
        self.least = least
        """Line ends before this do not end the command."""
        self.open: list[tuple[str, int]] = []

    def unclosed(self) -> tuple[int, str] | None:
        """Where the quote begins that is never closed, and what it is."""
        for _ in self.walk():
            pass
        if not self.open:
            return None
        quote, at = self.open[-1]
        return at, f"this {_NAMES.get(quote, quote)} is never closed"

    def walk(self) -> Iterator[Less]:
        while True:
            double = self.open[-1:] and self.open[-1][0] == '"'
            match = (_IN_DOUBLE if double else _OUTSIDE).search(self.text, self.at)
            if match is None or (match[0] == "\n" and not self.open and match.start() >= self.least):
                self.at = match.end() if match else len(self.text)
                return
            self.at = match.end()
            if match[0] == "<":
                yield Less(match.start(), bool(double))
            elif match[0] in ("'", "$'"):
                yield from self._single(match)
            else:
                self._nest(match)

    def _nest(self, match: re.Match[str]) -> None:
        sign, inner = match[0], self.open[-1][0] if self.open else ""
        if sign in ('"', "`") and inner == sign:
            self.open.pop()
        elif sign in ('"', "`", "$(", "("):
            self.open.append((sign, match.start()))
        elif sign == ")" and inner in ("$(", "("):
            self.open.pop()

    def _single(self, quote: re.Match[str]) -> Iterator[Less]:
        end = (_SINGLE if quote[0] == "'" else _ANSI_C).match(self.text, self.at)
        if end is None:
            self.open.append((quote[0], quote.start()))
        stop = end.end() if end else len(self.text)
        yield from (Less(match.start(), True) for match in re.compile(r"<(?=[A-Za-z])").finditer(self.text, self.at, stop))
        self.at = stop
