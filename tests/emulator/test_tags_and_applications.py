"""Tags, and the life of an application."""

from __future__ import annotations

import pytest
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import APPLICATION, ROLE, Start, code_of, request_for
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.world import DEFAULT_SEEDS


def application_arn(application_id: str) -> str:
    return f"arn:aws:emr-serverless:us-east-1:123456789012:/applications/{application_id}"


def test_tags_of_a_run(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """The only thing about a run that changes in place; moto has none of these operations."""
    run_id = start(tags={"team": "data", "old": "1"})
    arn = control.runs()[0].arn
    emr.tag_resource(resourceArn=arn, tags={"team": "ml", "new": "2"})
    emr.untag_resource(resourceArn=arn, tagKeys=["old", "never-there"])
    expected = {"team": "ml", "new": "2"}
    assert emr.list_tags_for_resource(resourceArn=arn)["tags"] == expected
    assert emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]["tags"] == expected
    assert control.runs()[0].request["tags"] == {"team": "data", "old": "1"}


def test_tags_of_an_application(emr: EMRServerlessClient) -> None:
    """The same operations, on an ARN without a run."""
    emr.tag_resource(resourceArn=application_arn(APPLICATION), tags={"a": "b"})
    assert emr.get_application(applicationId=APPLICATION)["application"]["tags"] == {"a": "b"}


def test_tag_limits(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """Two of the 50 are ours, so the limit is reached sooner than a user expects."""
    start(tags={f"k{index}": "v" for index in range(49)})
    arn = control.runs()[0].arn
    emr.tag_resource(resourceArn=arn, tags={"k49": "v"})
    assert code_of(lambda: emr.tag_resource(resourceArn=arn, tags={"k50": "v"}))[:2] == ("ValidationException", 400)
    assert code_of(lambda: emr.tag_resource(resourceArn=arn, tags={"aws:k": "v"}))[0] == "ValidationException"
    assert len(control.runs()[0].tags) == 50


@pytest.mark.parametrize("path", [f"{APPLICATION}/jobruns/00fnone", "00fnone", f"{APPLICATION}/sessions/00fnone"])
def test_tags_of_the_unknown(emr: EMRServerlessClient, path: str) -> None:
    """A run that AWS has aged out answers like this when its tags are updated."""
    assert code_of(lambda: emr.list_tags_for_resource(resourceArn=application_arn(path)))[1] == 404


def test_an_application_lives(emr: EMRServerlessClient, control: Control) -> None:
    """The states that the AWS provider's own application resource waits for."""

    def state() -> str:
        return emr.get_application(applicationId=made["applicationId"])["application"]["state"]

    control.set_options(application_creating_seconds=0.5)
    made = emr.create_application(name="mine", releaseLabel="emr-7.14.0", type="SPARK", clientToken="t")
    again = emr.create_application(name="mine", releaseLabel="emr-7.14.0", type="SPARK", clientToken="t")
    assert made["applicationId"] == again["applicationId"]
    assert state() == "CREATING"
    control.advance(1)
    assert state() == "CREATED"
    emr.update_application(applicationId=made["applicationId"], clientToken="u", releaseLabel="emr-7.15.0")
    emr.start_application(applicationId=made["applicationId"])
    assert state() == "STARTING"
    control.advance(1)
    assert state() == "STARTED"
    assert code_of(lambda: emr.delete_application(applicationId=made["applicationId"]))[0] == "ValidationException"
    emr.stop_application(applicationId=made["applicationId"])
    control.advance(1)
    assert state() == "STOPPED"
    emr.delete_application(applicationId=made["applicationId"])
    assert state() == "TERMINATED"
    seeds = [seed.application_id for seed in DEFAULT_SEEDS]
    assert [one["id"] for one in emr.list_applications(states=["STARTED"])["applications"]] == seeds
    # A deleted one is listed only where it is asked for, and its token gives no application that is gone.
    assert [one["id"] for one in emr.list_applications()["applications"]] == seeds
    deleted = emr.list_applications(states=["TERMINATED"])["applications"]
    assert [one["id"] for one in deleted] == [made["applicationId"]]
    anew = emr.create_application(name="mine", releaseLabel="emr-7.14.0", type="SPARK", clientToken="t")
    assert anew["applicationId"] != made["applicationId"]


def test_created_means_usable(emr: EMRServerlessClient) -> None:
    """awslabs' `emr bootstrap`, awswrangler and Airflow start a run, or the application, right after they made it."""
    made = emr.create_application(releaseLabel="emr-7.14.0", type="SPARK", clientToken="t")["applicationId"]
    assert emr.get_application(applicationId=made)["application"]["state"] == "CREATED"
    emr.start_job_run(**request_for(applicationId=made))
    other = emr.create_application(releaseLabel="emr-7.14.0", type="SPARK", clientToken="u")["applicationId"]
    emr.start_application(applicationId=other)


def test_an_application_that_is_being_created(emr: EMRServerlessClient, control: Control) -> None:
    """With the option, StartJobRun says what is true: the state, and what to wait for."""
    control.set_options(application_creating_seconds=30)
    made = emr.create_application(releaseLabel="emr-7.14.0", type="SPARK", clientToken="t")["applicationId"]
    code, status, message = code_of(lambda: emr.start_job_run(**request_for(applicationId=made)))
    assert (code, status) == ("ValidationException", 400)
    assert message == f"Application {made} is CREATING and takes job runs when it is CREATED"
    control.advance(30)
    emr.start_job_run(**request_for(applicationId=made))


def test_an_application_starts_by_itself(emr: EMRServerlessClient, control: Control) -> None:
    """A job on a stopped application starts it, unless that is turned off: then the job is refused."""

    def create(token: str, enabled: bool) -> str:
        made = emr.create_application(
            releaseLabel="emr-7.14.0", type="SPARK", clientToken=token, autoStartConfiguration={"enabled": enabled}
        )
        return made["applicationId"]

    by_itself, by_hand = create("a", True), create("b", False)
    control.advance(1)
    emr.start_job_run(**request_for(applicationId=by_itself))
    control.advance(1)
    assert emr.get_application(applicationId=by_itself)["application"]["state"] == "STARTED"
    code, _, message = code_of(lambda: emr.start_job_run(**request_for(applicationId=by_hand)))
    assert code == "ValidationException"
    assert "is CREATED, and its autoStartConfiguration is disabled" in message
    assert emr.get_application(applicationId=by_hand)["application"]["state"] == "CREATED"


def test_live_runs_hold_their_application(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """A destroy that forgets a run fails here, as it does at AWS."""
    control.set_fate(stay_in="RUNNING")
    run_id = start()
    assert run_id in code_of(lambda: emr.stop_application(applicationId=APPLICATION))[2]


def test_hive(emr: EMRServerlessClient, control: Control) -> None:
    """The other engine, with a query of several lines."""
    made = emr.create_application(releaseLabel="emr-7.14.0", type="Hive", clientToken="t")
    control.advance(1)
    emr.start_job_run(
        applicationId=made["applicationId"],
        clientToken="r",
        executionRoleArn=ROLE,
        jobDriver={"hive": {"query": "select 1;\nselect 2;"}},
    )
    assert emr.list_job_runs(applicationId=made["applicationId"])["jobRuns"][0]["type"] == "HIVE"


def test_an_idle_application_stops_by_itself(emr: EMRServerlessClient, control: Control) -> None:
    """After 15 minutes without a run (autoStopConfiguration of CreateApplication); the next run starts it again."""

    def state(application_id: str) -> str:
        return emr.get_application(applicationId=application_id)["application"]["state"]

    usual = emr.create_application(releaseLabel="emr-7.14.0", type="SPARK", clientToken="a")["applicationId"]
    never = emr.create_application(
        releaseLabel="emr-7.14.0", type="SPARK", clientToken="b", autoStopConfiguration={"enabled": False}
    )["applicationId"]
    soon = emr.create_application(
        releaseLabel="emr-7.14.0", type="SPARK", clientToken="c", autoStopConfiguration={"idleTimeoutMinutes": 5}
    )["applicationId"]
    for application_id in (usual, never, soon):
        emr.start_application(applicationId=application_id)
    control.set_fate(seconds={"RUNNING": 1200.0})
    emr.start_job_run(**request_for(applicationId=usual))
    control.advance(600)
    assert [state(one) for one in (usual, never, soon)] == ["STARTED", "STARTED", "STOPPED"]
    control.advance(1200)
    assert state(usual) == "STARTED"
    control.advance(900)
    assert [state(one) for one in (usual, never, soon)] == ["STOPPED", "STARTED", "STOPPED"]
    emr.start_job_run(**request_for(applicationId=usual, clientToken="again"))
    control.advance(1)
    assert state(usual) == "STARTED"
