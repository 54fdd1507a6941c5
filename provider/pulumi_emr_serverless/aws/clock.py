"""AWS's clock, as its answers tell it. This machine's may be wrong by days, and may jump."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any


class AwsClock:
    """The time by the Date of AWS's last answer (RFC 9110: to the second), and what has passed since. Safe between threads.

    Args:
        elapsed: seconds by a clock that only goes forward.
    """

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._heard: tuple[datetime, float] | None = None

    def hear(self, http_response: Any = None, **_: Any) -> None:
        """Take the Date of an answer, an error's too. Shaped as a handler of botocore's ``after-call``."""
        said = _date(getattr(http_response, "headers", None) or {})
        if said is not None:
            with self._lock:
                self._heard = (said, self._elapsed())

    def now(self) -> datetime | None:
        """None before the first answer, and where something between here and AWS takes the Date out."""
        with self._lock:
            if self._heard is None:
                return None
            said, at = self._heard
            return said + timedelta(seconds=self._elapsed() - at)


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date") or "").astimezone(timezone.utc)
    except (TypeError, ValueError):
        return None
