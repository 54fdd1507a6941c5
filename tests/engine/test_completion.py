"""Waiting on the real engine: chains, failures, interruptions, and how many runs each of them starts."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from engine.harness import APPLICATION, LIMIT_SECONDS, ROLE, Stack
from pulumi_emr_serverless.emulator.server import Server

EXAMPLES = Path(__file__).parents[2] / "examples"

JOBS = """
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit
from pulumi_emr_serverless.program.waits import WaitOptions
from pulumi_emr_serverless.program.completion import completion_of, total_billed

def job(name, *after, options=None, **more):
    run = JobRun(name, pulumi.ResourceOptions(depends_on=list(after)), name=name, application_id={application!r},
        execution_role_arn={role!r}, job_driver=spark_submit("s3://bucket/etl.py"),
        configuration_overrides={{"monitoring_configuration": {{
            "s3_monitoring_configuration": {{"log_uri": "s3://job-logs"}}}}}}, **more)
    return completion_of(run, options)
"""

CHAINS = """
a = job("extract"); b = job("transform", a.completed); c = job("load", b)
x = job("other"); y = job("after-other", x.completed)
pulumi.export("state", c.state)
pulumi.export("other", y.state)
pulumi.export("billed", c.billed)
"""

FORGIVING = """
optional = job("optional", options=WaitOptions(allow_failure=True, billed_timeout=1))
pulumi.export("optional", optional.state)
pulumi.export("cost", total_billed([optional]))
pulumi.export("stream", job("stream", options=WaitOptions(healthy_for=1), mode="STREAMING").state)
"""


def jobs(text: str) -> str:
    return JOBS.format(application=APPLICATION, role=ROLE) + text


def test_chained_jobs_run_one_after_the_other(new: Callable[[str], Stack], emulator: Server) -> None:
    """Each state of each run is shown, no job starts before the one it needs has ended, and doing it again is nothing."""
    quick(emulator, running=5)  # a slow machine's first look comes late
    emulator.control.set_options(utilization_seconds=1, billing_seconds=2)
    stack = new(jobs(CHAINS))
    output = stack.up().output
    ran = {run.name: run for run in stack.runs()}
    for before, after in (("extract", "transform"), ("transform", "load"), ("other", "after-other")):
        ended = ran[before].ended_at
        assert ended is not None
        assert ended <= ran[after].created_at
    for name in map(str, ran):
        assert shown(output, name, "RUNNING"), output
        assert shown(output, name, "SUCCESS"), output
    assert outputs(stack)["state"] == "SUCCESS"
    assert outputs(stack)["billed"]["vcpu_hours"] > 0
    stack.preview()
    stack.up("--expect-no-changes")
    stack.refresh()
    stack.preview("--expect-no-changes")
    assert len(stack.runs()) == 5
    assert not emulator.control.calls("CancelJobRun")


def test_a_failure_stops_what_depends_on_it_and_nothing_else(new: Callable[[str], Stack], emulator: Server) -> None:
    """The update fails with AWS's reason, the last lines of stderr and the logs' place; the other chain gets to its end."""
    quick(emulator)
    emulator.control.set_fate(
        "extract",
        outcome="FAILED",
        details="Job failed. ExitCode: 7.",
        stderr="Traceback of the job\nKeyError: 'day'\n",
        seconds={"SUBMITTED": 0.1, "PENDING": 0, "SCHEDULED": 0, "RUNNING": 2},
    )
    stack = new(jobs(CHAINS))
    bucket_of_logs(emulator)
    result = stack.up(expect=None)
    assert result.code != 0
    assert sorted(str(run.name) for run in stack.runs()) == ["after-other", "extract", "other"]
    assert {run.name: run.state for run in stack.runs()}["after-other"] == "SUCCESS"
    for part in ("ExitCode: 7", "KeyError: 'day'", "s3://job-logs/applications/", "emrs logs", "attempt 1"):
        assert part in result.output
    assert "unhandled exception" not in result.output
    assert result.output.count("No success: extract") == 2  # while it happens, and in the summary
    assert "extract" in [str(job["urn"]).rpartition("::")[2] for job in stack.jobs()]
    again = stack.up(expect=None)
    assert again.code != 0
    assert "ExitCode: 7" in again.output
    assert len(stack.runs()) == 3


def test_a_failure_may_be_allowed_and_a_stream_is_complete_when_healthy(
    new: Callable[[str], Stack], emulator: Server
) -> None:
    """`allow_failure` makes a failure a value; a stream has no end, so its completion is that it runs.

    AWS never says what one billed: the update ends all the same, and says that it does not know.
    """
    quick(emulator)
    emulator.control.set_fate("optional", outcome="FAILED", details="ExitCode: 7")
    emulator.control.set_fate("stream", stay_in="RUNNING")
    emulator.control.set_options(billing_seconds=None)
    stack = new(jobs(FORGIVING))
    assert shown(stack.up().output, "optional", "FAILED, not billed yet")
    found = outputs(stack)
    assert (found["optional"], found["stream"]) == ("FAILED", "RUNNING")
    assert (found["cost"]["not_billed_yet"], found["cost"]["vcpu_hours"]) == (1, 0)


def test_ctrl_c_leaves_the_runs_running_and_the_next_up_waits_for_them(
    new: Callable[[str], Stack], emulator: Server
) -> None:
    """Whoever is impatient loses nothing: same runs, complete state, and no lock left behind."""
    stack = new(jobs('pulumi.export("state", job("extract").state)'))
    assert "Ctrl-C leaves them running" in interrupt(stack, when="RUNNING")
    (run,) = stack.runs()
    assert run.state == "RUNNING"
    assert stack.run_id() == run.job_run_id
    settle_when_polled(emulator, run.job_run_id)
    stack.up()
    assert outputs(stack) == {"state": "SUCCESS"}
    assert [each.job_run_id for each in stack.runs()] == [run.job_run_id]
    assert not emulator.control.calls("CancelJobRun")


def test_a_run_that_aws_shows_late_is_waited_for(new: Callable[[str], Stack], emulator: Server) -> None:
    """Right after its start GetJobRun may not know it: what comes after it must not start for that."""
    quick(emulator)
    stack = new(jobs('pulumi.export("state", job("after", job("extract").completed).state)'))
    emulator.control.lag("GetJobRun", 6)
    stack.up()
    assert outputs(stack) == {"state": "SUCCESS"}
    extract, after = stack.runs()
    assert extract.ended_at is not None
    assert extract.ended_at <= after.created_at


def test_the_example_runs_its_jobs_in_order_and_again_with_another_day(
    new: Callable[[str], Stack], emulator: Server
) -> None:
    """What users copy: three jobs in a row, one beside them; a no-op is nothing, another day runs each of them again."""
    emulator.control.set_fate(seconds={"SUBMITTED": 0, "PENDING": 0, "SCHEDULED": 0, "RUNNING": 0.5})
    stack = new((EXAMPLES / "dag" / "__main__.py").read_text())
    values = {"applicationId": APPLICATION, "executionRoleArn": ROLE, "bucket": "acme", "day": "2026-01-01"}
    for key, value in values.items():
        stack.pulumi("config", "set", key, value)
    stack.up()
    assert outputs(stack)["loaded"] == outputs(stack)["reported"] == "SUCCESS"
    ran = {run.name: run for run in stack.runs()}
    for before, after in (("extract", "transform"), ("transform", "load"), ("extract", "report")):
        ended = ran[before].ended_at
        assert ended is not None
        assert ended <= ran[after].created_at
    stack.up("--expect-no-changes")
    assert len(stack.runs()) == 4
    stack.pulumi("config", "set", "day", "2026-01-02")
    stack.up()
    assert sorted(str(run.name) for run in stack.runs()[4:]) == ["extract", "load", "report", "transform"]
    assert stack.alive() == []


def quick(emulator: Server, running: float = 2) -> None:
    emulator.control.set_fate(seconds={"SUBMITTED": 0.1, "PENDING": 0, "SCHEDULED": 0, "RUNNING": running})


def shown(output: str, name: str, state: str) -> bool:
    return any(f"JobRun {name} " in line and state in line for line in output.splitlines())


def bucket_of_logs(emulator: Server) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="x",
    )
    s3.create_bucket(Bucket="job-logs")


def settle_when_polled(emulator: Server, job_run_id: str) -> None:
    """End the run as soon as somebody waits for it."""

    def act() -> None:
        emulator.control.wait_held("poll", timeout=LIMIT_SECONDS)
        emulator.control.settle(job_run_id, "SUCCESS")
        emulator.control.release("poll")

    emulator.control.arm("hold", "GetJobRun", name="poll", skip=1)
    threading.Thread(target=act).start()


def outputs(stack: Stack) -> dict[str, Any]:
    """The stack's outputs, from its state."""
    (found,) = (each for each in stack.state()["resources"] if each["type"] == "pulumi:pulumi:Stack")
    return dict(found.get("outputs") or {})


def interrupt(stack: Stack, when: str) -> str:
    """What ``pulumi up`` shows, and Ctrl-C as soon as it shows a word about the run."""
    process = subprocess.Popen(
        [str(stack.engine / "pulumi"), "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never"],
        cwd=stack.folder,
        env=stack.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    guard = threading.Timer(LIMIT_SECONDS, process.kill)
    guard.start()
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if when in line:
                process.send_signal(signal.SIGINT)
                break
        lines += list(process.stdout)
        assert process.wait() not in (0, -signal.SIGKILL), "".join(lines)
        return "".join(lines)
    finally:
        guard.cancel()
