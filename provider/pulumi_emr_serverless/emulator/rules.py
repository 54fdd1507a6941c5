"""What AWS checks beyond its service model. Each rule names where it is documented; none is a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi_emr_serverless.emulator import errors
from pulumi_emr_serverless.emulator.applications import Application

MAX_TAGS = 50
_GRACE = range(15, 1801)


def check_tags(tags: Mapping[str, str]) -> None:
    """At most 50 tags, none with AWS's own prefix (the service's "Tagging your resources")."""
    if reserved := [key for key in tags if key.lower().startswith("aws:")]:
        raise errors.validation(f"Tag keys must not begin with aws: {', '.join(sorted(reserved))}")
    if len(tags) > MAX_TAGS:
        raise errors.validation(f"A resource may have {MAX_TAGS} tags at most, not {len(tags)}")


def check_start(request: Mapping[str, Any], application: Application, state: str) -> None:
    """What a StartJobRun must keep to, given its application."""
    check_tags(request.get("tags", {}))
    _check_driver(request, application)
    _check_timeout(request, application)
    _check_retries(request, application)
    if state == "CREATING":
        raise errors.validation(
            f"Application {application.application_id} is CREATING and takes job runs when it is CREATED"
        )
    if state not in ("STARTING", "STARTED") and not application.starts_itself():
        raise errors.validation(
            f"Application {application.application_id} is {state}, and its autoStartConfiguration is disabled: start it"
        )


def check_grace_period(seconds: int | None) -> None:
    """shutdownGracePeriodInSeconds: 0, or 15 to 1800 ("Job run cancellation with grace period")."""
    if seconds and seconds not in _GRACE:
        raise errors.validation(f"shutdownGracePeriodInSeconds must be 0 or from 15 to 1800, not {seconds}")


def _check_driver(request: Mapping[str, Any], application: Application) -> None:
    driver = {"Spark": "sparkSubmit", "Hive": "hive"}.get(application.engine)
    given = next(iter(request.get("jobDriver", {})), None)
    if given is None:
        raise errors.validation("jobDriver must not be null")
    if driver is not None and given != driver:
        raise errors.validation(f"A {application.engine} application runs {driver}, not {given}")


def _check_timeout(request: Mapping[str, Any], application: Application) -> None:
    """BATCH runs: 0 is no longer supported, and 7 days is the maximum from release 7.11 on (StartJobRun)."""
    minutes = request.get("executionTimeoutMinutes")
    if minutes is None or _streaming(request):
        return
    if minutes == 0:
        raise errors.validation("executionTimeoutMinutes 0 is not supported for BATCH job runs")
    if minutes > 10080 and _release(application) >= (7, 11):
        raise errors.validation("executionTimeoutMinutes of a BATCH job run must not exceed 10080")


def _check_retries(request: Mapping[str, Any], application: Application) -> None:
    """STREAMING and retries need emr-7.1.0; each limit belongs to one mode, and goes from 1 to 10 ("Job resiliency")."""
    policy = request.get("retryPolicy", {})
    if (policy or _streaming(request)) and _release(application) < (7, 1):
        raise errors.validation(f"STREAMING and retryPolicy need release emr-7.1.0, not {application.release_label}")
    mine, other = ("maxFailedAttemptsPerHour", "maxAttempts")
    if not _streaming(request):
        mine, other = other, mine
    if other in policy:
        raise errors.validation(f"retryPolicy.{other} does not apply to {request.get('mode', 'BATCH')} job runs")
    if policy.get(mine, 1) > 10:
        raise errors.validation(f"retryPolicy.{mine} must be from 1 to 10")


def _streaming(request: Mapping[str, Any]) -> bool:
    return request.get("mode") == "STREAMING"


def _release(application: Application) -> tuple[int, ...]:
    """``emr-7.1.0`` and ``emr-spark-8.0-preview`` as numbers; a label of no known form counts as the newest."""
    found = re.search(r"(\d+)\.(\d+)", application.release_label)
    return (int(found.group(1)), int(found.group(2))) if found else (99,)
