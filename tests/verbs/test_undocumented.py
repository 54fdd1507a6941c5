"""What AWS does not document: the flows under each behaviour that the emulator knows.

Each ends with exactly the wanted runs, or in one message that says what to do.
"""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from engineless import FLOWS, EnginelessStack, failure_of, inputs
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID
from pulumi_emr_serverless.errors import AwsError, ClientTokenReusedError, RunNotShownError

VANISHING = {"run_visibility_seconds": 3600}
DAY_SECONDS = 24 * 3600.0
"""Later than a run of an hour, the time limit of the tests' own, can live, with all that AWS lets it wait."""

OPTIONS: dict[str, dict[str, Any]] = {
    "a token with other parameters conflicts": {"token_reuse": "conflict"},
    "... is a validation error": {"token_reuse": "validation"},
    "... gives the first run": {"token_reuse": "first_run"},
    "tags do not count as parameters": {"token_compares_tags": False},
    "tokens belong to the account": {"token_scope": "account"},
    "tokens are forgotten at once": {"token_lifetime_seconds": -1},
    "the token of a failed run starts a new one": {"token_failed_run": "new_run"},
    "terminal runs take no tags": {"tag_terminal_runs": "denied"},
    "tags cannot be changed": {"tagging": "denied"},
    "ended runs vanish after an hour": VANISHING,
    "a deleted application's runs are gone": {"get_after_application_delete": "not_found"},
}
NEEDS_TAGGING = ("tag change", "other tags after a crash")


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("option", OPTIONS)
def test_each_flow_under_each_behaviour(stack: EnginelessStack, option: str, flow: str) -> None:
    """Nobody outside AWS knows which of them is true: the promise must not depend on it."""
    stack.server.control.set_options(**OPTIONS[option])
    for step in (*FLOWS[flow].before, *FLOWS[flow].steps):
        if error := failure_of(step, stack):
            assert OPTIONS[option] == {"tagging": "denied"}, error
            assert flow in NEEDS_TAGGING, error
            assert "emr-serverless:TagResource" in str(error)
            assert len(stack.alive()) == 1
            return
    stack.assert_settled(FLOWS[flow].wanted)


@pytest.mark.parametrize("ended", ["SUCCESS", "FAILED"])
@pytest.mark.parametrize("flow", ["replacement", "--replace", "--replace of both", "destroy and up"])
@pytest.mark.parametrize("option", OPTIONS)
def test_each_flow_on_a_run_that_has_ended(stack: EnginelessStack, option: str, flow: str, ended: str) -> None:
    """The usual case of a batch job: it is over long before somebody asks for it again, and must really run again."""
    stack.server.control.set_options(**OPTIONS[option])
    stack.up(inputs())
    stack.server.control.settle(stack.run_id(), ended)
    stack.server.control.advance(DAY_SECONDS)
    for step in FLOWS[flow].steps:
        step(stack)
    stack.assert_settled(2)


@pytest.mark.parametrize("ended", ["SUCCESS", "FAILED"])
@pytest.mark.parametrize("option", OPTIONS)
def test_only_the_job_of_an_ended_run_was_destroyed(stack: EnginelessStack, option: str, ended: str) -> None:
    """The launch token stays, so the token may come back: a run that AWS only half remembers is no answer."""
    stack.server.control.set_options(**OPTIONS[option])
    stack.up(inputs())
    stack.server.control.settle(stack.run_id(), ended)
    stack.destroy(job_alone=True)
    stack.up(inputs())
    if OPTIONS[option] in ({"tag_terminal_runs": "denied"}, {"tagging": "denied"}):
        # Nothing says durably that the stack was done with it. The destroy has warned; see the test below.
        assert len(stack.runs()) == 1
        return
    stack.assert_settled(2)


@pytest.mark.parametrize("option", [{"tag_terminal_runs": "denied"}, {"tagging": "denied"}])
def test_a_close_that_was_refused_is_warned_about(
    stack: EnginelessStack, option: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    """What cannot be told apart any more is said when it happens, with the permission that rules it out."""
    stack.server.control.set_options(**option)
    stack.up(inputs())
    stack.server.control.settle(stack.run_id(), "SUCCESS")
    stack.destroy(job_alone=True)
    said = capfd.readouterr().err
    assert "could not be tagged" in said
    assert ("Allow emr-serverless:TagResource" in said) is (option == {"tagging": "denied"}), "no permission helps"


@pytest.mark.parametrize("option", [{"tag_terminal_runs": "denied"}, {"tagging": "denied"}])
@pytest.mark.parametrize("reuse", ["conflict", "first_run"])
def test_a_run_that_takes_no_tags_is_taken_over_all_the_same(
    stack: EnginelessStack, option: dict[str, Any], reuse: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """After a crash the tags have changed and the run has ended: no dead end, and no second run."""
    stack.server.control.set_options(**option, token_reuse=reuse)
    stack.up(inputs(tags={"at": "1"}), kill="StartJobRun.answered")
    if option == {"tag_terminal_runs": "denied"}:
        stack.server.control.settle(stack.alive()[0], "SUCCESS")
    stack.up(inputs(tags={"at": "2"}))
    assert "its tags are changed in the state only" in capfd.readouterr().err
    assert [run.job_run_id for run in stack.runs()] == [stack.run_id()]


def test_a_run_that_could_not_be_looked_for_is_ended_later(stack: EnginelessStack) -> None:
    """ListJobRuns was denied when the crash should have been cleared up: its run lives on, and is not replayed either."""
    stack.up(inputs())
    stack.up(inputs(name="other"), kill="StartJobRun.answered")
    stack.server.control.arm("error", "ListJobRuns", status=403, code="AccessDeniedException", message="x", times=0)
    stack.up(inputs())
    assert len(stack.alive()) == 2
    stack.server.control.disarm()
    stack.up(inputs(name="other"))
    stack.assert_settled(4)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("key", ["name", "triggers"])
def test_there_and_back_of_runs_that_have_ended(stack: EnginelessStack, option: str, key: str) -> None:
    """A rollback of a batch job: the definition of the day before yesterday, and again a run of its own."""
    stack.server.control.set_options(**OPTIONS[option])
    for value in ("a", "b", "a"):
        stack.up(inputs(**{key: value}))
        assert stack.run_id() in stack.alive(), "an old run was recorded as a new one"
        stack.server.control.settle(stack.run_id(), "SUCCESS")
    assert len(stack.runs()) == 3


@pytest.mark.parametrize("returned", ["returned", "new_run"])
def test_a_run_that_failed_before_the_retry(stack: EnginelessStack, returned: str) -> None:
    """A crash, and the run failed meanwhile: the retry records what AWS answers, and never two living runs."""
    stack.server.control.set_options(token_failed_run=returned)
    stack.up(inputs(), kill="StartJobRun.answered")
    stack.server.control.settle(stack.alive()[0], "FAILED")
    stack.up(inputs())
    assert len(stack.runs()) == {"returned": 1, "new_run": 2}[returned]
    assert stack.run_id() == stack.runs()[-1].job_run_id
    stack.up(inputs())
    assert len(stack.runs()) == {"returned": 1, "new_run": 2}[returned]


def test_a_token_forgotten_after_a_crash(stack: EnginelessStack) -> None:
    """AWS forgets tokens some day: the living run is found by its tag even then."""
    stack.up(inputs(), kill="StartJobRun.answered")
    stack.server.control.set_options(token_lifetime_seconds=-1)
    stack.up(inputs())
    stack.assert_settled(1)


@pytest.mark.parametrize("option", OPTIONS)
def test_the_run_vanished_between_crash_and_retry(stack: EnginelessStack, option: str) -> None:
    """AWS knows the token and not the run any more: one sentence with a way out, and no second run."""
    stack.server.control.set_options(**OPTIONS[option])
    stack.up(inputs(), kill="StartJobRun.answered")
    stack.server.control.settle(stack.alive()[0], "SUCCESS")
    stack.server.control.advance(DAY_SECONDS)
    failure = failure_of(lambda stack: stack.up(inputs()), stack)
    if OPTIONS[option] == VANISHING:
        assert isinstance(failure, RunNotShownError)
        assert len(stack.runs()) == 1
        stack.up(inputs(triggers=["again"]))
        stack.assert_settled(2)
        return
    assert failure is None
    assert len(stack.runs()) <= 2
    assert len(stack.alive()) <= 1


@pytest.mark.parametrize("scope", ["application", "account"])
def test_an_explicit_token_on_another_application(stack: EnginelessStack, scope: str) -> None:
    """A job moved to another application with its own client token: a new run, or a message about the token."""
    client = boto3.client("emr-serverless", region_name="us-east-1", endpoint_url=stack.server.endpoint)
    other = client.create_application(releaseLabel="emr-7.14.0", type="SPARK", clientToken="other")["applicationId"]
    stack.server.control.freeze()
    stack.server.control.advance(60)
    stack.server.control.set_options(token_scope=scope)
    stack.up(inputs(clientToken="mine"))
    if scope == "application":
        stack.up(inputs(clientToken="mine", applicationId=other))
        stack.assert_settled(2)
        return
    with pytest.raises(ClientTokenReusedError, match=r"client_token|client token"):
        stack.up(inputs(clientToken="mine", applicationId=other))
    assert len(stack.runs()) == 1


@pytest.mark.parametrize("option", [{}, {"tagging": "denied"}, {"token_compares_tags": False}])
def test_an_explicit_token_never_returns_the_run_being_replaced(stack: EnginelessStack, option: dict[str, Any]) -> None:
    """`--replace` with a client token of one's own cannot give a new run; recording the cancelled one would be a lie."""
    stack.server.control.set_options(**option)
    stack.up(inputs(clientToken="mine"))
    with pytest.raises(ClientTokenReusedError):
        stack.up(inputs(clientToken="mine"), replace="job")
    assert len(stack.runs()) == 1


def test_tags_that_may_not_be_given_at_all(stack: EnginelessStack) -> None:
    """A policy may deny tags on StartJobRun too: one message, with the permission that is missing."""
    stack.server.control.set_options(tagging="denied_entirely")
    with pytest.raises(AwsError, match="TagResource"):
        stack.up(inputs())
    assert not stack.runs()


@pytest.mark.parametrize("option", ["found", "not_found"])
def test_a_deleted_application(stack: EnginelessStack, option: str) -> None:
    """Whoever deletes the application first must still be able to destroy and to refresh the stack."""
    stack.server.control.set_options(get_after_application_delete=option)
    stack.up(inputs())
    stack.server.control.settle(stack.run_id(), "SUCCESS")
    client = boto3.client("emr-serverless", region_name="us-east-1", endpoint_url=stack.server.endpoint)
    client.stop_application(applicationId=DEFAULT_APPLICATION_ID)
    stack.server.control.freeze()
    stack.server.control.advance(60)
    client.delete_application(applicationId=DEFAULT_APPLICATION_ID)
    stack.refresh()
    stack.destroy()
    assert len(stack.runs()) == 1
