"""EMR Serverless without its protocol: which function does which operation, and where."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from pulumi_emr_serverless.emulator import application_operations, refusals, run_operations, scheduling, tag_operations
from pulumi_emr_serverless.emulator.applications import Application
from pulumi_emr_serverless.emulator.drivers import Report
from pulumi_emr_serverless.emulator.fates import Ending
from pulumi_emr_serverless.emulator.runs import TERMINAL, Run, Transition, observe, transitions
from pulumi_emr_serverless.emulator.state import Place
from pulumi_emr_serverless.emulator.texts import details_of
from pulumi_emr_serverless.emulator.timeline import Timeline
from pulumi_emr_serverless.emulator.wire import Caller
from pulumi_emr_serverless.emulator.world import Outcome, World

Observer = Callable[[Place, Run, Transition], None]
"""Told of every transition, once, under the lock of its place."""

Operation = Callable[[World, Place, Mapping[str, Any]], Outcome]

OPERATIONS: Mapping[str, Operation] = {
    "CancelJobRun": run_operations.cancel_job_run,
    "CreateApplication": application_operations.create_application,
    "DeleteApplication": application_operations.delete_application,
    "GetApplication": application_operations.get_application,
    "GetDashboardForJobRun": run_operations.get_dashboard_for_job_run,
    "GetJobRun": run_operations.get_job_run,
    "ListApplications": application_operations.list_applications,
    "ListJobRunAttempts": run_operations.list_job_run_attempts,
    "ListJobRuns": run_operations.list_job_runs,
    "ListTagsForResource": tag_operations.list_tags_for_resource,
    "StartApplication": application_operations.start_application,
    "StartJobRun": run_operations.start_job_run,
    "StopApplication": application_operations.stop_application,
    "TagResource": tag_operations.tag_resource,
    "UntagResource": tag_operations.untag_resource,
    "UpdateApplication": application_operations.update_application,
}
"""Sessions are not covered: they answer NotEmulatedException."""

LOCK_BY_THEMSELVES = frozenset({"ListJobRuns", "StartJobRun"})
"""They ask others, or work long; the rest is called with the lock held, and time caught up with."""


class Service:
    """The places, each of one account and region, and the operations upon them."""

    def __init__(self, world: World, observer: Observer) -> None:
        self._world = world
        self._observer = observer
        self._lock = threading.Lock()
        self._places: dict[Caller, Place] = {}

    def perform(self, operation: str, caller: Caller, request: Mapping[str, Any]) -> Outcome:
        """Raises `ApiError` for every refusal."""
        perform = OPERATIONS.get(operation)
        if perform is None:
            raise refusals.NOT_EMULATED.error(operation=operation)
        place = self.place(caller)
        if operation in LOCK_BY_THEMSELVES:
            return perform(self._world, place, request)
        with place.lock:
            place.catch_up(self._world.clock.now())
            return perform(self._world, place, request)

    def place(self, caller: Caller) -> Place:
        with self._lock:
            if caller not in self._places:
                self._places[caller] = self._settled(Place(caller, timeline=Timeline(partial(self._tell, caller))))
            return self._places[caller]

    def catch_up(self) -> None:
        """Let happen everywhere what time has brought."""
        now = self._world.clock.now()
        for place in self._all():
            with place.lock:
                place.catch_up(now)

    def found(self, run_id: str) -> tuple[Place, Run] | None:
        """A run by its ID alone."""
        for place in self._all():
            if run_id in place.runs:
                return place, place.runs[run_id]
        return None

    def applications(self) -> list[tuple[Place, Application]]:
        """All applications of all accounts and regions that somebody asked something of."""
        found = []
        for place in self._all():
            with place.lock:
                found += [(place, one) for one in place.applications.values()]
        return found

    def runs(self) -> list[dict[str, Any]]:
        """All runs of all accounts and regions, the oldest first."""
        now = self._world.clock.now()
        found = []
        for place in self._all():
            with place.lock:
                found += [run_operations.recorded(place, run, now) for run in place.runs.values()]
        return sorted(found, key=lambda run: float(run["created_at"]))

    def settle(self, run_id: str, ending: Ending, details: str | None) -> None:
        """End a living run now. Raises LookupError if there is none of that ID."""
        if ending not in TERMINAL:
            raise ValueError(f"a run ends in {', '.join(sorted(TERMINAL))}, not in {ending!r}")
        now = self._world.clock.now()
        for place in self._all():
            with place.lock:
                run = place.runs.get(run_id)
                if run is not None and not observe(run, now).terminal:
                    place.put(run.settled(now, ending, details), now)
                    return
        raise LookupError(f"there is no living run {run_id}")

    def report(self, run_id: str, reports: Sequence[Report]) -> str | None:
        """A driver tells what its run came to, as one step. The answer is the run's state now, None if there is no run.

        A run that is over stays so, and one that is being cancelled has ended with its driver.
        """
        found = self.found(run_id)
        if found is None:
            return None
        place, now = found[0], self._world.clock.now()
        with place.lock:
            place.catch_up(now)
            run = place.runs[run_id]
            state = observe(run, now).state
            if state == "CANCELLING" and reports[0].state in TERMINAL:
                *_, end = transitions(run)
                place.put(run.settled(now, "CANCELLED", end.details), now)
            elif state != "CANCELLING" and state not in TERMINAL:
                for one in reports:
                    details = one.details or details_of(one.state)
                    run = run.came_to(Transition(now, one.state, details, one.attempt, final=one.final))
                place.put(run, now)
            return observe(place.runs[run_id], now).state

    def reset(self) -> None:
        with self._lock:
            self._places.clear()

    def _tell(self, caller: Caller, run: Run, transition: Transition) -> None:
        place = self._places[caller]
        self._observer(place, run, transition)
        application = place.applications[run.application_id]
        if not transition.final:
            return
        if scheduling.limited(application):
            scheduling.give_turns(place, application, transition.at)
        if application.state(transition.at) in ("STARTING", "STARTED"):
            application_operations.rest(self._world, place, application, transition.at)

    def _all(self) -> list[Place]:
        with self._lock:
            return list(self._places.values())

    def _settled(self, place: Place) -> Place:
        for one in self._world.seeds:
            if one.region == place.caller.region:
                application_operations.seed(self._world, place, one)
        return place
