"""Every behaviour that AWS does not document, under each of its values."""

from __future__ import annotations

import time
from typing import Any

import pytest
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import APPLICATION, Start, code_of, request_for
from pulumi_emr_serverless.emulator.control import Control, ControlError
from pulumi_emr_serverless.emulator.options import Options


def test_the_same_request_gives_the_same_run(start: Start, control: Control) -> None:
    """A retried StartJobRun is the one thing that must never start a second run."""
    assert start() == start()
    assert [call.replayed for call in control.calls("StartJobRun")] == [False, True]


TOKEN_REUSE = [("conflict", ("ConflictException", 409)), ("validation", ("ValidationException", 400))]


@pytest.mark.parametrize(("value", "expected"), TOKEN_REUSE)
def test_token_reuse_as_an_error(
    emr: EMRServerlessClient, control: Control, start: Start, value: str, expected: tuple[str, int]
) -> None:
    """The provider has to recognise both forms: which one AWS uses is not documented."""
    control.set_options(token_reuse=value)
    start()
    code, status, message = code_of(lambda: emr.start_job_run(**request_for(name="other")))
    assert (code, status) == expected
    assert "token" in message
    assert len(control.runs()) == 1


def test_token_reuse_gives_the_first_run(control: Control, start: Start) -> None:
    """The third plausible answer: the new parameters are ignored without a word."""
    control.set_options(token_reuse="first_run")
    assert start() == start(name="other")


@pytest.mark.parametrize("counted", [True, False])
def test_token_compares_tags(emr: EMRServerlessClient, control: Control, start: Start, counted: bool) -> None:
    """A timestamp tag changes on every update: whether that is a conflict decides how a crash is recovered from."""
    control.set_options(token_compares_tags=counted)
    first = start(tags={"at": "1"})
    if counted:
        assert code_of(lambda: emr.start_job_run(**request_for(tags={"at": "2"})))[0] == "ConflictException"
    else:
        assert start(tags={"at": "2"}) == first


@pytest.mark.parametrize("scope", ["application", "account"])
def test_token_scope(emr: EMRServerlessClient, control: Control, start: Start, scope: str) -> None:
    """A run moved to another application with its token: a new run, or a conflict with the old one."""
    control.set_options(token_scope=scope)
    start()
    other = emr.create_application(releaseLabel="emr-7.14.0", type="SPARK", clientToken="app")["applicationId"]
    control.advance(1)
    if scope == "application":
        start(applicationId=other)
        assert len(control.runs()) == 2
    else:
        assert code_of(lambda: emr.start_job_run(**request_for(applicationId=other)))[0] == "ConflictException"


def test_token_lifetime(control: Control, start: Start) -> None:
    """Past its lifetime a token starts a second run; the default is that it never is."""
    control.set_options(token_lifetime_seconds=3600)
    first = start()
    control.advance(3600)
    assert start() == first
    control.advance(1)
    assert start() != first


@pytest.mark.parametrize(("value", "runs"), [("returned", 1), ("new_run", 2)])
def test_token_failed_run(control: Control, start: Start, value: str, runs: int) -> None:
    """Does the token of a failed run return it? On EMR on EKS it does."""
    control.set_options(token_failed_run=value)
    control.set_fate(outcome="FAILED")
    start()
    control.advance(60)
    start()
    assert len(control.runs()) == runs


@pytest.mark.parametrize(("value", "error"), [("allowed", None), ("denied", "ValidationException")])
def test_tag_terminal_runs(
    emr: EMRServerlessClient, control: Control, start: Start, value: str, error: str | None
) -> None:
    """A run that has ended still gets its tags changed by an update, if AWS lets it."""
    control.set_options(tag_terminal_runs=value)
    start()
    control.advance(60)
    arn = control.runs()[0].arn
    if error:
        assert code_of(lambda: emr.tag_resource(resourceArn=arn, tags={"a": "b"}))[0] == error
    else:
        emr.tag_resource(resourceArn=arn, tags={"a": "b"})
        assert control.runs()[0].tags == {"a": "b"}


@pytest.mark.parametrize("value", ["denied", "denied_entirely"])
def test_tagging_denied(emr: EMRServerlessClient, control: Control, start: Start, value: str) -> None:
    """Roles without TagResource are common; nothing may break for them."""
    control.set_options(tagging=value)
    start()
    arn = control.runs()[0].arn
    code, status, message = code_of(lambda: emr.tag_resource(resourceArn=arn, tags={"a": "b"}))
    assert (code, status) == ("AccessDeniedException", 403)
    assert "emr-serverless:TagResource" in message
    assert code_of(lambda: emr.untag_resource(resourceArn=arn, tagKeys=["a"]))[1] == 403
    tagged = request_for(clientToken="b", tags={"a": "b"})
    if value == "denied":
        emr.start_job_run(**tagged)
    else:
        assert code_of(lambda: emr.start_job_run(**tagged))[1] == 403


def test_run_visibility(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """A finished run that AWS has aged out must never be taken for one that has to be started."""
    control.set_options(run_visibility_seconds=86400)
    run_id = start()
    control.advance(86400)
    assert emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]["state"] == "SUCCESS"
    control.advance(10)
    assert code_of(lambda: emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id))[1] == 404
    assert emr.list_job_runs(applicationId=APPLICATION)["jobRuns"] == []


@pytest.mark.parametrize("value", ["found", "not_found"])
def test_get_after_application_delete(emr: EMRServerlessClient, control: Control, start: Start, value: str) -> None:
    """An application deleted in the same update takes its runs along, or does not."""
    control.set_options(get_after_application_delete=value)
    run_id = start()
    control.advance(60)
    emr.stop_application(applicationId=APPLICATION)
    control.advance(60)
    emr.delete_application(applicationId=APPLICATION)
    if value == "found":
        assert emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]["state"] == "SUCCESS"
    else:
        assert code_of(lambda: emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id))[1] == 404
    assert code_of(lambda: emr.start_job_run(**request_for(clientToken="b")))[1] == 404


@pytest.mark.parametrize(("value", "details"), [("empty", ""), ("missing", None), ("text", "The job run is running.")])
def test_success_details(
    emr: EMRServerlessClient, control: Control, start: Start, value: str, details: str | None
) -> None:
    """AWS breaks its own model here: a client that reads stateDetails without care fails on a run that goes well."""
    control.set_options(success_details=value)
    control.set_fate(stay_in="RUNNING")
    run_id = start()
    submitted: Any = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]
    assert submitted["stateDetails"] == "SUBMITTED"
    control.advance(10)
    running: Any = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]
    assert running.get("stateDetails") == details
    listed: Any = emr.list_job_runs(applicationId=APPLICATION)["jobRuns"][0]
    assert listed.get("stateDetails") == details
    control.settle(run_id, "SUCCESS", "as told")
    told: Any = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]
    assert told["stateDetails"] == "as told"


@pytest.mark.parametrize("ending", ["SUCCESS", "FAILED", "CANCELLED"])
def test_figures_come_late(emr: EMRServerlessClient, control: Control, start: Start, ending: str) -> None:
    """Who reads them once, at the end of the run, shows no cost at all."""
    control.set_options(utilization_seconds=5, billing_seconds=20)
    control.set_fate(stay_in="RUNNING")
    run_id = start()

    def figures() -> tuple[Any, Any]:
        run: Any = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]
        return run.get("totalResourceUtilization"), run.get("billedResourceUtilization")

    control.advance(3600.6)
    assert figures() == (None, None)
    control.settle(run_id, ending)
    assert figures() == (None, None)
    control.advance(5)
    used, billed = figures()
    assert (used["vCPUHour"], billed) == (16.0, {})
    control.advance(15)
    assert figures() == (used, {"vCPUHour": 16.0, "memoryGBHour": 64.0, "storageGBHour": 0.0})


def test_figures_are_of_the_runs_own_workers(emr: EMRServerlessClient, control: Control) -> None:
    """A cost that does not move with the sizes teaches nothing. 20 GB of each worker's disk are used, and free."""
    control.set_fate(seconds={"RUNNING": 3600.0})
    parameters = (
        "--driver-cores 2 --driver-memory 6g --executor-cores 8 --executor-memory 40g --num-executors 2 "
        "--conf spark.emr-serverless.executor.disk=100G"
    )
    submit = {"entryPoint": "s3://bucket/etl.py", "sparkSubmitParameters": parameters}
    run_id = emr.start_job_run(**request_for(jobDriver={"sparkSubmit": submit}))["jobRunId"]
    control.advance(4000)
    run: Any = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]
    # 6 GB with 10 % are a worker of 7 GB, 40 GB one of 44.
    assert run["totalResourceUtilization"] == {"vCPUHour": 18.0, "memoryGBHour": 95.0, "storageGBHour": 220.0}
    assert run["billedResourceUtilization"] == {"vCPUHour": 18.0, "memoryGBHour": 95.0, "storageGBHour": 160.0}


def test_figures_may_never_come(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """A wait for them needs an end of its own."""
    control.set_options(billing_seconds=None)
    run_id = start()
    control.advance(10**6)
    run: Any = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]
    assert (run["totalResourceUtilization"]["vCPUHour"] > 0, run["billedResourceUtilization"]) == (True, {})


@pytest.mark.parametrize("ahead", [299, 301])
def test_clock_skew(emr: EMRServerlessClient, control: Control, ahead: float) -> None:
    """A machine whose clock is wrong gets no answer from AWS at all; by default nobody's clock matters here."""
    control.freeze(time.time() + ahead)
    emr.list_applications()
    control.set_options(clock_skew_refused=True)
    if ahead == 299:
        emr.list_applications()
        return
    code, status, message = code_of(emr.list_applications)
    assert (code, status) == ("InvalidSignatureException", 403)
    assert message.startswith("Signature expired: ")
    control.freeze(time.time() - ahead)
    assert code_of(emr.list_applications)[2].startswith("Signature not yet current: ")


BAD: list[dict[str, Any]] = [{"nonsense": 1}, {"token_reuse": "maybe"}, {"token_lifetime_seconds": "nan"}]


@pytest.mark.parametrize("options", BAD)
def test_wrong_options_are_named(control: Control, options: dict[str, Any]) -> None:
    """A misspelt option that is ignored would make a test that tests nothing."""
    with pytest.raises(ControlError, match=next(iter(options))):
        control.set_options(**options)


def test_options_parse() -> None:
    """The command line sets the same options as a test does."""
    options = Options.parse(["token_reuse=first_run", "token_compares_tags=false", "run_visibility_seconds=10"])
    assert options == Options(token_reuse="first_run", token_compares_tags=False, run_visibility_seconds=10.0)
    with pytest.raises(ValueError, match="NAME=VALUE"):
        Options.parse(["token_reuse"])
