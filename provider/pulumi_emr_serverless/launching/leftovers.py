"""Runs of a launch that are alive and in no state: what an update that was cut off has left behind of a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pulumi_emr_serverless.errors import AwsError
from pulumi_emr_serverless.launching.answers import strays
from pulumi_emr_serverless.launching.memory import HeldRun, Memory
from pulumi_emr_serverless.launching.surroundings import Look, Surrounding, Surroundings

SETTLED_AFTER = timedelta(minutes=10)
"""How late AWS's views are taken to be at most: what a look does not show so long after the start is not there."""


@dataclass(frozen=True)
class Leftovers:
    """Looks for what is left behind beside a run that the state holds.

    Args:
        aws: the calls.
        memory: what this process has seen of the update.
        surroundings: the runs that this update has looked up.
    """

    aws: Surrounding
    memory: Memory
    surroundings: Surroundings

    def of(self, held: HeldRun) -> Look:
        """The living runs of a run's launch, but for those that the state holds or this update has ended.

        A look that IAM does not allow finds nothing, and is not complete.
        """
        if held.tag is None:
            return Look(())
        launch = held.tag.launch
        try:
            look = self.surroundings.living(
                self.aws,
                held.application_id,
                launch,
                since=held.rivals_since,
                known=self.memory.is_held,
            )
        except AwsError as error:
            if not error.denied:
                raise
            return Look((), complete=False)
        found = strays(look.runs, launch, is_known=lambda run_id: self.memory.is_spent(run_id, launch))
        return Look(tuple(found), look.complete)

    def can_come(self, held: HeldRun, look: Look) -> bool:
        """Whether something could still come to light that a look has not shown."""
        now = self.aws.now()
        is_long_ago = now is not None and held.started_at is not None and now - held.started_at > SETTLED_AFTER
        return not (look.complete and is_long_ago)
