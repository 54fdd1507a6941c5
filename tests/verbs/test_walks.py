"""The promise under whatever comes: random walks of commands, kills, faults, late views and time, each with its books kept."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from engineless import EnginelessStack
from pulumi_emr_serverless.emulator.server import Server
from verbs.walks import WALKS, Command, Ends, Step, Walker

WALKS_IN_MAKE_TEST = 50


def walk(server: Server, steps: list[Step]) -> None:
    """Play a walk on an AWS without memories, and hold what is there in the end against what was wished for."""
    server.control.reset()
    server.control.set_fate(stay_in="RUNNING", seconds={"CANCELLING": 0.0})
    walker = Walker(EnginelessStack(server))
    try:
        for step in steps:
            walker.play(step)
        walker.settle()
        walker.check()
    except AssertionError as error:
        runs = [f"{run.job_run_id} {run.state} {run.request['name']} {dict(run.tags)}" for run in server.control.runs()]
        raise AssertionError("\n".join([str(error), *walker.told, *runs])) from error


@settings(
    max_examples=max(WALKS_IN_MAKE_TEST, settings.default.max_examples if settings.default else 0),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=WALKS)
def test_a_walk_ends_with_exactly_the_wanted_run(stack: EnginelessStack, steps: list[Step]) -> None:
    """2,000 walks in `make test-exhaustive`. A failure prints the shortest walk that fails, and what each command said."""
    walk(stack.server, steps)


def test_a_walk_that_breaks_the_promise_is_told(stack: EnginelessStack) -> None:
    """The books themselves could be wrong: a run that is started behind the stack's back must be seen."""
    walker = Walker(stack)
    walker.play(Command("up", "a"))
    walker.play(Ends("SUCCESS"))
    EnginelessStack(stack.server).up({**stack.declared, "name": "b"})
    with pytest.raises(AssertionError, match="another run is alive"):
        walker.check()
