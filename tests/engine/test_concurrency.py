"""Many runs at once, many stacks at once, and AWS's quotas: still one run for each intent."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from engine.harness import APPLICATION, ROLE, Result, Stack

EXHAUSTIVE = bool(os.environ.get("PULUMI_EMRS_EXHAUSTIVE"))
MANY = 200 if EXHAUSTIVE else 40
PARALLELISM = (1, 4, 64) if EXHAUSTIVE else (64,)


def many(number: int, *, name: str = "job", day: str = "a") -> str:
    return f"""
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit

for number in range({number}):
    JobRun(f"{name}-{{number}}", application_id={APPLICATION!r}, execution_role_arn={ROLE!r},
        job_driver=spark_submit("s3://bucket/etl.py", arguments=["--day", {day!r}]))
"""


def assert_one_each(stack: Stack, number: int) -> None:
    """Twins in all but their resource's name: each has a run of its own, alive and in the state."""
    in_state = [str(job["outputs"]["jobRunId"]) for job in stack.jobs()]
    assert len(set(in_state)) == number
    assert set(stack.alive()) >= set(in_state)
    tokens = Counter(run.client_token for run in stack.runs())
    assert set(tokens.values()) == {1}


@pytest.mark.parametrize("parallel", PARALLELISM)
def test_many_runs_in_one_up(new: Callable[[str], Stack], parallel: int) -> None:
    """Identical definitions, started by as many threads as there are: no two of them may share a run."""
    stack = new(many(MANY))
    stack.up("--parallel", str(parallel))
    assert_one_each(stack, MANY)
    assert len(stack.runs()) == MANY
    stack.up("--expect-no-changes")
    stack.destroy("--parallel", str(parallel))
    assert not stack.alive()
    assert len(stack.runs()) == MANY


def test_many_runs_killed_in_the_middle(new: Callable[[str], Stack]) -> None:
    """Some are recorded, some are started only, some neither: the retry ends with one each."""
    number = MANY // 2
    stack = new(many(number))
    stack.killed_up("StartJobRun.answered", nth=number // 2)
    stack.up()
    assert_one_each(stack, number)
    assert len(stack.runs()) == number


def test_two_stacks_at_once_on_one_application(new: Callable[[str], Stack]) -> None:
    """Two teams, one application, the very same program at the same moment: neither takes or cancels the other's runs."""
    number = MANY // 8
    stacks = [new(many(number)), new(many(number))]
    at_once(stacks, lambda stack: stack.up())
    at_once(stacks, lambda stack: stack.up(text=many(number, day="b")))
    held = [{str(job["outputs"]["jobRunId"]) for job in stack.jobs()} for stack in stacks]
    assert [len(ids) for ids in held] == [number, number]
    assert not held[0] & held[1]
    assert set(stacks[0].alive()) == held[0] | held[1]
    assert len(stacks[0].runs()) == 4 * number


def test_quotas_slow_down_and_fail_nothing(new: Callable[[str], Stack]) -> None:
    """AWS takes a burst of starts and then one a second: a stack of more jobs than that is slow, not broken."""
    number = 12
    stack = new(many(number))
    stack.emulator.control.set_quotas(enabled=True, scale=0.4)  # a burst of 10, then two in five seconds
    stack.up()
    assert_one_each(stack, number)
    assert len(stack.runs()) == number


def at_once(stacks: list[Stack], command: Callable[[Stack], Result]) -> None:
    """The same command on each stack at the same time; the first failure is the test's."""
    failures: list[BaseException] = []

    def run(stack: Stack) -> None:
        try:
            command(stack)
        except BaseException as failure:  # noqa: BLE001 - raised again, in the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(stack,)) for stack in stacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
