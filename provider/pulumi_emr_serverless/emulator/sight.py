"""A job run as one operation sees it: not yet, no longer, late, or as it is."""

from __future__ import annotations

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.runs import Observation, Run, observe
from pulumi_emr_serverless.emulator.state import Place
from pulumi_emr_serverless.emulator.world import World


def known_run(world: World, place: Place, application_id: str, run_id: str, operation: str) -> Run:
    """The run, if this operation knows it. Raises ResourceNotFoundException."""
    now = world.clock.now()
    run = place.run(application_id, run_id, now, world.options)
    if world.views.out(operation, now) or not world.views.knows(operation, run.created_at, now):
        raise refusals.NO_RUN.error(run=run_id)
    return run


def shown(world: World, run: Run, operation: str, attempt: int | None = None) -> Observation:
    """The run, or an attempt of it, in the state that this operation shows. Raises ResourceNotFoundException."""
    as_of = world.views.as_of(operation, "state", world.clock.now())
    try:
        return observe(run, as_of, attempt)
    except LookupError:
        raise refusals.NO_ATTEMPT.error(attempt=attempt, run=run.run_id) from None
