"""What the emulator remembers for those who test against it, as plain values that travel as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RecordedCall:
    """One call of an operation, in the order in which they were done.

    ``http_status`` is what was answered, 0 if a fault dropped the request before it was done; ``delivered`` is False
    if a fault kept the answer from the client. ``replayed`` marks a StartJobRun that returned an earlier run.
    ``at`` is the emulator's time.
    """

    operation: str
    account: str
    region: str
    input: Mapping[str, Any]
    http_status: int
    error_code: str | None
    job_run_id: str | None
    replayed: bool
    at: float
    faults: tuple[str, ...] = ()
    delivered: bool = True


@dataclass(frozen=True)
class RecordedRun:
    """A job run with everything that is known about it, also what no operation of AWS returns. Times: epoch seconds."""

    job_run_id: str
    application_id: str
    account: str
    region: str
    arn: str
    name: str | None
    state: str
    state_details: str
    attempt: int
    client_token: str
    request: Mapping[str, Any]
    tags: Mapping[str, str]
    created_at: float
    updated_at: float
    started_at: float | None
    ended_at: float | None
    cancelled_at: float | None
    history: tuple[Mapping[str, Any], ...] = ()
