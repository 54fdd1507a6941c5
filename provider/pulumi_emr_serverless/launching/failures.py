"""Which runs of a stack have failed: asked for once per application, not once per run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from pulumi_emr_serverless.errors import RunNotFoundError
from pulumi_emr_serverless.launching.memory import HeldRun
from pulumi_emr_serverless.runs import FAILED_STATES, Observation

_MARGIN = timedelta(hours=1)
"""What AWS's own clocks may differ by."""


class Listing(Protocol):
    """What of AWS is needed; ``aws.EmrServerless`` is one."""

    def get(self, application_id: str, job_run_id: str) -> Observation: ...
    def list(
        self, application_id: str, *, created_after: datetime | None = None, states: Sequence[str] = ()
    ) -> Iterator[Observation]: ...


class Failures:
    """The failed runs of the applications of a stack, as first looked up in this process. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[Listing, str], tuple[datetime, dict[str, Observation]]] = {}

    def of(self, aws: Listing, run: HeldRun) -> Observation | None:
        """The run, if it has failed; None if it has not, or AWS does not show it.

        A run whose state does not say by AWS's clock when it was started is asked for by itself: no list could be bounded.

        Raises:
            AwsError: AWS refuses to list runs, or to show this one.
        """
        if run.started_at is None:
            return _alone(aws, run)
        with self._lock:
            return self._failed_since(aws, run.application_id, run.started_at - _MARGIN).get(run.job_run_id)

    def _failed_since(self, aws: Listing, application_id: str, since: datetime) -> dict[str, Observation]:
        place = (aws, application_id)
        if place not in self._known or self._known[place][0] > since:
            listed = aws.list(application_id, created_after=since, states=FAILED_STATES)
            self._known[place] = (since, {run.job_run_id: run for run in listed})
        return self._known[place][1]


def _alone(aws: Listing, run: HeldRun) -> Observation | None:
    try:
        seen = aws.get(run.application_id, run.job_run_id)
    except RunNotFoundError:
        return None
    return seen if seen.state in FAILED_STATES else None
