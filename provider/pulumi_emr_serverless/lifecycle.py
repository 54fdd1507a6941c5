"""Decisions about a run, as pure functions over plain values: nothing here calls AWS or Pulumi."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from pulumi_emr_serverless import request
from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.launch import CLOSED_TAG, CLOSED_TO_RETAIN, LAUNCH_TAG, LaunchTag, without_own
from pulumi_emr_serverless.spark_parameters import diff_parameters


@dataclass(frozen=True)
class StateFacts:
    """What a state of a job run means."""

    terminal: bool = False
    failed: bool = False
    cancellable: bool = False


STATES: Mapping[str, StateFacts] = {
    "SUBMITTED": StateFacts(cancellable=True),
    "QUEUED": StateFacts(cancellable=True),
    "PENDING": StateFacts(cancellable=True),
    "SCHEDULED": StateFacts(cancellable=True),
    "RUNNING": StateFacts(cancellable=True),
    "CANCELLING": StateFacts(),
    "SUCCESS": StateFacts(terminal=True),
    "FAILED": StateFacts(terminal=True, failed=True),
    "CANCELLED": StateFacts(terminal=True, failed=True),
}
"""Which state means what, after EMR Serverless's JobRunState."""

LIVE_STATES = tuple(state for state, known in STATES.items() if not known.terminal)
"""The states to ask ListJobRuns for when looking for runs that are alive."""

FAILED_STATES = tuple(state for state, known in STATES.items() if known.failed)
"""The states that ``rerun`` = ``on_failure`` looks for."""

_UNKNOWN_STATE = StateFacts(cancellable=True)


def facts(state: str) -> StateFacts:
    """The meaning of a state. One that AWS adds later is taken to be alive: a run is never given up by mistake."""
    return STATES.get(state, _UNKNOWN_STATE)


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
    def is_terminal(self) -> bool:
        return facts(self.state).terminal

    @property
    def is_closed(self) -> bool:
        """Whether its stack is done with this run."""
        return CLOSED_TAG in self.tags

    @property
    def is_retained(self) -> bool:
        """Whether its stack has let it go on alone."""
        return self.tags.get(CLOSED_TAG) == CLOSED_TO_RETAIN

    @property
    def launch_tag(self) -> LaunchTag | None:
        """Which launch this run came from; None for a run that this package did not start."""
        return LaunchTag.parse(self.tags.get(LAUNCH_TAG, ""))


_BEHAVIOUR = ("endpoint", "rerun", "onDelete", "cancelGracePeriodSeconds")
"""What steers this package, and is no part of the run."""


@dataclass(frozen=True)
class Change:
    """What an update of a declared run amounts to, in top-level property names of the API."""

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.replaces or self.updates)


def compare(old: Mapping[str, Any], new: Mapping[str, Any], *, started_in: str) -> Change:
    """Which properties of ``new`` ask for another run, and which can change on the living one.

    Everything except tags and the endpoint is the run's identity. An unset region means "where the run is": the
    environment of whoever types the command starts no run. ``old`` are a resource's outputs, ``new`` its inputs.
    """
    replaces = request.changed_members(old, new)
    if explicit_client_token(old) != new.get("clientToken"):
        replaces.append("clientToken")
    if new.get("region") not in (None, started_in):
        replaces.append("region")
    return Change(tuple(replaces), _updates(old, new))


def wants_rerun(new: Mapping[str, Any], state: str) -> bool:
    """Whether a run that is declared as before is started again because of how it ended."""
    return new.get("rerun") == "on_failure" and facts(state).failed


def explain(old: Mapping[str, Any], new: Mapping[str, Any], secret_paths: Iterable[str]) -> list[str]:
    """Changes that Pulumi's own diff shows as one long string, one option or conf each.

    Parameters that somebody has made secret stay secret.
    """
    path = "jobDriver.sparkSubmit.sparkSubmitParameters"
    before, after = _spark_submit_parameters(old), _spark_submit_parameters(new)
    if before == after or before is None or after is None:
        return []
    if any(path.startswith(secret) for secret in secret_paths):
        return []
    try:
        return [f"{path}: {line}" for line in diff_parameters(before, after)]
    except InvalidSparkSubmitError:
        return []


def _spark_submit_parameters(properties: Mapping[str, Any]) -> str | None:
    """The parameters of a Spark job; None where there are none, or where they are not known yet."""
    found: Any = properties
    for name in ("jobDriver", "sparkSubmit", "sparkSubmitParameters"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None


def _updates(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    changed = [name for name in _BEHAVIOUR if old.get(name) != new.get(name)]
    if (old.get("tags") or {}) != (new.get("tags") or {}):
        changed.append("tags")
    return tuple(changed)


def explicit_client_token(outputs: Mapping[str, Any]) -> str | None:
    """The client token that the user chose, or None where it was derived: the output shows either."""
    if outputs.get("__explicitClientToken"):
        token: str = outputs["clientToken"]
        return token
    return None


@dataclass(frozen=True)
class TagChange:
    """What brings a run's tags to what is declared."""

    put: Mapping[str, str]
    remove: tuple[str, ...]


def tag_change(actual: Mapping[str, str], wanted: Mapping[str, str]) -> TagChange:
    """Tags to put and to remove. Ours and AWS's own are never touched."""
    users, declared = without_own(dict(actual)), without_own(dict(wanted))
    put = {key: value for key, value in declared.items() if users.get(key) != value}
    remove = tuple(sorted(key for key in users if key not in declared and not key.startswith("aws:")))
    return TagChange(put, remove)


class Answer(Enum):
    """What a run that AWS returned for a client token is to the intent that asked for it."""

    OURS = "ours"
    SPENT = "spent"


def judge(run: Observation, *, spent: bool) -> Answer:
    """Take a run that AWS returned, unless its stack is done with it: then the counter moves on."""
    return Answer.SPENT if spent or run.is_closed else Answer.OURS


@dataclass(frozen=True)
class LiveRuns:
    """What to do about the living runs of a launch, before another one is started."""

    wanted: Observation | None
    """The run that was started for this very intent, and that nobody recorded."""
    unwanted: tuple[Observation, ...]
    """Runs of an earlier definition, or whose cancellation was cut off: no two runs of a job may be alive."""


def sort_out(found: Iterable[Observation], intent: LaunchTag, *, is_spent: Callable[[str], bool]) -> LiveRuns:
    """Tell the run that the intent wants from the others of its launch.

    Runs of other launches do not count, nor what the state holds or this update has ended (``is_spent``): the engine
    has `delete` called for those. A retained run goes on.
    """
    ours = [
        (tag, run)
        for run in found
        if (tag := run.launch_tag) is not None
        and tag.launch == intent.launch
        and not (run.is_terminal or run.is_retained or is_spent(run.job_run_id))
    ]
    candidates = [(tag.counter, run) for tag, run in ours if tag.intent == intent.intent and not run.is_closed]
    wanted = max(candidates, key=lambda one: one[0])[1] if candidates else None
    return LiveRuns(wanted, tuple(run for _, run in ours if run is not wanted))


def region_of(arn: str) -> str:
    """The region that an ARN names. ``arn:aws:emr-serverless:eu-west-1:...`` -> ``eu-west-1``."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""
