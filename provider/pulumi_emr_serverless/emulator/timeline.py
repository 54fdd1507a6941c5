"""How the runs of a place move on: each transition happens once, in the order of time, whenever somebody looks next."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_emr_serverless.emulator.agenda import Agenda
from pulumi_emr_serverless.emulator.run_index import RunIndex
from pulumi_emr_serverless.emulator.runs import Run, Transition, until

Listener = Callable[[Run, Transition], None]


class Timeline:
    """Nothing ticks: `catch_up` makes up for the time since it was last called. Call it under the lock of the place."""

    def __init__(self, listener: Listener) -> None:
        self.index = RunIndex()
        self._agenda = Agenda()
        self._told: dict[str, int] = {}
        self._listener = listener

    def follow(self, run: Run, now: float) -> None:
        """A run that is new, or that was interfered with."""
        past, following = until(run, now)
        told = self._told.get(run.run_id, 0)
        self._told[run.run_id] = len(past)
        self.index.move(run.application_id, run.sequence, past[-1].state)
        self._agenda.set(run.run_id, following)
        for transition in past[told:]:
            self._listener(run, transition)

    def catch_up(self, now: float, runs: dict[str, Run]) -> None:
        while due := self._agenda.due(now):
            at, run_id = due
            self.follow(runs[run_id], at)
