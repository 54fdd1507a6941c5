"""Runs that wait for others: QUEUED is an everyday state at AWS, and a stack has to live with it.

https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/applications-concurrency-queuing.html
"""

from __future__ import annotations

from typing import Any

import pytest
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import request_for
from pulumi_emr_serverless.emulator.control import Control


@pytest.fixture
def states(emr: EMRServerlessClient, control: Control) -> Any:
    """Starts runs on an application of these settings; the answer tells their states in the order of their start."""

    def begin(count: int, **settings: Any) -> Any:
        made = emr.create_application(releaseLabel="emr-7.14.0", type="SPARK", clientToken="a", **settings)
        for number in range(count):
            emr.start_job_run(**request_for(applicationId=made["applicationId"], clientToken=f"t{number}"))
        return lambda: [run.state for run in control.runs()]

    return begin


def test_as_many_at_once_as_the_scheduler_allows(control: Control, states: Any) -> None:
    """The others are QUEUED, and go on in the order of their start as soon as one has ended."""
    control.set_fate(seconds={"RUNNING": 100.0})
    now = states(4, schedulerConfiguration={"maxConcurrentRuns": 2})
    control.advance(10)
    assert now() == ["RUNNING", "RUNNING", "QUEUED", "QUEUED"]
    control.settle(control.runs()[1].job_run_id, "FAILED")
    control.advance(10)
    assert now() == ["RUNNING", "FAILED", "RUNNING", "QUEUED"]
    control.advance(1000)
    assert now() == ["SUCCESS", "FAILED", "SUCCESS", "SUCCESS"]
    last = control.runs()[3]
    turn = next(one["at"] for one in last.history if one["state"] == "PENDING")
    assert turn == control.runs()[0].ended_at
    assert [one["state"] for one in last.history][:3] == ["SUBMITTED", "QUEUED", "PENDING"]


def test_the_time_in_the_queue_is_told(emr: EMRServerlessClient, control: Control, states: Any) -> None:
    """queuedDurationMilliseconds is how people find out why a run began late."""
    control.set_fate(seconds={"RUNNING": 100.0})
    states(2, schedulerConfiguration={"maxConcurrentRuns": 1})
    control.advance(1000)
    run = control.runs()[1]
    shown = emr.get_job_run(applicationId=run.application_id, jobRunId=run.job_run_id)["jobRun"]
    assert shown["queuedDurationMilliseconds"] == pytest.approx(100_400, abs=1)


def test_the_queue_times_out(control: Control, states: Any) -> None:
    """A run that has timed out is CANCELLING, then CANCELLED; who stands behind it is not held up."""
    control.set_fate(stay_in="RUNNING")
    now = states(2, schedulerConfiguration={"maxConcurrentRuns": 1, "queueTimeoutMinutes": 15})
    control.advance(15 * 60)
    assert now() == ["RUNNING", "QUEUED"]
    control.advance(0.3)
    assert now() == ["RUNNING", "CANCELLING"]
    control.advance(1)
    assert now() == ["RUNNING", "CANCELLED"]
    assert control.runs()[1].state_details == "The job run exceeded its queue timeout of 15 minutes."


def test_a_queued_run_is_cancelled_at_once(emr: EMRServerlessClient, control: Control, states: Any) -> None:
    """It has nothing to finish, and leaves its place."""
    control.set_fate(stay_in="RUNNING")
    now = states(3, schedulerConfiguration={"maxConcurrentRuns": 1})
    control.advance(10)
    second = control.runs()[1]
    emr.cancel_job_run(applicationId=second.application_id, jobRunId=second.job_run_id)
    control.advance(1)
    assert now() == ["RUNNING", "CANCELLED", "QUEUED"]
    control.settle(control.runs()[0].job_run_id, "SUCCESS")
    control.advance(10)
    assert now() == ["SUCCESS", "CANCELLED", "RUNNING"]


def test_a_run_that_does_not_fit_waits(control: Control, states: Any) -> None:
    """The usual run takes 16 vCPU and 64 GB: two of them are more than 20 vCPU."""
    control.set_fate(seconds={"RUNNING": 100.0})
    now = states(2, maximumCapacity={"cpu": "20 vCPU", "memory": "400 GB"})
    control.advance(10)
    assert now() == ["RUNNING", "QUEUED"]
    control.advance(1000)
    assert now() == ["SUCCESS", "SUCCESS"]


def test_a_run_that_never_fits_goes_on(control: Control, states: Any) -> None:
    """At AWS it runs with the workers that it gets; waiting without end would hide it."""
    now = states(1, maximumCapacity={"cpu": "8 vCPU", "memory": "400 GB"})
    control.advance(10)
    assert now() == ["SUCCESS"]


def test_without_a_limit_nothing_waits(control: Control, states: Any) -> None:
    """Tests of others start hundreds of runs on the application that is there from the start."""
    control.set_fate(stay_in="RUNNING")
    now = states(40)
    control.advance(10)
    assert set(now()) == {"RUNNING"}
