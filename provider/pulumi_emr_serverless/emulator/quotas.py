"""The API quotas of an account and region, as token buckets. Off unless asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.clock import Clock
from pulumi_emr_serverless.emulator.provenance import GUIDE, Fact, documented


@dataclass(frozen=True)
class Quota:
    """Calls a second, and how many may come at once after a pause."""

    rate: float
    burst: float


_CHANGES, _READS = Quota(1, 25), Quota(10, 50)

DOCUMENTED: Fact[Mapping[str, Quota]] = Fact(
    {
        "CancelJobRun": _CHANGES,
        "CreateApplication": _CHANGES,
        "DeleteApplication": _CHANGES,
        "GetApplication": _READS,
        "GetDashboardForJobRun": Quota(1, 2),
        "GetJobRun": _READS,
        "ListApplications": _READS,
        "ListJobRuns": _CHANGES,
        "StartApplication": _CHANGES,
        "StartJobRun": _CHANGES,
        "StopApplication": _CHANGES,
        "UpdateApplication": _CHANGES,
    },
    "calls of an account in a region; operations that are not listed are not limited",
    documented(f"{GUIDE}endpoints-quotas.html#api-limits"),
)


@dataclass
class _Bucket:
    level: float
    filled_at: float


class Quotas:
    """Charges one token a call, and answers 429 when there is none left."""

    def __init__(self, clock: Clock, *, enabled: bool = False, scale: float = 1.0) -> None:
        self._clock = clock
        self._initially = (enabled, scale)
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}
        self.enabled, self.scale = enabled, scale

    def set(self, *, enabled: bool = True, scale: float = 1.0) -> None:
        """``scale`` multiplies rates and bursts. Buckets start full."""
        if scale <= 0:
            raise ValueError("the scale of the quotas is a positive number")
        with self._lock:
            self.enabled, self.scale = enabled, scale
            self._buckets.clear()

    def reset(self) -> None:
        enabled, scale = self._initially
        self.set(enabled=enabled, scale=scale)

    def charge(self, account: str, region: str, operation: str) -> None:
        quota = DOCUMENTED.value.get(operation)
        if quota is None:
            return
        now = self._clock.now()
        with self._lock:
            if self.enabled and not self._take((account, region, operation), quota, now):
                raise refusals.THROTTLED.error()

    def _take(self, key: tuple[str, str, str], quota: Quota, now: float) -> bool:
        burst = quota.burst * self.scale
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        bucket.level = min(burst, bucket.level + max(0.0, now - bucket.filled_at) * quota.rate * self.scale)
        bucket.filled_at = now
        if bucket.level < 1:
            return False
        bucket.level -= 1
        return True
