"""``completion`` in a program, with Pulumi's mocks instead of an engine: nothing here may wait or call AWS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime.stack import run_pulumi_func

from program_loop import program_loop
from pulumi_emr_serverless import JobRun, spark_submit
from pulumi_emr_serverless.program.completion import Completion, completion_of, total_billed
from pulumi_emr_serverless.program.errors import DeclarationError
from pulumi_emr_serverless.program.waits import WaitOptions
from pulumi_emr_serverless.watching.settling import Activity

ARN = "arn:aws:emr-serverless:us-east-1:123456789012:/applications/app/jobruns/run1"
BILLED = {"vCPUHour": 1.0, "memoryGBHour": 4.0, "storageGBHour": 0.0}


class Engine(pulumi.runtime.Mocks):
    def __init__(self, observed: dict[str, Any]) -> None:
        self.observed = observed

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        run = {"jobRunId": "run1", "arn": ARN, "logs": {"s3Prefix": "s3://l/"}, "observed": self.observed, "value": "t"}
        return f"{args.name}-id", {**args.inputs, **run}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        raise AssertionError(args.token)


def job(name: str = "nightly") -> JobRun:
    return JobRun(name, application_id="app", execution_role_arn="role", job_driver=spark_submit("s3://bucket/etl.py"))


def told(
    program: Callable[[], dict[str, pulumi.Output[Any]]],
    observed: dict[str, Any],
    *,
    preview: bool = False,
    config: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The values of outputs that a program makes; ``unknown`` where a preview cannot know one."""
    found: dict[str, Any] = {}

    async def read(outputs: dict[str, pulumi.Output[Any]]) -> None:
        for name, output in outputs.items():
            found[name] = await output.future() if await output.is_known() else "unknown"

    with program_loop() as loop:
        pulumi.runtime.set_mocks(Engine(observed), project="test", preview=preview)
        pulumi.runtime.set_all_config(config or {})
        loop.run_until_complete(run_pulumi_func(lambda: read(program())))
    return found


def state_of(options: WaitOptions | None = None) -> Callable[[], dict[str, pulumi.Output[Any]]]:
    return lambda: {"state": completion_of(job(), options).state}


@pytest.mark.parametrize(
    ("observed", "options", "state"),
    [
        ({}, None, "unknown"),
        ({"state": "RUNNING"}, None, "unknown"),
        ({"state": "SUCCESS"}, None, "SUCCESS"),
        ({"state": "FAILED"}, None, "unknown"),
        ({"state": "FAILED"}, WaitOptions(allow_failure=True), "FAILED"),
    ],
    ids=["never seen", "alive", "a refresh saw it succeed", "it may be run again", "a failure is a value"],
)
def test_what_a_preview_knows(observed: dict[str, Any], options: WaitOptions | None, state: str) -> None:
    """A preview waits for nothing and never fails; an end that the state shows keeps dependents from being replaced."""
    assert told(state_of(options), observed, preview=True) == {"state": state}


def test_a_program_can_be_unit_tested() -> None:
    """With mocks there is no AWS to wait for: what they say is `observed` is the outcome."""
    assert told(state_of(), {"state": "SUCCESS"}) == {"state": "SUCCESS"}
    assert told(state_of(), {}) == {"state": "UNKNOWN"}


def test_every_output_of_a_completion() -> None:
    """Their names and units are what users write programs against."""

    def program() -> dict[str, pulumi.Output[Any]]:
        run = job()
        done: Completion = completion_of(run)
        return {
            "details": done.state_details,
            "attempt": done.attempt,
            "created": done.created_at,
            "queued": done.queued,
            "duration": done.duration,
            "billed": done.billed.vcpu_hours,
            "total": done.total.vcpu_hours,
            "price": done.cost,
            "logs": done.logs,
            "same run": done.completed.apply(lambda it: it is run),
            **vars(total_billed([done, completion_of(job("other"))])),
        }

    observed = {
        "state": "SUCCESS",
        "stateDetails": "Done.",
        "attempt": 1.0,
        "createdAt": "2026-01-01T12:00:00+00:00",
        "queuedDurationMilliseconds": 500,
        "totalExecutionDurationSeconds": 60,
        "billedResourceUtilization": BILLED,
    }
    prices = '{"vCPUHour": 0.05, "memoryGBHour": 0.005, "storageGBHour": 0}'
    assert told(program, observed, config={"emrServerless:prices": prices}) == {
        "details": "Done.",
        "attempt": 1,
        "created": "2026-01-01T12:00:00+00:00",
        "queued": 0.5,
        "duration": 60.0,
        "billed": 1.0,
        "total": None,
        "price": 0.07,
        "logs": {"s3Prefix": "s3://l/"},
        "same run": True,
        "vcpu_hours": 2.0,
        "memory_gb_hours": 8.0,
        "storage_gb_hours": 0.0,
        "cost": 0.14,
        "currency": "USD",
        "not_billed_yet": 0,
    }


def test_wrong_prices_fail_before_anything_is_waited_for() -> None:
    """A misspelt price must not show after three hours of waiting."""
    with pytest.raises(DeclarationError, match="memoryGBHour is missing"):
        told(state_of(), {}, config={"emrServerless:prices": '{"vCPUHour": 1}'})


class Turns:
    """A sleep that lets the loop turn and counts how often it was asked for."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, _seconds: float) -> None:
        self.count += 1
        await asyncio.sleep(0)


def test_a_failure_is_held_back_while_the_program_is_busy() -> None:
    """Raised earlier, it would end the program before jobs that do not depend on the failed one are registered."""

    async def main() -> tuple[bool, bool]:
        activity, gate = Activity(Turns()), asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        run_in_executor = loop.run_in_executor
        loop.run_in_executor = lambda *_: gate  # type: ignore[method-assign]  # a call to the engine
        activity.watch(loop)
        call = loop.run_in_executor(None, print)
        settled = asyncio.ensure_future(activity.settled())
        await turns(50)
        while_busy = settled.done()
        gate.set_result(None)
        await call
        with activity.busy():
            await turns(50)
            while_waiting = settled.done()
        await settled
        loop.run_in_executor = run_in_executor  # type: ignore[method-assign]
        return while_busy, while_waiting

    assert asyncio.run(main()) == (False, False)


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
