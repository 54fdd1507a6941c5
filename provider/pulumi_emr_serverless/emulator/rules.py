"""What AWS checks beyond its service model. Pure; each "no" is one of ``refusals``, which says where it is from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.applications import Application
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.provenance import API, GUIDE, Fact, assumed, documented, seen
from pulumi_emr_serverless.emulator.sizes import DISKS, SIZES, Worker, amount, workers_of

MAX_TAGS = Fact(50, "tags of a resource", documented(f"{GUIDE}tag-resources.html"))
MAX_RETRIES = Fact(10, "of either member of a retryPolicy", documented(f"{GUIDE}jobs-resiliency.html"))
MAX_TIMEOUT = Fact(10080, "minutes of a BATCH run from emr-7.11.0 on", documented(f"{API}API_StartJobRun.html"))
GRACE = Fact(range(15, 1801), "seconds of a grace period, or 0", documented(f"{API}API_CancelJobRun.html"))
SCHEDULER = Fact(
    {"maxConcurrentRuns": range(1, 1001), "queueTimeoutMinutes": range(15, 721)},
    "values of a schedulerConfiguration",
    documented(f"{API}API_SchedulerConfiguration.html"),
)
SINCE = Fact(
    {"serverless": (6, 6), "scheduler": (7, 0), "streaming": (7, 1), "grace": (7, 9), "seven days": (7, 11)},
    "the first release of each feature",
    documented(f"{GUIDE}release-versions.html"),
)

NO_DASHBOARD = Fact(
    frozenset({"SUBMITTED", "PENDING"}),
    "states of a run for which GetDashboardForJobRun answers an error",
    seen("public logs of Airflow's operator", "2026-11"),
)
UNSEEN_DASHBOARD = Fact(
    frozenset({"QUEUED", "SCHEDULED", "CANCELLING"}),
    "states of a run for which no log shows what GetDashboardForJobRun answers",
    assumed("see the option dashboards", "`emrs dashboard` shows the error, and nothing else uses it"),
)


def check_tags(tags: Mapping[str, str]) -> None:
    if reserved := [key for key in tags if key.lower().startswith("aws:")]:
        raise refusals.RESERVED_TAGS.error(keys=", ".join(sorted(reserved)))
    if len(tags) > MAX_TAGS.value:
        raise refusals.TOO_MANY_TAGS.error(limit=MAX_TAGS.value, count=len(tags))


def check_start(request: Mapping[str, Any], application: Application, state: str, account: str) -> None:
    """What a StartJobRun must keep to, given its application and the account of its caller."""
    check_tags(request.get("tags", {}))
    _check_role(request, account)
    _check_driver(request, application)
    _check_timeout(request, application)
    _check_retries(request, application)
    for worker in workers_of(request):
        _check_worker(worker)
    if state == "CREATING":
        raise refusals.CREATING.error(application=application.application_id)
    if state not in ("STARTING", "STARTED") and not application.starts_itself():
        raise refusals.NOT_STARTED.error(application=application.application_id, state=state)


def check_grace_period(seconds: int | None, release_label: str) -> None:
    if not seconds:
        return
    if seconds not in GRACE.value:
        raise refusals.GRACE.error(least=GRACE.value[0], most=GRACE.value[-1], seconds=seconds)
    if release(release_label) < SINCE.value["grace"]:
        raise refusals.OLD_GRACE.error(release=release_label)


def check_dashboard(state: str, options: Options) -> None:
    """Is there a dashboard yet for a run in this state?"""
    if state in NO_DASHBOARD.value or (state in UNSEEN_DASHBOARD.value and options.dashboards == "running"):
        raise refusals.EARLY_DASHBOARD.error(state=state)


def check_application(request: Mapping[str, Any], release_label: str) -> None:
    """What a CreateApplication or UpdateApplication must keep to."""
    check_tags(request.get("tags", {}))
    if not re.match(r"emr-", release_label) or release(release_label) < SINCE.value["serverless"]:
        raise refusals.RELEASE.error(release=release_label)
    if scheduler := request.get("schedulerConfiguration"):
        _check_scheduler(scheduler, release_label)
    _check_capacity(request.get("initialCapacity", {}), request.get("maximumCapacity"))


def release(label: str) -> tuple[int, ...]:
    """``emr-7.1.0`` and ``emr-spark-8.0-preview`` as numbers; a label of no known form counts as the newest."""
    found = re.search(r"(\d+)\.(\d+)", label)
    return (int(found.group(1)), int(found.group(2))) if found else (99,)


def _check_role(request: Mapping[str, Any], account: str) -> None:
    if request["executionRoleArn"].split(":")[4] != account:
        raise refusals.FOREIGN_ROLE.error()


def _check_driver(request: Mapping[str, Any], application: Application) -> None:
    driver = {"Spark": "sparkSubmit", "Hive": "hive"}.get(application.engine)
    given = next(iter(request.get("jobDriver", {})), None)
    if given is None:
        raise refusals.NO_DRIVER.error()
    if driver is not None and given != driver:
        raise refusals.WRONG_DRIVER.error(engine=application.engine, driver=driver, given=given)


def _check_timeout(request: Mapping[str, Any], application: Application) -> None:
    minutes = request.get("executionTimeoutMinutes")
    if minutes is None or _streaming(request):
        return
    if minutes == 0:
        raise refusals.NO_TIMEOUT.error()
    if minutes > MAX_TIMEOUT.value and release(application.release_label) >= SINCE.value["seven days"]:
        raise refusals.LONG_TIMEOUT.error(limit=MAX_TIMEOUT.value)


def _check_retries(request: Mapping[str, Any], application: Application) -> None:
    policy = request.get("retryPolicy", {})
    if (policy or _streaming(request)) and release(application.release_label) < SINCE.value["streaming"]:
        raise refusals.OLD_RELEASE.error(release=application.release_label)
    mine, other = ("maxFailedAttemptsPerHour", "maxAttempts")
    if not _streaming(request):
        mine, other = other, mine
    if other in policy:
        raise refusals.OTHER_MODES_RETRIES.error(member=other, mode=request.get("mode", "BATCH"))
    if policy.get(mine, 1) > MAX_RETRIES.value:
        raise refusals.RETRIES.error(member=mine, limit=MAX_RETRIES.value)


def _check_worker(worker: Worker) -> None:
    size = SIZES.value.get(worker.cores)
    if size is None:
        raise refusals.CORES.error(worker=worker.kind, cores=worker.cores, sizes=", ".join(map(str, SIZES.value)))
    if worker.memory > size.most:
        raise refusals.MEMORY.error(
            worker=worker.kind, memory=round(worker.memory, 1), cores=worker.cores, most=size.most
        )
    if worker.disk_type not in DISKS.value:
        return
    least, most = DISKS.value[worker.disk_type]
    if not least <= worker.disk <= most:
        raise refusals.DISK.error(
            worker=worker.kind, type=worker.disk_type, least=least, most=most, disk=round(worker.disk)
        )
    if worker.disk_type == "SHUFFLE_OPTIMIZED" and worker.cores < 4:
        raise refusals.SHUFFLE_DISK.error(worker=worker.kind, cores=worker.cores)


def _check_scheduler(scheduler: Mapping[str, Any], release_label: str) -> None:
    if release(release_label) < SINCE.value["scheduler"]:
        raise refusals.OLD_SCHEDULER.error(release=release_label)
    for member, allowed in SCHEDULER.value.items():
        if member in scheduler and scheduler[member] not in allowed:
            raise refusals.SCHEDULER.error(member=member, least=allowed[0], most=allowed[-1], value=scheduler[member])


def _check_capacity(initial: Mapping[str, Any], most: Mapping[str, Any] | None) -> None:
    """The workers that are there from the start must fit into what there may be at most."""
    if most is None:
        return
    for resource in ("cpu", "memory", "disk"):
        if resource in most:
            needed = sum(
                one["workerCount"] * amount(one.get("workerConfiguration", {}).get(resource, "0"))
                for one in initial.values()
            )
            if needed > amount(most[resource]):
                raise refusals.INITIAL_CAPACITY.error(needed=round(needed), resource=resource, most=most[resource])


def _streaming(request: Mapping[str, Any]) -> bool:
    return request.get("mode") == "STREAMING"
