"""What a declaration can say, on the real engine: it arrives as given, is reviewed by meaning, and keeps its secrets."""

from __future__ import annotations

import pytest

from engine.every_member import BATCH, BATCH_REQUEST, EVERYTHING
from engine.harness import APPLICATION, ROLE, Stack, program
from model_members import model_paths, paths_in, start_job_run


def test_every_member_arrives_as_given(stack: Stack) -> None:
    """All of StartJobRun at once: nothing lost, renamed or reordered on its way through the engine."""
    stack.up(text=EVERYTHING)
    (run,) = [run for run in stack.runs() if run.request.get("name") == "nightly etl"]
    sent = {name: value for name, value in run.request.items() if name not in ("applicationId", "tags")}
    assert sent == BATCH_REQUEST
    assert run.tags["cost_center"] == "42"
    arrived = {path for one in stack.runs() for path in paths_in(one.request, start_job_run())}
    assert arrived == set(model_paths(start_job_run()))
    stack.up("--expect-no-changes")
    (job,) = [job for job in stack.jobs() if job["outputs"]["jobRunId"] == run.job_run_id]
    assert job["outputs"]["logs"] == {
        "s3Prefix": f"s3://bucket/logs/applications/{APPLICATION}/jobs/{run.job_run_id}/",
        "cloudWatchLogGroup": "/aws/emr",
        "cloudWatchLogStreamPrefix": f"nightly/applications/{APPLICATION}/jobs/{run.job_run_id}/",
    }


def with_parameters(parameters: str) -> str:
    return BATCH.replace("--conf spark.executor.cores=2 --jars s3://b/a.jar", parameters)


def test_reformatted_parameters_are_no_change(stack: Stack) -> None:
    """Quotes, blanks and the order of options say nothing: tidying a definition up must not run the job."""
    stack.up(text=BATCH)
    stack.write(with_parameters("--jars  s3://b/a.jar --conf=spark.executor.cores=2"))
    stack.up("--expect-no-changes")
    assert len(stack.runs()) == 1


def test_a_changed_conf_is_named_in_the_plan(stack: Stack) -> None:
    """Pulumi's own diff shows two long strings; a reviewer wants the one conf."""
    stack.up(text=BATCH)
    changed = with_parameters("--conf spark.executor.cores=4 --jars s3://b/a.jar")
    output = stack.preview(text=changed.replace("nightly-2026-01-01", "nightly-2026-01-02")).output
    assert "nightly: jobDriver.sparkSubmit.sparkSubmitParameters: --conf spark.executor.cores 2 -> 4" in output


def test_an_old_client_token_for_a_new_definition_fails_in_the_preview(stack: Stack) -> None:
    """It could only fail, and after the old run was cancelled."""
    stack.up(text=BATCH)
    refused = stack.preview(text=with_parameters("--conf spark.executor.cores=4"), expect=1).output
    assert "'nightly-2026-01-01' is the token of run" in refused
    assert "Traceback" not in refused
    stack.up(expect=1)
    assert stack.alive() == [stack.run_id()]


def test_secrets_stay_out_of_messages(stack: Stack) -> None:
    """A provider gets secrets in the clear: neither a violation nor an explained change may repeat one."""
    secret = program(tags={}).replace("tags={}", "tags={'k': pulumi.Output.secret('hunter2' * 50)}")
    output = stack.preview(text=secret, expect=1).output
    assert "tags.k: <hidden> must have at most 256 characters" in output
    assert "hunter2" not in output
    for number, password in enumerate(("hunter2", "hunter3")):
        parameters = f"pulumi.Output.secret('--conf spark.password={password}')"
        text = BATCH.replace('"--conf spark.executor.cores=2 --jars s3://b/a.jar"', parameters)
        text = text.replace("nightly-2026-01-01", f"token-{number}")
        output = stack.up("--diff", text=text).output
        assert "hunter" not in output
    assert "hunter" not in (stack.folder / "state" / ".pulumi" / "stacks" / "test" / "dev.json").read_text()


def test_a_definition_file_with_overrides(stack: Stack) -> None:
    """What `aws emr-serverless start-job-run --cli-input-yaml` takes, reviewed as a diff and started once."""
    (stack.folder / "nightly.yaml").write_text(
        f"applicationId: {APPLICATION}\nexecutionRoleArn: {ROLE}\nname: nightly\n"
        "jobDriver:\n  sparkSubmit:\n    entryPoint: s3://bucket/etl.py\n    entryPointArguments: ['${day}']\n"
    )
    stack.up(
        text="""
        from pulumi_emr_serverless import JobRun

        JobRun.from_definition("nightly", "nightly.yaml", variables={"day": "2026-01-01"}, name="overridden",
                               execution_timeout_minutes=30)
        """
    )
    (run,) = stack.runs()
    assert run.name == "overridden"
    assert run.request["jobDriver"]["sparkSubmit"]["entryPointArguments"] == ["2026-01-01"]
    assert run.request["executionTimeoutMinutes"] == 30


def test_a_wrong_definition_file_is_one_clear_message(stack: Stack) -> None:
    """File, line and column, a near miss guessed, and no traceback."""
    (stack.folder / "nightly.yaml").write_text("applicationId: ABC\nexecutionRole: x\n")
    text = 'from pulumi_emr_serverless import JobRun\nJobRun.from_definition("nightly", "nightly.yaml")\n'
    output = stack.preview(text=text, expect=1).output
    assert "nightly.yaml:1:" in output
    assert "nightly.yaml:2:1: " in output
    assert "did you mean executionRoleArn?" in output
    assert "Traceback" not in output


def test_a_failed_run_is_rerun_once_when_asked_for(stack: Stack) -> None:
    """rerun = on_failure: the plan says why, exactly that run starts again, and a success is left alone."""
    text = program(options='rerun="on_failure"')
    stack.up(text=text)
    stack.up("--expect-no-changes")
    stack.emulator.control.settle(stack.run_id(), "FAILED", "the disk is full")
    assert "is FAILED (the disk is full); rerun = on_failure starts it again." in stack.preview().output
    assert len(stack.runs()) == 1
    stack.up()
    assert stack.alive() == [stack.run_id()]
    stack.emulator.control.settle(stack.run_id(), "SUCCESS")
    stack.up("--expect-no-changes")
    assert len(stack.runs()) == 2


def test_without_rerun_a_failed_run_stays(stack: Stack) -> None:
    """A job that charged a card must not run again because it failed afterwards."""
    stack.up()
    stack.emulator.control.settle(stack.run_id(), "FAILED")
    stack.up("--expect-no-changes")


def test_on_delete_retain_lets_the_run_go_on(stack: Stack) -> None:
    """A long run outlives the stack that started it, and the same definition again is a new run."""
    text = program(options='on_delete="retain"')
    stack.up(text=text)
    first = stack.run_id()
    stack.destroy()
    assert stack.alive() == [first]
    stack.up()
    assert stack.alive() == [first, stack.run_id()]


def test_behaviour_changes_leave_the_run_alone(stack: Stack) -> None:
    """How a run is ended says nothing about what runs."""
    stack.up()
    stack.up(text=program(options='on_delete="retain", rerun="on_failure", cancel_grace_period_seconds=60'))
    assert len(stack.runs()) == 1
    stack.up("--expect-no-changes")


def test_get_reads_a_run_without_owning_it(stack: Stack) -> None:
    """Another stack's run can be looked at; destroying this stack must not cancel it."""
    stack.up()
    (run,) = stack.runs()
    text = f"""
    import pulumi
    from pulumi_emr_serverless import JobRun

    run = JobRun.get("seen", "{run.application_id}/{run.job_run_id}")
    pulumi.export("state", run.observed["state"])
    pulumi.export("id", run.job_run_id)
    """
    other = stack.beside(text)
    output = other.up().output
    assert run.job_run_id in output
    assert "RUNNING" in output
    other.destroy()
    assert stack.alive() == [run.job_run_id]


@pytest.mark.parametrize(
    ("id_", "words"),
    [
        ("{application}/00nosuchrun", "There is no job run {application}/00nosuchrun in region us-east-1, account"),
        ("00nosuchapplication/{run}", "There is no job run 00nosuchapplication/{run} in region us-east-1, account"),
        ("{run}", "seen: id: '{run}' is not the ID of a job run; write <application ID>/<job run ID>."),
        ("{arn}", "seen: id: '{arn}' is not the ID of a job run; write {application}/{run}."),
        ("", "seen: id: '' is not the ID of a job run; write <application ID>/<job run ID>."),
    ],
    ids=["no such run", "no such application", "the run's ID alone", "the ARN", "nothing"],
)
def test_get_of_a_run_that_is_not_there_is_an_error(stack: Stack, id_: str, words: str) -> None:
    """It ended with exit code 0 and outputs without values, or with a traceback."""
    stack.up()
    (run,) = stack.runs()
    names = {"application": run.application_id, "run": run.job_run_id, "arn": run.arn}
    text = f"""
    import pulumi
    from pulumi_emr_serverless import JobRun

    run = JobRun.get("seen", {id_.format(**names)!r})
    pulumi.export("state", run.observed["state"])
    """
    failed = stack.beside(text).up(expect=None)
    assert failed.code != 0
    assert words.format(**names) in failed.output
    assert "Traceback" not in failed.output


def test_a_replaced_stream_is_never_alive_twice(stack: Stack) -> None:
    """Two runs of one stream would process every record twice: the old one ends, in its grace period, first."""
    stream = program(mode="STREAMING", timeout=None, options="cancel_grace_period_seconds=15")
    stack.up(text=stream)
    stack.up(text=stream.replace("etl.py", "etl2.py"))
    old, new = stack.runs()
    assert old.state == "CANCELLED"
    assert old.ended_at is not None
    assert old.ended_at <= new.created_at
    (cancelled,) = stack.emulator.control.calls("CancelJobRun")
    assert cancelled.input["shutdownGracePeriodInSeconds"] == 15
