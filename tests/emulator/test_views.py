"""What an operation does not see yet, or no longer: AWS promises nothing, so the product must not build on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import APPLICATION, Start, code_of, request_for
from pulumi_emr_serverless.emulator.control import Control, ControlError
from pulumi_emr_serverless.emulator.views import ASPECTS

Ask = Callable[[EMRServerlessClient, str, str], Any]

ASKED: dict[str, Ask] = {
    "GetJobRun": lambda emr, run, _: emr.get_job_run(applicationId=APPLICATION, jobRunId=run),
    "ListJobRuns": lambda emr, _, __: emr.list_job_runs(applicationId=APPLICATION),
    "ListJobRunAttempts": lambda emr, run, _: emr.list_job_run_attempts(applicationId=APPLICATION, jobRunId=run),
    "GetDashboardForJobRun": lambda emr, run, _: emr.get_dashboard_for_job_run(applicationId=APPLICATION, jobRunId=run),
    "ListTagsForResource": lambda emr, _, arn: emr.list_tags_for_resource(resourceArn=arn),
    "CancelJobRun": lambda emr, run, _: emr.cancel_job_run(applicationId=APPLICATION, jobRunId=run),
    "TagResource": lambda emr, _, arn: emr.tag_resource(resourceArn=arn, tags={"a": "b"}),
    "UntagResource": lambda emr, _, arn: emr.untag_resource(resourceArn=arn, tagKeys=["a"]),
}


@pytest.fixture
def run_id(control: Control, start: Start) -> str:
    control.set_fate(stay_in="RUNNING", seconds={"SUBMITTED": 1, "PENDING": 0, "SCHEDULED": 0})
    return start(tags={"team": "data"})


def state(emr: EMRServerlessClient, run_id: str) -> str:
    return emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]["state"]


@pytest.mark.parametrize("operation", [name for name in ASPECTS if name != "ListJobRuns"])
def test_a_run_that_is_not_known_yet(emr: EMRServerlessClient, control: Control, run_id: str, operation: str) -> None:
    """A run that was started a moment ago may answer 404; taking that for "never started" starts a second one."""
    arn = control.runs()[0].arn
    control.lag(operation, 5, what="existence")
    code, status, _ = code_of(lambda: ASKED[operation](emr, run_id, arn))
    assert (code, status) == ("ResourceNotFoundException", 404)
    for other in set(ASKED) - {operation, "GetDashboardForJobRun"}:
        ASKED[other](emr, run_id, arn)
    control.advance(5)
    ASKED[operation](emr, run_id, arn)


def test_a_listing_that_is_late(emr: EMRServerlessClient, control: Control, run_id: str, start: Start) -> None:
    """The listing is another index than the run: new runs are missing in it, and the states are old ones."""
    control.advance(10)
    control.lag("ListJobRuns", 4)
    late = start(clientToken="late")

    def listed(**more: Any) -> dict[str, str]:
        return {run["id"]: run["state"] for run in emr.list_job_runs(applicationId=APPLICATION, **more)["jobRuns"]}

    control.settle(run_id, "SUCCESS")
    assert state(emr, run_id) == "SUCCESS"
    assert listed() == {run_id: "RUNNING"} == listed(states=["RUNNING"])
    assert listed(states=["SUCCESS"]) == {}
    control.advance(4)
    assert listed() == {run_id: "SUCCESS", late: "SUBMITTED"}


def test_a_state_that_is_old(emr: EMRServerlessClient, control: Control, run_id: str) -> None:
    """A run that is over may look alive for a while: what waits must wait on, and what cancels must not despair."""
    control.lag("GetJobRun", 3, what="state")
    control.advance(2)
    assert control.runs()[0].state == "RUNNING"
    assert state(emr, run_id) == "SUBMITTED"
    control.advance(3)
    assert state(emr, run_id) == "RUNNING"
    control.settle(run_id, "FAILED", "out of memory")
    assert state(emr, run_id) == "RUNNING"
    control.advance(3)
    assert state(emr, run_id) == "FAILED"


@pytest.mark.parametrize("operation", ["GetJobRun", "ListTagsForResource"])
def test_tags_that_are_old(emr: EMRServerlessClient, control: Control, run_id: str, operation: str) -> None:
    """Whose run it is stands in its tags: a tag that was written is not yet one that is read."""
    arn = control.runs()[0].arn

    def tags() -> Any:
        answer = ASKED[operation](emr, run_id, arn)
        return answer["tags"] if operation == "ListTagsForResource" else answer["jobRun"]["tags"]

    control.lag(operation, 6, what="tags")
    control.advance(1)
    emr.tag_resource(resourceArn=arn, tags={"closed": "yes"})
    control.advance(1)
    emr.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert tags() == {"team": "data"}
    control.advance(5)
    assert tags() == {"team": "data", "closed": "yes"}
    control.advance(1)
    assert tags() == {"closed": "yes"}


def test_every_view_at_once(emr: EMRServerlessClient, control: Control, run_id: str) -> None:
    """Without an operation a lag is that of all; 0 takes it back."""
    arn = control.runs()[0].arn
    assert control.lag(seconds=5) == {name: dict.fromkeys(aspects, 5.0) for name, aspects in ASPECTS.items()}
    assert emr.list_job_runs(applicationId=APPLICATION)["jobRuns"] == []
    for operation in set(ASKED) - {"ListJobRuns"}:
        assert code_of(partial(ASKED[operation], emr, run_id, arn))[1] == 404
    assert control.lag("GetJobRun", 0, what="all")["ListJobRuns"] == {"existence": 5.0, "state": 5.0}
    assert state(emr, run_id) == "SUBMITTED"
    control.reset()
    assert control.lag("GetJobRun", 0) == {}


def test_a_run_is_started_once_whatever_is_shown(control: Control, start: Start) -> None:
    """A client token is no view: StartJobRun knows at once what it did."""
    control.lag(seconds=3600)
    assert start() == start()


def test_an_outage(emr: EMRServerlessClient, control: Control, run_id: str) -> None:
    """For a while AWS knows none of its runs, old or new: nobody may start them again, or forget them."""
    control.advance(3600)
    arn = control.runs()[0].arn
    control.outage(30, after=10)
    assert state(emr, run_id) == "RUNNING"
    control.advance(10)
    out = ("GetJobRun", "CancelJobRun", "TagResource", "ListJobRuns")
    for operation in out:
        code, status, message = code_of(partial(ASKED[operation], emr, run_id, arn))
        assert (code, status) == ("ResourceNotFoundException", 404)
        assert (APPLICATION if operation == "ListJobRuns" else run_id) in message
    for operation in set(ASKED) - set(out):
        ASKED[operation](emr, run_id, arn)
    control.advance(30)
    assert state(emr, run_id) == "RUNNING"


def test_an_outage_of_one_operation(emr: EMRServerlessClient, control: Control, run_id: str) -> None:
    """Which operations are out is the test's choice."""
    control.outage(30, ["UntagResource"])
    assert state(emr, run_id) == "SUBMITTED"
    assert code_of(lambda: ASKED["UntagResource"](emr, run_id, control.runs()[0].arn))[1] == 404
    control.reset()
    control.freeze()


WRONG: list[tuple[str, Callable[[Control], object], str]] = [
    ("an operation that sees no run", lambda control: control.lag("StartJobRun", 1), "StartJobRun"),
    ("an aspect that it does not see", lambda control: control.lag("CancelJobRun", 1, what="tags"), "no tags"),
    ("an aspect that there is not", lambda control: control.lag("GetJobRun", 1, what="arn"), "arn"),
    ("the future", lambda control: control.lag("GetJobRun", -1), "-1"),
    ("an outage of no length", lambda control: control.outage(0), "positive"),
    ("an outage of what sees no run", lambda control: control.outage(1, ["GetApplication"]), "GetApplication"),
]


@pytest.mark.parametrize(("reason", "order", "says"), WRONG, ids=[row[0] for row in WRONG])
def test_wrong_orders_are_named(control: Control, reason: str, order: Callable[[Control], object], says: str) -> None:
    """A lag of a misspelt operation would make a test that tests nothing."""
    del reason
    with pytest.raises(ControlError, match=says):
        order(control)


def test_a_state_that_aws_adds_later(emr: EMRServerlessClient, control: Control) -> None:
    """One day GetJobRun says something that no client of today knows; the run is not over then."""
    control.set_fate(stay_in="RESTARTING", new_states=["RESTARTING"])
    run_id = emr.start_job_run(**request_for())["jobRunId"]
    control.advance(60)
    assert state(emr, run_id) == "RESTARTING"

    def listed(*states: str) -> list[str]:
        return [run["state"] for run in emr.list_job_runs(applicationId=APPLICATION, states=states)["jobRuns"]]  # type: ignore[arg-type] # states of another day

    assert listed() == listed("RESTARTING") == ["RESTARTING"]
    assert listed("SUBMITTED", "QUEUED", "PENDING", "SCHEDULED", "RUNNING", "CANCELLING") == []
    assert code_of(lambda: listed("NO_SUCH_STATE"))[0] == "ValidationException"
    emr.cancel_job_run(applicationId=APPLICATION, jobRunId=run_id)
    control.advance(60)
    assert state(emr, run_id) == "CANCELLED"


def test_a_new_state_on_the_way(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """It may also be passed through."""
    control.set_fate(seconds={"RUNNING": 10, "RESTARTING": 10}, new_states=["RESTARTING"])
    run_id = start()
    control.advance(15)
    assert state(emr, run_id) == "RESTARTING"
    control.advance(10)
    assert state(emr, run_id) == "SUCCESS"


@pytest.mark.parametrize("name", ["restarting", "RUNNING", "SUCCESS"])
def test_a_new_state_is_a_new_one(control: Control, name: str) -> None:
    """Today's states have their places already."""
    with pytest.raises(ControlError, match=name):
        control.set_fate(new_states=[name])
    with pytest.raises(ControlError, match="RUNING"):
        control.set_fate(stay_in="RUNING")
