"""What a wait knows of its run when AWS does not show it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pulumi_emr_serverless.launching import HeldRun
from pulumi_emr_serverless.program.shared import Program
from pulumi_emr_serverless.program.waits import WaitedRun
from pulumi_emr_serverless.redaction import Redactor

ARN = "arn:aws:emr-serverless:eu-west-1:123456789012:/applications/app/jobruns/run1"


@pytest.mark.parametrize(
    ("age", "observed", "expected"),
    [
        ({}, {}, HeldRun("app", "run1", arn=ARN, time_limit=timedelta(hours=12))),
        (
            {"__startedAt": "2026-01-01T00:00:00+00:00", "executionTimeoutMinutes": 60.0, "mode": None},
            {"state": "FAILED"},
            HeldRun(
                "app",
                "run1",
                arn=ARN,
                started_at=datetime(2026, 1, 1, tzinfo=timezone.utc),
                time_limit=timedelta(hours=1),
                seen_ended=True,
            ),
        ),
    ],
    ids=["of an early version's state", "of this one's, refreshed"],
)
def test_a_doubt_knows_how_old_the_run_can_be(age: dict[str, Any], observed: dict[str, Any], expected: HeldRun) -> None:
    """A run of last year is gone, one of today is only not shown: what the state says of it decides."""
    values = {"applicationId": "app", "jobRunId": "run1", "arn": ARN, "redactor": Redactor([]), "observed": observed}
    assert WaitedRun.read(values).doubt(Program(), age).held() == expected
