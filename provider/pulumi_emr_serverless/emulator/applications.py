"""An application as a value, and its states as a function of the time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.emulator.provenance import API, GUIDE, Fact, documented
from pulumi_emr_serverless.emulator.tags import Tags

STOPPED_STATES = Fact(
    frozenset({"CREATED", "STOPPED"}),
    "states in which an application may be updated and deleted",
    documented(f"{API}API_UpdateApplication.html"),
)

SETTINGS = (
    "initialCapacity",
    "maximumCapacity",
    "autoStartConfiguration",
    "autoStopConfiguration",
    "networkConfiguration",
    "architecture",
    "imageConfiguration",
    "workerTypeSpecifications",
    "runtimeConfiguration",
    "monitoringConfiguration",
    "diskEncryptionConfiguration",
    "interactiveConfiguration",
    "schedulerConfiguration",
    "identityCenterConfiguration",
    "jobLevelCostAllocationConfiguration",
)
DEFAULTS: Fact[Mapping[str, Any]] = Fact(
    {
        "autoStartConfiguration": {"enabled": True},
        "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": 15},
        "architecture": "X86_64",
    },
    "settings of an application that names none",
    documented(f"{API}API_CreateApplication.html"),
)


QUEUES_SINCE = Fact(
    (7, 3),
    "the release from which on applications queue their job runs unless told otherwise",
    documented(f"{GUIDE}applications-concurrency-queuing.html"),
)

REMEMBERED = 100
"""So many earlier states."""


@dataclass(frozen=True)
class Application:
    application_id: str
    arn: str
    name: str | None
    release_label: str
    engine: str
    settings: Mapping[str, Any]
    tags: Tags
    created_at: float
    updated_at: float
    states: tuple[tuple[float, str], ...]

    def state(self, now: float) -> str:
        reached = [state for at, state in self.states if at <= now]
        return reached[-1] if reached else self.states[0][1]

    def starts_itself(self) -> bool:
        return bool(self.settings.get("autoStartConfiguration", {}).get("enabled", True))

    def queues(self) -> bool:
        """Do runs wait QUEUED for their turn? By its own setting, else by its release."""
        if "schedulerConfiguration" in self.settings:
            return True
        numbers = tuple(int(part) for part in self.release_label.removeprefix("emr-").split(".") if part.isdigit())
        return numbers >= QUEUES_SINCE.value

    def moved(self, now: float, *states: str, each: float = 0.0) -> Application:
        """Through these states from now on, ``each`` so many seconds apart. What was to come is forgotten."""
        past = tuple(one for one in self.states if one[0] <= now)[-REMEMBERED:]
        ahead = tuple((now + index * each, state) for index, state in enumerate(states))
        return dataclasses.replace(self, states=past + ahead, updated_at=now)

    def idle(self, at: float, each: float) -> Application:
        """With nothing to do from then on: it stops by itself after a while, unless it was told not to."""
        stop = {**DEFAULTS.value["autoStopConfiguration"], **self.settings.get("autoStopConfiguration", {})}
        if not stop["enabled"]:
            return self
        stops = at + 60.0 * int(stop["idleTimeoutMinutes"])
        busy = self.busy(at)
        return dataclasses.replace(busy, states=(*busy.states, (stops, "STOPPING"), (stops + each, "STOPPED")))

    def busy(self, at: float) -> Application:
        """With something to do from then on: it does not stop by itself."""
        kept = tuple(one for one in self.states if one[0] <= at or one[1] not in ("STOPPING", "STOPPED"))
        return dataclasses.replace(self, states=kept[-REMEMBERED:])

    def updated(self, now: float, changes: Mapping[str, Any]) -> Application:
        settings = {**self.settings, **{name: changes[name] for name in SETTINGS if name in changes}}
        label = changes.get("releaseLabel", self.release_label)
        return dataclasses.replace(self, settings=settings, release_label=label, updated_at=now)


def created(request: Mapping[str, Any], application_id: str, arn: str, now: float) -> Application:
    """The application that a CreateApplication asks for, in no state yet but CREATING."""
    return Application(
        application_id=application_id,
        arn=arn,
        name=request.get("name"),
        release_label=request["releaseLabel"],
        engine=str(request["type"]).capitalize(),
        settings={**DEFAULTS.value, **{name: request[name] for name in SETTINGS if name in request}},
        tags=Tags.born(now, request.get("tags", {})),
        created_at=now,
        updated_at=now,
        states=((now, "CREATING"),),
    )
