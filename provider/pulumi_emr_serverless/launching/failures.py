"""Which runs of a stack have failed: asked for once per application, not once per run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

from pulumi_emr_serverless.runs import FAILED_STATES, Observation

_BEFORE_IT_WAS_RECORDED = timedelta(days=8)
"""A run may be older than its record: an update that found it after a crash has recorded it later. No batch run lives
longer than seven days."""


class Listing(Protocol):
    """What of AWS is needed; ``aws.EmrServerless`` is one."""

    def list(
        self, application_id: str, *, created_after: datetime | None = None, states: Sequence[str] = ()
    ) -> Iterator[Observation]: ...


class Failures:
    """The failed runs of the applications of a stack, as first looked up in this process. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[Listing, str], tuple[datetime, dict[str, Observation]]] = {}

    def of(self, aws: Listing, outputs: Mapping[str, Any]) -> Observation | None:
        """The run of these outputs, if it has failed; None if it has not, or AWS does not show it.

        Raises:
            AwsError: AWS refuses to list runs.
        """
        recorded = datetime.fromtimestamp(float(outputs.get("__startedAt") or 0), timezone.utc)
        since = recorded - _BEFORE_IT_WAS_RECORDED if outputs.get("__startedAt") else recorded
        with self._lock:
            return self._failed_since(aws, str(outputs["applicationId"]), since).get(outputs["jobRunId"])

    def _failed_since(self, aws: Listing, application_id: str, since: datetime) -> dict[str, Observation]:
        place = (aws, application_id)
        if place not in self._known or self._known[place][0] > since:
            listed = aws.list(application_id, created_after=since, states=FAILED_STATES)
            self._known[place] = (since, {run.job_run_id: run for run in listed})
        return self._known[place][1]
