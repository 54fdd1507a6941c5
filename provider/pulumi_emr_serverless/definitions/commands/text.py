"""Text that has been taken out of a file, unescaped and joined, and still knows where each character stands in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """``text[start:end]`` becomes ``by``."""

    start: int
    end: int
    by: str


class Text:
    """A text in pieces. A piece is copied from the file, or it stands in the place of something there."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._starts: list[int] = []
        self._origins: list[int] = []
        self._copied: list[bool] = []
        self._whole: str | None = None

    @classmethod
    def of(cls, text: str) -> Text:
        """The text of a file, as it is."""
        whole = cls()
        whole._add(text, 0, copied=True)
        return whole

    @property
    def text(self) -> str:
        if self._whole is None:
            self._whole = "".join(self._parts)
        return self._whole

    def __len__(self) -> int:
        return self._length

    def origin(self, at: int) -> int:
        """Where the character at ``at`` stands in the file; of the end, where the next one would."""
        if not self._starts:
            return 0
        piece = max(bisect_right(self._starts, at) - 1, 0)
        return self._origins[piece] + (at - self._starts[piece] if self._copied[piece] else 0)

    def copy(self, other: Text, start: int = 0, end: int | None = None) -> Text:
        """Add ``other[start:end]``. Answers itself, so that calls can follow one another."""
        end = len(other) if end is None else end
        piece = max(bisect_right(other._starts, start) - 1, 0)
        while start < end:
            stop = other._starts[piece + 1] if piece + 1 < len(other._starts) else len(other)
            self._add(other.text[start : min(stop, end)], other.origin(start), copied=other._copied[piece])
            start, piece = stop, piece + 1
        return self

    def put(self, text: str, origin: int) -> Text:
        """Add ``text`` that stands for what is at ``origin`` in the file."""
        self._add(text, origin, copied=False)
        return self

    def cut(self, start: int, end: int | None = None) -> Text:
        return Text().copy(self, start, end)

    def edited(self, edits: Iterable[Edit]) -> Text:
        """With some parts exchanged; ``edits`` are in order and apart from one another."""
        changed, behind = Text(), 0
        for start, end, by in edits:
            changed.copy(self, behind, start).put(by, self.origin(start))
            behind = end
        return changed.copy(self, behind) if behind else self

    def sub(self, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str | None]) -> Text:
        """As ``re.sub``; None leaves a match as it is."""
        made = ((match, by(match)) for match in pattern.finditer(self.text))
        return self.edited(Edit(match.start(), match.end(), new) for match, new in made if new is not None)

    def lines(self) -> Iterable[tuple[int, int]]:
        """Start and end of each line, with its line end."""
        start = 0
        while start < self._length:
            end = self.text.find("\n", start) + 1 or self._length
            yield start, end
            start = end

    def _add(self, text: str, origin: int, *, copied: bool) -> None:
        if text:
            self._parts.append(text)
            self._starts.append(self._length)
            self._origins.append(origin)
            self._copied.append(copied)
            self._length += len(text)
            self._whole = None
