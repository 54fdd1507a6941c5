"""The main job on the real engine: each flow, and how many runs it starts."""

from __future__ import annotations

from engine.harness import Stack, program


def test_a_first_up_starts_one_run_and_records_it(stack: Stack) -> None:
    """The whole point: one `up`, one run, its ID and ARN in the outputs, created without waiting for its end."""
    result = stack.up()
    (run,) = stack.runs()
    assert run.job_run_id in result.output
    assert run.arn in result.output
    (job,) = stack.jobs()
    assert job["id"] == f"{run.application_id}/{run.job_run_id}"
    assert job["outputs"]["jobRunId"] == run.job_run_id
    assert job["outputs"]["arn"] == run.arn
    assert run.state != "SUCCESS"
