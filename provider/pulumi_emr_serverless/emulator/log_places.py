"""Where a request sends a run's logs, and under which names. Pure.

https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.emulator.provenance import GUIDE, Fact, assumed, documented, seen
from pulumi_emr_serverless.emulator.runs import Run

LAYOUT = Fact(
    "applications/{application}/jobs/{run}/",
    "what stands between a log's destination and its worker, in S3 and in CloudWatch",
    seen("many public scripts that read SPARK_DRIVER/stdout.gz there", "2026-11"),
)
ATTEMPTS = Fact(
    "attempts/{attempt}/",
    "what comes before the worker of a STREAMING run, and of one with more than one attempt",
    documented(f"{GUIDE}jobs-resiliency.html"),
)
LOG_GROUP = Fact("/aws/emr-serverless", "the log group of a job that names none", documented(f"{GUIDE}logging.html"))
DRIVER_ALONE = Fact(
    ("SPARK_DRIVER", "HIVE_DRIVER"),
    "workers whose logs go to CloudWatch where logTypes names none",
    documented(f"{GUIDE}logging.html"),
)
NO_BUCKET = Fact(
    "dropped",
    "logs whose bucket or log group cannot be written to: the run goes on without",
    assumed("public questions about logs that never came", "nothing: the product starts no run because of a log"),
)


@dataclass(frozen=True)
class Bucket:
    """An S3 prefix; each log is one compressed object."""

    bucket: str
    prefix: str

    def key(self, run: Run, log: str, attempt: int) -> str:
        return f"{self.prefix}{below(run, attempt)}{log}.gz"


@dataclass(frozen=True)
class LogGroup:
    """A CloudWatch log group; each log is a stream of it. ``logs`` None: those of the driver."""

    name: str
    prefix: str
    logs: frozenset[str] | None

    def stream(self, run: Run, log: str, attempt: int) -> str:
        return f"{self.prefix}/{below(run, attempt)}{log}"

    def takes(self, log: str) -> bool:
        return log.partition("/")[0] in DRIVER_ALONE.value if self.logs is None else _kind(log) in self.logs


def below(run: Run, attempt: int) -> str:
    """A run's folder below the destination."""
    folder = LAYOUT.value.format(application=run.application_id, run=run.run_id)
    return folder + (ATTEMPTS.value.format(attempt=attempt) if _has_attempts(run) else "")


def bucket_of(run: Run, of_application: Mapping[str, Any]) -> Bucket | None:
    uri = _monitoring(run, of_application, "s3MonitoringConfiguration").get("logUri", "")
    bucket, _, prefix = str(uri).removeprefix("s3://").partition("/")
    if not bucket:
        return None
    return Bucket(bucket, f"{prefix.rstrip('/')}/" if prefix.strip("/") else "")


def log_group_of(run: Run, of_application: Mapping[str, Any]) -> LogGroup | None:
    wanted = _monitoring(run, of_application, "cloudWatchLoggingConfiguration")
    if not wanted.get("enabled"):
        return None
    types = wanted.get("logTypes")
    logs = None if types is None else frozenset(f"{kind}/{name.lower()}" for kind in types for name in types[kind])
    return LogGroup(wanted.get("logGroupName", LOG_GROUP.value), wanted.get("logStreamNamePrefix", ""), logs)


def _monitoring(run: Run, of_application: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The job's own configuration, else its application's."""
    of_job = run.request.get("configurationOverrides", {}).get("monitoringConfiguration", {})
    found: Mapping[str, Any] = of_job.get(kind, of_application.get(kind, {}))
    return found


def _has_attempts(run: Run) -> bool:
    return run.mode == "STREAMING" or int(run.request.get("retryPolicy", {}).get("maxAttempts", 1)) > 1


def _kind(log: str) -> str:
    """``SPARK_EXECUTOR/1/stderr`` is a ``SPARK_EXECUTOR/stderr``."""
    worker, _, rest = log.partition("/")
    return f"{worker}/{rest.rpartition('/')[2]}"
