"""What became of a run, as plain values: read from an observation, described in the words a person sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from pulumi_emr_serverless.runs import facts
from pulumi_emr_serverless.watching.cost import Resources

UNKNOWN_STATE = "UNKNOWN"
"""The state of a run that AWS has aged out before anybody saw how it ended."""


@dataclass(frozen=True)
class Outcome:
    """A run at its end; a streaming run once it is healthy."""

    state: str
    """SUCCESS, FAILED or CANCELLED; RUNNING for a streaming run; ``UNKNOWN`` for a run that AWS has aged out."""
    state_details: str = ""
    attempt: int | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    queued: float | None = None
    """Seconds in QUEUED."""
    duration: float | None = None
    """Seconds of execution, of all attempts together."""
    billed: Resources | None = None
    total: Resources | None = None
    logs: Mapping[str, str] = field(default_factory=dict)
    aged_out: bool = False
    """Whether AWS does not know the run any more; the rest is then what was last seen of it."""

    @classmethod
    def read(cls, observed: Mapping[str, Any], logs: Mapping[str, str]) -> Outcome:
        """From what ``Observation.observed()`` gives, fresh or out of a state (there, times are text)."""
        milliseconds = observed.get("queuedDurationMilliseconds")
        seconds = observed.get("totalExecutionDurationSeconds")
        attempt = observed.get("attempt")
        return cls(
            state=observed.get("state") or UNKNOWN_STATE,
            state_details=observed.get("stateDetails") or "",
            attempt=None if attempt is None else int(attempt),
            created_at=_moment(observed.get("createdAt")),
            started_at=_moment(observed.get("startedAt")),
            ended_at=_moment(observed.get("endedAt")),
            queued=None if milliseconds is None else float(milliseconds) / 1000,
            duration=None if seconds is None else float(seconds),
            billed=Resources.from_api(observed.get("billedResourceUtilization")),
            total=Resources.from_api(observed.get("totalResourceUtilization")),
            logs=dict(logs),
        )

    @property
    def is_terminal(self) -> bool:
        return facts(self.state).terminal

    @property
    def has_figures(self) -> bool:
        """Whether AWS has said what the run used and what it billed: it does so a while after the end."""
        return self.billed is not None and self.total is not None

    @property
    def failed(self) -> bool:
        """Whether a wait ends in an error. An old run that AWS has aged out fails nothing any more."""
        return facts(self.state).failed and not self.aged_out


def span(seconds: float) -> str:
    """Seconds as a person writes them: ``7s``, ``1m12s``, ``2h05m``."""
    whole = int(max(0.0, seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"


def tried(attempt: int | None) -> str:
    """``, attempt 2``; nothing where AWS does not say."""
    return "" if attempt is None else f", attempt {attempt}"


def where_logs_are(logs: Mapping[str, str], command: str) -> str:
    """One line: where the logs are, or how to see them where the request names no place."""
    places = []
    if logs.get("s3Prefix"):
        places.append(logs["s3Prefix"])
    if logs.get("cloudWatchLogGroup"):
        places.append(f"CloudWatch {logs['cloudWatchLogGroup']}, streams {logs.get('cloudWatchLogStreamPrefix', '')}*")
    if not places:
        return f"Logs: this run names no S3 or CloudWatch destination; see them in its UI: {command}"
    return f"Logs: {'; '.join(places)}"


def failure_message(
    title: str, application_id: str, job_run_id: str, outcome: Outcome, last_lines: tuple[str, ...] = ()
) -> str:
    """Why a run failed, and what to do about it: a headline, AWS's words, the end of stderr, the logs, next steps."""
    run = f"{application_id}/{job_run_id}"
    after = "" if outcome.duration is None else f" after {span(outcome.duration)}"
    lines = [f"{title}: run {job_run_id} is {outcome.state}{after}{tried(outcome.attempt)}"]
    lines[0] += f": {outcome.state_details}" if outcome.state_details else ""
    if last_lines:
        lines += ["The driver's stderr ends with:", *(f"  {line}" for line in last_lines)]
    lines.append(where_logs_are(outcome.logs, f"emrs dashboard {run}"))
    lines.append(f"More: emrs logs {run}; emrs dashboard {run}")
    lines.append(
        "The run stays in the state. To run it again: change what is wrong, or its triggers, "
        f"or set rerun=\"on_failure\", or: pulumi up --replace '**{title}'"
    )
    return "\n".join(lines)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value.astimezone(timezone.utc) if isinstance(value, datetime) else None
