"""Where a run's logs are. Source: EMR Serverless User Guide, "Storing logs"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEFAULT_LOG_GROUP = "/aws/emr-serverless"
"""The log group that EMR Serverless writes to where a job names none."""

_MONITORING = ("configurationOverrides", "monitoringConfiguration")
_CLOUDWATCH = (*_MONITORING, "cloudWatchLoggingConfiguration")
_IDS = (("applicationId",),)

LOG_LOCATION_SOURCES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "s3Prefix": ((*_MONITORING, "s3MonitoringConfiguration", "logUri"), *_IDS),
    "cloudWatchLogGroup": ((*_CLOUDWATCH, "enabled"), (*_CLOUDWATCH, "logGroupName")),
    "cloudWatchLogStreamPrefix": ((*_CLOUDWATCH, "enabled"), (*_CLOUDWATCH, "logStreamNamePrefix"), *_IDS),
}
"""Which members of the request each location is made of: where one is secret, so is the location."""


def log_locations(properties: Mapping[str, Any], application_id: str, job_run_id: str) -> dict[str, str]:
    """The S3 prefix and the CloudWatch group and stream prefix of a run, as far as the request names them."""
    overrides = properties.get("configurationOverrides") or {}
    monitoring = overrides.get("monitoringConfiguration") or {}
    locations: dict[str, str] = {}
    uri = (monitoring.get("s3MonitoringConfiguration") or {}).get("logUri")
    if uri:
        locations["s3Prefix"] = f"{uri.rstrip('/')}/applications/{application_id}/jobs/{job_run_id}/"
    cloudwatch = monitoring.get("cloudWatchLoggingConfiguration") or {}
    if cloudwatch.get("enabled"):
        prefix = cloudwatch.get("logStreamNamePrefix") or ""
        locations["cloudWatchLogGroup"] = cloudwatch.get("logGroupName") or DEFAULT_LOG_GROUP
        locations["cloudWatchLogStreamPrefix"] = f"{prefix}/applications/{application_id}/jobs/{job_run_id}/"
    return locations
