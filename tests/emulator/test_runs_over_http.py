"""Job runs as boto3 sees them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import APPLICATION, NOON, ROLE, Start, code_of, request_for, role_of
from pulumi_emr_serverless.emulator.control import Control


def state_of(emr: EMRServerlessClient, run_id: str) -> str:
    return emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]["state"]


def test_a_run_goes_through_its_states(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """Waiting and progress are built on this order and on nothing else."""
    run_id = start()
    seen = [state_of(emr, run_id)]
    for _ in range(13):
        control.advance(0.1)
        seen.append(state_of(emr, run_id))
    assert list(dict.fromkeys(seen)) == ["SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "SUCCESS"]


def test_a_queued_run_counts_its_queueing(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """QUEUED is the state that other tools forgot; its duration is an output of ours."""
    control.set_fate(seconds={"QUEUED": 90})
    run_id = start()
    control.advance(30)
    assert state_of(emr, run_id) == "QUEUED"
    control.advance(1000)
    assert emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]["queuedDurationMilliseconds"] == 90_000


def test_get_job_run_answers_what_was_asked(emr: EMRServerlessClient, control: Control) -> None:
    """moto drops most members of a request; a diff against such an answer would never settle."""
    request = request_for(
        name="nightly",
        tags={"team": "data"},
        mode="BATCH",
        executionTimeoutMinutes=60,
        retryPolicy={"maxAttempts": 2},
        flexExecution={"enabled": True},
        executionIamPolicy={"policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
        configurationOverrides={
            "applicationConfiguration": [{"classification": "spark-defaults", "properties": {"spark.a": "1"}}],
            "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://logs/here"}},
        },
    )
    started = emr.start_job_run(**request)
    control.advance(3600)
    run: dict[str, Any] = {**emr.get_job_run(applicationId=APPLICATION, jobRunId=started["jobRunId"])["jobRun"]}
    echoed = set(request) - {"clientToken", "executionRoleArn"}
    assert {name: run[name] for name in echoed} == {name: request[name] for name in echoed}
    assert run["executionRole"] == ROLE
    assert run["arn"] == started["arn"]
    assert run["arn"].startswith(
        f"arn:aws:emr-serverless:us-east-1:123456789012:/applications/{APPLICATION}/jobruns/00f"
    )
    assert "clientToken" not in run
    assert run["createdAt"].timestamp() == NOON
    assert run["startedAt"].timestamp() == pytest.approx(NOON + 0.6)
    assert run["endedAt"].timestamp() == pytest.approx(NOON + 1.2)
    assert run["attempt"] == 1
    assert run["totalExecutionDurationSeconds"] == 1
    assert run["billedResourceUtilization"]["vCPUHour"] == pytest.approx(0.267)


def test_the_end_has_its_facts_only_at_the_end(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """Results of a run that goes on would be wrong numbers in somebody's outputs."""
    control.set_fate(stay_in="RUNNING")
    run_id = start()
    control.advance(10)
    run = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]
    assert run["state"] == "RUNNING"
    assert not {"endedAt", "totalExecutionDurationSeconds", "billedResourceUtilization"} & set(run)


def test_a_failed_run_says_why(emr: EMRServerlessClient, control: Control) -> None:
    """The reason is what an update shows when it fails; fates are chosen by the job's name."""
    control.set_fate("bad-*", outcome="FAILED", details="the entry point was not found")
    bad = emr.start_job_run(**request_for(name="bad-one", clientToken="a"))["jobRunId"]
    good = emr.start_job_run(**request_for(name="good-one", clientToken="b"))["jobRunId"]
    control.advance(60)
    run = emr.get_job_run(applicationId=APPLICATION, jobRunId=bad)["jobRun"]
    assert (run["state"], run["stateDetails"]) == ("FAILED", "the entry point was not found")
    assert state_of(emr, good) == "SUCCESS"


def test_attempts(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """A retried run is one run with several attempts, each to be seen by itself."""
    control.set_fate(failing_attempts=2)
    run_id = start(retryPolicy={"maxAttempts": 3})
    control.advance(60)
    run = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]
    assert (run["state"], run["attempt"]) == ("SUCCESS", 3)
    attempts = emr.list_job_run_attempts(applicationId=APPLICATION, jobRunId=run_id)["jobRunAttempts"]
    assert [(one["attempt"], one["state"]) for one in attempts] == [(3, "SUCCESS"), (2, "FAILED"), (1, "FAILED")]
    first = emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id, attempt=1)["jobRun"]
    assert (first["state"], first["attempt"]) == ("FAILED", 1)
    assert (
        code_of(lambda: emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id, attempt=4))[0]
        == "ResourceNotFoundException"
    )


def test_attempts_end_with_the_policy(control: Control, start: Start) -> None:
    """Without a policy a job has one attempt and a stream five an hour; one means none (jobs-resiliency.html)."""
    control.set_fate(outcome="FAILED")
    once, twice = start(clientToken="a"), start(clientToken="b", retryPolicy={"maxAttempts": 2})
    stream = start(clientToken="c", mode="STREAMING", retryPolicy={"maxFailedAttemptsPerHour": 3})
    usual = start(clientToken="d", mode="STREAMING")
    never = start(clientToken="e", mode="STREAMING", retryPolicy={"maxFailedAttemptsPerHour": 1})
    control.advance(600)
    attempts = {run.job_run_id: (run.state, run.attempt) for run in control.runs()}
    assert attempts == {
        once: ("FAILED", 1),
        twice: ("FAILED", 2),
        stream: ("FAILED", 3),
        usual: ("FAILED", 5),
        never: ("FAILED", 1),
    }


def test_a_stream_runs_on(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """A stream that ends by itself would hide a handover that was never made."""
    run_id = start(mode="STREAMING")
    control.advance(30 * 86400)
    assert state_of(emr, run_id) == "RUNNING"


def test_timeout_cancels(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """AWS cancels a run that exceeds executionTimeoutMinutes, 720 by default."""
    control.set_fate(stay_in="RUNNING")
    short, default = start(clientToken="a", executionTimeoutMinutes=5), start(clientToken="b")
    control.advance(301)
    assert (state_of(emr, short), state_of(emr, default)) == ("CANCELLED", "RUNNING")
    control.advance(720 * 60)
    assert state_of(emr, default) == "CANCELLED"


CANCELLATIONS = [
    # reason, seconds before the cancellation, grace, mode, CANCELLING for about
    ("a batch run that is RUNNING has no grace by default", 10, None, "BATCH", 0.2),
    ("a stream that is RUNNING has 120 s by default", 10, None, "STREAMING", 120),
    ("a RUNNING run gets the grace period", 10, 60, "BATCH", 60),
    ("a run that is not RUNNING yet has no use for it", 0.1, 60, "BATCH", 0.2),
    ("0 is no grace", 10, 0, "STREAMING", 0.2),
]


@pytest.mark.parametrize(
    ("reason", "before", "grace", "mode", "lasts"), CANCELLATIONS, ids=[row[0] for row in CANCELLATIONS]
)
def test_cancel(
    *,
    emr: EMRServerlessClient,
    control: Control,
    start: Start,
    reason: str,
    before: float,
    grace: int | None,
    mode: str,
    lasts: float,
) -> None:
    """A replacement waits for the old run's end, so when that comes is what matters; a second request changes nothing."""
    del reason
    control.set_fate(stay_in="RUNNING")
    run_id = start(mode=mode)
    control.advance(before)
    more = {} if grace is None else {"shutdownGracePeriodInSeconds": grace}
    emr.cancel_job_run(applicationId=APPLICATION, jobRunId=run_id, **more)
    control.advance(lasts * 0.9)
    assert state_of(emr, run_id) == "CANCELLING"
    emr.cancel_job_run(applicationId=APPLICATION, jobRunId=run_id)
    control.advance(lasts * 0.2)
    assert state_of(emr, run_id) == "CANCELLED"
    assert control.runs()[0].cancelled_at == pytest.approx(NOON + before)


def test_what_cannot_be_cancelled(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """Deleting a finished or unknown run must be no failure, and is told apart by these errors."""
    run_id = start()
    control.advance(60)
    assert code_of(lambda: emr.cancel_job_run(applicationId=APPLICATION, jobRunId=run_id))[:2] == (
        "ValidationException",
        400,
    )
    assert code_of(lambda: emr.cancel_job_run(applicationId=APPLICATION, jobRunId="00fnone"))[:2] == (
        "ResourceNotFoundException",
        404,
    )
    live = start(clientToken="b")
    assert (
        code_of(lambda: emr.cancel_job_run(applicationId=APPLICATION, jobRunId=live, shutdownGracePeriodInSeconds=14))[
            0
        ]
        == "ValidationException"
    )


def test_stuck_in_cancelling_and_settled(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """A run that never stops being CANCELLING is what a bounded wait is for; a test decides when it ends."""
    control.set_fate(stay_in="RUNNING", stuck_cancelling=True)
    run_id = start()
    control.advance(10)
    emr.cancel_job_run(applicationId=APPLICATION, jobRunId=run_id)
    control.advance(86000)
    assert state_of(emr, run_id) == "CANCELLING"
    control.settle(run_id, "CANCELLED")
    assert state_of(emr, run_id) == "CANCELLED"


def test_list_pages_and_filters(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """The shared poller and the search for orphans see runs through this operation alone."""
    ids = []
    for index in range(7):
        ids.append(start(clientToken=f"t{index}", name=f"job-{index}", mode="STREAMING" if index == 6 else "BATCH"))
        control.advance(10)
    pages = emr.get_paginator("list_job_runs").paginate(applicationId=APPLICATION, PaginationConfig={"PageSize": 3})
    found = [[run["id"] for run in page["jobRuns"]] for page in pages]
    assert [len(page) for page in found] == [3, 3, 1]
    assert [run_id for page in found for run_id in page] == ids[::-1]

    def listed(**filters: Any) -> set[str]:
        return {run["id"] for run in emr.list_job_runs(applicationId=APPLICATION, **filters)["jobRuns"]}

    assert listed(states=["RUNNING"]) == {ids[6]}
    assert listed(states=["SUCCESS", "RUNNING"]) == set(ids)
    assert listed(mode="STREAMING") == {ids[6]}
    assert listed(createdAtAfter=NOON + 45) == set(ids[5:])
    assert listed(createdAtBefore=NOON + 15) == set(ids[:2])
    assert "tags" not in emr.list_job_runs(applicationId=APPLICATION)["jobRuns"][0]
    assert code_of(lambda: listed(maxResults=51))[0] == "ValidationException"
    assert code_of(lambda: listed(nextToken="abc"))[0] == "ValidationException"


def test_new_runs_do_not_shift_pages(emr: EMRServerlessClient, start: Start) -> None:
    """A run that starts between two pages must neither hide nor repeat another."""
    ids = [start(clientToken=f"t{index}") for index in range(4)]
    first = emr.list_job_runs(applicationId=APPLICATION, maxResults=2)
    start(clientToken="late")
    second = emr.list_job_runs(applicationId=APPLICATION, maxResults=2, nextToken=first["nextToken"])
    assert [run["id"] for run in first["jobRuns"] + second["jobRuns"]] == ids[::-1]
    assert "nextToken" not in second


def test_dashboard(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """`emrs dashboard` needs a URL for a run, and a clear error while there is none: AWS's own words."""
    run_id = start()

    def dashboard(run: str = run_id) -> str:
        return emr.get_dashboard_for_job_run(applicationId=APPLICATION, jobRunId=run)["url"]

    for state in ("SUBMITTED", "PENDING"):
        assert code_of(dashboard) == (
            "ValidationException",
            400,
            f"Dashboard cannot be served for job in {state} state",
        )
        control.advance(0.2)
    assert dashboard().startswith("http")
    control.set_options(dashboards="running")
    assert "SCHEDULED" in code_of(dashboard)[2]
    control.advance(0.2)
    assert dashboard().startswith("http")
    assert code_of(lambda: dashboard("00fnone"))[1] == 404


def test_unknown_things_are_404(emr: EMRServerlessClient, start: Start) -> None:
    """moto answers 400 here, for which clients have another branch."""
    run_id = start()
    assert code_of(lambda: emr.start_job_run(**request_for(applicationId="00fnone"))) == (
        "ResourceNotFoundException",
        404,
        "Application 00fnone does not exist",
    )
    assert code_of(lambda: emr.get_job_run(applicationId=APPLICATION, jobRunId="00fnone"))[:2] == (
        "ResourceNotFoundException",
        404,
    )
    assert code_of(lambda: emr.get_job_run(applicationId="00fnone", jobRunId=run_id))[1] == 404


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a pattern, which botocore does not check", {"applicationId": "NOPE"}, "regular expression pattern"),
    ("a length, which botocore does not check", {"name": "n" * 257}, "less than or equal to 256"),
    ("an enum, which botocore does not check", {"mode": "NIGHTLY"}, "enum value set"),
    ("a token of the wrong form", {"clientToken": "with space"}, "[A-Za-z0-9._-]+"),
    (
        "ASCII digits only, as in Java",
        {"executionRoleArn": "arn:aws:iam::\u0661\u0662\u06633456789012:role/job"},
        "pattern",
    ),
    ("51 tags", {"tags": {f"k{index}": "v" for index in range(51)}}, "50 tags"),
    ("AWS's own prefix", {"tags": {"aws:mine": "v"}}, "aws:"),
    ("the other engine's driver", {"jobDriver": {"hive": {"query": "select 1"}}}, "sparkSubmit"),
    ("no driver", {"jobDriver": None}, "jobDriver"),
    ("no timeout for a batch run", {"executionTimeoutMinutes": 0}, "executionTimeoutMinutes"),
    ("over seven days", {"executionTimeoutMinutes": 10081}, "10080"),
    ("the other mode's retry limit", {"retryPolicy": {"maxFailedAttemptsPerHour": 2}}, "BATCH"),
    ("more attempts than documented", {"retryPolicy": {"maxAttempts": 11}}, "1 to 10"),
]


@pytest.mark.parametrize(("reason", "changes", "says"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(emr: EMRServerlessClient, control: Control, reason: str, changes: dict[str, Any], says: str) -> None:
    """What our own validation promises to catch at preview, AWS refuses: the emulator has to, or nobody would notice."""
    del reason
    code, status, message = code_of(lambda: emr.start_job_run(**request_for(**changes)))
    assert (code, status) == ("ValidationException", 400)
    assert says in message
    assert control.runs() == []
    assert control.calls()[-1].error_code == "ValidationException"


def test_a_token_gives_one_run_under_threads(client_of: Callable[..., EMRServerlessClient], control: Control) -> None:
    """The promise of exactly one run stands on this; with moto alone, racing threads got several."""
    emr = client_of()

    def started(number: int) -> str:
        return emr.start_job_run(**request_for(clientToken=f"race-{number // 8}"))["jobRunId"]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(started, range(160)))
    assert len(set(ids)) == len(control.runs()) == 20
    assert all(len(set(ids[index : index + 8])) == 1 for index in range(0, 160, 8))
    assert sum(call.replayed for call in control.calls("StartJobRun")) == 140


def test_accounts_and_regions_are_apart(client_of: Callable[..., EMRServerlessClient], control: Control) -> None:
    """One emulator serves a stack that spans accounts; a run must not be seen from another one."""
    here, there = client_of("111111111111"), client_of("222222222222")
    run_id = here.start_job_run(**request_for(executionRoleArn=role_of("111111111111")))["jobRunId"]
    assert code_of(lambda: there.get_job_run(applicationId=APPLICATION, jobRunId=run_id))[1] == 404
    assert code_of(lambda: client_of("111111111111", "eu-west-1").get_application(applicationId=APPLICATION))[1] == 404
    assert control.runs()[0].account == "111111111111"
    assert ":111111111111:" in control.runs()[0].arn


def test_sessions_are_refused_clearly(emr: EMRServerlessClient) -> None:
    """Nobody should look for a mistake in a request that is fine."""
    code, status, message = code_of(lambda: emr.list_sessions(applicationId=APPLICATION))
    assert (code, status) == ("NotEmulatedException", 501)
    assert "ListSessions" in message
