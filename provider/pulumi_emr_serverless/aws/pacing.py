"""Calls are paced before they are sent, because AWS counts those of an account and region and refuses what is too much.

Each operation has a line of its own: who comes first is sent first, and a start that waits holds up no tag, no look and no
cancellation. What AWS documents is where a line begins; AWS's answers say the rest. After the first burst it is tried
whether more is taken than documented, as an account's quota may be raised, and an emulator may have none; the first refusal
ends that. Refusals after it, because others call with the same account, slow the line down until they stop.

Time is a clock that only goes forward. It decides when a call is sent, and nothing else.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Quota:
    """Calls a second, and how many may come at once after a pause."""

    rate: float
    burst: float


_CHANGES, _READS = Quota(1, 25), Quota(10, 50)

QUOTAS: Mapping[str, Quota] = {
    "CancelJobRun": _CHANGES,
    "GetApplication": _READS,
    "GetDashboardForJobRun": Quota(1, 2),
    "GetJobRun": _READS,
    "ListJobRuns": _CHANGES,
    "StartJobRun": _CHANGES,
}
"""Of an account in a region. Source: EMR Serverless User Guide, "Endpoints and quotas", "API limits"."""

UNDOCUMENTED = Quota(100, 100)
"""Of operations that AWS documents no quota of, those on tags among them: where their lines begin."""

_RESERVE = 1.0
"""Calls of a burst that are not made: one that was sent later may arrive earlier."""

_FIRST_TRY = 4.0
"""How many times the documented rate is tried first, when the burst is used up; each answer then doubles it."""
_QUICKEST = 1000.0

_SLOWER = 0.5
_SLOWEST = 0.2
"""Calls a second: whether AWS takes calls again is asked each 5 seconds."""
_RECOVERY = 0.1
"""Of the documented rate, added by each answer that is no refusal."""

_TURN_SECONDS = 1.0
"""Whoever waits looks again after so long: its turn may come earlier than it seemed."""
_LEAST_SECONDS = 0.001
"""Less than that, added to a clock, may be nothing."""
_ASK_EVERY_SECONDS = 5.0
_TELL_AFTER_SECONDS = 2.0
_TELL_EVERY_SECONDS = 10.0


@dataclass(frozen=True)
class Permit:
    """That one call may be sent now. Its answer goes back to the line."""

    line: Line
    pace: int
    """How often the line had been refused before it."""
    early: bool
    """Whether it was sent to see if AWS takes more than it documents."""


class Line:
    """Those who want to call one operation, first come, first served. Safe between threads.

    Args:
        quota: as documented.
        elapsed: seconds by a clock that only goes forward.
    """

    def __init__(self, quota: Quota, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._quota, self._elapsed = quota, elapsed
        self._lock = threading.Lock()
        self._waiting: deque[object] = deque()
        self._burst = max(1.0, quota.burst - _RESERVE)
        self._level, self._filled_at = self._burst, elapsed()
        self._rate = quota.rate
        self._may_try, self._early = True, False
        self._refusals = 0

    def join(self, caller: object, *, ahead: bool = False) -> None:
        """Stand in line; ``ahead`` is for a call that was sent, and refused."""
        with self._lock:
            if ahead:
                self._waiting.appendleft(caller)
            else:
                self._waiting.append(caller)

    def leave(self, caller: object) -> None:
        """Stand in line no more."""
        with self._lock:
            if caller in self._waiting:
                self._waiting.remove(caller)

    def permit(self, caller: object) -> Permit | None:
        """Permission to call now, which takes the caller out of the line; None if it is not its turn."""
        with self._lock:
            self._fill()
            if self._waiting[0] is not caller:
                return None
            if self._level < 1 and self._may_try and not self._early:
                self._early, self._rate = True, self._quota.rate * _FIRST_TRY
            if self._level < 1:
                return None
            self._waiting.popleft()
            self._level -= 1
            return Permit(self, self._refusals, self._early)

    def outlook(self, caller: object) -> tuple[int, float]:
        """How many are before a caller, and seconds until its turn as it seems now."""
        with self._lock:
            self._fill()
            before = self._waiting.index(caller)
            return before, max(_LEAST_SECONDS, (before + 1 - self._level) / self._rate)

    def answered(self, permit: Permit) -> None:
        """AWS took the call, whatever it answered."""
        with self._lock:
            if self._may_try and permit.early:
                self._fill()
                self._rate = min(self._rate * 2, max(_QUICKEST, self._rate))
            elif not self._may_try:
                self._fill()
                self._rate = min(self._rate + self._quota.rate * _RECOVERY, self._quota.rate)

    def refused(self, permit: Permit) -> None:
        """AWS did not take the call: there is nothing left, whoever has used it. Calls that were under way count once."""
        with self._lock:
            if permit.pace != self._refusals:
                return
            self._refusals += 1
            self._level, self._filled_at = 0.0, self._elapsed()
            if self._may_try:
                # Calls that were tried together with this one may still take what comes next.
                self._may_try, self._rate, self._level = False, self._quota.rate, -_RESERVE
            else:
                self._rate = max(self._rate * _SLOWER, _SLOWEST)

    def _fill(self) -> None:
        now = self._elapsed()
        self._level = min(self._burst, self._level + (now - self._filled_at) * self._rate)
        self._filled_at = now


@dataclass(frozen=True)
class Patience:
    """How those who wait for a quota go about it.

    Args:
        still_wanted: called now and then by a thread that waits; what it raises ends the wait, and nothing is sent. None
            where nobody can tell, and a wait for AWS's refusals to stop is bounded therefore.
        tell: shows a person what is waited for, in a line that passes.
        sleep: waits, in seconds.
        elapsed: seconds by a clock that only goes forward.
    """

    still_wanted: Callable[[], None] | None = None
    tell: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Pacer:
    """The lines of one account and region.

    Args:
        patience: how to wait.
    """

    patience: Patience = field(default_factory=Patience)
    _lines: dict[str, Line] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, operation: str, *, ahead: bool = False) -> Permit:
        """Return as soon as a call may be sent.

        Args:
            operation: of EMR Serverless.
            ahead: the call was refused before, and keeps its place.
        """
        line, caller, patience = self._line(operation), object(), self.patience
        line.join(caller, ahead=ahead)
        try:
            begun = asked = told = patience.elapsed()
            while (permit := line.permit(caller)) is None:
                before, seconds = line.outlook(caller)
                now = patience.elapsed()
                if patience.still_wanted is not None and now - asked >= _ASK_EVERY_SECONDS:
                    asked = now
                    patience.still_wanted()
                if now - told >= (_TELL_AFTER_SECONDS if told == begun else _TELL_EVERY_SECONDS):
                    told = now
                    patience.tell(waiting_line(operation, before))
                patience.sleep(min(seconds, _TURN_SECONDS))
        except BaseException:
            line.leave(caller)
            raise
        return permit

    def _line(self, operation: str) -> Line:
        with self._lock:
            if operation not in self._lines:
                quota = QUOTAS.get(operation, UNDOCUMENTED)
                self._lines[operation] = Line(quota, self.patience.elapsed)
            return self._lines[operation]


def waiting_line(operation: str, before: int) -> str:
    """What a person reads of a wait."""
    what = "job" if operation == "StartJobRun" else "call"
    place = f"{before} {what}{'' if before == 1 else 's'} before this one" if before else f"this {what} is next"
    return f"waiting for AWS's quota of {operation}, {place}"
