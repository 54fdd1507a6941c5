"""A call as one line that a person reads while it happens."""

from __future__ import annotations

from datetime import datetime

from pulumi_emr_serverless.emulator.records import RecordedCall


def line_of(call: RecordedCall) -> str:
    """When, what, for which run or application, and the answer: ``12:00:01 StartJobRun nightly 200 00f...``."""
    about = call.input.get("name") or call.input.get("jobRunId") or call.input.get("applicationId") or ""
    told = [
        datetime.fromtimestamp(call.at).astimezone().strftime("%H:%M:%S"),
        call.operation,
        str(about),
        str(call.http_status or "dropped"),
        call.error_code or (call.job_run_id if call.operation == "StartJobRun" else "") or "",
        "(the same run again)" if call.replayed and call.operation == "StartJobRun" else "",
        f"[{', '.join(call.faults)}]" if call.faults else "",
    ]
    return " ".join(part for part in told if part)
