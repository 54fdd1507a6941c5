"""Killed updates on the real engine: after each, the runs that the intents ask for, and no other.

The points and victims are `saboteur/sitecustomize.py`'s.
"""

from __future__ import annotations

import pytest

from engine.harness import APPLICATION, ROLE, Stack, program, sabotage

AROUND_THE_START = ["StartJobRun.before_send", "StartJobRun.answered", "create.returned"]
STARTED_BY_THEN = {"StartJobRun.before_send": 0, "StartJobRun.answered": 1, "create.returned": 1}


def assert_settled(stack: Stack, runs: int) -> None:
    """So many runs in all, the newest alive and in the state, and nothing left to do."""
    assert len(stack.runs()) == runs
    assert stack.alive() == [stack.run_id()] == [stack.runs()[-1].job_run_id]
    stack.up("--expect-no-changes")
    assert len(stack.runs()) == runs


@pytest.mark.parametrize("at", AROUND_THE_START)
def test_provider_killed_in_a_first_create(stack: Stack, at: str) -> None:
    """The provider dies around StartJobRun: the next `up` finds the run that was started, or starts the first."""
    stack.killed_up(at)
    assert len(stack.runs()) == STARTED_BY_THEN[at]
    assert not stack.jobs()
    stack.up()
    assert_settled(stack, 1)


@pytest.mark.parametrize("at", AROUND_THE_START)
def test_provider_killed_in_a_replacement(stack: Stack, at: str) -> None:
    """The old run is closed and cancelled; the retry finds the new run by its token."""
    stack.up()
    stack.killed_up(at, text=program(name="other"))
    stack.up()
    assert_settled(stack, 2)


@pytest.mark.parametrize("target", ["job", "job and companion"])
@pytest.mark.parametrize("recovery", ["plain up", "the same command"])
def test_provider_killed_in_replace(stack: Stack, target: str, recovery: str) -> None:
    """`--replace` tells the provider nothing, and its retry even less: the closed tag and the counter decide."""
    replace = ("--replace", stack.urn() if target == "job" else "**nightly")
    stack.up()
    stack.killed_up("StartJobRun.answered", *replace)
    assert len(stack.runs()) == 2
    stack.up(*(replace if recovery == "the same command" else ()))
    assert_settled(stack, 2)


@pytest.mark.parametrize(
    "at", ["TagResource.answered", "CancelJobRun.before_send", "CancelJobRun.answered", "delete.returned"]
)
def test_provider_killed_in_the_delete_of_a_replacement(stack: Stack, at: str) -> None:
    """Between the words "I am done with it" and the new run nothing may be lost, nor the old run come back."""
    stack.up()
    new = program(triggers=["v2"])
    stack.killed_up(at, text=new)
    assert len(stack.runs()) == 1
    stack.up()
    assert_settled(stack, 2)


def test_provider_killed_in_destroy(stack: Stack) -> None:
    """A destroy that died after cancelling: the next one ends it, and the `up` after it starts a new run."""
    stack.up()
    stack.destroy(env=sabotage("CancelJobRun.answered"), expect=None)
    stack.destroy()
    assert not stack.alive()
    stack.up()
    assert_settled(stack, 2)


def test_engine_killed_after_the_start(stack: Stack) -> None:
    """The engine itself dies before its checkpoint: a pending create stays, and the next `up` finds the run."""
    stack.killed_up("StartJobRun.answered", victim="engine")
    stack.unlock()
    stack.up()
    assert_settled(stack, 1)


def test_a_provider_whose_engine_is_gone_starts_nothing(stack: Stack) -> None:
    """It outlives a killed engine; a run that it started then would be in no state."""
    stack.killed_up("StartJobRun.before_send", victim="engine")
    stack.unlock()
    stack.wait_for_orphaned_verb()
    assert not stack.runs()
    stack.up()
    assert_settled(stack, 1)


def test_provider_killed_in_a_tag_update(stack: Stack) -> None:
    """Tags half changed: the next `up` changes them all, on the same run."""
    stack.up(text=program(tags={"a": "1", "b": "2"}))
    changed = program(tags={"a": "2"})
    stack.killed_up("TagResource.answered", text=changed)
    stack.up()
    assert_settled(stack, 1)
    (run,) = stack.runs()
    assert run.tags["a"] == "2"
    assert "b" not in run.tags


def test_a_tag_that_changed_before_the_retry(stack: Stack) -> None:
    """A timestamp tag is another request to AWS, which refuses the token: the run is found by its launch tag."""
    stack.killed_up("StartJobRun.answered", text=program(tags={"at": "10:00"}))
    stack.up(text=program(tags={"at": "10:05"}))
    assert_settled(stack, 1)
    assert stack.runs()[0].tags["at"] == "10:05"


TWINS = """
from pulumi_emr_serverless import JobRun, spark_submit

for name in ("left", "right"):
    JobRun(name, application_id={application!r}, execution_role_arn={role!r},
        job_driver=spark_submit("s3://bucket/etl.py"), tags={{"at": {at!r}}})
"""


@pytest.mark.parametrize("nth", [1, 2], ids=["at the first start", "at the second"])
def test_a_tag_that_changed_before_the_retry_of_twins(stack: Stack, nth: int) -> None:
    """The same definition twice: each resource finds its own run and leaves the other's alone."""

    def twins(at: str) -> str:
        return TWINS.format(application=APPLICATION, role=ROLE, at=at)

    stack.killed_up("StartJobRun.answered", nth=nth, text=twins("10:00"))
    assert len(stack.runs()) >= nth
    stack.up(text=twins("10:05"))
    in_state = {str(job["outputs"]["jobRunId"]) for job in stack.jobs()}
    assert {run.job_run_id for run in stack.runs()} == in_state == set(stack.alive())
    assert len(in_state) == 2
    assert {run.tags["at"] for run in stack.runs()} == {"10:05"}
    stack.up("--expect-no-changes")
