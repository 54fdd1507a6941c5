"""What a run used and what it is billed, and when AWS knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_emr_serverless.emulator.provenance import GUIDE, Fact, documented
from pulumi_emr_serverless.emulator.runs import Observation

WORKERS = Fact(
    3, "workers of a run that asks for nothing: a driver and two executors", documented(f"{GUIDE}jobs-spark.html")
)
VCPU = Fact(4, "vCPU of such a worker", documented(f"{GUIDE}jobs-spark.html"))
MEMORY_GB = Fact(16, "GB of memory of such a worker", documented(f"{GUIDE}jobs-spark.html"))
STORAGE_GB = Fact(20, "GB of storage of such a worker; so many are free", documented(f"{GUIDE}jobs-spark.html"))
LEAST_SECONDS = Fact(
    60.0, "seconds that each worker is billed at least", documented("https://aws.amazon.com/emr/pricing/")
)


def figures(
    seen: Observation, now: float, utilization_after: float | None, billing_after: float | None
) -> dict[str, Any]:
    """The members of a GetJobRun that say what a run used, as far as they are known now.

    A run is over before they are known: what it used ``utilization_after`` seconds after its end, what it is billed
    ``billing_after`` seconds after it (None: never). In between the bill is an empty structure.
    """
    if not _known(seen, now, utilization_after):
        return {}
    used = _resources(seen.running_seconds, storage=True)
    if not _known(seen, now, billing_after):
        return {"totalResourceUtilization": used, "billedResourceUtilization": {}}
    billed = max(LEAST_SECONDS.value, seen.running_seconds) if seen.started_at is not None else 0.0
    return {
        "totalResourceUtilization": used,
        "billedResourceUtilization": _resources(billed, storage=False),
    }


def _known(seen: Observation, now: float, after: float | None) -> bool:
    return seen.ended_at is not None and after is not None and now >= seen.ended_at + after


def _resources(seconds: float, *, storage: bool) -> Mapping[str, float]:
    hours = WORKERS.value * seconds / 3600
    return {
        "vCPUHour": round(VCPU.value * hours, 3),
        "memoryGBHour": round(MEMORY_GB.value * hours, 3),
        "storageGBHour": round(STORAGE_GB.value * hours, 3) if storage else 0.0,
    }
