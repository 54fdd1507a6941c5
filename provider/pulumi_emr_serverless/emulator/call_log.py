"""The calls that arrived, the latest of them."""

from __future__ import annotations

import dataclasses
import threading
from collections import deque
from collections.abc import Callable

from pulumi_emr_serverless.emulator.records import RecordedCall

LIMIT = 20_000
"""So many are remembered. A server that runs for weeks must not grow with each call."""


class CallLog:
    """Calls by the number of their arrival; the oldest are forgotten. ``listener`` is told of each."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.listener: Callable[[RecordedCall], None] = lambda _: None
        self._lock = threading.Lock()
        self._calls: deque[RecordedCall] = deque(maxlen=limit)
        self._arrived = 0

    @property
    def arrived(self) -> int:
        """How many there were since the start or the last reset."""
        return self._arrived

    def add(self, call: RecordedCall) -> int:
        with self._lock:
            self._calls.append(call)
            self._arrived += 1
            number = self._arrived - 1
        self.listener(call)
        return number

    def conclude(self, number: int, *, delivered: bool) -> None:
        """What became of the answer of a call, if it is still remembered."""
        with self._lock:
            place = number - (self._arrived - len(self._calls))
            if 0 <= place < len(self._calls):
                self._calls[place] = dataclasses.replace(self._calls[place], delivered=delivered)

    def calls(self, operation: str | None = None) -> list[RecordedCall]:
        """The remembered ones, the oldest first."""
        with self._lock:
            return [call for call in self._calls if operation in (None, call.operation)]

    def latest(self, count: int) -> list[RecordedCall]:
        """The newest first."""
        with self._lock:
            return [self._calls[-place] for place in range(1, min(count, len(self._calls)) + 1)]

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
            self._arrived = 0
