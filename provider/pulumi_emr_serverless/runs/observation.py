"""A job run as AWS shows it, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pulumi_emr_serverless.runs.states import facts

_OBSERVED_DETAILS = (
    "releaseLabel",
    "createdBy",
    "queuedDurationMilliseconds",
    "totalExecutionDurationSeconds",
    "totalResourceUtilization",
    "billedResourceUtilization",
    "attemptCreatedAt",
    "attemptUpdatedAt",
)
"""What of GetJobRun's answer is about the run itself and not about what was asked for."""


@dataclass(frozen=True)
class Observation:
    """A run as GetJobRun shows it."""

    application_id: str
    job_run_id: str
    arn: str
    state: str
    state_details: str = ""
    name: str | None = None
    execution_role_arn: str = ""
    mode: str | None = None
    attempt: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    """The rest of AWS's answer, under the API's names."""

    def observed(self) -> dict[str, Any]:
        """What the output ``observed`` shows, under the API's names."""
        shown = {
            "state": self.state,
            "stateDetails": self.state_details or None,
            "mode": self.mode,
            "attempt": self.attempt,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "startedAt": self.started_at,
            "endedAt": self.ended_at,
            **{name: self.details.get(name) for name in _OBSERVED_DETAILS},
        }
        return {name: value for name, value in shown.items() if value is not None}

    @property
    def request(self) -> dict[str, Any]:
        """What was asked for, as far as AWS repeats it, under StartJobRun's names."""
        return {
            **self.details,
            "applicationId": self.application_id,
            "executionRoleArn": self.execution_role_arn,
            "name": self.name,
            "mode": self.mode,
            "tags": dict(self.tags),
        }

    @property
    def is_terminal(self) -> bool:
        """Whether it is over. A state that AWS adds later is not."""
        return facts(self.state).terminal

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has asked for its end."""
        return facts(self.state).cancelled
