"""What a stack's outputs say after an update that failed with a run, on the real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engine.harness import APPLICATION, ROLE, Stack
from pulumi_emr_serverless.emulator.server import Server

PROGRAM = """
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit

def job(name, day, **options):
    return JobRun(name, pulumi.ResourceOptions(**options), name=name, application_id={application!r},
        execution_role_arn={role!r}, job_driver=spark_submit("s3://bucket/etl.py", arguments=[day]))

run = job("extract", {day!r})
after = job("load", run.completion.state.apply(lambda it: it + {day!r}), depends_on=[run.completed])
pulumi.export("id", run.job_run_id)
pulumi.export("state", run.completion.state)
pulumi.export("all", {{"details": run.completion.state_details, "states": [run.completion.state]}})
pulumi.export("made of it", run.completion.state.apply(lambda it: it.lower()))
pulumi.export("text", pulumi.Output.concat("it is ", run.completion.state))
pulumi.export("billed", run.completion.billed)
pulumi.export("load", after.completion.state)
pulumi.export("load's id", after.job_run_id)
"""


def program(day: str) -> str:
    return PROGRAM.format(application=APPLICATION, role=ROLE, day=day)


def outputs(stack: Stack) -> dict[str, Any]:
    return dict(json.loads(stack.pulumi("stack", "output", "--json").output))


def test_outputs_say_what_became_of_the_run_that_failed(new: Callable[[str], Stack], emulator: Server) -> None:
    """A step of CI that reads them after a failure must not read the run before it, and its SUCCESS."""
    emulator.control.set_fate(seconds={"SUBMITTED": 0, "PENDING": 0, "SCHEDULED": 0, "RUNNING": 1})
    stack = new(program("1"))
    stack.up()
    before = outputs(stack)
    assert (before["state"], before["load"], before["made of it"]) == ("SUCCESS", "SUCCESS", "success")
    assert before["billed"]["vcpu_hours"] > 0
    emulator.control.set_fate("extract", outcome="FAILED", details="Job failed. ExitCode: 7.")
    result = stack.up(text=program("2"), expect=None)
    assert result.code != 0
    assert "ExitCode: 7" in result.output
    assert [run.name for run in stack.runs()] == ["extract", "load", "extract"], "what depends on it has not started"
    found = outputs(stack)
    assert found["id"] == stack.runs()[-1].job_run_id != before["id"]
    assert found["state"] == "FAILED"
    assert found["all"] == {"details": "Job failed. ExitCode: 7.", "states": ["FAILED"]}
    assert (found["made of it"], found["text"], found["billed"]["vcpu_hours"]) == (None, None, None)
    assert found["load"] == "UNKNOWN"
    assert found["load's id"] == before["load's id"], "the state has it still"
    preview = stack.preview().output
    assert f"run {found['id']} is FAILED, attempt 1: Job failed. ExitCode: 7." in preview
    assert "unhandled exception" not in result.output + preview
