"""A run as the state records it: read from its outputs, and written to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from pulumi_emr_serverless.launching import HeldRun, LaunchTag, StartedRun, without_own
from pulumi_emr_serverless.persisted import LAUNCH_TAG, STARTED_AT, UNSETTLED
from pulumi_emr_serverless.runs import Observation, facts, log_locations, split_id

DEFAULT_TIMEOUT_MINUTES = 720
"""AWS's own, for a BATCH run. Source: StartJobRun, ``executionTimeoutMinutes``."""


def held_run(id_: str, outputs: Mapping[str, Any]) -> HeldRun:
    """What the state says of a run. What somebody has made of it by hand says nothing."""
    application_id, job_run_id = split_id(id_)
    observed = outputs.get("observed")
    state = observed.get("state") if isinstance(observed, Mapping) else None
    return HeldRun(
        application_id,
        job_run_id,
        LaunchTag.parse(str(outputs.get(LAUNCH_TAG) or "")),
        arn=str(outputs.get("arn") or ""),
        started_at=started_at(outputs),
        time_limit=_time_limit(outputs),
        seen_ended=isinstance(state, str) and facts(state).terminal,
        unsettled=bool(outputs.get(UNSETTLED)),
    )


def started_at(outputs: Mapping[str, Any]) -> datetime | None:
    """When the run was started, by AWS's clock; None where another clock, or nobody, says it."""
    text = outputs.get(STARTED_AT)
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _time_limit(outputs: Mapping[str, Any]) -> timedelta | None:
    """After how long AWS ends the run by itself, all attempts together; None if never, or if nothing says so."""
    minutes = outputs.get("executionTimeoutMinutes", DEFAULT_TIMEOUT_MINUTES)
    policy = outputs.get("retryPolicy")
    attempts = policy.get("maxAttempts", 1) if isinstance(policy, Mapping) else 1
    if outputs.get("mode") == "STREAMING" or not isinstance(minutes, (int, float)) or minutes <= 0:
        return None
    return timedelta(minutes=minutes * max(1, attempts if isinstance(attempts, (int, float)) else 1))


def outputs_of(run: StartedRun, props: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a run that was started, or found, for these inputs."""
    when = None if run.started_at is None else run.started_at.astimezone(timezone.utc).isoformat()
    outputs = {
        **props,
        "jobRunId": run.job_run_id,
        "arn": run.arn,
        "clientToken": run.client_token,
        "logs": log_locations(properties, properties["applicationId"], run.job_run_id),
        "observed": {},
        LAUNCH_TAG: str(run.tag),
        STARTED_AT: when,
    }
    return outputs if run.settled else {**outputs, UNSETTLED: True}


def observed_inputs(run: Observation, props: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs, with the tags that the run really has: so a refresh shows drift."""
    inputs = {**props, "applicationId": run.application_id}
    tags = without_own(dict(run.tags))
    if tags or props.get("tags"):
        inputs["tags"] = tags
    return inputs


def observed_outputs(run: Observation, props: Mapping[str, Any]) -> dict[str, Any]:
    """What AWS shows of a run, as outputs."""
    return {
        "jobRunId": run.job_run_id,
        "arn": run.arn,
        "logs": props.get("logs")
        or log_locations({**run.details, "applicationId": run.application_id}, run.application_id, run.job_run_id),
        "observed": _plain(run.observed()),
    }


def _plain(value: Any) -> Any:
    """A value that fits into a state: times in ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
