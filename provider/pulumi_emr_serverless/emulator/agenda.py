"""What is to happen, in the order of its time."""

from __future__ import annotations

import heapq
import itertools
import math


class Agenda:
    """One appointment for each key. Making a new one forgets the old one."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._tie = itertools.count()  # of two at the same time the one made first comes first

    def set(self, key: str, at: float | None) -> None:
        """``at`` None, or never: there is nothing to come."""
        if at is None or at == math.inf:
            self._at.pop(key, None)
        elif self._at.get(key) != at:
            self._at[key] = at
            heapq.heappush(self._heap, (at, next(self._tie), key))

    def due(self, now: float) -> tuple[float, str] | None:
        """The earliest appointment up to now, with its key. It is over with that."""
        while self._heap and self._heap[0][0] <= now:
            at, _, key = heapq.heappop(self._heap)
            if self._at.get(key) == at:
                del self._at[key]
                return at, key
        return None
