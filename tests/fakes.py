"""Hand-written fakes: small, and as strict as what they stand for where the tests depend on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from pulumi_emr_serverless.errors import AwsError, RunNotFoundError, TokenConflictError
from pulumi_emr_serverless.runs import Application, Observation

APPLICATION = "00app"
ARN = "arn:aws:emr-serverless:eu-west-1:123456789012:/applications"
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def conflict(words: str, *, is_about_the_token: bool = False) -> TokenConflictError:
    """AWS's ConflictException, with words of its own."""
    error = TokenConflictError(f"StartJobRun: ConflictException: {words}", code="ConflictException")
    error.is_about_the_token = is_about_the_token
    return error


@dataclass(eq=False)
class FakeAws:
    """One run per client token, as AWS promises; a token with other parameters conflicts."""

    runs: dict[str, Observation] = field(default_factory=dict)
    tokens: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    deny: Mapping[str, AwsError] = field(default_factory=dict)
    cancelled_after_polls: int = 0
    conflicts: bool = True
    grace_periods: list[int | None] = field(default_factory=list)
    caller: str = "123456789012"
    age_seconds: float = 0.0
    """How much later it is, by AWS's clock, than when the last run was created."""

    def start(self, request: Mapping[str, Any], client_token: str) -> tuple[str, str]:
        self._called("start")
        known = self.tokens.get(client_token)
        if known is not None:
            if self.conflicts and known[1] != request:
                raise conflict("the client token was used with other parameters", is_about_the_token=True)
            return known[0], self.runs[known[0]].arn
        run_id = f"run{len(self.runs)}"
        arn = f"{ARN}/{APPLICATION}/jobruns/{run_id}"
        self.tokens[client_token] = (run_id, dict(request))
        self.runs[run_id] = Observation(
            APPLICATION,
            run_id,
            arn,
            "RUNNING",
            name=request.get("name"),
            created_at=NOW + timedelta(seconds=len(self.runs)),
            tags=dict(request.get("tags", {})),
        )
        self.started.append(run_id)
        return run_id, arn

    def get(self, application_id: str, job_run_id: str) -> Observation:
        self._called("get")
        if job_run_id not in self.runs or application_id != APPLICATION:
            raise RunNotFoundError("GetJobRun: ResourceNotFoundException", code="ResourceNotFoundException")
        run = self.runs[job_run_id]
        if run.state == "CANCELLING":
            self.cancelled_after_polls -= 1
            if self.cancelled_after_polls < 0:
                run = self.put(job_run_id, state="CANCELLED")
        return run

    def application(self, application_id: str) -> Application:
        self._called("application")
        if application_id != APPLICATION:
            raise RunNotFoundError("GetApplication: ResourceNotFoundException", code="ResourceNotFoundException")
        return Application(application_id, f"{ARN}/{application_id}", "STARTED", "Spark", "emr-7.5.0")

    def account(self) -> str | None:
        return self.caller

    def now(self) -> datetime | None:
        return NOW + timedelta(seconds=len(self.runs) + self.age_seconds)

    def tags_of(self, arn: str) -> dict[str, str]:
        self._called("tags_of")
        return dict(self._by_arn(arn).tags)

    def list(
        self, application_id: str, *, created_after: datetime | None = None, states: Sequence[str] = ()
    ) -> Iterator[Observation]:
        self._called("list")
        for run in self.runs.values():
            is_young = created_after is None or run.created_at is None or run.created_at > created_after
            if run.application_id == application_id and is_young and (not states or run.state in states):
                yield replace(run, tags={})

    def cancel(self, application_id: str, job_run_id: str, *, grace_period_seconds: int | None = None) -> None:
        self._called("cancel")
        self.grace_periods.append(grace_period_seconds)
        if self.get(application_id, job_run_id).is_terminal:
            raise AwsError("CancelJobRun: ValidationException: terminal", code="ValidationException")
        self.put(job_run_id, state="CANCELLING")

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        self._called("tag")
        run = self._by_arn(arn)
        self.put(run.job_run_id, tags={**run.tags, **tags})

    def untag(self, arn: str, keys: tuple[str, ...]) -> None:
        self._called("untag")
        run = self._by_arn(arn)
        self.put(run.job_run_id, tags={key: value for key, value in run.tags.items() if key not in keys})

    def put(self, job_run_id: str, **changes: Any) -> Observation:
        """Change a run behind everybody's back."""
        self.runs[job_run_id] = replace(self.runs[job_run_id], **changes)
        return self.runs[job_run_id]

    def _by_arn(self, arn: str) -> Observation:
        for run in self.runs.values():
            if run.arn == arn:
                return run
        raise RunNotFoundError("TagResource: ResourceNotFoundException", code="ResourceNotFoundException")

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.deny:
            raise self.deny[name]


@dataclass
class FakeTime:
    """A clock that only ``sleep`` moves."""

    seconds: float = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
