"""What EventBridge is told of runs and applications, so that rules of moto's bus see them. Pure."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from pulumi_emr_serverless.emulator.provenance import GUIDE, Fact, documented
from pulumi_emr_serverless.emulator.runs import Run, Transition

_PAGE = documented(f"{GUIDE}using-eventbridge.html")
SOURCE = Fact("aws.emr-serverless", "source of the events", _PAGE)
RUN_CHANGED = Fact(
    "EMR Serverless Job Run State Change", "detail-type of the event of each new state of a job run", _PAGE
)
RUN_RETRIED = Fact(
    "EMR Serverless Job Run Retry", "detail-type of the event of an attempt that is followed by another", _PAGE
)
BUS = Fact("default", "the bus that AWS's services send their events to", _PAGE)


def state_change(run: Run, before: Transition | None, now: Transition) -> dict[str, Any]:
    """The entry of PutEvents for a run that came to another state."""
    retried = now.state == "FAILED" and not now.final
    detail = {
        "jobRunId": run.run_id,
        "applicationId": run.application_id,
        "arn": run.arn,
        "releaseLabel": run.release_label,
        "state": now.state,
        "previousState": before.state if before is not None else "",
        "createdBy": run.created_by,
        "updatedAt": _time(now.at),
        "createdAt": _time(run.created_at),
        "attempt": now.attempt,
        **({"jobRunName": run.name} if run.name else {}),
    }
    return {
        "Source": SOURCE.value,
        "DetailType": (RUN_RETRIED if retried else RUN_CHANGED).value,
        "EventBusName": BUS.value,
        "Time": now.at,
        "Resources": [],
        "Detail": json.dumps(detail),
    }


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
