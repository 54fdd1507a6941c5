"""The emulator's time: the real one, or one that a test holds in its hand."""

from __future__ import annotations

import threading
import time


class Clock:
    """Seconds since the epoch. Real until it is frozen; it may be advanced in either mode."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = 0.0
        self._frozen: float | None = None

    def now(self) -> float:
        with self._lock:
            return self._now()

    def freeze(self, at: float | None = None) -> float:
        """Stop at ``at`` (epoch seconds; default: now). Time then moves by `advance` alone."""
        with self._lock:
            self._frozen = self._now() if at is None else at
            return self._frozen

    def advance(self, seconds: float) -> float:
        """Jump ahead. Never back: timestamps of one run would contradict each other."""
        if seconds < 0:
            raise ValueError("time only moves forward")
        with self._lock:
            if self._frozen is None:
                self._offset += seconds
            else:
                self._frozen += seconds
            return self._now()

    def resume(self) -> float:
        """Run again, from the moment at which the clock stands."""
        with self._lock:
            if self._frozen is not None:
                self._offset = self._frozen - time.time()
                self._frozen = None
            return self._now()

    def reset(self) -> None:
        with self._lock:
            self._offset, self._frozen = 0.0, None

    @property
    def frozen(self) -> bool:
        with self._lock:
            return self._frozen is not None

    def _now(self) -> float:
        return time.time() + self._offset if self._frozen is None else self._frozen
