"""What a run used and what it is billed, and when AWS knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_emr_serverless.emulator.provenance import Fact, documented
from pulumi_emr_serverless.emulator.runs import Observation
from pulumi_emr_serverless.emulator.sizes import Worker

FREE_STORAGE_GB = Fact(
    20.0, "GB of storage of each worker that are not billed", documented("https://aws.amazon.com/emr/pricing/")
)
LEAST_SECONDS = Fact(
    60.0, "seconds that each worker is billed at least", documented("https://aws.amazon.com/emr/pricing/")
)


def figures(
    workers: Sequence[Worker],
    seen: Observation,
    now: float,
    utilization_after: float | None,
    billing_after: float | None,
) -> dict[str, Any]:
    """The members of a GetJobRun that say what a run used, as far as they are known now.

    A run is over before they are known: what it used ``utilization_after`` seconds after its end, what it is billed
    ``billing_after`` seconds after it (None: never). In between the bill is an empty structure.
    """
    if not _known(seen, now, utilization_after):
        return {}
    used = _resources(workers, seen.running_seconds, free=0.0)
    if not _known(seen, now, billing_after):
        return {"totalResourceUtilization": used, "billedResourceUtilization": {}}
    billed = max(LEAST_SECONDS.value, seen.running_seconds) if seen.started_at is not None else 0.0
    return {
        "totalResourceUtilization": used,
        "billedResourceUtilization": _resources(workers, billed, free=FREE_STORAGE_GB.value),
    }


def _known(seen: Observation, now: float, after: float | None) -> bool:
    return seen.ended_at is not None and after is not None and now >= seen.ended_at + after


def _resources(workers: Sequence[Worker], seconds: float, *, free: float) -> Mapping[str, float]:
    """Of the workers that the request asks for, all of them all the time."""
    hours = seconds / 3600
    return {
        "vCPUHour": round(hours * sum(one.count * one.cores for one in workers), 3),
        "memoryGBHour": round(hours * sum(one.count * one.billed_memory for one in workers), 3),
        "storageGBHour": round(hours * sum(one.count * max(0.0, one.disk - free) for one in workers), 3),
    }
