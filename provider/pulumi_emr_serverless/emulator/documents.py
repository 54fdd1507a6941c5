"""Runs and applications in the shapes that the operations answer with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_emr_serverless.emulator.applications import Application
from pulumi_emr_serverless.emulator.runs import Observation, Run

_ECHOED = (
    "name",
    "executionIamPolicy",
    "configurationOverrides",
    "jobDriver",
    "retryPolicy",
    "flexExecution",
)
_WORKERS, _VCPU, _MEMORY_GB, _STORAGE_GB = 3, 4, 16, 20
"""The documented defaults: a driver and two executors of 4 vCPU and 16 GB, each with 20 GB of storage."""


def job_run(run: Run, seen: Observation) -> dict[str, Any]:
    """GetJobRun's ``jobRun``. It has no client token, and the role under another name than in the request."""
    document = {
        **_common(run, seen),
        "jobRunId": run.run_id,
        **{name: run.request[name] for name in _ECHOED if name in run.request},
        "tags": dict(run.tags),
        "executionTimeoutMinutes": run.timeout_minutes,
        "queuedDurationMilliseconds": round(1000 * seen.queued_seconds),
        "attemptCreatedAt": _moment(seen.attempt_created_at),
        "attemptUpdatedAt": _moment(seen.updated_at),
        "startedAt": _moment(seen.started_at),
        "endedAt": _moment(seen.ended_at),
        **run.inherited,
    }
    if seen.started_at is not None:
        document["totalResourceUtilization"] = _utilization(seen.running_seconds, storage=True)
    if seen.terminal:
        document["totalExecutionDurationSeconds"] = round(seen.running_seconds)
        # At least a minute of every worker is billed, and the first 20 GB of storage are free.
        billed = max(60.0, seen.running_seconds) if seen.started_at is not None else 0.0
        document["billedResourceUtilization"] = _utilization(billed, storage=False)
    return _present(document)


def job_run_summary(run: Run, seen: Observation) -> dict[str, Any]:
    """An item of ListJobRuns. No tags."""
    return _present(
        {
            **_listed(run, seen),
            "attemptCreatedAt": _moment(seen.attempt_created_at),
            "attemptUpdatedAt": _moment(seen.updated_at),
        }
    )


def job_run_attempt(run: Run, seen: Observation) -> dict[str, Any]:
    """An item of ListJobRunAttempts: its ``createdAt`` is the attempt's."""
    return _present(
        {
            **_listed(run, seen),
            "jobCreatedAt": _moment(run.created_at),
            "createdAt": _moment(seen.attempt_created_at),
        }
    )


def application(one: Application, now: float) -> dict[str, Any]:
    """GetApplication's ``application``."""
    return _present(
        {**_application(one, now), "applicationId": one.application_id, "tags": dict(one.tags), **one.settings}
    )


def application_summary(one: Application, now: float) -> dict[str, Any]:
    """An item of ListApplications."""
    return _present(
        {**_application(one, now), "id": one.application_id, "architecture": one.settings.get("architecture")}
    )


def _common(run: Run, seen: Observation) -> dict[str, Any]:
    return {
        "applicationId": run.application_id,
        "arn": run.arn,
        "createdBy": run.created_by,
        "createdAt": _moment(run.created_at),
        "updatedAt": _moment(seen.updated_at),
        "executionRole": run.request["executionRoleArn"],
        "state": seen.state,
        "stateDetails": seen.details[:256],
        "releaseLabel": run.release_label,
        "mode": run.mode,
        "attempt": seen.attempt,
    }


def _listed(run: Run, seen: Observation) -> dict[str, Any]:
    return {
        **_common(run, seen),
        "id": run.run_id,
        "name": run.request.get("name"),
        "type": run.engine,
        "flexExecution": run.request.get("flexExecution"),
    }


def _application(one: Application, now: float) -> dict[str, Any]:
    return {
        "name": one.name,
        "arn": one.arn,
        "releaseLabel": one.release_label,
        "type": one.engine,
        "state": one.state(now),
        "createdAt": _moment(one.created_at),
        "updatedAt": _moment(one.updated_at),
    }


def _utilization(seconds: float, *, storage: bool) -> dict[str, float]:
    hours = _WORKERS * seconds / 3600
    return {
        "vCPUHour": round(_VCPU * hours, 3),
        "memoryGBHour": round(_MEMORY_GB * hours, 3),
        "storageGBHour": round(_STORAGE_GB * hours, 3) if storage else 0.0,
    }


def _moment(at: float | None) -> float | None:
    return None if at is None else round(at, 3)


def _present(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}
