"""Stories that broke the promise once, each of a kind: the clock, new states, the order of wishes, tokens, tags, states."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

import pulumi_emr_serverless
from engineless import FLOWS, EnginelessStack, failure_of, inputs
from pulumi_emr_serverless import persisted
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID, DEFAULT_HIVE_APPLICATION_ID
from pulumi_emr_serverless.errors import (
    ClientTokenReusedError,
    NotReadyError,
    TokenConflictError,
    WrongAccountError,
)
from pulumi_emr_serverless.launching.tags import CLOSED_TAG, LAUNCH_TAG
from pulumi_emr_serverless.verbs import launch_token

PACKAGE = Path(pulumi_emr_serverless.__file__).parent


# --- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [timedelta(days=2), timedelta(days=-2), timedelta(days=400), timedelta(days=-20000)])
@pytest.mark.parametrize("flow", ["another definition after a crash", "the same after a crash", "there and back"])
def test_this_machines_clock_is_wrong(
    stack: EnginelessStack, monkeypatch: pytest.MonkeyPatch, flow: str, offset: timedelta
) -> None:
    """A laptop that slept, a container without a clock: nothing of what is looked for, or believed, may follow from it."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Wrong:
            there = datetime.now(tz) + offset
            return cls.fromtimestamp(there.timestamp(), tz)

    monkeypatch.setattr(launch_token, "datetime", Wrong)
    for step in (*FLOWS[flow].before, *FLOWS[flow].steps):
        step(stack)
    stack.assert_settled(FLOWS[flow].wanted)


CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("time", "time_ns")}
MAY_READ_ONE = {
    "verbs/launch_token.py": "the date in a launch token is for people",
    "watching/waiting.py": "how long a state has lasted is shown; AWS's own times are compared where something follows",
}


def reads_a_clock(file: Path) -> bool:
    """Whether a module asks this machine for the time of day."""
    return any(
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCKS
        for node in ast.walk(ast.parse(file.read_text()))
    )


def test_no_decision_reads_this_machines_clock() -> None:
    """AWS's own times and its Date header are compared; a clock that only goes forward counts what has passed."""
    deciding = ("launching", "verbs", "aws", "runs", "request", "watching")
    files = [file for room in deciding for file in sorted((PACKAGE / room).glob("*.py"))]
    assert {str(file.relative_to(PACKAGE)) for file in files if reads_a_clock(file)} == set(MAY_READ_ONE)


@pytest.mark.parametrize("recorded", ["2020-01-01T00:00:00+00:00", 1_900_000_000, "yesterday", "", None, [], {"at": 1}])
def test_a_time_in_the_state_that_is_not_awss_counts_for_nothing(stack: EnginelessStack, recorded: Any) -> None:
    """An early version wrote its machine's; somebody may have edited it. A failure must be seen all the same."""
    stack.up(inputs(rerun="on_failure"))
    assert stack.job is not None
    stack.job.outputs[persisted.STARTED_AT] = recorded
    stack.server.control.settle(stack.run_id(), "FAILED")
    stack.up(inputs(rerun="on_failure"))
    stack.assert_settled(2)


# --- what AWS adds, and what it answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("recovery", ["another definition", "the same"])
def test_a_run_in_a_state_that_aws_adds_later_is_alive(stack: EnginelessStack, recovery: str) -> None:
    """It is looked for too: what is asked for is what is not known to be over."""
    stack.server.control.set_fate(stay_in="RESTARTING", new_states=["RESTARTING"], seconds={"CANCELLING": 0.0})
    stack.up(inputs(), kill="StartJobRun.answered")
    stack.server.control.advance(30)
    assert [run.state for run in stack.runs()] == ["RESTARTING"]
    stack.up(inputs(name="other" if recovery == "another definition" else None))
    stack.assert_settled(2 if recovery == "another definition" else 1)


@pytest.mark.parametrize("words", ["Application 00f1 is being updated", "Application is in UPDATING state", "Busy"])
def test_a_conflict_that_is_no_tokens_fault_is_not_called_one(stack: EnginelessStack, words: str) -> None:
    """Whoever is told to change triggers would start a second run, where waiting helps."""
    stack.up(inputs())
    old = stack.run_id()
    stack.server.control.arm("error", "StartJobRun", status=409, code="ConflictException", message=words, times=0)
    failure = failure_of(lambda stack: stack.up(inputs(name="other")), stack)
    assert isinstance(failure, TokenConflictError)
    assert words in str(failure)
    assert "triggers" not in str(failure)
    assert re.search(rf"run {old}, which was \w+, was cancelled", str(failure))
    stack.server.control.disarm()
    stack.up_until_clean()
    stack.assert_settled(2)


# --- the order of wishes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("on_top", [False, True], ids=["from nothing", "on top of a recorded run"])
@pytest.mark.parametrize("first_ends", [True, False], ids=["A ended", "A lives"])
@pytest.mark.parametrize("second_ends", [False, True], ids=["B lives", "B ended"])
def test_two_wishes_that_were_cut_off_and_the_first_again(
    stack: EnginelessStack, second_ends: bool, first_ends: bool, on_top: bool
) -> None:
    """A, B, A are three wishes, recorded or not; the last is fulfilled by a run of its own, and no other lives."""
    if on_top:
        stack.up(inputs(name="recorded"))
    for name, ends in (("a", first_ends), ("b", second_ends)):
        stack.up(inputs(name=name), kill="StartJobRun.answered")
        if ends:
            stack.server.control.settle(stack.alive()[-1], "SUCCESS")
    stack.up(inputs(name="a"))
    stack.assert_settled(4 if on_top else 3)


# --- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", [{}, {"token_reuse": "first_run"}, {"token_compares_tags": False}])
@pytest.mark.parametrize("removal", ["destroy", "job alone"])
def test_a_client_token_that_two_jobs_share(stack: EnginelessStack, option: dict[str, Any], removal: str) -> None:
    """The second is refused with a sentence; removing it leaves the first one's run alone."""
    stack.server.control.set_options(**option)
    other = EnginelessStack(stack.server)
    stack.up(inputs(clientToken="shared"))
    failure = failure_of(lambda other: other.up(inputs(clientToken="shared")), other)
    assert isinstance(failure, ClientTokenReusedError)
    assert "'shared'" in str(failure)
    assert other.job is None
    other.destroy(job_alone=removal == "job alone")
    stack.assert_settled(1)


@pytest.mark.parametrize("text", ["", "changed", "x" * 52, {"a": 1}, 7])
def test_a_launch_token_that_somebody_has_edited_ends_nothing(stack: EnginelessStack, text: Any) -> None:
    """Derived from it, the tokens of the runs that were started would not be found again."""
    stack.up(inputs())
    assert stack.companion is not None
    stack.companion.outputs[persisted.VALUE] = text
    with pytest.raises(AssertionError, match="somebody has changed the state"):
        stack.up(inputs(name="other"))
    stack.assert_settled(1)


# --- before a run is ended ----------------------------------------------------------------------------------------------

NEVER: dict[str, tuple[dict[str, Any], str]] = {
    "an application that is not there": ({"applicationId": "00nosuchapp"}, "there is no application '00nosuchapp'"),
    "another region": ({"region": "eu-west-1"}, f"there is no application '{DEFAULT_APPLICATION_ID}'"),
    "an application of the other engine": ({"applicationId": DEFAULT_HIVE_APPLICATION_ID}, "runs no Spark jobs"),
}


@pytest.mark.parametrize("change", NEVER)
@pytest.mark.parametrize("way", ["diff", "--replace"])
def test_what_could_only_fail_ends_nothing(stack: EnginelessStack, way: str, change: str) -> None:
    """A typo must not cost the run that is alive."""
    stack.up(inputs())
    changed, words = NEVER[change]
    failure = failure_of(lambda stack: stack.up(inputs(**changed), replace="" if way == "diff" else "job"), stack)
    assert isinstance(failure, NotReadyError)
    assert words in str(failure)
    assert f"Run {stack.run_id()} was not ended" in str(failure)
    stack.assert_settled(1)


def test_an_application_that_does_not_start_by_itself(stack: EnginelessStack) -> None:
    """StartJobRun would refuse, and the old run be over by then."""
    stack.up(inputs())
    client = boto3.client("emr-serverless", region_name="us-east-1", endpoint_url=stack.server.endpoint)
    still = client.create_application(
        releaseLabel="emr-7.5.0", type="SPARK", clientToken="still", autoStartConfiguration={"enabled": False}
    )["applicationId"]
    failure = failure_of(lambda stack: stack.up(inputs(applicationId=still)), stack)
    assert isinstance(failure, NotReadyError)
    assert "does not start by itself" in str(failure)
    stack.assert_settled(1)


def test_where_the_application_may_not_be_asked_about_the_run_is_replaced(stack: EnginelessStack) -> None:
    """A permission that only this look needs must not be a dead end."""
    stack.up(inputs())
    stack.server.control.arm("error", "GetApplication", status=403, code="AccessDeniedException", message="x", times=0)
    stack.up(inputs(name="other"))
    stack.assert_settled(2)


def test_a_start_that_fails_all_the_same_says_which_run_was_ended(stack: EnginelessStack) -> None:
    """Somebody has to know that nothing runs now."""
    stack.up(inputs())
    old = stack.run_id()
    stack.server.control.arm(
        "error", "StartJobRun", status=400, code="ValidationException", message="worker too big", times=0
    )
    failure = failure_of(lambda stack: stack.up(inputs(name="other")), stack)
    assert re.search(rf"run {old}, which was \w+, was cancelled", str(failure))


@pytest.mark.parametrize("command", [lambda stack: stack.destroy(), lambda stack: stack.up(inputs(name="other"))])
def test_credentials_of_another_account(
    stack: EnginelessStack, monkeypatch: pytest.MonkeyPatch, command: Callable[[EnginelessStack], object]
) -> None:
    """There AWS says "not found" of everything: the run lives on, and stays in the state."""
    stack.up(inputs())
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "999999999999")
    failure = failure_of(command, stack)
    assert isinstance(failure, (WrongAccountError, NotReadyError))
    assert "999999999999" in str(failure) or "not ended" in str(failure)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
    stack.assert_settled(1)


# --- tags -------------------------------------------------------------------------------------------------------------


def test_every_key_of_many_tags_is_renamed(stack: EnginelessStack) -> None:
    """AWS counts 50 at each call: what goes must go first."""
    stack.up(inputs(tags={f"old{number}": "x" for number in range(40)}))
    wanted = {f"new{number}": "x" for number in range(40)}
    stack.up(inputs(tags=wanted))
    (run,) = stack.runs()
    assert {key: value for key, value in run.tags.items() if key != LAUNCH_TAG} == wanted


@pytest.mark.parametrize("flow", ["replacement", "--replace", "destroy and up", "job alone destroyed, and up"])
@pytest.mark.parametrize("ended", [False, True], ids=["alive", "ended"])
def test_a_run_whose_tags_are_full(stack: EnginelessStack, ended: bool, flow: str) -> None:
    """Somebody has added tags up to AWS's limit; the run can be replaced and destroyed all the same, and does not come back."""
    stack.up(inputs())
    assert stack.job is not None
    client = boto3.client("emr-serverless", region_name="us-east-1", endpoint_url=stack.server.endpoint)
    client.tag_resource(resourceArn=stack.job.outputs["arn"], tags={f"k{number}": "v" for number in range(49)})
    if ended:
        stack.server.control.settle(stack.run_id(), "SUCCESS")
    for step in FLOWS[flow].steps:
        step(stack)
    stack.assert_settled(2)


def test_a_stripped_closed_tag_does_not_bring_a_cancelled_run_back(stack: EnginelessStack) -> None:
    """A tag policy, or a person, takes away what it does not know."""
    stack.up(inputs())
    arn = stack.job.outputs["arn"] if stack.job else ""
    stack.destroy(job_alone=True)
    client = boto3.client("emr-serverless", region_name="us-east-1", endpoint_url=stack.server.endpoint)
    client.untag_resource(resourceArn=arn, tagKeys=[CLOSED_TAG, LAUNCH_TAG])
    stack.up(inputs())
    stack.assert_settled(2)


# --- states that are not what AWS has -----------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["refresh", "replacement", "destroy"])
def test_a_state_that_was_rolled_back(stack: EnginelessStack, first: str) -> None:
    """It names a run that its stack has ended since, and the one that lives is in no state: a refresh finds both."""
    stack.up(inputs(name="a"))
    earlier = copy.deepcopy(stack.job)
    stack.up(inputs(name="b"))
    stack.job = earlier
    if first == "refresh":
        stack.refresh()
        stack.up(inputs(name="a"))
    elif first == "replacement":
        stack.up(inputs(name="c"))
    else:
        stack.destroy()
        assert not stack.alive()
        stack.up(inputs(name="a"))
    stack.up_until_clean()
    stack.assert_settled(3)


def side_by_side(stack: EnginelessStack) -> tuple[EnginelessStack, EnginelessStack]:
    """Two updates of one stack whose lock was broken: the second begins where the first has ended the old run."""
    stack.up(inputs(name="a"))
    first, second = copy.copy(stack), copy.copy(stack)
    first.up(inputs(name="b"))
    second.job, second.pending = None, stack.job
    return first, second


@pytest.mark.parametrize("finder", ["up", "refresh"])
def test_two_updates_side_by_side(stack: EnginelessStack, finder: str) -> None:
    """Both have looked around before either started. Of their two runs one is recorded; the next update ends the other."""
    first, second = side_by_side(stack)
    stack.server.control.lag("ListJobRuns", 300)
    second.up(inputs(name="c"))
    stack.server.control.lag(None, 0)
    assert len(stack.alive()) == 2
    stack.job, stack.companion, stack.declared = second.job, second.companion, second.declared
    if finder == "refresh":
        stack.refresh()
    stack.up_until_clean()
    assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 3
    assert first.run_id() != stack.run_id()


def test_a_request_that_arrives_after_the_next_update(stack: EnginelessStack) -> None:
    """It was on its way when its engine died; by then another definition has its run, and no list showed this one."""
    stack.up(inputs(name="a"), kill="StartJobRun.answered")
    stack.server.control.lag("ListJobRuns", 300)
    stack.server.control.lag("GetJobRun", 300, what="existence")
    stack.server.control.advance(10)
    failure = failure_of(lambda stack: stack.up(inputs(name="b")), stack)
    stack.server.control.lag(None, 0)
    stack.server.control.advance(700)
    if failure:
        stack.up(inputs(name="b"))
    stack.up_until_clean()
    assert stack.alive() == [stack.run_id()]


def test_a_state_that_is_whole_costs_no_call(stack: EnginelessStack) -> None:
    """Looking again is for what could not be ruled out; a thousand jobs without a change ask AWS nothing."""
    stack.up(inputs())
    stack.up(inputs(name="other"))
    before = len(stack.server.control.calls())
    assert not stack.up(inputs(name="other"))
    assert len(stack.server.control.calls()) == before


def test_300_living_runs_of_others_cost_one_replacement_no_300_looks(stack: EnginelessStack) -> None:
    """One asked for each of them in a row: 32 s, under one lock, at 50 ms each."""
    stack.up(inputs())
    emr = boto3.client("emr-serverless", region_name="us-east-1")
    for number in range(300):
        emr.start_job_run(
            applicationId=DEFAULT_APPLICATION_ID,
            executionRoleArn="arn:aws:iam::123456789012:role/other",
            clientToken=f"other-{number}",
            jobDriver={"sparkSubmit": {"entryPoint": "s3://bucket/other.py"}},
        )
    before = len(stack.server.control.calls())
    stack.up(inputs(name="other"))
    made = Counter(call.operation for call in stack.server.control.calls()[before:])
    assert made["GetJobRun"] <= 6
    assert made["ListJobRuns"] <= 2 * 7
    assert made["ListTagsForResource"] <= 301
    assert len(stack.alive()) == 301
