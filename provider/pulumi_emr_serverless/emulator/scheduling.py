"""Which runs of an application may go on, and which have to wait: concurrency and capacity. Pure but for `give_turns`.

https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/applications-concurrency-queuing.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_emr_serverless.emulator.applications import Application
from pulumi_emr_serverless.emulator.provenance import API, GUIDE, Fact, assumed, documented
from pulumi_emr_serverless.emulator.runs import Queue, Run
from pulumi_emr_serverless.emulator.sizes import amount, workers_of
from pulumi_emr_serverless.emulator.state import Place

SCHEDULER_DEFAULTS = Fact(
    {"maxConcurrentRuns": 15, "queueTimeoutMinutes": 360},
    "what a schedulerConfiguration leaves out",
    documented(f"{API}API_SchedulerConfiguration.html"),
)
CONCURRENCY = Fact(
    "as many runs as maxConcurrentRuns go on, in the order of their start; the others are QUEUED",
    "what a schedulerConfiguration does; an application that names none queues nothing here",
    documented(f"{GUIDE}applications-concurrency-queuing.html"),
)
CAPACITY = Fact(
    "a run waits QUEUED while the workers of others leave no room for its own below maximumCapacity",
    "what maximumCapacity does",
    assumed(
        "AWS retries the workers that do not fit, inside of the run",
        "nothing: the product waits for a run whatever state it waits in",
    ),
)


def queue_of(application: Application, request: Mapping[str, Any], live: Iterable[Run]) -> Queue | None:
    """How a run has to wait that is started beside these; None if it need not."""
    going, waiting = _parted(live)
    if not waiting and _has_room(application, request, going):
        return None
    scheduler = application.settings.get("schedulerConfiguration", {})
    return Queue(int({**SCHEDULER_DEFAULTS.value, **scheduler}["queueTimeoutMinutes"]))


def limited(application: Application) -> bool:
    """Is there anything to wait for?"""
    return bool({"schedulerConfiguration", "maximumCapacity"} & set(application.settings))


def give_turns(place: Place, application: Application, at: float) -> None:
    """A run has ended: those go on that now have room, the oldest first. Under the lock of the place."""
    going, waiting = _parted(place.live_runs_of(application.application_id))
    for run in waiting:
        if not _has_room(application, run.request, going):
            return
        place.put(run.took_turn(at), at)
        going.append(run)


def _parted(live: Iterable[Run]) -> tuple[list[Run], list[Run]]:
    runs = list(live)
    return [run for run in runs if not run.waits], [run for run in runs if run.waits]


def _has_room(application: Application, request: Mapping[str, Any], going: list[Run]) -> bool:
    scheduler = application.settings.get("schedulerConfiguration")
    if scheduler is not None:
        most = int({**SCHEDULER_DEFAULTS.value, **scheduler}["maxConcurrentRuns"])
        if len(going) >= most:
            return False
    capacity = application.settings.get("maximumCapacity")
    if capacity is None or not going:  # one that is too large for all of it goes on alone, with what there is
        return True
    needed = [_needs(one) for one in (request, *(run.request for run in going))]
    return all(sum(need[name] for need in needed) <= amount(capacity[name]) for name in needed[0] if name in capacity)


def _needs(request: Mapping[str, Any]) -> dict[str, float]:
    workers = workers_of(request)
    return {
        "cpu": float(sum(one.count * one.cores for one in workers)),
        "memory": sum(one.count * one.billed_memory for one in workers),
        "disk": sum(one.count * one.disk for one in workers),
    }
