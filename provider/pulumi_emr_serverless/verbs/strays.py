"""Runs of a job that an update which was cut off has left behind: told of in a plan, ended by an update."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pulumi_emr_serverless.aws import EmrServerless
from pulumi_emr_serverless.errors import EmrServerlessError
from pulumi_emr_serverless.launching import CLOSED_TO_CANCEL, HeldRun, Leftovers, Look, closed_as
from pulumi_emr_serverless.runs import Observation
from pulumi_emr_serverless.verbs.changes import Change
from pulumi_emr_serverless.verbs.host import Process

STRAYS = "__strays"
"""A change that is none of the declaration: runs of this job that are alive and in no state."""


@dataclass(frozen=True)
class Strays:
    """What there is to do about them.

    Args:
        process: whose verb asks.
        aws: where the run is that the state holds.
    """

    process: Process
    aws: EmrServerless

    def change(self, held: HeldRun, name: str, change: Change) -> Change:
        """What there is to do about a run whose launch may have others, beside a change; the plan says so. Changes nothing."""
        host = self.process.host
        try:
            run = self.process.surroundings.get(self.aws, held.application_id, held.job_run_id, held.arn)
            found = self._leftovers.of(held).runs
        except EmrServerlessError:
            return change  # It stays unsettled, and is looked at by the next update.
        if closed_as(run) == CLOSED_TO_CANCEL:
            host.say(
                f"{name}: run {run.job_run_id} was being ended by an update that was cut off; another one is started."
            )
            return replace(change, replaces=("jobRunId",))
        for stray in found:
            host.say(
                f"{name}: run {stray.job_run_id} ({stray.state}) was left behind by a killed update of this job; "
                "it is cancelled."
            )
        return replace(change, updates=(*change.updates, STRAYS)) if found else change

    def settle(self, held: HeldRun) -> bool:
        """End them; whether nothing more can come to light."""
        look = self.end(held)
        return not self._leftovers.can_come(held, look)

    def are_settled(self, held: HeldRun, run: Observation) -> bool:
        """Whether nothing of a launch is alive but its run; a person is told what is. Changes nothing."""
        look = self._leftovers.of(held)
        for stray in look.runs:
            self.process.host.warn(
                f"Run {stray.job_run_id} ({stray.state}) was left behind by an update of this job that was cut off, and is "
                "in no state: the next pulumi up cancels it."
            )
        if look.runs or closed_as(run) == CLOSED_TO_CANCEL:
            return False  # The next update goes on with what was cut off.
        return not (held.unsettled and self._leftovers.can_come(held, look))

    def end(self, held: HeldRun) -> Look:
        """Cancel them, and say so; what was seen of them before."""
        look, host, stopper = self._leftovers.of(held), self.process.host, self.process.stopper(self.aws)
        for stray in look.runs:
            host.require_engine()
            host.warn(f"Run {stray.job_run_id} was left behind by a killed update of this job; it is cancelled.")
            stopper.stop(stray)
        return look

    @property
    def _leftovers(self) -> Leftovers:
        return Leftovers(self.aws, self.process.memory, self.process.surroundings)
