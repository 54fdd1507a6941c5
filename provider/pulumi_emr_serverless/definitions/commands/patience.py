"""How long grammars may take."""

from __future__ import annotations

import time
from collections.abc import Callable


class Patience:
    """How much longer grammars may take for one file. What people write takes them milliseconds; a tangle takes for ever."""

    def __init__(self, seconds: float = 5.0, clock: Callable[[], float] = time.process_time) -> None:
        self._clock = clock
        self._ends = clock() + seconds

    @property
    def over(self) -> bool:
        return self._clock() > self._ends
