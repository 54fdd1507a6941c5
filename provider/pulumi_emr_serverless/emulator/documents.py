"""Runs and applications in the shapes that the operations answer with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_emr_serverless.emulator.applications import Application
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.runs import Observation, Run
from pulumi_emr_serverless.emulator.texts import WITHOUT_DETAILS, details_of

ECHOED = (
    "name",
    "executionIamPolicy",
    "configurationOverrides",
    "jobDriver",
    "retryPolicy",
    "flexExecution",
)


def job_run(
    run: Run, seen: Observation, tags: Mapping[str, str], figures: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """GetJobRun's ``jobRun``. It has no client token, and the role under another name than in the request."""
    document = {
        **_common(run, seen, options),
        "jobRunId": run.run_id,
        **{name: run.request[name] for name in ECHOED if name in run.request},
        "tags": dict(tags),
        "executionTimeoutMinutes": run.timeout_minutes,
        "queuedDurationMilliseconds": round(1000 * seen.queued_seconds),
        "attemptCreatedAt": _moment(seen.attempt_created_at),
        "attemptUpdatedAt": _moment(seen.updated_at),
        "startedAt": _moment(seen.started_at),
        "endedAt": _moment(seen.ended_at),
        **run.inherited,
        **figures,
    }
    if seen.terminal:
        document["totalExecutionDurationSeconds"] = round(seen.running_seconds)
    return _present(document)


def job_run_summary(run: Run, seen: Observation, options: Options) -> dict[str, Any]:
    """An item of ListJobRuns. No tags."""
    return _present(
        {
            **_listed(run, seen, options),
            "attemptCreatedAt": _moment(seen.attempt_created_at),
            "attemptUpdatedAt": _moment(seen.updated_at),
        }
    )


def job_run_attempt(run: Run, seen: Observation, options: Options) -> dict[str, Any]:
    """An item of ListJobRunAttempts: its ``createdAt`` is the attempt's."""
    return _present(
        {
            **_listed(run, seen, options),
            "jobCreatedAt": _moment(run.created_at),
            "createdAt": _moment(seen.attempt_created_at),
        }
    )


def application(one: Application, now: float) -> dict[str, Any]:
    """GetApplication's ``application``."""
    return _present(
        {**_application(one, now), "applicationId": one.application_id, "tags": dict(one.tags.current), **one.settings}
    )


def application_summary(one: Application, now: float) -> dict[str, Any]:
    """An item of ListApplications."""
    return _present(
        {**_application(one, now), "id": one.application_id, "architecture": one.settings.get("architecture")}
    )


def _common(run: Run, seen: Observation, options: Options) -> dict[str, Any]:
    return {
        "applicationId": run.application_id,
        "arn": run.arn,
        "createdBy": run.created_by,
        "createdAt": _moment(run.created_at),
        "updatedAt": _moment(seen.updated_at),
        "executionRole": run.request["executionRoleArn"],
        "state": seen.state,
        "stateDetails": _details(seen, options),
        "releaseLabel": run.release_label,
        "mode": run.mode,
        "attempt": seen.attempt,
    }


def _listed(run: Run, seen: Observation, options: Options) -> dict[str, Any]:
    return {
        **_common(run, seen, options),
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


def _details(seen: Observation, options: Options) -> str | None:
    """A fate's own words stay; AWS has none of its own for a run that goes well."""
    if seen.state in WITHOUT_DETAILS.value and seen.details == details_of(seen.state):
        return {"empty": "", "missing": None, "text": seen.details}[options.success_details]
    return seen.details[:256]


def _moment(at: float | None) -> float | None:
    return None if at is None else round(at, 3)


def _present(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}
