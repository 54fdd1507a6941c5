"""AWS's quotas on the real engine, not scaled: a large stack is slow, never broken, and holds up nothing beside it."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable

from engine.harness import APPLICATION, LIMIT_SECONDS, ROLE, Stack, program, watched

EXHAUSTIVE = bool(os.environ.get("PULUMI_EMRS_EXHAUSTIVE"))
MANY = 100 if EXHAUSTIVE else 30
WAITED_ON = 60 if EXHAUSTIVE else 3
ALL_AT_ONCE = ("--parallel", "250")


def many(number: int, day: str, *, waited_on: int = 0) -> str:
    """Jobs, and beside them a resource that has nothing to do with AWS."""
    return f"""
import pulumi
import pulumi.dynamic
from pulumi_emr_serverless import JobRun, spark_submit

class Nothing(pulumi.dynamic.ResourceProvider):
    serialize_as_secret_always = False

    def create(self, props):
        return pulumi.dynamic.CreateResult("nothing", props)

class Beside(pulumi.dynamic.Resource):
    def __init__(self, name):
        super().__init__(Nothing(), name, {{"day": {day!r}}})

for number in range({number}):
    run = JobRun(f"job-{{number}}", application_id={APPLICATION!r}, execution_role_arn={ROLE!r},
        job_driver=spark_submit("s3://bucket/etl.py", arguments=["--day", {day!r}]))
    if number < {waited_on}:
        pulumi.export(f"state-{{number}}", run.completion.state)
Beside("beside-{day}")
"""


def timed(command: Callable[[], object]) -> float:
    begun = time.monotonic()
    command()
    return time.monotonic() - begun


def test_many_jobs_at_awss_quotas(new: Callable[[str], Stack], record_property: Callable[[str, object], None]) -> None:
    """Up, replaced, waited on, destroyed: nothing fails, and what is throttled are the few calls that try for more."""
    stack = new(many(MANY, "a"))
    stack.emulator.control.set_quotas(enabled=True)
    commands = {
        "up": lambda: stack.up(*ALL_AT_ONCE),
        "replace": lambda: stack.up(*ALL_AT_ONCE, text=many(MANY, "b")),
        "destroy": lambda: stack.destroy(*ALL_AT_ONCE),
    }
    for name, command in commands.items():
        stack.emulator.control.advance(60)  # buckets are full again
        record_property(f"{name}, seconds", round(timed(command), 1))
        alive = 0 if name == "destroy" else MANY
        assert len(stack.alive()) == alive
    assert len(stack.runs()) == 2 * MANY
    stack.emulator.control.set_fate(seconds={"RUNNING": 5})
    stack.emulator.control.advance(60)
    record_property(
        "waited on, seconds", round(timed(lambda: stack.up(*ALL_AT_ONCE, text=many(MANY, "c", waited_on=WAITED_ON))), 1)
    )
    throttled = [call.operation for call in stack.emulator.control.calls() if call.http_status == 429]
    record_property("throttled", dict(Counter(throttled)))
    for operation in ("StartJobRun", "CancelJobRun"):
        assert throttled.count(operation) <= 10, "calls are paced before they are sent"


def test_what_waits_for_a_quota_says_so_on_its_resource(stack: Stack) -> None:
    """In a line that passes: a terminal shows it behind the resource, a log is not flooded with it."""
    stack.emulator.control.arm("throttle", "StartJobRun", times=3)
    output = stack.up().output
    assert re.search(
        r"JobRun nightly creating \(\d+s\) waiting for AWS's quota of StartJobRun, this job is next", output
    )
    assert "Diagnostics:" not in output, "that is where lasting lines stand"


def test_cancellations_that_take_long_hold_up_no_new_job(new: Callable[[str], Stack]) -> None:
    """Pulumi's host of dynamic providers has four threads; five runs that end slowly would fill them."""
    jobs = """
        from pulumi_emr_serverless import JobRun, spark_submit

        for name, day in {jobs!r}.items():
            JobRun(name, application_id={application!r}, execution_role_arn={role!r},
                job_driver=spark_submit("s3://bucket/etl.py", arguments=[day]))
    """
    slow = [f"slow-{number}" for number in range(5)]
    stack = new(jobs.format(jobs=dict.fromkeys(slow, "a"), application=APPLICATION, role=ROLE))
    control = stack.emulator.control
    control.set_fate(stay_in="RUNNING", seconds={"CANCELLING": 40})
    stack.up()
    control.freeze()
    stack.write(jobs.format(jobs={**dict.fromkeys(slow, "b"), "new": "b"}, application=APPLICATION, role=ROLE))
    process = begun(stack, "up", "--yes", "--skip-preview", "--parallel", "16")
    try:
        # Time stands still, so that no cancellation can come to its end before the new job has started.
        until(lambda: len(control.calls("CancelJobRun")) == 5 and len(stack.runs()) == 6)
        assert sum(run.state == "CANCELLING" for run in stack.runs()) == 5
        control.resume()
        control.advance(60)
        output, _ = process.communicate(timeout=LIMIT_SECONDS)
    finally:
        if process.poll() is None:
            process.kill()
    assert process.returncode == 0, output
    assert len(stack.runs()) == 11
    assert len(stack.alive()) == 6


def test_an_engine_that_is_killed_while_its_provider_waits_for_a_quota_starts_nothing(stack: Stack) -> None:
    """The provider outlives it, and its turn comes when nobody would record the run."""
    control = stack.emulator.control
    control.arm("throttle", "StartJobRun", times=0)
    process = begun(stack, "up", "--yes", "--skip-preview")
    try:
        until(lambda: len(control.calls("StartJobRun")) >= 2)
    finally:
        process.kill()
    process.wait(LIMIT_SECONDS)
    control.disarm()
    stack.wait_for_orphaned_verb()
    assert not stack.runs()
    stack.unlock()
    stack.up(text=program(name="other"))
    assert len(stack.runs()) == 1


def begun(stack: Stack, *arguments: str) -> subprocess.Popen[str]:
    """A command of the engine that is under way."""
    return subprocess.Popen(
        [str(stack.engine / "pulumi"), *arguments, "--non-interactive", "--color", "never"],
        cwd=stack.folder,
        env={**stack.env, **watched()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS / 3
    while not is_so():
        assert time.monotonic() < deadline, "it has not come to that"
        time.sleep(0.1)
