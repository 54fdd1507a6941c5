"""What is to be done elsewhere because of what happened here: written down under a lock, done after it.

Whoever holds the lock of a place must not call another service, which may look at that place.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

Effect = Callable[[], None]


class Effects:
    """Effects in the order in which they came to be."""

    def __init__(self) -> None:
        self._doing = threading.RLock()
        self._waiting: deque[Effect] = deque()

    def add(self, effect: Effect) -> None:
        self._waiting.append(effect)

    def forget(self) -> None:
        self._waiting.clear()

    def do(self) -> None:
        """All that wait. When this returns, they are done, by whomever."""
        with self._doing:
            while self._waiting:
                self._waiting.popleft()()
